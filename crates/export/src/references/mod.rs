//! The cited works as lists that other programs read, and as a list that people read. Not here: which
//! works are cited.

mod bib;
mod csl;
mod ris;
mod style;

pub(crate) use bib::write as bib;
pub(crate) use csl::write as csl;
pub(crate) use ris::write as ris;
pub(crate) use style::{Style, listed};

use crate::ExportError;
use crate::works::Work;
use std::fmt::Write as _;

/// A list after GB/T 7714-2015 and, behind it, the pages and files that were cited.
pub(crate) fn gbt7714(works: &[Work]) -> Result<String, ExportError> {
    let mut out = String::new();
    for (i, runs) in listed(works, Style::Gbt7714)?.iter().enumerate() {
        let text: String = runs.iter().map(|run| run.text.as_str()).collect();
        let _ = writeln!(out, "[{}] {text}", i + 1);
    }
    out.push('\n');
    for (i, work) in works.iter().enumerate() {
        let _ = writeln!(out, "[{}] {}", i + 1, work.note);
    }
    Ok(out)
}

/// Year, month and day, as far as a date of [`yinju_core::Bibliography`] gives them.
fn date_parts(date: &str) -> Vec<u32> {
    let parts = date.split('-').map(|part| part.trim().parse::<u32>().ok());
    let known: Vec<u32> = parts.take(3).map_while(|part| part).collect();
    let plausible = known.first().is_some_and(|year| (1..=9999).contains(year))
        && known.get(1).is_none_or(|month| (1..=12).contains(month))
        && known.get(2).is_none_or(|day| (1..=31).contains(day));
    if plausible { known } else { vec![] }
}

/// `第3版` and `3rd edition` are numbers; styles write the words themselves.
fn edition(text: &str) -> String {
    let digits: Vec<&str> =
        text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    if let [number] = digits[..] { number.to_owned() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_editions() {
        assert_eq!(date_parts("2021-05-17"), [2021, 5, 17]);
        assert_eq!(date_parts("2021"), [2021]);
        assert_eq!(date_parts("2021-13"), [0; 0]);
        assert_eq!(date_parts("spring 2021"), [0; 0]);
        assert_eq!(edition("第3版"), "3");
        assert_eq!(edition("2nd edition"), "2");
        assert_eq!(edition("修订版"), "修订版");
    }
}
