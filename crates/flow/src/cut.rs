//! Pieces → the pages of a file that has none: cut where the file says, else between blocks after so
//! many characters. The same pieces always give the same pages.

use crate::flow::{Chapter, Entry, Flow, Piece};
use crate::grid;
use yinju_core::document::OutlineEntry;
use yinju_core::{BlockKind, PageNumber, Table};

/// A page of a printed book has 1,500 to 3,000 characters, a dense one of A4 6,000.
pub(crate) const PAGE_CHARACTERS: usize = 3_000;

/// A page to be.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Sheet {
    pub pieces: Vec<Piece>,
    /// The page of the printed book it begins on.
    pub label: Option<String>,
    /// Why there is nothing on it.
    pub failure: Option<String>,
    /// Index of its chapter, and of the first piece of the chapter that begins on it.
    first: (usize, usize),
}

/// Cuts a file into pages, and says which of them its outline leads to. There is at least one page.
pub(crate) fn cut(flow: &mut Flow) -> (Vec<Sheet>, Vec<OutlineEntry>) {
    let entries = match std::mem::take(&mut flow.outline) {
        entries if entries.is_empty() => headings(&flow.chapters),
        entries => entries,
    };
    let mut cutter = Cutter::new(flow.page_characters, flow.headings_break);
    for (index, chapter) in std::mem::take(&mut flow.chapters).into_iter().enumerate() {
        cutter.chapter(index, chapter);
    }
    let sheets = cutter.sheets;
    let outline = entries.into_iter().map(|entry| located(entry, &sheets)).collect();
    (sheets, outline)
}

fn headings(chapters: &[Chapter]) -> Vec<Entry> {
    let pieces = chapters.iter().enumerate().flat_map(|(chapter, of)| {
        of.pieces.iter().enumerate().map(move |(index, piece)| ((chapter, index), piece))
    });
    let entry = |(target, piece): (_, &Piece)| {
        let title = piece.text.replace('\n', " ");
        Some(Entry { level: piece.level?, title, target: Some(target) })
    };
    pieces.filter_map(entry).collect()
}

fn located(entry: Entry, sheets: &[Sheet]) -> OutlineEntry {
    let page = entry.target.map(|target| {
        let after = sheets.partition_point(|sheet| sheet.first <= target);
        PageNumber::from_index(after.saturating_sub(1))
    });
    OutlineEntry { level: entry.level, title: entry.title, page }
}

struct Cutter {
    sheets: Vec<Sheet>,
    limit: usize,
    headings_break: bool,
    /// Characters on the page being filled, its notes included.
    filled: usize,
    notes: Vec<Piece>,
    label: Option<String>,
}

impl Sheet {
    /// A page with nothing on it, and why.
    pub(crate) fn failed(reason: &str) -> Self {
        Self { failure: Some(reason.to_owned()), ..Self::default() }
    }
}

impl Cutter {
    fn new(limit: usize, headings_break: bool) -> Self {
        let (sheets, notes) = (Vec::new(), Vec::new());
        Self { sheets, limit, headings_break, filled: 0, notes, label: None }
    }

    fn chapter(&mut self, index: usize, chapter: Chapter) {
        self.begin((index, 0));
        self.sheet().failure = chapter.failure;
        for (at, piece) in chapter.pieces.into_iter().enumerate() {
            let opens =
                piece.page_break || (self.headings_break && piece.level.is_some_and(|l| l == 1));
            if opens && self.filled > 0 {
                self.end();
                self.begin((index, at));
            }
            for (part, piece) in parts(piece, self.limit).into_iter().enumerate() {
                self.place(piece, (index, at), part > 0);
            }
        }
        self.end();
    }

    /// Puts a piece on the page if it has room there, else on the next. What continues a piece does
    /// not begin one.
    fn place(&mut self, mut piece: Piece, at: (usize, usize), continues: bool) {
        let notes = std::mem::take(&mut piece.notes);
        let below = notes.iter().map(size).sum::<usize>();
        if self.filled > 0 && self.filled + size(&piece) + below > self.limit {
            let moved = self.headings_at_end();
            self.end();
            self.begin((at.0, at.1 + usize::from(continues) - moved.len()));
            for heading in moved {
                self.put(heading);
            }
        }
        self.put(piece);
        self.filled += below;
        self.notes.extend(notes);
    }

