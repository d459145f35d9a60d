//! A draft as a language model wrote it, made into an answer whose every marker can be clicked.
//!
//! # Two numberings
//! In the prompt and in the draft, `[n]` is the passage with [`Evidence::marker`] `n`. In the checked
//! text, `[k]` is citation `k`: citations are numbered `1..m` in the order they are first shown, one
//! for each distinct quotation, so that a click in a sentence shows the words that bear out *that*
//! sentence. The citation names document, page and words; the evidence keeps its own numbers.
//!
//! # What holds
//! Every marker of the text is the marker of exactly one citation, every citation is shown at least
//! once, and each is verified: its words stand on its page and have boxes. Apart from markers and white
//! space the text is the draft. Deliberately not here: rewriting what the model said.

use crate::cited::Cited;
use crate::claim::{Bench, Binding, Gate, Mark};
use crate::declining::declining;
use crate::layout::{self, Stretch};
use crate::markers::{Reading, read};
use crate::sentences::{self, is_full_stop};
use crate::sources::{self, Candidate, Pages};
use crate::terms::Terms;
use std::fmt::Write as _;
use std::ops::Range;
use yinju_core::markup::Block;
use yinju_core::text::is_cjk;
use yinju_core::{CharRange, Citation, Evidence, Origin, Sentence, Support};

/// An answer and what bears it out.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// The text with its markers, `[k]` for citation `k`.
    pub text: String,
    /// Numbered from 1; all verified.
    pub citations: Vec<Citation>,
    /// The sentences of the text, without markers, in order.
    pub sentences: Vec<Sentence>,
    /// The text, laid out.
    pub blocks: Vec<Block>,
    /// Markers of the draft (numbers of evidence) that were taken out, in order: those that point at
    /// no evidence and those whose sentence no evidence bears out.
    pub removed_markers: Vec<u32>,
    /// Whether the draft says that the evidence holds no answer: it begins with the sentence that
    /// the prompt asks for then, and nothing in it could be cited.
    pub declined: bool,
}

/// Checks a draft against the evidence it was written from.
///
/// Markers that point nowhere are taken out; missing ones are added where a passage clearly says the
/// same; wrong ones are moved where another passage clearly does; a sentence nothing bears out keeps
/// its words and loses its markers.
pub fn check(draft: &str, evidence: &[Evidence], pages: &Pages) -> Checked {
    check_answer("", draft, evidence, pages)
}

/// The same for the answer to a question, which may speak of what the question speaks of. Where neither
/// the sentences nor what they quote share a word with it, they answer something else, whatever a document
/// asked for; then nothing is cited.
pub fn check_answer(question: &str, draft: &str, evidence: &[Evidence], pages: &Pages) -> Checked {
    let candidates = sources::candidates(evidence, pages);
    let bench = Bench { gate: Gate::default(), question, evidence, candidates: &candidates };
    let draft = Draft::read(unfenced(draft));
    let mut editor = Editor::new(evidence, &candidates);
    let sentences = draft.sentences().into_iter().map(|(range, stretch, marks)| {
        let mut binding = bench.bind(&draft.text[range.clone()], &marks);
        if matches!(stretch, Stretch::Label | Stretch::Code) {
            binding.support = Support::NotAClaim;
        }
        (range, marks, binding)
    });
    let sentences: Vec<_> = sentences.collect();
    let is_on_topic = sentences.iter().any(|(range, _, binding)| {
        bench.speaks_of_what_is_asked(&draft.text[range.clone()], binding)
    });
    for (range, marks, mut binding) in sentences {
        if !is_on_topic && !binding.bonds.is_empty() {
            binding = Binding::none(&marks);
        }
        editor.take(&draft.text, range, binding);
    }
    editor.finish(&draft)
}

/// Small models like to put a whole answer between fences; it is not code then.
fn unfenced(draft: &str) -> &str {
    let trimmed = draft.trim();
    let inner = trimmed.strip_prefix("```").and_then(|rest| rest.strip_suffix("```"));
    let Some((tag, body)) = inner.and_then(|inner| inner.split_once('\n')) else { return trimmed };
    let prose = matches!(tag.trim(), "" | "text" | "txt" | "markdown" | "md" | "plaintext");
    if prose && !body.contains("```") { body.trim() } else { trimmed }
}

/// A draft without its markers, and where they stood.
#[derive(Default)]
struct Draft {
    text: String,
    marks: Vec<Mark>,
    /// White space before a marker, put back only if a word follows the marker.
    space: bool,
}

impl Draft {
    fn read(draft: &str) -> Self {
        let chars: Vec<char> = draft.chars().collect();
        let mut out = Self::default();
        let mut at = 0;
        while at < chars.len() {
            at += out.step(&chars[at..]);
        }
        out
    }

