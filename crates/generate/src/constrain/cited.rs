//! Sentences that cite, or a whole answer that cites nothing: characters put together from bytes,
//! and the markers among them. Where sentences begin and end is in `sentence`.

use super::sentence::{self, Sentence};
use super::whole::Whole;
use std::sync::Arc;
use yinju_core::constraint::Citing;

/// What was written so far.
#[derive(Clone)]
pub(crate) struct Cited {
    /// `None` once only the whole answers are left.
    prose: Option<Prose>,
    /// Answers that cite nothing.
    instead: Whole,
}

/// Text with markers.
#[derive(Clone)]
struct Prose {
    markers: Arc<[u32]>,
    /// Bytes that are not yet a character, and how many they are.
    held: ([u8; 4], usize),
    sentence: Sentence,
    marker: Option<Marker>,
}

/// The inside of a marker that was begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Marker {
    /// Nothing yet, or a comma: a number must come.
    Open { after_comma: bool },
    /// Digits of a number.
    Number(u32),
}

impl Cited {
    /// Nothing written yet.
    pub(super) fn new(citing: &Citing) -> Self {
        let prose = Prose {
            markers: citing.markers.clone().into(),
            held: ([0; 4], 0),
            sentence: Sentence::default(),
            marker: None,
        };
        Self { prose: Some(prose), instead: Whole::new(&citing.instead) }
    }

    /// Whether these may come next.
    pub(super) fn permits(&self, bytes: &[u8]) -> bool {
        self.prose.as_ref().is_some_and(|prose| prose.after(bytes).is_some())
            || self.instead.permits(bytes)
    }

    /// Whether an answer may end here.
    pub(super) fn may_end(&self) -> bool {
        self.prose.as_ref().is_some_and(Prose::may_end) || self.instead.may_end()
    }

    /// Goes on.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.prose = self.prose.take().and_then(|prose| prose.after(bytes));
        self.instead.push(bytes);
    }
}

impl Prose {
    fn may_end(&self) -> bool {
        self.held.1 == 0 && self.marker.is_none() && self.sentence.may_be_last()
    }

    /// After these bytes, where they may come.
    fn after(&self, bytes: &[u8]) -> Option<Self> {
        let mut next = self.clone();
        for byte in bytes {
            next.byte(*byte)?;
        }
        Some(next)
    }

    /// `None` where the byte may not come: what is no text is no sentence.
    fn byte(&mut self, byte: u8) -> Option<()> {
        let (bytes, count) = &mut self.held;
        bytes[*count] = byte;
        *count += 1;
        match std::str::from_utf8(&bytes[..*count]).map(|text| text.chars().next()) {
            Ok(c) => {
                *count = 0;
                self.take(c?)
            }
            Err(error) => (error.error_len().is_none() && self.may_be_begun()).then_some(()),
        }
    }

    /// Whether a character that begins with the bytes held may come: one that is begun and may not
    /// be finished would leave nothing to write.
    fn may_be_begun(&self) -> bool {
        let begun = &self.held.0[..self.held.1];
        let begins = |closer: char| closer.encode_utf8(&mut [0; 4]).as_bytes().starts_with(begun);
        self.marker.is_none()
            && (self.sentence.takes_any() || sentence::CLOSERS.iter().copied().any(begins))
    }

    /// `None` where the character may not come.
    fn take(&mut self, c: char) -> Option<()> {
        match (self.marker, c) {
            (None, '[') => self.marker = Some(Marker::Open { after_comma: false }),
            (None, ']' | '【' | '】' | '［' | '］') => return None,
            (None, c) => self.sentence.take(c)?,
            (Some(Marker::Open { after_comma: true }), ' ') => {}
            (Some(Marker::Open { .. }), '1'..='9') => self.number(0, c)?,
            (Some(Marker::Number(number)), '0'..='9') => self.number(number, c)?,
            (Some(Marker::Number(number)), ',' | ']') if self.markers.contains(&number) => {
                self.marker = (c == ',').then_some(Marker::Open { after_comma: true });
                self.sentence.cite();
            }
            _ => return None,
        }
        Some(())
    }

    /// A further digit, where a number that may be named begins so.
    fn number(&mut self, before: u32, digit: char) -> Option<()> {
        let number = before.checked_mul(10)?.checked_add(digit.to_digit(10)?)?;
        let begins = |marker: u32| {
            std::iter::successors(Some(marker), |rest| Some(rest / 10).filter(|rest| *rest > 0))
                .any(|beginning| beginning == number)
        };
        self.markers.iter().any(|marker| begins(*marker)).then(|| {
            self.marker = Some(Marker::Number(number));
        })
    }
}
