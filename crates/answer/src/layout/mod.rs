//! An answer's Markdown laid out as [`Block`]s, each run with the sentence it is of: the one place where
//! an answer's text is parsed. `CommonMark` with GitHub's tables and strikethrough, read by pulldown-cmark;
//! of HTML, links and images the text stays. A line ends where the model ended it.

mod building;
mod guard;

use crate::markers::{Reading, read};
use crate::sentences;
use guard::{Guarded, guarded};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use std::ops::Range;
use yinju_core::markup::Block;
use yinju_core::text::byte_of_char;
use yinju_core::{Answer, CharRange, Origin, Sentence, Support};

/// Lays out a text whose sentences are known by their ranges. `[n]` is a marker where a sentence has it.
/// Sentences that are quoted from a page are no Markdown, whatever signs they hold.
pub fn blocks(text: &str, sentences: &[Sentence]) -> Vec<Block> {
    let is_marker = |number| sentences.iter().any(|sentence| sentence.markers.contains(&number));
    let ranges: Vec<CharRange> = sentences.iter().map(|sentence| sentence.range).collect();
    let quoted = sentences.iter().filter(|sentence| sentence.origin == Origin::Quoted);
    let quoted: Vec<CharRange> = quoted.map(|sentence| sentence.range).collect();
    building::blocks(&guarded(text, &is_marker, &quoted), &ranges)
}

/// Lays out what is written so far: its sentences are those that can be told, every `[n]` is a marker, and
/// a table is one from its first bar on.
pub fn begun(text: &str) -> Vec<Block> {
    let whole = with_rule(text);
    let ranges: Vec<CharRange> =
        sentences::of_draft(text, &[]).into_iter().map(|(range, _)| chars(text, &range)).collect();
    building::blocks(&guarded(&whole, &|_| true, &[]), &ranges)
}

/// Lays out an answer that was kept by an earlier version, or that is not checked yet: its sentences get
/// their places, or are those that can be told. One that is laid out stays as it is.
pub fn carry_over(answer: &mut Answer) {
    if !answer.blocks.is_empty() || answer.text.is_empty() {
        return;
    }
    if answer.sentences.is_empty() {
        let found = sentences::of_draft(&answer.text, &[]).into_iter();
        answer.sentences = found.map(|(range, _)| unchecked(&answer.text, &range)).collect();
    } else {
        located(&answer.text, &mut answer.sentences);
        if answer.model.is_none() {
            answer.sentences.iter_mut().for_each(|sentence| sentence.origin = Origin::Quoted);
        }
    }
    answer.blocks = blocks(&answer.text, &answer.sentences);
}

fn unchecked(text: &str, range: &Range<usize>) -> Sentence {
    let letters: Vec<char> = text[range.clone()].chars().collect();
    let (mut words, mut markers) = (String::new(), Vec::new());
    let (mut at, mut is_code) = (0, false);
    while at < letters.len() {
        is_code ^= letters[at] == '`';
        match read(&letters[at..]) {
            Reading::Marker { len, numbers } if !is_code => {
                markers.extend(numbers);
                at += len;
            }
            _ => {
                words.push(letters[at]);
                at += 1;
            }
        }
    }
    Sentence {
        text: words,
        markers,
        support: Support::NotAClaim,
        origin: Origin::Model,
        range: chars(text, range),
    }
}

/// Finds sentences in a text that were kept without their ranges, each after the one before it. White
/// space, markers and signs of Markdown count for nothing; one that is not there gets no range.
fn located(text: &str, sentences: &mut [Sentence]) {
    let letters = letters(text);
    let mut next = 0;
    for sentence in sentences {
        let wanted: Vec<char> = self::letters(&sentence.text).into_iter().map(|(_, c)| c).collect();
        let stands = |window: &[(usize, char)]| window.iter().map(|(_, c)| c).eq(&wanted);
        let rest = &letters[next..];
        let found = rest.windows(wanted.len().max(1)).position(stands);
        let Some(first) = found.filter(|_| !wanted.is_empty()) else { continue };
        let last = next + first + wanted.len() - 1;
        let end = end_with_markers(text, letters[last].0 + 1, &sentence.markers);
        sentence.range = CharRange::new(letters[next + first].0, end);
        next = last + 1;
    }
}

/// Characters that are compared, and where they stand.
fn letters(text: &str) -> Vec<(usize, char)> {
    let chars: Vec<char> = text.chars().collect();
    let (mut letters, mut at) = (Vec::new(), 0);
    while at < chars.len() {
        if let Reading::Marker { len, .. } = read(&chars[at..]) {
            at += len;
            continue;
        }
        let c = chars[at];
        let counts = !c.is_whitespace() && !matches!(c, '*' | '|' | '\\' | '#' | '`' | '>');
        letters.extend(counts.then_some((at, c)));
        at += 1;
    }
    letters
}

