//! The pieces passages are packed from: blocks, and parts of blocks that are too long.

use crate::Splitter;
use yinju_core::text::slice_chars;
use yinju_core::{Block, BlockKind, CharRange, Page, PageStatus};

/// Longer blocks are first cut at line ends into parts of about so many characters: finding good
/// places costs more than linear time.
const PART_CHARACTERS: usize = 6_000;

/// Characters of one page that stay together.
#[derive(Clone, Debug)]
pub(crate) struct Unit {
    /// Index of its page in the slice that is split.
    pub(crate) page: usize,
    /// Its characters, without white space at either end.
    pub(crate) range: CharRange,
    /// The kind of its block.
    pub(crate) kind: BlockKind,
    /// The level of a heading, from 1.
    pub(crate) level: u8,
    /// Its length.
    pub(crate) tokens: usize,
    /// Whether it goes on with the block of the unit before.
    pub(crate) continues: bool,
}

/// All units of all pages, in reading order. What stands on a garbled page has no meaning and could
/// only be found by mistake.
pub(crate) fn of_pages(pages: &[Page], splitter: &Splitter) -> Vec<Unit> {
    let mut units = Vec::new();
    for (index, page) in pages.iter().enumerate() {
        let first = units.len();
        let readable = page.status != PageStatus::Garbled;
        for block in page.blocks.iter().filter(|_| readable) {
            if !matches!(block.kind, BlockKind::Header | BlockKind::Footer) {
                add_block(&mut units, index, page, block, splitter);
            }
        }
        if let (Some(previous), true) = (first.checked_sub(1), first < units.len()) {
            units[first].continues = runs_on(&units[previous], &units[first], pages);
        }
    }
    units
}

fn add_block(units: &mut Vec<Unit>, index: usize, page: &Page, block: &Block, splitter: &Splitter) {
    let Some(range) = trimmed(&page.text, block.range) else { return };
    let text = slice_chars(&page.text, range);
    if is_page_number(text) {
        return;
    }
    let unit = |range, tokens, continues| Unit {
        page: index,
        range,
        kind: block.kind,
        level: block.level.unwrap_or(1),
        tokens,
        continues,
    };
    // Line ends are no reason to cut; a space takes as many characters.
    let running = text.replace('\n', " ");
    let tokens =
        if running.len() > PART_CHARACTERS { usize::MAX } else { splitter.count(&running) };
    if tokens <= splitter.config.max_tokens {
        units.push(unit(range, tokens, false));
        return;
    }
    let mut continues = false;
    for part in parts(text) {
        let start = range.start as usize + text[..part.start].chars().count();
        for piece in cut(&running[part], start, splitter) {
            units.push(unit(piece.0, piece.1, continues));
            continues = true;
        }
    }
}

/// Fitting pieces of running text that starts at a character, with their lengths in tokens.
fn cut(running: &str, start: usize, splitter: &Splitter) -> Vec<(CharRange, usize)> {
    let mut pieces = Vec::new();
    let (mut byte, mut character) = (0, start);
    for (at, piece) in splitter.pieces(running) {
        character += running[byte..at].chars().count();
        let length = piece.chars().count();
        if let Some(range) = trimmed_piece(piece, character) {
            pieces.push((range, splitter.count(piece)));
        }
        byte = at + piece.len();
        character += length;
    }
    pieces
}

/// Byte ranges of parts of a long text, cut after line ends where there are any.
fn parts(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut parts = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let wanted = text.floor_char_boundary((start + PART_CHARACTERS).min(text.len()));
        let end = match text[start..wanted].rfind('\n') {
            Some(newline) if wanted < text.len() && newline > 0 => start + newline + 1,
            _ => wanted,
        };
        parts.push(start..end);
        start = end;
    }
    parts
}

/// Whether a paragraph goes on across a page break: its first half ends without the end of a
/// sentence and its second half is running text too.
fn runs_on(before: &Unit, after: &Unit, pages: &[Page]) -> bool {
    let is_running = |unit: &Unit| unit.kind == BlockKind::Paragraph;
    if !is_running(before) || !is_running(after) || after.page != before.page + 1 {
        return false;
    }
    let text = slice_chars(&pages[before.page].text, before.range);
    let closed = text.trim_end_matches(['”', '’', '"', '\'', ')', '）', '」', '』', '》', ']']);
    !closed.ends_with(['。', '！', '？', '.', '!', '?', '…', '：', ':', ';', '；'])
}

/// The range without white space at its ends; nothing if nothing is left.
fn trimmed(text: &str, range: CharRange) -> Option<CharRange> {
    trimmed_piece(slice_chars(text, range), range.start as usize)
}

fn trimmed_piece(piece: &str, start: usize) -> Option<CharRange> {
    let leading = piece.chars().take_while(|c| c.is_whitespace()).count();
    let length = piece.trim().chars().count();
    (length > 0).then(|| CharRange::new(start + leading, start + leading + length))
}

/// A number on its own, perhaps between dashes, is nothing to find.
fn is_page_number(text: &str) -> bool {
    text.chars().count() <= 8
        && text.chars().any(|c| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || "-–—·/|".contains(c))
}
