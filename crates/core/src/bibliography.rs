//! What a list of references says of a document. The reader guesses it from the file; a person corrects
//! it. Deliberately not here: the formats it is written in.

use crate::document::DocumentInfo;
use serde::{Deserialize, Serialize};

/// What kind of work a document is. Names are those of CSL where CSL has one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkKind {
    /// In a journal or newspaper.
    Article,
    /// A book or another monograph.
    Book,
    /// Part of a book.
    Chapter,
    /// In the proceedings of a conference.
    Paper,
    /// A thesis or dissertation.
    Thesis,
    /// A report, white paper or manual.
    Report,
    /// A standard.
    Standard,
    /// A patent.
    Patent,
    /// Anything else.
    #[default]
    Document,
}

/// A work as a list of references names it. What is not known is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Bibliography {
    /// What kind of work it is.
    pub kind: WorkKind,
    /// Its title.
    pub title: String,
    /// Who wrote it, each name as printed: `Knuth, Donald E.`, `Donald E. Knuth`, `钱学森`.
    pub authors: Vec<String>,
    /// When it appeared: `2021`, `2021-05` or `2021-05-17`.
    pub date: String,
    /// The journal, book, proceedings or series it is in.
    pub container: String,
    /// Volume of the journal or book.
    pub volume: String,
    /// Issue of the journal.
    pub issue: String,
    /// Pages in the container: `12-34`.
    pub pages: String,
    /// The publisher, or the institution of a report or thesis.
    pub publisher: String,
    /// Where the publisher is.
    pub place: String,
    /// Edition: `2`, `第3版`.
    pub edition: String,
    /// Number of a report, standard or patent.
    pub number: String,
    /// Digital object identifier, without `https://doi.org/`.
    pub doi: String,
    /// International standard book number.
    pub isbn: String,
    /// Where it is on the web.
    pub url: String,
}

impl Bibliography {
    /// What the file says of itself; `title` is what the document is called here.
    pub fn guess(title: &str, info: &DocumentInfo) -> Self {
        let created = info.created.as_deref().unwrap_or_default();
        Self {
            title: title.to_owned(),
            authors: info.authors.clone(),
            date: day(created).unwrap_or_default(),
            ..Self::default()
        }
    }

    /// The year of [`Self::date`].
    pub fn year(&self) -> Option<i32> {
        self.date.get(..4)?.parse().ok()
    }
}

/// The day of a PDF date (`D:20210517…`) or of an ISO date, as far as it is given.
fn day(date: &str) -> Option<String> {
    let date = date.trim().trim_start_matches("D:");
    let digits: String = date.chars().take(10).filter(char::is_ascii_digit).take(8).collect();
    let plausible = |at: std::ops::Range<usize>, most: u32| {
        digits
            .get(at)
            .and_then(|part| part.parse::<u32>().ok())
            .is_some_and(|n| (1..=most).contains(&n))
    };
    let year = digits.get(..4).filter(|year| matches!(year.as_bytes()[0], b'1' | b'2'))?;
    Some(match (plausible(4..6, 12), plausible(6..8, 31)) {
        (true, true) => format!("{year}-{}-{}", &digits[4..6], &digits[6..8]),
        (true, false) => format!("{year}-{}", &digits[4..6]),
        _ => year.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_files() {
        assert_eq!(day("D:20210517093000+08'00'").as_deref(), Some("2021-05-17"));
        assert_eq!(day("2021-05-17T09:30:00Z").as_deref(), Some("2021-05-17"));
        assert_eq!(day("D:202105").as_deref(), Some("2021-05"));
        assert_eq!(day("2021").as_deref(), Some("2021"));
        assert_eq!(day("D:20211399").as_deref(), Some("2021"));
        assert_eq!(day("May 17"), None);
        assert_eq!(day(""), None);
    }
}
