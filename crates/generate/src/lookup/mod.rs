//! Decoding with drafts looked up in what was read and written. An answer from evidence repeats it,
//! so the tokens that came next where its last ones stood before are read together with the next
//! token, in one pass over the weights, and stay as far as the model writes the same (Yang et al.
//! 2023, "Inference with Reference", <https://arxiv.org/abs/2304.04487>; Saxena 2023, "Prompt Lookup
//! Decoding").
//!
//! Whoever samples notices nothing: scores are asked for token by token, and a draft only decides
//! how many of them a pass computes. So the same tokens come with drafts as without, drawn ones
//! included, where a row of scores is the same whichever rows it is computed with
//! ([`Decoder::rows_stand_alone`]); elsewhere nothing is drafted.
//!
//! `trail` finds what came next, `pace` decides how much of it a pass is given. Not here: sampling
//! and what ends an answer.

mod pace;
#[cfg(test)]
mod tests;
mod trail;

pub(crate) use pace::Pace;

use crate::decoder::{Decoder, Scores};
use candle_core::Result;
use std::time::Instant;
use trail::Trail;

/// When several tokens are read in one pass while an answer is written. It changes how fast an
/// answer comes, never what it says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Drafts {
    /// Never: a token a pass, for measuring.
    Never,
    /// Where it was found to pay.
    #[default]
    WherePaying,
    /// Wherever the last tokens stood before, whatever it costs; for tests.
    Always,
}

/// Scores after each written token, those of drafts ahead of time.
pub(crate) struct Ahead<'a> {
    decoder: &'a mut Decoder,
    pace: &'a mut Pace,
    drafts: Drafts,
    trail: Trail,
    pass: Option<Pass>,
}

/// What was read at once: a token that was written, and the draft behind it.
struct Pass {
    draft: Vec<u32>,
    /// After the token, and after each of the draft.
    scores: Scores,
    /// How much of the draft was written.
    written: usize,
    seconds: f64,
}

impl<'a> Ahead<'a> {
    /// Begins an answer to what the decoder has read.
    pub(crate) fn new(decoder: &'a mut Decoder, pace: &'a mut Pace, drafts: Drafts) -> Self {
        pace.begin();
        let drafts = if decoder.rows_stand_alone() { drafts } else { Drafts::Never };
        let trail = Trail::new(decoder.seen().to_vec());
        Self { decoder, pace, drafts, trail, pass: None }
    }

    /// Scores of the next token after `token`, which was written; at most `room` tokens are written
    /// after it, at least one.
    pub(crate) fn scores_after(&mut self, token: u32, room: usize) -> Result<Vec<f32>> {
        if self.drafts != Drafts::Never
            && let Some(guess) = self.trail.push(token)
        {
            self.pace.guessed(guess);
        }
        if let Some(pass) = &mut self.pass
            && pass.draft.get(pass.written) == Some(&token)
        {
            pass.written += 1;
            return pass.scores.after(pass.written);
        }
        self.settle();
        let draft = self.draft(room);
        let start = Instant::now();
        let scores = self.decoder.score_each(&[&[token][..], &draft].concat())?;
        let first = scores.after(0);
        let seconds = start.elapsed().as_secs_f64();
        self.pass = Some(Pass { draft, scores, written: 0, seconds });
        first
    }

    /// What the next pass reads behind the token it must read.
    fn draft(&self, room: usize) -> Vec<u32> {
        // The last token that is written is not read any more.
        let most = room.saturating_sub(1);
        let tokens = match (self.drafts, self.trail.matched()) {
            (Drafts::Never, _) | (_, None) => 0,
            (Drafts::WherePaying, Some(matched)) => self.pace.choose(matched, most),
            (Drafts::Always, Some(_)) => most.min(Pace::MOST),
        };
        self.trail.next(tokens)
    }

    /// Forgets what was drafted and not written, and learns from it.
    fn settle(&mut self) {
        if let Some(Pass { draft, written, seconds, .. }) = self.pass.take() {
            self.decoder.keep(self.decoder.seen().len() - (draft.len() - written));
            self.pace.passed(1 + draft.len(), 1 + written, seconds);
        }
    }
}

impl Drop for Ahead<'_> {
    /// However an answer ends, the cache then holds what was written and no draft.
    fn drop(&mut self) {
        self.settle();
    }
}
