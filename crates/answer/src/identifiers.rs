//! What a question names exactly: numbers of parts, units, clauses and orders, names in quotation marks.
//! Of such a thing there is one, and look-alikes are not it: where the evidence does not hold it, what
//! the evidence says is about another. Deliberately not here: dates, amounts and quantities, which are
//! compared by value and written in many ways.

use crate::agree::unit;
use crate::numbers;
use crate::terms::Terms;
use regex::{Captures, Regex};
use std::sync::OnceLock;
use unicode_normalization::UnicodeNormalization;
use yinju_core::language::is_ideograph;

/// One thing a question names exactly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identifier {
    /// As the question writes it.
    pub written: String,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    /// Letters and digits, `SN-99999`, `PO 0451`, `3-1-0402`: its runs of either.
    Code(Vec<String>),
    /// A word and the number that tells one such thing from others: `unit 612`, `第15条`.
    Numbered { word: String, number: String },
    /// Words in quotation marks, as [`squeezed`].
    Name(String),
}

/// What a match names, if it names one thing.
type Reader = fn(&Captures<'_>) -> Option<Kind>;

/// What a question names exactly, in its order.
pub fn named(question: &str) -> Vec<Identifier> {
    let text: String = question.nfkc().collect();
    let mut found: Vec<(usize, Identifier)> = Vec::new();
    let readers: [(&Regex, Reader); 5] = [
        (names_pattern(), name),
        (documents_pattern(), document),
        (codes_pattern(), code_of),
        (numbered_pattern(), numbered),
        (articles_pattern(), article),
    ];
    for (pattern, read) in readers {
        for captures in pattern.captures_iter(&text) {
            let Some(whole) = captures.get(0) else { continue };
            let is_part = found
                .iter()
                .any(|(at, known)| *at < whole.end() && whole.start() < at + known.written.len());
            if let (false, Some(kind)) = (is_part, read(&captures)) {
                // What follows a number says whether it counts, and is no part of the name.
                let name = captures.name("name").unwrap_or(whole);
                let written = name.as_str().trim().to_owned();
                found.push((whole.start(), Identifier { written, kind }));
            }
        }
    }
    found.sort_by_key(|(at, _)| *at);
    found.into_iter().map(|(_, identifier)| identifier).collect()
}

/// Short words in capitals in a question that is not written in capitals: what may be told in other words too
/// (`CEO`), so that to lack it says less than to lack an identifier.
pub fn abbreviations(question: &str) -> Vec<String> {
    static PATTERN: OnceLock<Regex> = OnceLock::new();
    let pattern = PATTERN.get_or_init(|| constant(r"[A-Za-z0-9_-]+"));
    if question.chars().all(|c| !c.is_alphabetic() || c.is_uppercase()) {
        return Vec::new();
    }
    let words = pattern.find_iter(question).map(|word| word.as_str());
    let is_short =
        |word: &&str| (3..=6).contains(&word.len()) && word.chars().all(|c| c.is_ascii_uppercase());
    words.filter(is_short).map(str::to_owned).collect()
}

impl Identifier {
    /// Whether a text holds it: a code or name in any spelling of its case and hyphens, a number
    /// beside the word it belongs to.
    pub fn stands_in(&self, text: &str) -> bool {
        match &self.kind {
            Kind::Code(wanted) => has_code(&text.nfkc().collect::<Vec<char>>(), wanted),
            Kind::Numbered { word, number } => has_numbered(text, word, number),
            Kind::Name(wanted) => has_name(&squeezed(text), wanted),
        }
    }
}

/// In one sentence with its word (`Units 610 to 612`), or before a line, where clauses and steps have
/// theirs. Chinese puts the word behind the number.
fn has_numbered(text: &str, word: &str, number: &str) -> bool {
    let folded: String = text.nfkc().collect();
    let begins = |line: &str| {
        let line: Vec<char> = line.trim_start_matches(['(', ' ', '\t']).chars().collect();
        number_at(&line, 0).is_some_and(|(value, _)| same_number(&value, number))
    };
    if word.chars().all(is_ideograph) {
        // 第3.2条 stands as `3.2` before its text; 第3条 has its word wherever it stands.
        let is_in_parts = number.contains('.');
        return has_counted(&folded, word, number) || (is_in_parts && folded.lines().any(begins));
    }
    let asked = Terms::of(word);
    folded.lines().any(begins)
        || folded.split(['\n', ';', '!', '?']).any(|sentence| {
            asked.recall_in(&Terms::of(sentence)) > 0.99
                && numbers_of(sentence).iter().any(|(value, _)| same_number(value, number))
        })
}

/// Whether a name stands in a text, whole where its ends are of Latin script.
fn has_name(text: &str, name: &str) -> bool {
    let goes_on = |near: Option<char>, end: Option<char>| {
        let is_latin = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() && !is_ideograph(c));
        is_latin(near) && is_latin(end)
    };
    text.match_indices(name).any(|(at, _)| {
        !goes_on(text[..at].chars().next_back(), name.chars().next())
            && !goes_on(text[at + name.len()..].chars().next(), name.chars().next_back())
    })
}

