//! Runs of characters → pieces: characters as they are shown, white space folded, empty blocks left
//! out. The one place where a reader's text becomes a page's.

use crate::flow::Piece;
use yinju_core::raised::raised;
use yinju_core::text::is_cjk;
use yinju_core::{BlockKind, Table, normal};

/// Collects pieces in reading order.
pub(crate) struct Builder {
    pieces: Vec<Piece>,
    text: String,
    gap: Gap,
    style: Style,
    page_break: bool,
    label: Option<String>,
    notes: Vec<Piece>,
    /// Pictures within the block being written.
    pictures: Vec<Piece>,
}

/// What the block being written is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Style {
    pub kind: BlockKind,
    pub level: Option<u8>,
    /// White space counts.
    pub verbatim: bool,
}

impl Style {
    pub(crate) const PLAIN: Self = Self::of(BlockKind::Paragraph);

    pub(crate) const fn of(kind: BlockKind) -> Self {
        Self { kind, level: None, verbatim: false }
    }

    pub(crate) const fn heading(level: u8) -> Self {
        Self { kind: BlockKind::Heading, level: Some(level), verbatim: false }
    }
}

/// White space that is not written yet, as nothing may follow it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    None,
    Space,
    /// With a line end of the source in it.
    LineEnd,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            pieces: Vec::new(),
            text: String::new(),
            gap: Gap::None,
            style: Style::PLAIN,
            page_break: false,
            label: None,
            notes: Vec::new(),
            pictures: Vec::new(),
        }
    }
}

impl Builder {
    /// The style of what is written next. A block that is being written ends.
    pub(crate) fn style(&mut self, style: Style) {
        self.end_block();
        self.style = style;
    }

    /// Index of the piece that is being written or comes next.
    pub(crate) fn position(&self) -> usize {
        self.pieces.len()
    }

    /// Characters of the block being written.
    pub(crate) fn text(&mut self, text: &str) {
        for c in text.chars() {
            if self.style.verbatim {
                self.put_verbatim(c);
            } else {
                self.put(c);
            }
        }
    }

    /// Characters that stand raised beside those before them.
    pub(crate) fn raised(&mut self, mark: &str) {
        let before = if self.gap == Gap::None { self.text.as_str() } else { "" };
        let written = raised(before, mark, "");
        self.text(&written);
    }

    /// What a reader sees before the block, unless something of it is written already.
    pub(crate) fn lead(&mut self, lead: &str) {
        if self.text.is_empty() && !lead.is_empty() {
            self.text(lead);
            self.gap = Gap::Space;
        }
    }

    /// Characters whose spaces and line ends count.
    pub(crate) fn verbatim(&mut self, text: &str) {
        text.chars().for_each(|c| self.put_verbatim(c));
    }

    /// A line ends, the block does not.
    pub(crate) fn line_break(&mut self) {
        self.text.push('\n');
        self.gap = Gap::None;
    }

    /// The block ends. One with empty lines in it becomes several; one of white space none.
    pub(crate) fn end_block(&mut self) {
        let text = std::mem::take(&mut self.text);
        self.gap = Gap::None;
        let mut lines: Vec<&str> = Vec::new();
        for line in text.split('\n').map(str::trim_end).chain([""]) {
            if line.is_empty() && !lines.is_empty() {
                let piece = Piece::new(self.style.kind, self.style.level, lines.join("\n"));
                self.add(piece);
                lines.clear();
            } else if !line.is_empty() {
                lines.push(if self.style.verbatim { line } else { line.trim_start() });
            }
        }
        if let (Some(last), false) = (self.pieces.last_mut(), self.notes.is_empty()) {
            last.notes.append(&mut self.notes);
        }
        for picture in std::mem::take(&mut self.pictures) {
            self.add(picture);
        }
    }

    /// A table between two blocks.
    pub(crate) fn table(&mut self, table: Table) {
        self.end_block();
        self.add(Piece::table(table));
    }

    /// Pieces from elsewhere.
    pub(crate) fn extend(&mut self, pieces: Vec<Piece>) {
        self.end_block();
        for piece in pieces {
            self.add(piece);
        }
    }

    /// A picture; it comes after the block it stands in.
    pub(crate) fn picture(&mut self, picture: Piece) {
        self.pictures.push(picture);
    }

    /// Whether something of a block is written.
    pub(crate) fn is_within_block(&self) -> bool {
        !self.text.is_empty()
    }

    /// A page ends here, and with it the block.
    pub(crate) fn page_break(&mut self) {
        self.end_block();
        self.page_break = true;
    }

    /// The page of the printed book that begins here.
    pub(crate) fn label(&mut self, label: String) {
        self.label = Some(label);
    }

    /// Something that belongs at the end of the page the block is on.
    pub(crate) fn note(&mut self, note: Piece) {
        self.notes.push(note);
    }

    /// All pieces.
    pub(crate) fn finish(mut self) -> Vec<Piece> {
        self.end_block();
        // Notes of nothing stand for themselves.
        self.pieces.append(&mut self.notes);
        self.pieces
    }

    fn add(&mut self, mut piece: Piece) {
        piece.page_break |= std::mem::take(&mut self.page_break);
        piece.label = piece.label.or(self.label.take());
        self.pieces.push(piece);
    }

    fn put(&mut self, c: char) {
        if normal::is_space(c) {
            let ends = matches!(c, '\n' | '\r') || self.gap == Gap::LineEnd;
            self.gap = if ends { Gap::LineEnd } else { Gap::Space };
            return;
        }
        for c in normal::shown(c) {
            self.fill_gap(c);
            self.text.push(c);
        }
    }

    /// A line end of the source between two characters of a script without spaces is no space.
    fn fill_gap(&mut self, next: char) {
        let gap = std::mem::replace(&mut self.gap, Gap::None);
        let Some(last) = self.text.chars().next_back() else { return };
        let glued = gap == Gap::LineEnd && is_cjk(last) && is_cjk(next);
        if gap != Gap::None && last != '\n' && !glued {
            self.text.push(' ');
        }
    }

    fn put_verbatim(&mut self, c: char) {
        match c {
            '\n' => self.line_break(),
            '\r' => {}
            c if normal::is_space(c) => self.text.push(' '),
            c => self.text.extend(normal::shown(c)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(write: impl Fn(&mut Builder), expected: &[&str]) {
        let mut builder = Builder::default();
        write(&mut builder);
        let texts: Vec<_> = builder.finish().into_iter().map(|piece| piece.text).collect();
        assert_eq!(texts, expected);
    }

    #[test]
    fn white_space_is_folded() {
        check(|b| b.text("  a \t b\n c\u{3000}"), &["a b c"]);
        check(|b| b.text("引据\n  是 ABC\n程序"), &["引据是 ABC 程序"]);
        check(|b| b.text(" \n "), &[]);
    }

    #[test]
    fn lines_and_empty_lines_are_told_apart() {
        check(|b| (b.text("a "), b.line_break(), b.text(" b")).2, &["a\nb"]);
        check(|b| b.verbatim("  a\r\n    b  \n\n\nc"), &["a\nb", "c"]);
        check(
            |b| (b.style(Style { verbatim: true, ..Style::PLAIN }), b.text("a\n  b")).1,
            &["a\n  b"],
        );
    }

    #[test]
    fn characters_are_those_of_every_other_page() {
        check(|b| b.text("ﬁ\u{AD}ne Ａ ⽂"), &["fine Ａ 文"]);
    }
}
