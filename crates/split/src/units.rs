//! The pieces passages are packed from: blocks, parts of blocks that are too long, and tables with
//! their captions. Deliberately not here: which pieces share a passage.

use crate::Splitter;
use crate::table::{self, Head};
use yinju_core::text::slice_chars;
use yinju_core::{Block, BlockKind, CharRange, Page, PageNumber, PageStatus};

/// Longer blocks are first cut at line ends into parts of about so many characters: finding good
/// places costs more than linear time.
const PART_CHARACTERS: usize = 6_000;

/// A range of a page with what a passage needs of it once the page is gone.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) page: PageNumber,
    /// Its characters, without white space at either end.
    pub(crate) range: CharRange,
    pub(crate) text: String,
    /// The white space that follows it on the page.
    pub(crate) gap: String,
    /// What is read instead of `text`: the rows of a table under their header.
    pub(crate) markdown: Option<String>,
}

impl Part {
    /// What of a page's range is no white space at its ends; nothing if nothing is left.
    pub(crate) fn of(page: &Page, range: CharRange) -> Option<Self> {
        let range = trimmed(&page.text, range)?;
        let end = range.end as usize;
        let rest = slice_chars(&page.text, CharRange::new(end, u32::MAX as usize));
        Some(Self {
            page: page.number,
            range,
            text: slice_chars(&page.text, range).to_owned(),
            gap: rest.chars().take_while(|c| c.is_whitespace()).collect(),
            markdown: None,
        })
    }
}

/// What stays together.
#[derive(Clone, Debug)]
pub(crate) struct Unit {
    /// In reading order, at least one.
    pub(crate) parts: Vec<Part>,
    /// The kind of its block.
    pub(crate) kind: BlockKind,
    /// The level of a heading, from 1.
    pub(crate) level: u8,
    /// Its length.
    pub(crate) tokens: usize,
    /// Whether it goes on with the unit before.
    pub(crate) continues: bool,
}

impl Unit {
    /// The page it begins on.
    pub(crate) fn page(&self) -> PageNumber {
        self.parts[0].page
    }

    /// Whether a paragraph ends here without the end of a sentence.
    pub(crate) fn is_unfinished(&self) -> bool {
        let closing = ['”', '’', '"', '\'', ')', '）', '」', '』', '》', ']'];
        let text = self.parts[self.parts.len() - 1].text.trim_end_matches(closing);
        let ends = ['。', '！', '？', '.', '!', '?', '…', '：', ':', ';', '；'];
        self.kind == BlockKind::Paragraph && !text.ends_with(ends)
    }
}

/// The units of a page: its body in reading order, and what stands beside it.
#[derive(Default)]
pub(crate) struct PageUnits {
    pub(crate) body: Vec<Unit>,
    /// Footnotes and annotations.
    pub(crate) asides: Vec<Unit>,
}

/// Cuts a page. What stands on a garbled page has no meaning and could only be found by mistake.
pub(crate) fn of_page(page: &Page, head: &mut Head, splitter: &Splitter) -> PageUnits {
    let mut units = PageUnits::default();
    if page.status == PageStatus::Garbled {
        return units;
    }
    let shown = |block: &&Block| !matches!(block.kind, BlockKind::Header | BlockKind::Footer);
    let blocks: Vec<_> = page.blocks.iter().filter(shown).collect();
    let captions = table::captions(&blocks);
    for (index, block) in blocks.iter().enumerate() {
        if captions.contains(&Some(index)) {
            continue;
        }
        let caption = captions[index].map(|caption| (caption < index, blocks[caption]));
        let made = table::units(page, block, caption, head, splitter);
        let made = made.unwrap_or_else(|| {
            let (before, after) = match caption {
                Some((true, caption)) => (Some(caption), None),
                Some((false, caption)) => (None, Some(caption)),
                None => (None, None),
            };
            let blocks = before.into_iter().chain([*block]).chain(after);
            let apart = blocks.flat_map(|block| of_block(page, block, splitter)).collect();
            if block.kind == BlockKind::Figure { together(apart, splitter) } else { apart }
        });
        let is_aside = matches!(block.kind, BlockKind::Footnote | BlockKind::Annotation);
        if is_aside { &mut units.asides } else { &mut units.body }.extend(made);
    }
    units
}