    fn step(&mut self, rest: &[char]) -> usize {
        if let Some(len) = code_len(rest) {
            rest[..len].iter().for_each(|c| self.push(*c));
            return len;
        }
        if let Reading::Marker { len, numbers } = read(rest) {
            self.mark(&numbers);
            return len;
        }
        self.push(rest[0]);
        1
    }

    fn mark(&mut self, numbers: &[u32]) {
        let kept = self.text.trim_end_matches(' ').len();
        self.space |= kept < self.text.len();
        self.text.truncate(kept);
        self.marks.extend(numbers.iter().map(|number| Mark { at: kept, number: *number }));
    }

    fn push(&mut self, c: char) {
        let after_mark = self.marks.last().is_some_and(|mark| mark.at == self.text.len());
        if after_mark && c == ' ' {
            self.space = true;
            return;
        }
        if std::mem::take(&mut self.space) && wants_space(c) && !self.at_line_start() {
            self.text.push(' ');
        }
        self.text.push(c);
    }

    fn at_line_start(&self) -> bool {
        self.text.is_empty() || self.text.ends_with('\n')
    }

    /// The sentences with their markers, offsets counted from the sentence's start.
    fn sentences(&self) -> Vec<(Range<usize>, Stretch, Vec<Mark>)> {
        let offsets: Vec<usize> = self.marks.iter().map(|mark| mark.at).collect();
        let found = sentences::of_draft(&self.text, &offsets);
        let (ranges, stretches): (Vec<_>, Vec<_>) = found.into_iter().unzip();
        let mut owned: Vec<Vec<Mark>> = vec![Vec::new(); ranges.len()];
        for mark in &self.marks {
            if let Some(owner) = self.owner(&ranges, mark.at) {
                let range = &ranges[owner];
                let leading = mark.at <= range.start;
                let last = before_full_stop(&self.text[range.clone()]);
                let at = if leading { last } else { mark.at.min(range.end) - range.start };
                owned[owner].push(Mark { at, number: mark.number });
            }
        }
        let whole = ranges.into_iter().zip(stretches).zip(owned);
        whole.map(|((range, stretch), marks)| (range, stretch, marks)).collect()
    }

    /// A marker belongs to the sentence it stands in or after; on a line that begins with a marker, to
    /// the one it stands before. One on a line that says nothing (`来源：[1]`) belongs to the one above.
    fn owner(&self, ranges: &[Range<usize>], at: usize) -> Option<usize> {
        let after = ranges.iter().rposition(|range| range.start < at);
        let before = ranges.iter().position(|range| range.start >= at);
        let line_start = self.text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let leads = self.marks.iter().any(|mark| {
            self.text[line_start.min(mark.at)..mark.at].trim().is_empty()
                && mark.at >= line_start
                && mark.at <= at
        });
        let between = after.is_none_or(|i| at >= ranges[i].end);
        let same_line = |i: &usize| !self.text[at..ranges[*i].start].contains('\n');
        let owner = match before.filter(|i| leads && between && same_line(i)) {
            Some(next) => next,
            None => after.or(before)?,
        };
        let says_something = |i: &usize| !Terms::of(&self.text[ranges[*i].clone()]).is_empty();
        (0..=owner).rev().find(says_something).or(Some(owner))
    }
}

fn wants_space(c: char) -> bool {
    !c.is_whitespace() && !is_cjk(c) && !is_full_stop(c) && !matches!(c, ',' | ';' | ':' | ')')
}

/// Length of a closed stretch of code at the start, backticks included.
fn code_len(rest: &[char]) -> Option<usize> {
    let ticks = rest.iter().take_while(|c| **c == '`').count();
    if ticks == 0 {
        return None;
    }
    let body = &rest[ticks..];
    let end = if ticks >= 3 {
        body.len()
    } else {
        body.iter().position(|c| *c == '\n').unwrap_or(body.len())
    };
    let closing = body[..end].windows(ticks).position(|w| w.iter().all(|c| *c == '`'));
    closing.map(|found| ticks + found + ticks)
}

/// Builds the checked answer sentence by sentence.
struct Editor<'a> {
    cited: Cited<'a>,
    candidates: &'a [Candidate],
    /// With their bytes in the draft without markers.
    sentences: Vec<(Range<usize>, Sentence)>,
    removed: Vec<u32>,
    insertions: Vec<Insertion>,
}

/// A marker that is put into the draft without markers.
#[derive(Clone, Copy)]
struct Insertion {
    at: usize,
    number: u32,
    /// The sentence it is of, by its index.
    sentence: usize,
}

