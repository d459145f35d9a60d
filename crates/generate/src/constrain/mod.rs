//! Holds what is written to a [`Constraint`], byte by byte, so that it does not matter how a
//! vocabulary cuts texts: a token may be written where all its bytes may. Deliberately not here:
//! choosing among the tokens that may ([`crate::sampler`]).

mod cited;
mod sentence;
#[cfg(test)]
mod tests;
mod whole;

use crate::sampler::Sampler;
use crate::vocabulary::Vocabulary;
use cited::Cited;
use whole::Whole;
use yinju_core::constraint::Constraint;

/// Chooses tokens within a constraint, as long as any satisfies it.
pub(crate) struct Bounds<'a> {
    vocabulary: &'a Vocabulary,
    held: Option<Constrained>,
    lifted_after: Option<u32>,
}

impl<'a> Bounds<'a> {
    /// Before anything is written; without a constraint everything may be.
    pub(crate) fn new(vocabulary: &'a Vocabulary, constraint: Option<&Constraint>) -> Self {
        Self { vocabulary, held: constraint.map(Constrained::new), lifted_after: None }
    }

    /// The next token after the `written` ones. Where none satisfies the constraint, it is lifted:
    /// an answer that goes on freely can still be checked, none at all cannot.
    pub(crate) fn choose(
        &mut self,
        sampler: &mut Sampler<'_>,
        scores: &mut [f32],
        written: &[u32],
    ) -> u32 {
        if let Some(held) = &mut self.held {
            let vocabulary = self.vocabulary;
            let bytes = |token| vocabulary.shown(token, written.is_empty());
            let may = |token| {
                let ends = vocabulary.ends_answer(token);
                if ends { held.may_end() } else { held.permits(bytes(token)) }
            };
            if let Some(token) = sampler.choose_among(&may, &mut scores.to_vec(), written) {
                held.push(bytes(token));
                return token;
            }
            tracing::warn!(after = written.len(), "no token satisfies the constraint");
            (self.held, self.lifted_after) = (None, Some(written.len() as u32));
        }
        sampler.choose(scores, written)
    }

    /// After how many tokens the constraint was lifted, if it was.
    pub(crate) fn lifted_after(&self) -> Option<u32> {
        self.lifted_after
    }
}

/// What was written so far, as the constraint sees it.
#[derive(Clone)]
pub(crate) enum Constrained {
    Cited(Cited),
    OneOf(Whole),
}

impl Constrained {
    /// Before anything is written.
    pub(crate) fn new(constraint: &Constraint) -> Self {
        match constraint {
            Constraint::Cited(citing) => Self::Cited(Cited::new(citing)),
            Constraint::OneOf(texts) => Self::OneOf(Whole::new(texts)),
        }
    }

    /// Whether a token of these bytes may come next. One of none shows nothing, and would only
    /// put off what must come.
    pub(crate) fn permits(&self, bytes: &[u8]) -> bool {
        !bytes.is_empty()
            && match self {
                Self::Cited(cited) => cited.permits(bytes),
                Self::OneOf(whole) => whole.permits(bytes),
            }
    }

    /// Whether what is written may be all.
    pub(crate) fn may_end(&self) -> bool {
        match self {
            Self::Cited(cited) => cited.may_end(),
            Self::OneOf(whole) => whole.may_end(),
        }
    }

    /// Goes on by bytes that are permitted.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        match self {
            Self::Cited(cited) => cited.push(bytes),
            Self::OneOf(whole) => whole.push(bytes),
        }
    }
}
