//! Text → token ids, prefix and special tokens included, cut at the encoder's limit; and which of
//! them say something of the text.

use crate::error::EmbedError;
use std::borrow::Cow;
use std::path::Path;
use tokenizers::{Tokenizer, TruncationParams};
use yinju_core::EncoderSpec;
use yinju_core::ports::TextRole;
use yinju_core::text::byte_of_char;

/// Characters a token stands for at the very most; what lies beyond the limit times this is cut
/// off before the tokenizer sees it, so that a huge text costs no more than a long one.
pub const CHARS_PER_TOKEN: usize = 256;

/// An encoder's tokenizer and the prefixes it wants.
pub struct TokenReader {
    tokenizer: Tokenizer,
    query_prefix: String,
    passage_prefix: String,
    max_chars: usize,
    /// By id, whether a token holds a letter or a digit; empty where nobody asks.
    wordy: Vec<bool>,
}

impl TokenReader {
    /// Reads `tokenizer.json`; `max_tokens` counts prefix and special tokens.
    pub fn read(path: &Path, spec: &EncoderSpec, max_tokens: usize) -> Result<Self, EmbedError> {
        let mut tokenizer = open_tokenizer(path)?;
        let limit = TruncationParams { max_length: max_tokens, ..TruncationParams::default() };
        tokenizer.with_truncation(Some(limit)).map_err(refused)?;
        let wordy = if spec.late_interaction { wordy(&tokenizer) } else { Vec::new() };
        Ok(Self {
            tokenizer,
            query_prefix: spec.query_prefix.clone(),
            passage_prefix: spec.passage_prefix.clone(),
            max_chars: max_tokens * CHARS_PER_TOKEN,
            wordy,
        })
    }

    /// The ids of a text in a role.
    pub fn ids(&self, role: TextRole, text: &str) -> Result<Vec<u32>, EmbedError> {
        let text = &text[..byte_of_char(text, self.max_chars)];
        let prefix = self.prefix(role);
        let input =
            if prefix.is_empty() { Cow::from(text) } else { Cow::from(format!("{prefix}{text}")) };
        let encoding = self.tokenizer.encode_fast(input, true).map_err(refused)?;
        Ok(encoding.get_ids().to_vec())
    }

    /// Positions of the tokens that hold a letter or a digit of the text itself: neither special,
    /// nor of the prefix, nor punctuation. `ids` are what [`Self::ids`] gave for the role.
    pub fn words(&self, role: TextRole, ids: &[u32]) -> Result<Vec<usize>, EmbedError> {
        let is_wordy = |id: &u32| self.wordy.get(*id as usize).copied().unwrap_or(false);
        let prefix = self.tokenizer.encode_fast(self.prefix(role), false).map_err(refused)?;
        let of_prefix = prefix.get_ids().iter().filter(|id| is_wordy(id)).count();
        let wordy = ids.iter().enumerate().filter(|(_, id)| is_wordy(id));
        Ok(wordy.map(|(position, _)| position).skip(of_prefix).collect())
    }

    fn prefix(&self, role: TextRole) -> &str {
        match role {
            TextRole::Query => &self.query_prefix,
            TextRole::Passage => &self.passage_prefix,
        }
    }
}

/// Reads `tokenizer.json`, to be used without padding.
pub fn open_tokenizer(path: &Path) -> Result<Tokenizer, EmbedError> {
    if !path.is_file() {
        return Err(EmbedError::FileMissing(path.to_owned()));
    }
    let mut tokenizer = Tokenizer::from_file(path).map_err(refused)?;
    tokenizer.with_padding(None);
    Ok(tokenizer)
}

fn wordy(tokenizer: &Tokenizer) -> Vec<bool> {
    let mut wordy = vec![false; tokenizer.get_vocab_size(true)];
    for (token, id) in tokenizer.get_vocab(true) {
        if let Some(entry) = wordy.get_mut(id as usize) {
            *entry = token.chars().any(char::is_alphanumeric);
        }
    }
    for (id, added) in tokenizer.get_added_tokens_decoder() {
        if let Some(entry) = wordy.get_mut(id as usize).filter(|_| added.special) {
            *entry = false;
        }
    }
    wordy
}

/// A tokenizer's complaint.
#[allow(clippy::needless_pass_by_value, reason = "the shape `map_err` wants")]
pub fn refused(error: tokenizers::Error) -> EmbedError {
    EmbedError::Tokenizer(error.to_string())
}
