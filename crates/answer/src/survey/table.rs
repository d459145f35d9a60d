//! A table in GitHub's Markdown, as it is written.

use crate::quoting::{Quotation, Writer};
use std::fmt::Write as _;

/// Rows of cells under a header, at the end of a text.
pub(super) struct Table<'w, 'a> {
    writer: &'w mut Writer<'a>,
}

impl<'w, 'a> Table<'w, 'a> {
    /// A table without rows.
    pub(super) fn new(writer: &'w mut Writer<'a>, header: &[&str]) -> Self {
        let rule = vec!["---"; header.len()].join(" | ");
        let _ = write!(writer.text, "| {} |\n| {rule} |", header.join(" | "));
        Self { writer }
    }

    /// Begins a row.
    pub(super) fn row(&mut self) {
        self.writer.text.push_str("\n|");
    }

    /// Adds a cell of words that cannot end it.
    pub(super) fn cell(&mut self, words: &str) {
        let _ = write!(self.writer.text, " {words} |");
    }

    /// Adds a cell of quotations.
    pub(super) fn quotations(&mut self, quotations: &[Quotation]) {
        for quotation in quotations {
            self.writer.text.push(' ');
            self.writer.quote_in_cell(quotation);
        }
        self.writer.text.push_str(" |");
    }
}