impl<'a> Editor<'a> {
    fn new(evidence: &'a [Evidence], candidates: &'a [Candidate]) -> Self {
        Self {
            cited: Cited::new(evidence),
            candidates,
            sentences: Vec::new(),
            removed: Vec::new(),
            insertions: Vec::new(),
        }
    }

    fn take(&mut self, text: &str, range: Range<usize>, mut binding: Binding) {
        let end = before_full_stop(&text[range.clone()]);
        binding.bonds.sort_by_key(|bond| bond.at.unwrap_or(end));
        let mut markers = Vec::new();
        for bond in &binding.bonds {
            if let Some(number) = self.cited.number(&self.candidates[bond.candidate])
                && !markers.contains(&number)
            {
                let (at, sentence) = (range.start + bond.at.unwrap_or(end), self.sentences.len());
                self.insertions.push(Insertion { at, number, sentence });
                markers.push(number);
            }
        }
        self.removed.append(&mut binding.removed);
        let (text, support) = (text[range.clone()].to_owned(), binding.support);
        let (origin, place) = (Origin::Model, CharRange::default());
        self.sentences.push((range, Sentence { text, markers, support, origin, range: place }));
    }

    fn finish(self, draft: &Draft) -> Checked {
        let mut removed = self.removed;
        if self.sentences.is_empty() {
            removed.extend(draft.marks.iter().map(|mark| mark.number));
        }
        let citations = self.cited.into_citations();
        let begins = self.sentences.first().and_then(|(_, sentence)| declining(&sentence.text));
        let marked = Marked::of(&draft.text, self.insertions);
        let placed = self.sentences.into_iter().enumerate().map(|(index, (range, sentence))| {
            let support = held_to(&sentence, &citations);
            Sentence { range: marked.chars(index, &range), support, ..sentence }
        });
        let sentences: Vec<Sentence> = placed.collect();
        Checked {
            declined: begins.is_some() && citations.is_empty(),
            citations,
            blocks: layout::blocks(&marked.text, &sentences),
            text: marked.text,
            sentences,
            removed_markers: removed,
        }
    }
}

/// What supports a sentence with a number: not wholly, where all that bears it out may not be what the page says.
fn held_to(sentence: &Sentence, citations: &[Citation]) -> Support {
    let mut own = citations.iter().filter(|c| sentence.markers.contains(&c.marker)).peekable();
    let has_number = sentence.text.contains(char::is_numeric);
    let is_doubtful = own.peek().is_some() && own.all(|citation| citation.doubtful);
    match sentence.support {
        Support::Supported if has_number && is_doubtful => Support::Partial,
        support => support,
    }
}

/// Where a marker goes that the model did not write: before the full stop, after a closing quote.
pub(crate) fn before_full_stop(sentence: &str) -> usize {
    let kept = sentence.trim_end_matches(is_full_stop);
    if kept.is_empty() { sentence.len() } else { kept.len() }
}

/// A draft with its markers, `[k]` each, after a space where the script is written with spaces.
struct Marked {
    text: String,
    /// What was put in, and how many bytes it came to.
    added: Vec<(Insertion, usize)>,
}

impl Marked {
    fn of(draft: &str, mut insertions: Vec<Insertion>) -> Self {
        insertions.sort_by_key(|insertion| insertion.at);
        let (mut text, mut done) = (String::with_capacity(draft.len() + 4 * insertions.len()), 0);
        let mut added = Vec::with_capacity(insertions.len());
        for insertion in insertions {
            text.push_str(&draft[done..insertion.at]);
            done = insertion.at;
            let start = text.len();
            let before = text.chars().next_back();
            if before.is_some_and(|c| !is_cjk(c) && !c.is_whitespace() && c != ']' && c != '”') {
                text.push(' ');
            }
            let _ = write!(text, "[{}]", insertion.number);
            added.push((insertion, text.len() - start));
        }
        text.push_str(&draft[done..]);
        Self { text, added }
    }

    /// Where a sentence, by its index and its bytes of the draft, stands now. Between two sentences a
    /// marker goes with the one it is of.
    fn chars(&self, sentence: usize, range: &Range<usize>) -> CharRange {
        let shift = |is_before: &dyn Fn(&Insertion) -> bool| {
            let before = self.added.iter().filter(|(insertion, _)| is_before(insertion));
            before.map(|(_, length)| length).sum::<usize>()
        };
        let start = range.start
            + shift(&|i| i.at < range.start || (i.at == range.start && i.sentence < sentence));
        let end = range.end
            + shift(&|i| i.at < range.end || (i.at == range.end && i.sentence <= sentence));
        layout::chars(&self.text, &(start..end))
    }
}