fn has_counted(text: &str, word: &str, number: &str) -> bool {
    numbers_of(text)
        .iter()
        .any(|(value, after)| same_number(value, number) && after.trim_start().starts_with(word))
}

/// The numbers of a text, each with what follows it.
fn numbers_of(text: &str) -> Vec<(String, String)> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let Some((value, len)) = number_at(&chars, at) else {
            at += 1;
            continue;
        };
        at += len;
        found.push((value, chars[at..].iter().take(4).collect()));
    }
    found
}

/// The number that begins at a place, if none goes on there, and how many characters it has.
fn number_at(chars: &[char], at: usize) -> Option<(String, usize)> {
    let goes_on = at > 0 && (chars[at - 1].is_ascii_alphanumeric() || chars[at - 1] == '.');
    if goes_on {
        return None;
    }
    let run: String = chars[at..].iter().take_while(|c| c.is_ascii_digit() || **c == '.').collect();
    let digits = run.trim_end_matches('.');
    if digits.starts_with(|c: char| c.is_ascii_digit()) {
        return Some((digits.to_owned(), digits.len()));
    }
    numbers::chinese(&chars[at..]).map(|number| (number.value, number.len))
}

/// `7` and `007` may be the same unit's; `7` and `7.0` are not the same clause.
fn same_number(one: &str, other: &str) -> bool {
    one.trim_start_matches('0') == other.trim_start_matches('0')
}

fn names_pattern() -> &'static Regex {
    static PATTERN: OnceLock<Regex> = OnceLock::new();
    PATTERN.get_or_init(|| constant(r#"[“"「『《]([^”"」』》\n]{2,40})[”"」』》]"#))
}

/// Numbers and short words in capitals, side by side.
fn codes_pattern() -> &'static Regex {
    static PATTERN: OnceLock<Regex> = OnceLock::new();
    PATTERN.get_or_init(|| {
        constant(concat!(
            r"#?[A-Za-z0-9]*[0-9][A-Za-z0-9]*(?:[-_/.#][A-Za-z0-9]+)*",
            r"(?: (?:[A-Z]{1,4}|[A-Z]{0,4}[0-9]+[A-Z]{0,2})(?:[-_/.#][A-Za-z0-9]+)*\b)*",
            r"|\b[A-Z]{1,4}(?: [0-9]+(?:[-_/.#][A-Za-z0-9]+)*\b)+",
            r"|\b[A-Za-z][A-Za-z0-9]*(?:[-_/.#][A-Za-z0-9]+)+"
        ))
    })
}

fn numbered_pattern() -> &'static Regex {
    static PATTERN: OnceLock<Regex> = OnceLock::new();
    PATTERN.get_or_init(|| {
        constant(r"\b(?<name>([A-Za-z]{3,})(?:\s+(?:no\.?|number|nr\.?)|\s*#)?\s+(\d+(?:\.\d+)*))(\s*[A-Za-z%°$€£]*)")
    })
}

/// Numbers of official documents: `川水发〔2020〕14号`.
fn documents_pattern() -> &'static Regex {
    static PATTERN: OnceLock<Regex> = OnceLock::new();
    PATTERN.get_or_init(|| constant(r"\p{Han}{1,6}\s*[〔\[(（]\d{4}[〕\])）]\s*第?\d+\s*号"))
}

fn articles_pattern() -> &'static Regex {
    static PATTERN: OnceLock<Regex> = OnceLock::new();
    PATTERN.get_or_init(|| {
        constant(r"第\s*([0-9.]+|[零〇一二三四五六七八九十百千]+)\s*([号條条款])|()(\d{2,})\s*(号)")
    })
}

fn constant(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is constant and tested")
}

fn name(captures: &Captures<'_>) -> Option<Kind> {
    let name = squeezed(captures.get(1)?.as_str()).trim().to_owned();
    (!name.is_empty()).then_some(Kind::Name(name))
}

fn document(captures: &Captures<'_>) -> Option<Kind> {
    let name = squeezed(captures.get(0)?.as_str());
    // What stands before it may be no part of it.
    let name = name.trim().trim_start_matches(['和', '与', '及', '或', '在', '据', '按', '由']);
    Some(Kind::Name(name.to_owned()))
}

