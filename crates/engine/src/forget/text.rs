//! The text of an answer without what rests on removed documents: sentences, rows of a table, points of
//! a list, and headings under which nothing is left.

use super::Removed;
use std::collections::BTreeSet;
use yinju_answer::layout;
use yinju_core::markup::{Block, BlockKind, Inline, Item, Row, plain};
use yinju_core::{Answer, CharRange, Sentence};

/// What is taken out of one answer.
pub(super) struct Editor<'a> {
    /// What is known of the documents, and what the answer showed of them.
    pub(super) removed: [&'a Removed; 2],
    /// Of their citations.
    pub(super) markers: &'a BTreeSet<u32>,
    /// Quotations that stay, folded: words that stand in one of them are not the removed document's.
    pub(super) quotes: Vec<String>,
}

impl Editor<'_> {
    /// Whether the text changed.
    pub(super) fn edit(&self, answer: &mut Answer) -> bool {
        let sentences = (0..).zip(&answer.sentences).filter(|(_, sentence)| self.is_gone(sentence));
        let gone: BTreeSet<u32> = sentences.map(|(index, _)| index).collect();
        let (sentences, ranges) = (&answer.sentences, Vec::new());
        let mut cuts = Cuts { editor: self, sentences, gone: &gone, ranges };
        let parts = cuts.parts(&answer.blocks);
        if !cuts.cut(&parts) {
            cuts.ranges = vec![CharRange::new(0, answer.text.chars().count())];
        }
        let ranges = cuts.ranges;
        if ranges.is_empty() {
            return false;
        }
        shorten(answer, &gone, ranges);
        if self.has_words(&answer.text) {
            // Where words run from one sentence into another, nothing tells what may stay.
            answer.text.clear();
            answer.sentences.clear();
        }
        for sentence in &mut answer.sentences {
            sentence.markers.retain(|marker| !self.markers.contains(marker));
        }
        let shown = |marker| answer.sentences.iter().any(|s| s.markers.contains(&marker));
        answer.citations.retain(|citation| shown(citation.marker));
        answer.blocks = layout::blocks(&answer.text, &answer.sentences);
        true
    }

    /// One that rests on removed documents alone, or holds words that nothing else bears out.
    fn is_gone(&self, sentence: &Sentence) -> bool {
        let rests = !sentence.markers.is_empty()
            && sentence.markers.iter().all(|marker| self.markers.contains(marker));
        rests || self.has_words(&sentence.text)
    }

    fn has_words(&self, text: &str) -> bool {
        self.removed.iter().any(|removed| removed.words.are_in(text, &self.quotes))
    }

    /// Whether a row of a comparison says that a removed document says nothing.
    fn is_silent(&self, row: &Row) -> bool {
        let is_title = |cell: &Vec<Inline>| {
            self.removed.iter().any(|removed| removed.titles.contains(plain(cell).trim()))
        };
        let mut inlines = row.cells.iter().flatten();
        !inlines.any(|inline| matches!(inline, Inline::Marker { .. }))
            && row.cells.iter().any(is_title)
    }

    fn is_marked(&self, inline: &Inline) -> bool {
        matches!(inline, Inline::Marker { marker, .. } if self.markers.contains(marker))
    }
}

/// Something among its like, and whether it stays.
struct Part {
    range: CharRange,
    stays: bool,
}

/// What is cut out of a text.
struct Cuts<'a> {
    editor: &'a Editor<'a>,
    sentences: &'a [Sentence],
    gone: &'a BTreeSet<u32>,
    ranges: Vec<CharRange>,
}

