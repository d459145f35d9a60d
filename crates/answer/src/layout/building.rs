//! Events of Markdown, put together to blocks.

use super::guard::{Guarded, next_marker, unguarded};
use pulldown_cmark::{Alignment, Event, Tag, TagEnd};
use std::ops::Range;
use yinju_core::CharRange;
use yinju_core::markup::{Align, Block, BlockKind, Inline, Item, Row, Run};

/// Nothing nests deeper, whatever was written: every program that lays it out calls itself on it.
const DEEPEST: usize = 8;

pub(super) fn blocks(text: &Guarded, sentences: &[CharRange]) -> Vec<Block> {
    let mut builder = Builder {
        guarded: text,
        sentences,
        open: vec![Open::default()],
        too_deep: 0,
        text: Vec::new(),
        place: None,
        row: Vec::new(),
        face: Run::default(),
        code: None,
    };
    for (event, range) in text.events() {
        builder.take(event, &range);
    }
    builder.end_paragraph();
    builder.open.swap_remove(0).blocks
}

/// A list, point, quotation or table that is being read.
#[derive(Default)]
struct Open {
    start: Option<u64>,
    aligns: Vec<Align>,
    blocks: Vec<Block>,
    items: Vec<Item>,
    rows: Vec<Row>,
}

struct Builder<'a> {
    guarded: &'a Guarded,
    sentences: &'a [CharRange],
    /// Never empty: the first is the answer.
    open: Vec<Open>,
    /// How many containers are too deep to be one.
    too_deep: usize,
    text: Vec<Inline>,
    /// Where the open line began and has come to.
    place: Option<Range<usize>>,
    row: Vec<Vec<Inline>>,
    face: Run,
    code: Option<String>,
}

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>, range: &Range<usize>) {
        match event {
            Event::Start(tag) => self.begin(tag, range),
            Event::End(tag) => self.end(tag, range),
            Event::Text(text) if self.code.is_some() => {
                self.code.as_mut().into_iter().for_each(|code| code.push_str(&unguarded(&text)));
            }
            Event::Text(text) => self.add_text(&text, range),
            Event::Code(text) => self.add_code(&text, range),
            Event::SoftBreak | Event::HardBreak => {
                self.grow(range);
                self.text.push(Inline::Break);
            }
            Event::Rule => {
                self.end_paragraph();
                self.push(BlockKind::Rule, range);
            }
            _ => {}
        }
    }

    fn begin(&mut self, tag: Tag<'_>, range: &Range<usize>) {
        match tag {
            Tag::Emphasis => {
                self.face.italic = true;
                self.grow(range);
            }
            Tag::Strong => {
                self.face.bold = true;
                self.grow(range);
            }
            Tag::Strikethrough => {
                self.face.strike = true;
                self.grow(range);
            }
            Tag::CodeBlock(_) => {
                self.end_paragraph();
                self.code = Some(String::new());
            }
            Tag::List(start) => self.open(Open { start, ..Open::default() }),
            Tag::Item | Tag::BlockQuote(_) => self.open(Open::default()),
            Tag::Table(aligns) => {
                let aligns = aligns.into_iter().map(align).collect();
                self.open(Open { aligns, ..Open::default() });
            }
            Tag::Heading { .. } | Tag::Paragraph => {
                self.end_paragraph();
                self.grow(range);
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, range: &Range<usize>) {
        match tag {
            TagEnd::Emphasis => self.face.italic = false,
            TagEnd::Strong => self.face.bold = false,
            TagEnd::Strikethrough => self.face.strike = false,
            TagEnd::Paragraph => self.end_paragraph(),
            TagEnd::Heading(level) => {
                let text = self.end_text();
                self.push(BlockKind::Heading { level: level as u8, text }, range);
            }
            TagEnd::CodeBlock => self.end_code(range),
            TagEnd::TableCell => {
                let cell = self.end_text();
                self.row.push(cell);
            }
            TagEnd::TableHead | TagEnd::TableRow => self.end_row(range),
            TagEnd::Item | TagEnd::List(_) | TagEnd::BlockQuote(_) | TagEnd::Table => {
                self.close(tag, range);
            }
            _ => {}
        }
    }

    fn open(&mut self, open: Open) {
        self.end_paragraph();
        if self.open.len() > DEEPEST || self.too_deep > 0 {
            self.too_deep += 1;
        } else {
            self.open.push(open);
        }
    }

    fn close(&mut self, tag: TagEnd, range: &Range<usize>) {
        self.end_paragraph();
        if self.too_deep > 0 {
            self.too_deep -= 1;
            return;
        }
        let Some(mut closed) = self.open.pop() else { return };
        match tag {
            TagEnd::Item => {
                let range = self.chars(range);
                self.top().items.push(Item { range, blocks: closed.blocks });
            }
            TagEnd::List(_) => {
                // Of points that were too deep to be some.
                if !closed.blocks.is_empty() {
                    let range = self.chars(range);
                    closed.items.push(Item { range, blocks: closed.blocks });
                }
                self.push(BlockKind::List { start: closed.start, items: closed.items }, range);
            }
            TagEnd::BlockQuote(_) => self.push(BlockKind::Quote { blocks: closed.blocks }, range),
            TagEnd::Table => {
                self.push(BlockKind::Table { aligns: closed.aligns, rows: closed.rows }, range);
            }
            _ => {}
        }
    }

    fn top(&mut self) -> &mut Open {
        if self.open.is_empty() {
            self.open.push(Open::default());
        }
        let last = self.open.len() - 1;
        &mut self.open[last]
    }

    fn push(&mut self, kind: BlockKind, range: &Range<usize>) {
        let range = self.chars(range);
        self.top().blocks.push(Block { range, kind });
    }

    fn grow(&mut self, range: &Range<usize>) {
        let place = self.place.get_or_insert_with(|| range.clone());
        place.end = place.end.max(range.end);
    }

    fn end_text(&mut self) -> Vec<Inline> {
        self.place = None;
        while matches!(self.text.last(), Some(Inline::Break)) {
            self.text.pop();
        }
        std::mem::take(&mut self.text)
    }

    fn end_paragraph(&mut self) {
        let place = self.place.take();
        let text = self.end_text();
        if let Some(place) = place.filter(|_| !text.is_empty()) {
            self.push(BlockKind::Paragraph { text }, &place);
        }
    }

    fn end_code(&mut self, range: &Range<usize>) {
        let code = self.code.take().unwrap_or_default();
        let text = code.trim_end_matches('\n').to_owned();
        let sentence = self.sentence_at(self.guarded.char_at(range.start));
        self.push(BlockKind::Code { text, sentence }, range);
    }

    fn end_row(&mut self, range: &Range<usize>) {
        let mut cells = std::mem::take(&mut self.row);
        if self.too_deep > 0 {
            for text in cells.into_iter().filter(|cell| !cell.is_empty()) {
                self.push(BlockKind::Paragraph { text }, range);
            }
            return;
        }
        self.add_surplus(&mut cells, range);
        let range = self.chars(range);
        self.top().rows.push(Row { range, cells });
    }

    /// Cells beyond the last column are no part of a table to Markdown; their words are not lost.
    fn add_surplus(&mut self, cells: &mut [Vec<Inline>], range: &Range<usize>) {
        let line = &self.guarded.text[range.clone()];
        let line = line.trim().trim_start_matches('|').replace("\\|", "  ");
        let surplus: Vec<&str> = line.trim_end_matches('|').split('|').skip(cells.len()).collect();
        let words = surplus.join("|");
        if let Some(last) = cells.last_mut().filter(|_| !words.trim().is_empty()) {
            let sentence = self.sentence_at(self.guarded.char_at(range.start));
            let text = format!(" | {}", unguarded(words.trim()));
            last.push(Inline::Run(Run { text, sentence, ..Run::default() }));
        }
    }

    fn add_code(&mut self, text: &str, range: &Range<usize>) {
        self.grow(range);
        let sentence = self.sentence_at(self.guarded.char_at(range.start));
        let run = Run { text: unguarded(text), code: true, sentence, ..self.face.clone() };
        self.text.push(Inline::Run(run));
    }

    /// Words, cut where sentences end and markers stand.
    fn add_text(&mut self, text: &str, range: &Range<usize>) {
        self.grow(range);
        let chars: Vec<char> = text.chars().collect();
        let place = self.guarded.chars(range);
        // An entity is one character written as several.
        let is_literal = place.len() == chars.len();
        let mut at = 0;
        while at < chars.len() {
            let marker = next_marker(&chars[at..]);
            let (before, len) =
                marker.map_or((chars.len() - at, 0), |(before, _, len)| (before, len));
            for (offset, c) in chars[at..at + before].iter().enumerate() {
                let index = place.start as usize + if is_literal { at + offset } else { 0 };
                self.add_letter(*c, self.sentence_at(index));
            }
            if let Some((_, marker, _)) = marker {
                let start = place.start as usize + at + before;
                let (range, sentence) =
                    (CharRange::new(start, start + len), self.sentence_at(start));
                self.text.push(Inline::Marker { marker, range, sentence });
            }
            at += before + len;
        }
    }

    fn add_letter(&mut self, c: char, sentence: Option<u32>) {
        if c == '\n' {
            self.text.push(Inline::Break);
            return;
        }
        let letter = unguarded(&c.to_string());
        let run = Run { text: letter, sentence, ..self.face.clone() };
        match self.text.last_mut() {
            Some(Inline::Run(last)) if last.continues(&run) => last.text.push_str(&run.text),
            _ => self.text.push(Inline::Run(run)),
        }
    }

    /// The sentence a character belongs to.
    fn sentence_at(&self, index: usize) -> Option<u32> {
        let holds = |range: &CharRange| (range.start..range.end).contains(&(index as u32));
        self.sentences.iter().position(holds).map(|found| found as u32)
    }

    /// Without the ends of lines behind it.
    fn chars(&self, range: &Range<usize>) -> CharRange {
        let kept = self.guarded.text[range.clone()].trim_end().len();
        self.guarded.chars(&(range.start..range.start + kept))
    }
}

fn align(alignment: Alignment) -> Align {
    match alignment {
        Alignment::None | Alignment::Left => Align::Left,
        Alignment::Center => Align::Center,
        Alignment::Right => Align::Right,
    }
}