    fn put(&mut self, piece: Piece) {
        self.filled += size(&piece);
        if let Some(label) = &piece.label {
            // A page that begins within a printed one bears its label, one at its start the new one.
            let begins = self.sheet().pieces.is_empty();
            self.label = Some(label.clone());
            if begins || self.sheet().label.is_none() {
                self.sheet().label = Some(label.clone());
            }
        }
        self.sheet().pieces.push(piece);
    }

    /// Headings stay with what they head.
    fn headings_at_end(&mut self) -> Vec<Piece> {
        let pieces = &mut self.sheet().pieces;
        let body = pieces.iter().rposition(|piece| piece.kind != BlockKind::Heading);
        body.map(|last| pieces.split_off(last + 1)).unwrap_or_default()
    }

    fn begin(&mut self, first: (usize, usize)) {
        self.sheets.push(Sheet { first, label: self.label.clone(), ..Sheet::default() });
        self.filled = 0;
    }

    fn end(&mut self) {
        let limit = self.limit;
        let notes: Vec<Piece> = self.notes.drain(..).flat_map(|note| parts(note, limit)).collect();
        self.sheet().pieces.extend(notes);
    }

    fn sheet(&mut self) -> &mut Sheet {
        self.sheets.last_mut().expect("a chapter begins its page before it puts anything on it")
    }
}

fn size(piece: &Piece) -> usize {
    piece.text.chars().count()
}

/// A piece that fills more than a page, in parts that each fit one.
fn parts(piece: Piece, limit: usize) -> Vec<Piece> {
    if size(&piece) <= limit {
        return vec![piece];
    }
    let mut parts = match &piece.table {
        Some(table) if table.rows.iter().all(|row| row_size(row) <= limit) => {
            row_parts(table, limit)
        }
        // A row that fills more than a page is not read as a row.
        Some(_) => text_parts(&Piece::new(BlockKind::Paragraph, None, untabbed(&piece)), limit),
        None => text_parts(&piece, limit),
    };
    if let Some(first) = parts.first_mut() {
        (first.page_break, first.label) = (piece.page_break, piece.label);
    }
    if let Some(last) = parts.last_mut() {
        last.notes = piece.notes;
    }
    parts
}

fn untabbed(piece: &Piece) -> String {
    let lines = piece.text.split(['\t', '\n']).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

fn row_size(row: &[String]) -> usize {
    row.iter().map(|cell| cell.chars().count() + 1).sum()
}

fn row_parts(table: &Table, limit: usize) -> Vec<Piece> {
    let mut parts = Vec::new();
    let (mut from, mut filled) = (0, 0);
    for (at, row) in table.rows.iter().enumerate() {
        let size = row_size(row);
        if filled > 0 && filled + size > limit {
            parts.push(Piece::table(grid::rows_of(table, from, at)));
            (from, filled) = (at, 0);
        }
        filled += size;
    }
    parts.push(Piece::table(grid::rows_of(table, from, table.rows.len())));
    parts
}

fn text_parts(piece: &Piece, limit: usize) -> Vec<Piece> {
    let mut parts = Vec::new();
    let mut rest = piece.text.as_str();
    while !rest.is_empty() {
        let end = part_end(rest, limit);
        let part = rest[..end].trim_end();
        rest = rest[end..].trim_start_matches('\n').trim_start();
        if !part.is_empty() {
            parts.push(piece.with_text(part.to_owned()));
        }
    }
    parts
}

/// Where a text that is too long is cut: after a line, else a sentence, else a word, looked for in
/// the last third of what fits; else where it is full.
fn part_end(text: &str, limit: usize) -> usize {
    let Some((full, _)) = text.char_indices().nth(limit) else { return text.len() };
    let from = text.char_indices().nth(limit * 2 / 3).map_or(0, |(at, _)| at);
    let window = &text[from..full];
    let after = |found: Option<(usize, &str)>| found.map(|(at, what)| from + at + what.len());
    after(window.rmatch_indices('\n').next())
        .or_else(|| after(window.rmatch_indices(['。', '！', '？', '；']).next()))
        .or_else(|| ascii_sentence(window).map(|at| from + at))
        .or_else(|| after(window.rmatch_indices(' ').next()))
        .unwrap_or(full)
}

fn ascii_sentence(window: &str) -> Option<usize> {
    [". ", "! ", "? "].iter().filter_map(|end| window.rfind(end)).max().map(|at| at + 2)
}

#[cfg(test)]
#[path = "cut_tests.rs"]
mod tests;
