//! Places a question is narrowed to.

use crate::{DocumentKind, SectionName};
use std::ops::RangeInclusive;
use yinju_core::Language;

/// Where to look, in a person's own words. Each list means "any of these"; an empty one
/// "everywhere". What documents they mean is found out by whoever knows the documents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filters {
    /// Titles or names of files, or parts of them.
    pub documents: Vec<String>,
    /// What they are.
    pub kinds: Vec<DocumentKind>,
    /// Who they are between or whose they are, or parts of the names.
    pub parties: Vec<String>,
    /// Headings.
    pub sections: Vec<SectionName>,
    /// Pages, from 1.
    pub pages: Vec<RangeInclusive<u32>>,
    /// Years documents are from or about.
    pub years: Vec<RangeInclusive<u16>>,
    /// What passages are written in.
    pub languages: Vec<Language>,
}

impl Filters {
    /// Whether they leave everything as it is.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether they mean some documents and not others.
    pub fn choose_documents(&self) -> bool {
        !self.documents.is_empty()
            || !self.kinds.is_empty()
            || !self.parties.is_empty()
            || !self.years.is_empty()
    }

    /// Whether a document that has such names and dates is meant.
    pub fn holds_year(&self, texts: &[&str]) -> bool {
        let years = texts.iter().flat_map(|text| years_in(text));
        years.into_iter().any(|year| self.years.iter().any(|range| range.contains(&year)))
    }

    /// Whether texts name a year at all.
    pub fn is_dated(texts: &[&str]) -> bool {
        texts.iter().any(|text| !years_in(text).is_empty())
    }
}

/// Numbers of four digits that can be years.
fn years_in(text: &str) -> Vec<u16> {
    let digits = text.split(|c: char| !c.is_ascii_digit());
    let four = digits.filter_map(|run| run.get(..4));
    four.filter_map(|year| year.parse().ok()).filter(|year| (1000..2200).contains(year)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_stands_in_a_name_or_a_date() {
        let filters = Filters { years: vec![2021..=2022], ..Filters::default() };
        assert!(filters.holds_year(&["annual-report-2022.pdf"]));
        assert!(filters.holds_year(&["x", "20210304120000Z"]));
        assert!(!filters.holds_year(&["report 2020", "12022", ""]));
    }
}
