//! Packing units into passages.

use crate::SplitConfig;
use crate::sections::Sections;
use crate::units::Unit;
use yinju_core::document::OutlineEntry;
use yinju_core::text::slice_chars;
use yinju_core::{BlockKind, CharRange, Page, PassageDraft, Span};

/// A passage being packed.
#[derive(Default)]
struct Open {
    units: Vec<usize>,
    tokens: usize,
    section: Vec<String>,
    only_headings: bool,
}

/// Passages from units, in order: each as full as the target allows, none across a heading, and
/// across a page break only where a paragraph runs on.
pub(crate) fn pack(
    units: &[Unit],
    pages: &[Page],
    outline: &[OutlineEntry],
    config: SplitConfig,
) -> Vec<PassageDraft> {
    let mut sections = Sections::new(pages, outline);
    let mut passages: Vec<PassageDraft> = Vec::new();
    let mut open = Open::default();
    for (index, unit) in units.iter().enumerate() {
        if !open.units.is_empty() && starts_anew(&open, unit, units, config) {
            close(&mut open, units, pages, &mut passages);
        }
        sections.page(&pages[unit.page]);
        if unit.kind == BlockKind::Heading {
            sections.heading(unit.level, slice_chars(&pages[unit.page].text, unit.range));
        }
        if open.units.is_empty() {
            open.only_headings = true;
        }
        open.only_headings &= unit.kind == BlockKind::Heading;
        open.section = sections.path();
        open.units.push(index);
        open.tokens += unit.tokens;
    }
    close(&mut open, units, pages, &mut passages);
    passages
}

fn starts_anew(open: &Open, unit: &Unit, units: &[Unit], config: SplitConfig) -> bool {
    let last = &units[open.units[open.units.len() - 1]];
    let together = open.tokens + unit.tokens + 1;
    if together > config.max_tokens {
        return true;
    }
    if last.page != unit.page {
        return !unit.continues;
    }
    if open.only_headings {
        return false;
    }
    if unit.kind == BlockKind::Heading {
        return open.tokens >= config.min_tokens || unit.level <= 1;
    }
    together > config.target_tokens && open.tokens >= config.min_tokens
}

fn close(open: &mut Open, units: &[Unit], pages: &[Page], passages: &mut Vec<PassageDraft>) {
    let open = std::mem::take(open);
    let spans = spans(open.units.iter().map(|index| &units[*index]), pages);
    if spans.is_empty() {
        return;
    }
    let texts: Vec<_> = spans.iter().map(|(page, span)| pages[*page].slice(span.range)).collect();
    passages.push(PassageDraft {
        ordinal: passages.len() as u32,
        text: texts.join("\n"),
        spans: spans.into_iter().map(|(_, span)| span).collect(),
        section: open.section,
        tokens: open.tokens as u32,
        markdown: None,
    });
}

/// One span for units that follow one another with nothing but white space between.
fn spans<'u>(units: impl Iterator<Item = &'u Unit>, pages: &[Page]) -> Vec<(usize, Span)> {
    let mut spans: Vec<(usize, Span)> = Vec::new();
    for unit in units {
        let page = &pages[unit.page];
        if let Some((at, last)) = spans.last_mut() {
            let between = CharRange { start: last.range.end, end: unit.range.start };
            if *at == unit.page && page.slice(between).chars().all(char::is_whitespace) {
                last.range.end = unit.range.end;
                continue;
            }
        }
        spans.push((unit.page, Span { page: page.number, range: unit.range }));
    }
    spans
}
