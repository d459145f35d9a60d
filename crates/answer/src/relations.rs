//! Whether a number of a sentence stands on the page with what the sentence says it of, or with something
//! else that stands near by. Clauses are compared: those of the quotation that hold the number against
//! those that hold another. Deliberately not here: grammar; tables (`rows`).

use crate::terms::Terms;
use std::collections::BTreeSet;
use yinju_core::language::is_ideograph;

/// What the clause of another number must share more with the sentence's than that of its own: a word,
/// or two of the pairs of characters that Chinese words are compared by.
const MARGIN: f32 = 2.0;

/// A stretch between two marks that part.
struct Clause {
    terms: Terms,
    /// Its words, without numbers.
    words: Terms,
}

/// Whether a number is said of something that the page says another number of.
pub(crate) fn is_misplaced(sentence: &str, quoted: &[&str]) -> bool {
    let page: Vec<Clause> = quoted.iter().flat_map(|quote| clauses(quote)).collect();
    clauses(sentence).iter().any(|clause| {
        let mut numbers = clause.terms.numbers();
        numbers.any(|number| stands_with_another(number, clause, &page))
    })
}

fn stands_with_another(number: &str, clause: &Clause, page: &[Clause]) -> bool {
    let rest: BTreeSet<&str> = clause.terms.numbers().filter(|other| *other != number).collect();
    let shared = |held: &Clause| {
        let words: f32 = clause.words.shared_with(&held.words);
        // A year in the same clause is a condition of the number.
        let conditions = rest.iter().filter(|value| held.terms.says_number(value)).count();
        words + MARGIN * conditions as f32
    };
    let best = |holds: bool| {
        let those = page.iter().filter(|held| {
            held.terms.says_number(number) == holds && held.terms.numbers().next().is_some()
        });
        those
            .map(shared)
            .fold(None, |best: Option<f32>, score| Some(best.unwrap_or(score).max(score)))
    };
    match (best(true), best(false)) {
        (Some(own), Some(other)) => other >= own + MARGIN,
        _ => false,
    }
}

fn clauses(text: &str) -> Vec<Clause> {
    let chars: Vec<char> = text.chars().collect();
    let (mut found, mut from) = (Vec::new(), 0);
    for at in 0..=chars.len() {
        if at == chars.len() || parts(&chars, at) {
            let clause: String = chars[from..at].iter().collect();
            let terms = Terms::of(&clause);
            let words = terms.without_numbers();
            if !terms.is_empty() {
                found.push(Clause { terms, words });
            }
            from = at + 1;
        }
    }
    found
}

/// Whether a mark parts two clauses; one inside a number does not.
fn parts(chars: &[char], at: usize) -> bool {
    let is_digit =
        |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(char::is_ascii_digit);
    match chars[at] {
        '，' | '；' | '。' | ';' | '！' | '？' | '!' | '?' => true,
        // `、` lists what one thing is said of.
        ',' | '.' => !(is_digit(at.checked_sub(1)) && is_digit(Some(at + 1))),
        ' ' => joins(chars, at),
        _ => false,
    }
}

/// Whether the word that begins after a space joins two statements.
fn joins(chars: &[char], at: usize) -> bool {
    let word: String =
        chars[at + 1..].iter().take_while(|c| c.is_alphabetic() && !is_ideograph(**c)).collect();
    matches!(word.as_str(), "and" | "while" | "whereas" | "but" | "or")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sentence: &str, quote: &str, misplaced: bool) {
        assert_eq!(is_misplaced(sentence, &[quote]), misplaced, "{sentence} | {quote}");
    }

    #[test]
    fn a_number_belongs_to_its_clause() {
        let quote = "Output is 14.4 V for the charger, and 9.5 V for the standby supply.";
        check("The charger has an output of 14.4 V.", quote, false);
        check("The standby supply has an output of 14.4 V.", quote, true);
        let quote = "流动资产为300万元，固定资产为500万元。";
        check("固定资产为500万元。", quote, false);
        check("固定资产为300万元。", quote, true);
        check("流动资产为300万元，固定资产为500万元。", quote, false);
    }

    #[test]
    fn what_one_clause_says_cannot_be_told_apart() {
        let quote = "The population grew from 5,000 in 1990 to 8,000 in 2000.";
        check("In 2000 it had a population of 8,000.", quote, false);
        check("The population was 5,000 in 1990.", quote, false);
    }
}