/// A picture's words and its caption as one, where they fit.
fn together(units: Vec<Unit>, splitter: &Splitter) -> Vec<Unit> {
    let tokens = units.iter().map(|unit| unit.tokens + 1).sum();
    if units.len() < 2 || tokens > splitter.config.max_tokens {
        return units;
    }
    let parts = units.into_iter().flat_map(|unit| unit.parts).collect();
    vec![Unit { parts, kind: BlockKind::Figure, level: 1, tokens, continues: false }]
}

/// A block as running text.
pub(crate) fn of_block(page: &Page, block: &Block, splitter: &Splitter) -> Vec<Unit> {
    let level = block.level.unwrap_or(1);
    of_range(page, block.range, block.kind, splitter).map(|unit| Unit { level, ..unit }).collect()
}

/// A range as running text, in one unit where it fits.
pub(crate) fn of_range(
    page: &Page,
    range: CharRange,
    kind: BlockKind,
    splitter: &Splitter,
) -> impl Iterator<Item = Unit> {
    let part = Part::of(page, range).filter(|part| !is_page_number(&part.text));
    let pieces = part.map(|part| fitting(page, part, splitter)).unwrap_or_default();
    pieces.into_iter().enumerate().map(move |(index, (part, tokens))| Unit {
        parts: vec![part],
        kind,
        level: 1,
        tokens,
        continues: index > 0,
    })
}

/// Parts that fit, with their lengths in tokens.
fn fitting(page: &Page, part: Part, splitter: &Splitter) -> Vec<(Part, usize)> {
    let long = part.text.len() > PART_CHARACTERS;
    let tokens = if long { usize::MAX } else { splitter.count_running(&part.text) };
    if tokens <= splitter.config.max_tokens {
        return vec![(part, tokens)];
    }
    // Line ends are no reason to cut; a space takes as many characters.
    let running = part.text.replace('\n', " ");
    let mut pieces = Vec::new();
    for bytes in stretches(&part.text) {
        let start = part.range.start as usize + part.text[..bytes.start].chars().count();
        for range in cut(&running[bytes], start, splitter) {
            pieces.extend(Part::of(page, range).map(|piece| {
                let tokens = splitter.count_running(&piece.text);
                (piece, tokens)
            }));
        }
    }
    pieces
}

/// Fitting pieces of running text that starts at a character.
fn cut(running: &str, start: usize, splitter: &Splitter) -> Vec<CharRange> {
    let mut pieces = Vec::new();
    let (mut byte, mut character) = (0, start);
    for (at, piece) in splitter.pieces(running) {
        character += running[byte..at].chars().count();
        let length = piece.chars().count();
        pieces.push(CharRange::new(character, character + length));
        byte = at + piece.len();
        character += length;
    }
    pieces
}

/// Byte ranges of a long text, cut after line ends where there are any.
fn stretches(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut stretches = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let wanted = text.floor_char_boundary((start + PART_CHARACTERS).min(text.len()));
        let end = match text[start..wanted].rfind('\n') {
            Some(newline) if wanted < text.len() && newline > 0 => start + newline + 1,
            _ => wanted,
        };
        stretches.push(start..end);
        start = end;
    }
    stretches
}

/// The range without white space at its ends; nothing if nothing is left.
fn trimmed(text: &str, range: CharRange) -> Option<CharRange> {
    let piece = slice_chars(text, range);
    let start = range.start as usize + piece.chars().take_while(|c| c.is_whitespace()).count();
    let length = piece.trim().chars().count();
    (length > 0).then(|| CharRange::new(start, start + length))
}

/// A number on its own, perhaps between dashes, is nothing to find.
fn is_page_number(text: &str) -> bool {
    text.chars().count() <= 8
        && text.chars().any(|c| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || "-–—·/|".contains(c))
}