/// What stands in it tells a code from a count: letters beside digits, a zero before them, marks between
/// them, or more digits than are counted with. A quantity (`10kg`), an ordinal, a decade, an amount of
/// money, a date or a year names nothing.
fn code_of(captures: &Captures<'_>) -> Option<Kind> {
    const MONEY: &str = " USD EUR GBP CNY RMB JPY HKD ";
    let token = captures.get(0)?.as_str();
    let runs = runs(&token.chars().collect::<Vec<_>>());
    let runs: Vec<&str> = runs.iter().map(|run| run.text.as_str()).collect();
    let (digits, letters): (Vec<&str>, Vec<&str>) =
        runs.iter().partition(|run| run.starts_with(|c: char| c.is_ascii_digit()));
    let first = *digits.first()?;
    let is_quantity = runs.first() == Some(&first)
        && letters.len() == 1
        && runs.len() <= 3
        && letters[0].chars().all(|c| c.is_ascii_lowercase());
    let is_money = letters.iter().any(|word| MONEY.contains(&format!(" {word} ")));
    let is_year = |run: &str| run.len() == 4 && (run.starts_with("19") || run.starts_with("20"));
    // `FY22`, `2021 Q1`, `Q22023`, `FY2019 3 year average`: a time, written in many ways.
    let of_time = |word: &&str| ["FY", "CY", "Q", "H"].contains(&word.to_uppercase().as_str());
    let is_short = |run: &&str| run.len() <= 2 || is_year(run) || run.get(1..).is_some_and(is_year);
    let is_fiscal =
        !letters.is_empty() && letters.iter().all(of_time) && digits.iter().all(is_short);
    let is_period =
        is_fiscal || (!letters.is_empty() && digits.last().is_some_and(|run| is_year(run)));
    let is_date = letters.is_empty()
        && is_year(first)
        && digits[1..].iter().all(|run| run.len() <= 2 && run.parse().is_ok_and(|n: u8| n <= 31));
    let is_decimal = letters.is_empty() && digits.len() == 2 && token.contains('.');
    let is_padded = digits.iter().any(|run| run.len() > 1 && run.starts_with('0'));
    let tells = !letters.is_empty()
        || is_padded
        || digits.len() > 1
        || first.len() >= 5
        || token.starts_with('#');
    let is_other = is_quantity || is_money || is_period || is_date || is_decimal;
    (tells && !is_other).then(|| Kind::Code(folded(&runs)))
}

/// A run of digits or of letters.
struct Run {
    text: String,
    start: usize,
    end: usize,
}

fn runs(chars: &[char]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (at, c) in chars.iter().enumerate().filter(|(_, c)| c.is_ascii_alphanumeric()) {
        let goes_on = |run: &Run| {
            run.end == at && run.text.ends_with(|b: char| b.is_ascii_digit()) == c.is_ascii_digit()
        };
        match runs.last_mut() {
            Some(run) if goes_on(run) => {
                run.text.push(*c);
                run.end += 1;
            }
            _ => runs.push(Run { text: c.to_string(), start: at, end: at + 1 }),
        }
    }
    runs
}

fn folded(runs: &[&str]) -> Vec<String> {
    runs.iter().map(|run| run.to_lowercase()).collect()
}

/// Whether a text holds the runs of a code, side by side, with nothing more joined to them.
fn has_code(text: &[char], wanted: &[String]) -> bool {
    let all = runs(text);
    let parts = |from: usize, to: usize| {
        to - from <= 1 && text[from..to].iter().all(|c| " -_/.#".contains(*c))
    };
    let is_joined =
        |from: usize, to: usize| from == to || (to - from == 1 && "-_/#.".contains(text[from]));
    (0..all.len()).any(|at| {
        let Some(there) = all.get(at..at + wanted.len()) else { return false };
        let is_same = there.iter().zip(wanted).all(|(run, word)| run.text.to_lowercase() == *word);
        let is_whole = there.windows(2).all(|pair| parts(pair[0].end, pair[1].start));
        let before = at.checked_sub(1).map(|before| &all[before]);
        let after = all.get(at + wanted.len());
        is_same
            && is_whole
            && !before.is_some_and(|run| is_joined(run.end, there[0].start))
            && !after.is_some_and(|run| is_joined(there[wanted.len() - 1].end, run.start))
    })
}

/// Words before a number that is counted with.
const COUNTING: &str = " least most top first last next about roughly nearly almost exactly only another per than \
 above below within under over around approximately some every these those following ";

