//! Packing units into passages. Deliberately not here: in which order units come.

use crate::SplitConfig;
use crate::units::{Part, Unit};
use yinju_core::text::unwrap_lines;
use yinju_core::{BlockKind, CharRange, PageNumber, PassageDraft, Span};

/// A passage being packed.
#[derive(Default)]
struct Open {
    parts: Vec<Part>,
    tokens: usize,
    section: Vec<String>,
    only_headings: bool,
}

/// Packs units as they come: each passage as full as the target allows, none across a heading, and
/// across a page break only where a paragraph runs on.
pub(crate) struct Packer {
    config: SplitConfig,
    open: Open,
    /// What waits until the open passage is closed, to be packed on its own.
    waiting: Vec<(Unit, Vec<String>)>,
    next: u32,
    closed: Vec<PassageDraft>,
}

impl Packer {
    pub(crate) fn new(config: SplitConfig) -> Self {
        let (open, waiting, closed) = (Open::default(), Vec::new(), Vec::new());
        Self { config, open, waiting, next: 0, closed }
    }

    /// Adds a unit that stands in this section.
    pub(crate) fn add(&mut self, unit: Unit, section: Vec<String>) {
        if !self.open.parts.is_empty() && self.starts_anew(&unit) {
            self.close();
        }
        if self.open.parts.is_empty() {
            self.open.only_headings = true;
        }
        // What runs on still is in the section it began in.
        if !unit.continues || self.open.parts.is_empty() {
            self.open.section = section;
        }
        self.open.only_headings &= unit.kind == BlockKind::Heading;
        self.open.parts.extend(unit.parts);
        self.open.tokens += unit.tokens;
    }

    /// Adds units that stand aside of the open passage: they come after it, in passages of their
    /// own.
    pub(crate) fn add_after(&mut self, units: Vec<Unit>, section: &[String]) {
        self.waiting.extend(units.into_iter().map(|unit| (unit, section.to_vec())));
    }

    /// Ends the open passage.
    pub(crate) fn close(&mut self) {
        self.close_open();
        for (unit, section) in std::mem::take(&mut self.waiting) {
            if !self.open.parts.is_empty() && self.starts_anew(&unit) {
                self.close_open();
            }
            self.add(unit, section);
        }
        self.close_open();
    }

    /// The passages closed since this was last asked.
    pub(crate) fn take(&mut self) -> Vec<PassageDraft> {
        std::mem::take(&mut self.closed)
    }

    fn starts_anew(&self, unit: &Unit) -> bool {
        let (open, config) = (&self.open, self.config);
        let together = open.tokens + unit.tokens + 1;
        if together > config.max_tokens {
            return true;
        }
        if open.parts.last().map(|part| part.page) != Some(unit.page()) {
            return !unit.continues;
        }
        if open.only_headings {
            return false;
        }
        if unit.kind == BlockKind::Heading {
            return open.tokens >= config.min_tokens || unit.level <= 1;
        }
        let is_row = |part: &Part| part.markdown.is_some();
        let goes_on = unit.kind == BlockKind::Table && open.parts.last().is_some_and(is_row);
        let target = if goes_on && unit.tokens <= config.lookup_tokens {
            config.lookup_tokens
        } else {
            config.target_tokens
        };
        together > target && open.tokens >= config.min_tokens
    }

    fn close_open(&mut self) {
        let open = std::mem::take(&mut self.open);
        if open.parts.is_empty() {
            return;
        }
        let (texts, spans) = spans(&open.parts);
        let is_table = |part: &Part| part.markdown.is_some();
        self.closed.push(PassageDraft {
            ordinal: self.next,
            text: texts.join("\n"),
            spans,
            section: open.section,
            tokens: open.tokens as u32,
            markdown: open.parts.iter().any(is_table).then(|| markdown(&open.parts)),
        });
        self.next += 1;
    }
}

/// One span for parts that follow one another with nothing but white space between.
fn spans(parts: &[Part]) -> (Vec<String>, Vec<Span>) {
    let mut texts: Vec<String> = Vec::new();
    let mut spans: Vec<Span> = Vec::new();
    let mut before: Option<&Part> = None;
    for part in parts {
        let gap = before.and_then(|before| gap(before, part));
        if let (Some(gap), Some(text), Some(span)) = (gap, texts.last_mut(), spans.last_mut()) {
            text.extend([gap.as_str(), &part.text]);
            span.range.end = part.range.end;
        } else {
            texts.push(part.text.clone());
            spans.push(Span { page: part.page, range: part.range });
        }
        before = Some(part);
    }
    (texts, spans)
}

/// The white space between two parts, where nothing else is.
fn gap(before: &Part, after: &Part) -> Option<String> {
    let place = |page: PageNumber, range: CharRange| (page == before.page).then_some(range.start);
    let wide = place(after.page, after.range)?.checked_sub(before.range.end)? as usize;
    let gap: String = before.gap.chars().take(wide).collect();
    (gap.chars().count() == wide).then_some(gap)
}

/// Running text with the tables in their places.
fn markdown(parts: &[Part]) -> String {
    let mut blocks: Vec<String> = Vec::new();
    for same in parts.chunk_by(|a, b| a.markdown.is_none() && b.markdown.is_none()) {
        match &same[0].markdown {
            Some(table) => blocks.push(table.clone()),
            None => blocks.push(unwrap_lines(&spans(same).0.join("\n"))),
        }
    }
    blocks.join("\n")
}
