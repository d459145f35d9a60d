//! From text to the terms that are posted and looked up. One analysis serves passages and
//! questions; a question is also read for what it asks about ([`question::Question`]).
//! Not here: scores, postings, any file.

mod chunk;
mod cjk;
pub mod fold;
pub mod marks;
pub mod question;
mod stop;
pub mod tokenizer;

use fold::fold;
use yinju_core::calendar::republic_years;

/// The longest term kept, in characters; longer ones are cut so that binary junk in a PDF cannot
/// fill the dictionary.
const LONGEST_TERM: usize = 64;

/// Every term of a text, in reading order, a term as often as it stands there.
pub fn terms(text: &str) -> Vec<String> {
    let folded = fold(text);
    let mut terms = Vec::with_capacity(folded.len() / 3);
    for run in runs(&folded) {
        match run {
            Run::Cjk(text) => cjk::push_terms(text, &mut terms),
            Run::Spaced(text) => chunk::push_terms(text, &mut terms),
        }
    }
    for term in &mut terms {
        cut(term);
    }
    // Beside what is written: who asks by one calendar finds what is dated by the other.
    terms.extend(republic_years(&folded).into_iter().map(|(_, year)| year.to_string()));
    terms
}

/// A stretch of folded text in one kind of script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Run<'a> {
    /// Letters of a script written without spaces, nothing else.
    Cjk(&'a str),
    /// Everything between such stretches, punctuation included.
    Spaced(&'a str),
}

/// Splits folded text where the kind of script changes.
fn runs(text: &str) -> Vec<Run<'_>> {
    let mut runs = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let cjk = is_unspaced_letter(first);
        let end = rest.find(|c| is_unspaced_letter(c) != cjk).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        runs.push(if cjk { Run::Cjk(run) } else { Run::Spaced(run) });
        rest = after;
    }
    runs
}

/// Letters of Chinese and Japanese, and Korean syllables, whose spaces do not part terms well.
fn is_unspaced_letter(c: char) -> bool {
    (yinju_core::text::is_cjk(c) && c.is_alphanumeric()) || ('\u{AC00}'..='\u{D7A3}').contains(&c)
}

fn cut(term: &mut String) {
    if term.len() > LONGEST_TERM {
        let end = yinju_core::text::byte_of_char(term, LONGEST_TERM);
        term.truncate(end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        assert_eq!(terms(text), expected, "{text}");
    }

    #[test]
    fn chinese_gives_words_and_bigrams_without_repeating_a_place() {
        check("引据", &["引据"]);
        check("合作开发", &["合作", "合作开发", "作开", "开发"]);
        check("第3章", &["第", "3", "章"]);
    }

    #[test]
    fn traditional_full_width_and_case_fold_together() {
        assert_eq!(terms("梵語的學術研究"), terms("梵语的学术研究"));
        assert_eq!(terms("Ｑｄｒａｎｔ　２０２４"), terms("qdrant 2024"));
        assert_eq!(terms("Résumé"), terms("resume"));
    }

    #[test]
    fn english_is_stemmed() {
        check("Running studies", &["run", "studi"]);
        check("Arsenal’s", &["arsenal"]);
    }

    #[test]
    fn identifiers_stand_whole_and_in_parts() {
        let found = terms("按 GB/T 7714-2015 著录");
        for term in ["gb/t", "gb", "t", "7714-2015", "7714", "2015", "gb/t7714-2015"] {
            assert!(found.iter().any(|f| f == term), "{term} in {found:?}");
        }
        check("3.1.4", &["3.1.4", "3", "1", "4"]);
        check("Q3", &["q3"]);
        check("1,234,567", &["1234567"]);
    }

    #[test]
    fn a_year_has_a_term_in_the_common_era() {
        assert!(terms("民國112年度").iter().any(|term| term == "2023"));
        assert!(terms("2023年度").iter().all(|term| term != "112"));
    }

    #[test]
    fn nothing_comes_of_nothing() {
        check("", &[]);
        check(" ，。!— ", &[]);
    }
}
