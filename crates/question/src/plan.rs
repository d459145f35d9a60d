//! What a question needs, apart from what it says about the answer: instructions ("round to two
//! decimals, explain why") are no words of the page that answers, and a derived figure ("quick
//! ratio") stands on no page, but the lines do that it is made of.
//!
//! A plan only says what else to look for; what is found is judged by the same evidence as ever.

mod figures;

use crate::years::{Year, years};
pub use figures::Statement;
use figures::{FIGURES, Figure, STATEMENTS};
use regex::Regex;
use std::sync::LazyLock;
use yinju_core::text::is_cjk;

/// What to look for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The question without instructions about the answer.
    pub topic: String,
    /// Statements that are asked for by name, or that hold the lines a figure is made of, each with
    /// what to look for in it.
    pub statements: Vec<(Statement, String)>,
    /// Names and years that it holds.
    pub names: Vec<String>,
    /// The years that it is about.
    pub years: Vec<Year>,
}

impl Plan {
    /// Reads a question.
    pub fn of(question: &str) -> Self {
        let topic = without_instructions(question);
        let lower = question.to_lowercase();
        let figures: Vec<&Figure> = FIGURES.iter().filter(|figure| figure.is_in(&lower)).collect();
        let names = names(&topic);
        let about = names.join(" ");
        let wanted = |statement: &Statement| {
            let lines: Vec<&str> = figures
                .iter()
                .flat_map(|figure| figure.lines)
                .filter(|(of, _)| of == statement)
                .map(|(_, line)| *line)
                .collect();
            let is_named = STATEMENTS
                .iter()
                .any(|(of, names, _)| of == statement && names.iter().any(|n| lower.contains(n)));
            (is_named || !lines.is_empty()).then(|| {
                let title = if question.contains(is_cjk) { "" } else { statement.title() };
                let lines = if lines.is_empty() { topic.clone() } else { lines.join(", ") };
                (*statement, format!("{about} {title}: {lines}").trim().to_owned())
            })
        };
        let statements: Vec<_> = STATEMENTS.iter().filter_map(|(of, _, _)| wanted(of)).collect();
        let mut years = years(&topic);
        // A statement is always of a year.
        for year in &mut years {
            year.is_reported |= !statements.is_empty();
        }
        Self { topic, statements, names, years }
    }
}