/// Where a sentence ends once its markers behind it are counted in.
fn end_with_markers(text: &str, end: usize, markers: &[u32]) -> usize {
    let chars: Vec<char> = text[byte_of_char(text, end)..].chars().collect();
    let (mut at, mut whole) = (0, 0);
    while at < chars.len() {
        match read(&chars[at..]) {
            Reading::Marker { len, numbers } if numbers.iter().all(|n| markers.contains(n)) => {
                at += len;
                whole = at;
            }
            _ if chars[at] == ' ' => at += 1,
            _ => break,
        }
    }
    end + whole
}

/// What a stretch of text is to the sentences in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stretch {
    /// Sentences stand in it.
    Prose,
    /// It is one: a row of a table says something as a whole.
    Row,
    /// It says nothing that could be true or false.
    Label,
    /// Code is one.
    Code,
}

/// The stretches of a text, bytes of it, in order: paragraphs and points without their bullets, rows of
/// tables, headings, code. Every word stands in one of them.
pub(crate) fn stretches(text: &str) -> Vec<(Range<usize>, Stretch)> {
    let guarded = guarded(text, &|_| false, &[]);
    let mut reader = Reader::default();
    for (event, range) in guarded.events() {
        reader.take(&event, range);
    }
    reader.end();
    let found = reader.found.into_iter();
    found.map(|(range, stretch)| (guarded.bytes(text, &range), stretch)).collect()
}

#[derive(Default)]
struct Reader {
    found: Vec<(Range<usize>, Stretch)>,
    open: Option<Range<usize>>,
    stretch: Option<Stretch>,
}

impl Reader {
    fn take(&mut self, event: &Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => {
                self.end();
                self.open = Some(range);
                self.stretch = Some(Stretch::Code);
            }
            Event::Start(Tag::TableCell)
            | Event::End(
                TagEnd::TableCell | TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough,
            ) => {}
            Event::Start(tag) if is_face(tag) => self.grow(range),
            Event::Start(tag) => {
                self.end();
                self.stretch = match tag {
                    Tag::Heading { .. } | Tag::TableHead => Some(Stretch::Label),
                    Tag::TableRow => Some(Stretch::Row),
                    _ => None,
                };
            }
            Event::End(_) => self.end(),
            _ => self.grow(range),
        }
    }

    fn grow(&mut self, range: Range<usize>) {
        let open = self.open.get_or_insert_with(|| range.clone());
        open.end = open.end.max(range.end);
    }

    fn end(&mut self) {
        let stretch = self.stretch.take().unwrap_or(Stretch::Prose);
        self.found.extend(self.open.take().map(|range| (range, stretch)));
    }
}

fn is_face(tag: &Tag<'_>) -> bool {
    matches!(tag, Tag::Emphasis | Tag::Strong | Tag::Strikethrough)
}

impl Guarded {
    /// The events of its Markdown, without HTML, links and images: their text stays.
    fn events(&self) -> impl Iterator<Item = (Event<'_>, Range<usize>)> {
        let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
        let parser = Parser::new_ext(&self.text, options).into_offset_iter();
        parser.filter_map(|(event, range)| tame(event).map(|event| (event, range)))
    }
}

fn tame(event: Event<'_>) -> Option<Event<'_>> {
    match event {
        Event::Html(text) | Event::InlineHtml(text) => Some(Event::Text(text)),
        Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::HtmlBlock)
        | Event::End(TagEnd::Link | TagEnd::Image | TagEnd::HtmlBlock) => None,
        other => Some(other),
    }
}

/// A range of bytes as characters.
pub(crate) fn chars(text: &str, range: &Range<usize>) -> CharRange {
    let start = text[..range.start].chars().count();
    CharRange::new(start, start + text[range.clone()].chars().count())
}

/// A text that ends in the head of a table with the line of dashes it still lacks.
fn with_rule(text: &str) -> String {
    let start = text.rfind("\n\n").map_or(0, |at| at + 2);
    let lines: Vec<&str> = text[start..].lines().collect();
    let [head, rest @ ..] = &lines[..] else { return text.to_owned() };
    let begun = |line: &&str| line.chars().all(|c| matches!(c, '|' | '-' | ':' | ' '));
    if !head.trim_start().starts_with('|') || rest.len() > 1 || !rest.iter().all(begun) {
        return text.to_owned();
    }
    let columns = head.trim().trim_end_matches('|').matches('|').count().max(1);
    format!("{}{}\n|{}", &text[..start], head, "---|".repeat(columns))
}

#[cfg(test)]
mod tests;
