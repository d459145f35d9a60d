//! What can be asked, and how.

use yinju_answer::prompt::Trust;
use yinju_core::ports::Sampling;
use yinju_core::{AskMode, ChatId, ModelId, Scope};

/// A question.
#[derive(Clone, Debug)]
pub struct AskRequest {
    /// What is asked.
    pub question: String,
    /// Where the answer is looked for.
    pub scope: Scope,
    /// The conversation it goes on with; a new one begins without.
    pub chat: Option<ChatId>,
    /// Whether it is the conversation's last question asked again, whose answer this one replaces.
    pub again: bool,
    /// How to answer.
    pub mode: AskMode,
    /// Which language model; the default of this machine without.
    pub model: Option<ModelId>,
    /// How many passages are retrieved.
    pub top: usize,
    /// Sampling temperature; 0 without.
    pub temperature: Option<f32>,
    /// Seed of the sampling.
    pub seed: Option<u64>,
    /// Longest answer in tokens.
    pub max_tokens: Option<u32>,
    /// How readily is refused, from -1 (hardly ever) to 1; what the person set without.
    pub strictness: Option<f32>,
    /// Whether a model that can think before it answers does so.
    pub thinks: bool,
    /// Whether a model is given documents as they are, with what speaks to it.
    pub believes: bool,
}

impl AskRequest {
    /// A question with the defaults.
    pub fn new(question: impl Into<String>) -> Self {
        Self {
            question: question.into(),
            scope: Scope::default(),
            chat: None,
            again: false,
            mode: AskMode::Answer,
            model: None,
            top: 6,
            temperature: None,
            seed: None,
            max_tokens: None,
            strictness: None,
            thinks: false,
            believes: false,
        }
    }

    pub(super) fn trust(&self) -> Trust {
        if self.believes { Trust::AsTheyAre } else { Trust::SetApart }
    }

    pub(super) fn sampling(&self) -> Sampling {
        let default = Sampling::default();
        Sampling {
            temperature: self.temperature.unwrap_or(default.temperature),
            seed: self.seed.unwrap_or(default.seed),
            max_tokens: self.max_tokens.unwrap_or(default.max_tokens)
                + if self.thinks { super::written::LONGEST_REASONING } else { 0 },
            thinks: self.thinks,
            ..default
        }
    }
}