/// Sentences and clauses that tell how to answer. What is left must still ask something; else the
/// question stays as it is.
fn without_instructions(question: &str) -> String {
    static PATTERNS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
        [
            // Whole sentences.
            r"(?i)(^|[.?!]\s+)(please |then |kindly )?(answer|round|give your|give the answer|provide your|express|report your|state your|calculate what|calculate \(or|approach|assume|respond|base your|use only|do not|if [^.?!]{3,120} (state|say|explain))\b[^.?!]*[.?!]?",
            r"(?i)(^|[.?!]\s+)we (want|need|would like) to [^.?!]*[.?!]",
            r"(?i)(^|[.?!]\s+)please help [^.?!]*[.?!](\s*here's the question:)?",
            // What stands before the question.
            r"(?i)^(using|based on|by (using|drawing|referring)|when (primarily )?(using|referencing)|according to|from|to the best of)\b[^,?]{0,160}(statements?|sheets?|position|flows?|report|filing|information|data)[^,?]{0,40},",
            r"(?i)^answer the following question[^:]*:",
            r"(?i)\bhere's the question:",
            // How it is written.
            r"(?i)\(?\bin (units of )?(usd|us dollars?|percents?|millions?|billions?|thousands?)( (usd|millions?|billions?|thousands?))?( and round[^.?!)]*)?\)?",
            r"(?i),? (and )?(round(ed)?|rounding) (your answer |it )?to [^.?!,)]*",
            r"(?i)\b(and|then) explain why\b",
            r"(请|請)(用|以)[^，。？！]{1,20}(回答|作答|表示)[，。？！]?",
            r"(保留|四舍五入到|四捨五入到)[^，。？！]{1,12}(小数|小數|位)[^，。？！]*[，。？！]?",
            r"(以|按)(百万|百萬|千|万|萬|亿|億)?元(为|為)?(单位|單位|计|計)[^，。？！]*[，。？！]?",
            r"(如果|若)[^。？！]{2,60}(请|請)?(说明|說明|解释|解釋)[^。？！]*[。？！]?",
        ]
        .iter()
        .map(|pattern| Regex::new(pattern).expect("the patterns are tried by the tests"))
        .collect()
    });
    let mut text = question.to_owned();
    for pattern in PATTERNS.iter() {
        // One after another: the end of a sentence begins the next one's match.
        while let Some(found) = pattern.captures(&text) {
            let whole = found.get(0).map_or(0..0, |m| m.range());
            let kept = found
                .get(1)
                .map_or("", |m| m.as_str())
                .chars()
                .next()
                .filter(|c| !c.is_alphanumeric());
            let left = format!(
                "{}{} {}",
                &text[..whole.start],
                kept.map_or(String::new(), String::from),
                &text[whole.end..]
            );
            let is_shorter = left.len() < text.len();
            if !is_shorter || left.chars().filter(|c| c.is_alphanumeric()).count() < LEAST_LEFT {
                break;
            }
            text = left;
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Letters and digits that a question has at least.
const LEAST_LEFT: usize = 12;

/// Names and years: capitals within a sentence, and words with digits.
fn names(topic: &str) -> Vec<String> {
    let words = topic.split_whitespace().enumerate().filter_map(|(at, word)| {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let bare = bare.strip_suffix("'s").or_else(|| bare.strip_suffix("’s")).unwrap_or(bare);
        // A question begins with a capital that means nothing.
        let is_name = at > 0
            && bare.chars().next().is_some_and(char::is_uppercase)
            && !figures::is_of_a_figure(&bare.to_lowercase());
        (is_name || bare.contains(|c: char| c.is_ascii_digit())).then(|| bare.to_owned())
    });
    words.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instructions_are_no_part_of_the_topic() {
        for (question, topic) in [
            (
                "What is the FY2019 fixed asset turnover ratio for Activision Blizzard? Round your answer to two decimal places. \
                 Base your judgments on the information provided primarily in the statement of income.",
                "What is the FY2019 fixed asset turnover ratio for Activision Blizzard?",
            ),
            (
                "Does Corning have positive working capital based on FY2022 data? If working capital is not a useful or relevant \
                 metric for this company, then please state that and explain why.",
                "Does Corning have positive working capital based on FY2022 data?",
            ),
            (
                "Using only the information within the balance sheet, how much total assets did Costco have at the end of FY2021? \
                 Answer in USD millions.",
                "how much total assets did Costco have at the end of FY2021?",
            ),
            ("公司2022年的速动比率是多少？保留两位小数。", "公司2022年的速动比率是多少？"),
            ("When was the bridge built?", "When was the bridge built?"),
            ("Round it", "Round it"),
        ] {
            assert_eq!(Plan::of(question).topic.replace("? ?", "?"), topic);
        }
    }

    #[test]
    fn a_figure_is_looked_for_by_its_lines() {
        let plan = Plan::of("Is the liquidity of Verizon healthy by its quick ratio for FY 2022?");
        assert_eq!(plan.statements.len(), 1);
        let (statement, search) = &plan.statements[0];
        assert_eq!(*statement, Statement::BalanceSheet);
        for word in ["Verizon", "2022", "total current liabilities", "inventories"] {
            assert!(search.contains(word), "{search}");
        }
        let plan = Plan::of("公司2022年的速动比率是多少？");
        assert!(plan.statements[0].1.contains("流动负债合计"), "{plan:?}");
        assert!(Plan::of("When was the bridge built?").statements.is_empty());
    }

    #[test]
    fn a_statement_is_known_by_its_title() {
        for (title, statement) in [
            ("CONSOLIDATED BALANCE SHEETS", Statement::BalanceSheet),
            ("Consolidated Statements of Financial Position", Statement::BalanceSheet),
            ("CONSOLIDATED STATEMENTS OF OPERATIONS", Statement::Income),
            ("合并现金流量表", Statement::CashFlows),
        ] {
            assert!(statement.is_title(title), "{title}");
        }
        assert!(Statement::Income.is_title("Consolidated Statements of Income"));
        assert!(!Statement::BalanceSheet.is_title("Off-balance sheet arrangements"));
        assert!(!Statement::BalanceSheet.is_title("Consolidated Balance Sheets 45"));
        assert!(!Statement::BalanceSheet.is_title(
            "We have audited the accompanying consolidated balance sheets of the company"
        ));
        assert!(!Statement::Income.is_title("Notes to the consolidated statements of income"));
    }
}
