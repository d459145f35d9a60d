//! How much is read of one file: what a small file can unpack to has no other bound.

use yinju_core::{Problem, ProblemCode};

/// Limits of pages and text. What was read until one is reached stays and is searched, and the document
/// says that it is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadingLimits {
    /// Pages of a file. Collections of laws in one file have some 20,000; books 3,000.
    pub pages: u32,
    /// Bytes of text of a file, as UTF-8: some 20,000 pages as dense as they are printed.
    pub text: u64,
    /// Bytes of text for each byte of the file. Real PDFs have 0.01 to 0.6 (the 40 of the public test
    /// data), books as EPUB 2 to 3, plain text 1 to 1.5; packed text of one sentence over and over has
    /// hundreds.
    pub text_per_byte: u64,
    /// Bytes of text that any file may have, however small it is: a book of 3,000 pages, in Chinese too.
    pub text_of_any: u64,
}

impl Default for ReadingLimits {
    fn default() -> Self {
        Self { pages: 30_000, text: 64 << 20, text_per_byte: 10, text_of_any: 16 << 20 }
    }
}

/// What came of a file so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Allowance {
    limits: ReadingLimits,
    text: u64,
    pages: u32,
}

impl Allowance {
    /// For a file of so many bytes.
    pub(super) fn new(limits: ReadingLimits, bytes: u64) -> Self {
        let by_size = bytes.saturating_mul(limits.text_per_byte).max(limits.text_of_any);
        Self {
            limits: ReadingLimits { text: limits.text.min(by_size), ..limits },
            text: 0,
            pages: 0,
        }
    }

    /// Whether there is room for another page with so much text; if so it is counted.
    pub(super) fn take(&mut self, text: usize, page_count: u32) -> Result<(), Problem> {
        let text = self.text.saturating_add(text as u64);
        if self.pages >= self.limits.pages {
            return Err(self.cut(page_count, "it has too many pages"));
        }
        if text > self.limits.text {
            let why = "it unpacks to more text than a file of its size has";
            return Err(self.cut(page_count, why));
        }
        (self.text, self.pages) = (text, self.pages + 1);
        Ok(())
    }

    fn cut(&self, page_count: u32, why: &str) -> Problem {
        let message =
            format!("only the first {} of {page_count} pages were read: {why}", self.pages);
        Problem::new(ProblemCode::TooMuchText, message)
            .hint("these can be searched; to have all of it read, split it into smaller files")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(bytes: u64, text: usize) -> u32 {
        let limits = ReadingLimits { pages: 9, text: 1_000, text_per_byte: 5, text_of_any: 100 };
        let mut allowance = Allowance::new(limits, bytes);
        while allowance.take(text, 99).is_ok() {}
        allowance.pages
    }

    #[test]
    fn a_file_may_have_text_by_its_size_and_no_more_than_any() {
        assert_eq!(pages(1, 50), 2);
        assert_eq!(pages(60, 50), 6);
        assert_eq!(pages(1_000_000, 200), 5);
        assert_eq!(pages(1_000_000, 0), 9);
    }

    #[test]
    fn a_book_of_three_thousand_pages_is_read_whole() {
        let mut book = Allowance::new(ReadingLimits::default(), 4 << 20);
        for _ in 0..3_000 {
            book.take(3_000, 3_000).unwrap();
        }
    }
}