/// A word before a number that no unit follows. A year is a date, whatever stands before it.
fn numbered(captures: &Captures<'_>) -> Option<Kind> {
    let (word, number) = (captures.get(2)?.as_str(), captures.get(3)?.as_str());
    let follows = captures.get(4).map_or("", |m| m.as_str()).trim();
    let follows_chars: Vec<char> = follows.chars().collect();
    let is_counted = unit(&follows_chars).is_some() || follows.contains(['%', '°', '$', '€', '£']);
    let is_year = number.len() == 4
        && number.chars().all(|c| c.is_ascii_digit())
        && (number.starts_with('1') || number.starts_with("20"));
    let is_about_something =
        !Terms::of(word).is_empty() && !COUNTING.contains(&format!(" {} ", word.to_lowercase()));
    (!is_counted && !is_year && is_about_something)
        .then(|| Kind::Numbered { word: word.to_owned(), number: number.to_owned() })
}

fn article(captures: &Captures<'_>) -> Option<Kind> {
    let number = captures.get(1).or(captures.get(4))?.as_str();
    let word = captures.get(2).or(captures.get(5))?.as_str();
    let chars: Vec<char> = number.chars().collect();
    let value = numbers::chinese(&chars).map_or_else(|| number.to_owned(), |number| number.value);
    Some(Kind::Numbered { word: word.to_owned(), number: value })
}

/// Letters and digits in lower case; words of Latin script stay apart.
fn squeezed(text: &str) -> String {
    let mut squeezed = String::from(" ");
    for c in text.nfkc().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            squeezed.push(c);
        } else if !squeezed.ends_with(' ') && !squeezed.ends_with(is_ideograph) {
            squeezed.push(' ');
        }
    }
    squeezed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(question: &str, expected: &[&str]) {
        let found: Vec<String> = named(question).into_iter().map(|i| i.written).collect();
        assert_eq!(found, expected, "{question}");
    }

    #[test]
    fn what_is_named_exactly() {
        check("What is the serial number of unit 612?", &["unit 612"]);
        check("What does the Volt 19 weigh?", &["Volt 19"]);
        check("Which unit has serial number SN-99999?", &["SN-99999"]);
        check("合同第15条写了什么？", &["第15条"]);
        check("第十五条和《渡口志》说了什么？", &["第十五条", "《渡口志》"]);
        check("What does error E5 mean?", &["E5"]);
        check("What does clause 1.14 of the agreement say?", &["clause 1.14"]);
        check("What does “ship's company” mean?", &["“ship's company”"]);
        check("612号机组何时检修？", &["612号"]);
    }

    #[test]
    fn abbreviations_stand_in_capitals() {
        assert_eq!(abbreviations("What does CMSR stand for?"), ["CMSR"]);
        assert_eq!(abbreviations("CMSF是什么的缩写？"), ["CMSF"]);
        assert!(abbreviations("WHAT DOES IT MEAN?").is_empty());
        assert!(abbreviations("Where is unit A-KLM?").is_empty());
    }

    #[test]
    fn quantities_and_dates_name_nothing() {
        for question in [
            "What happened in May 2019?",
            "Who pays more than 30 days late?",
            "How heavy is the 10kg weight?",
            "What was built in the 1990s?",
            "公司 2024 年营业收入是多少？",
            "Which segment had the lowest revenue in 2021 Q1?",
            "What fell most in Q22023 and in FY22?",
            "What is the FY2017 - FY2019 3 year average of capex?",
            "How long is the warranty?",
        ] {
            check(question, &[]);
        }
    }

    fn stands(question: &str, text: &str) -> bool {
        named(question).iter().all(|identifier| identifier.stands_in(text))
    }

    #[test]
    fn look_alikes_are_another_thing() {
        assert!(stands("Where is unit 12?", "Unit 012 stands in hall 4."));
        assert!(!stands("Where is unit 12?", "Unit 112 stands in hall 4."));
        assert!(!stands("Where is unit 612?", "Unit 412 was checked 12 times."));
        assert!(stands("What is XJ-900?", "The XJ900 pump"));
        assert!(!stands("What is SN-99999?", "SN-99989"));
        assert!(stands("What does clause 3.2 say?", "3.2 Late amounts bear interest."));
        assert!(!stands("What does clause 3.2 say?", "3.21 Late amounts bear interest."));
        assert!(stands("What is step 4?", "3. Open it.\n4. Tighten the screw."));
        assert!(stands("第3条写了什么？", "第三条 甲方应当付款。"));
        assert!(!stands("第3条写了什么？", "第三十条 甲方应当付款。"));
        assert!(stands("第 2.4 条写了什么？", "2.3 交货。\n2.4 付款由双方办理。"));
        assert!(!stands("第 2.4 条写了什么？", "2.3 交货。\n2.41 付款，费率为 2.4 ‰。"));
        assert!(!stands("第3条写了什么？", "3 付款"));
    }
}