impl Cuts<'_> {
    /// Cuts those out that go, with what stands between them; whether any stays.
    fn cut(&mut self, parts: &[Part]) -> bool {
        if !parts.iter().any(|part| part.stays) {
            return false;
        }
        let mut last: Option<&Part> = None;
        for (at, part) in parts.iter().enumerate() {
            if part.stays {
                last = Some(part);
                continue;
            }
            let next = parts[at + 1..].iter().find(|next| next.stays);
            let (start, end) = match (last, next) {
                (_, Some(next)) => (part.range.start, next.range.start),
                (Some(last), None) => (last.range.end, part.range.end),
                (None, None) => (part.range.start, part.range.end),
            };
            self.ranges.push(CharRange { start, end });
        }
        true
    }

    fn parts(&mut self, blocks: &[Block]) -> Vec<Part> {
        let mut parts: Vec<Part> = Vec::with_capacity(blocks.len());
        for block in blocks {
            let stays = self.stays(&block.kind);
            parts.push(Part { range: block.range, stays });
        }
        // Headings stay where something stands below them.
        let is_heading = |block: &Block| matches!(block.kind, BlockKind::Heading { .. });
        let is_touched = parts.iter().any(|part| !part.stays);
        let mut is_bare = true;
        for (part, block) in parts.iter_mut().zip(blocks).rev() {
            if is_heading(block) {
                part.stays &= !(is_bare && is_touched);
                is_bare |= part.stays;
            } else if part.stays {
                is_bare = false;
            }
        }
        parts
    }

    fn stays(&mut self, kind: &BlockKind) -> bool {
        match kind {
            BlockKind::Paragraph { text } | BlockKind::Heading { text, .. } => self.line(text),
            BlockKind::Code { text, sentence } => {
                !sentence.is_some_and(|sentence| self.gone.contains(&sentence))
                    && !self.editor.has_words(text)
            }
            BlockKind::List { items, .. } => {
                let parts: Vec<Part> = items.iter().map(|item| self.item(item)).collect();
                self.cut(&parts)
            }
            BlockKind::Quote { blocks } => {
                let parts = self.parts(blocks);
                self.cut(&parts)
            }
            BlockKind::Table { rows, .. } => {
                let [head, rows @ ..] = &rows[..] else { return true };
                let parts: Vec<Part> = rows.iter().map(|row| self.row(row)).collect();
                let head = head.cells.iter().map(|cell| plain(cell)).collect::<String>();
                !self.editor.has_words(&head) && self.cut(&parts)
            }
            BlockKind::Rule => true,
        }
    }

    fn item(&mut self, item: &Item) -> Part {
        let parts = self.parts(&item.blocks);
        Part { range: item.range, stays: self.cut(&parts) }
    }

    /// A marker of a removed document stands for its row.
    fn row(&self, row: &Row) -> Part {
        let mut inlines = row.cells.iter().flatten();
        let goes = inlines.any(|inline| {
            self.editor.is_marked(inline)
                || inline.sentence().is_some_and(|sentence| self.gone.contains(&sentence))
        });
        let words = row.cells.iter().map(|cell| plain(cell)).collect::<Vec<_>>().join("|");
        let stays = !goes && !self.editor.is_silent(row) && !self.editor.has_words(&words);
        Part { range: row.range, stays }
    }

    /// A line without its sentences that go, and without markers of sentences that rest on others too.
    fn line(&mut self, text: &[Inline]) -> bool {
        let left = text.iter().filter(|inline| {
            !inline.sentence().is_some_and(|sentence| self.gone.contains(&sentence))
        });
        let left: Vec<Inline> = left.cloned().collect();
        let words = plain(&left);
        if !words.contains(char::is_alphanumeric) || self.editor.has_words(&words) {
            return false;
        }
        let mut parts: Vec<Part> = Vec::new();
        let mut before = None;
        for index in text.iter().filter_map(Inline::sentence) {
            if before.replace(index) != Some(index) {
                let range = self.sentences[index as usize].range;
                parts.push(Part { range, stays: !self.gone.contains(&index) });
            }
        }
        self.cut(&parts);
        for inline in left.iter().filter(|inline| self.editor.is_marked(inline)) {
            if let Inline::Marker { range, .. } = inline {
                self.ranges.push(*range);
            }
        }
        true
    }
}

/// Takes ranges out of a text, with the sentences that go.
fn shorten(answer: &mut Answer, gone: &BTreeSet<u32>, mut ranges: Vec<CharRange>) {
    // Where nothing but words without a sentence is left of a line, its sentences go one by one.
    let of_sentences = (0..).zip(&answer.sentences).filter(|(index, _)| gone.contains(index));
    ranges.extend(of_sentences.map(|(_, sentence)| sentence.range));
    let is_cut = |at: u32| ranges.iter().any(|range| (range.start..range.end).contains(&at));
    let kept: Vec<(u32, char)> =
        (0..).zip(answer.text.chars()).filter(|(at, _)| !is_cut(*at)).collect();
    let place = |at: u32| kept.partition_point(|(kept, _)| *kept < at) as u32;
    let mut index = 0;
    answer.sentences.retain_mut(|sentence| {
        let range =
            CharRange { start: place(sentence.range.start), end: place(sentence.range.end) };
        let stays = !gone.contains(&index) && !range.is_empty();
        sentence.range = range;
        index += 1;
        stays
    });
    let text: String = kept.iter().map(|(_, c)| c).collect();
    let text = text.trim_end();
    let margin = text.chars().take_while(|c| c.is_whitespace()).count() as u32;
    for sentence in &mut answer.sentences {
        sentence.range.start = sentence.range.start.saturating_sub(margin);
        sentence.range.end = sentence.range.end.saturating_sub(margin);
    }
    text.trim_start().clone_into(&mut answer.text);
}
