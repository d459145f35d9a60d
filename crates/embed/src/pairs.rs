//! A question and a passage → the token ids of both, special tokens between and around them, cut
//! at the model's limit.

use crate::error::EmbedError;
use crate::tokens::{CHARS_PER_TOKEN, open_tokenizer, refused};
use crate::transformer::Sequence;
use std::path::Path;
use tokenizers::{
    Encoding, PostProcessor, Tokenizer, TruncationDirection, TruncationParams, TruncationStrategy,
    truncate_encodings,
};
use yinju_core::text::byte_of_char;

/// A cross-encoder's tokenizer.
pub struct PairReader {
    tokenizer: Tokenizer,
    /// Tokens of both texts together, special ones not counted.
    room: usize,
    max_chars: usize,
}

/// Two texts as one sequence of tokens.
pub struct Pair {
    ids: Vec<u32>,
    /// Where the tokens of type 1 begin.
    second: usize,
}

impl Pair {
    /// The tokens.
    pub fn sequence(&self) -> Sequence<'_> {
        Sequence { ids: &self.ids, second: self.second }
    }
}

impl PairReader {
    /// Reads `tokenizer.json`; `max_tokens` counts both texts and special tokens.
    pub fn read(path: &Path, max_tokens: usize) -> Result<Self, EmbedError> {
        let mut tokenizer = open_tokenizer(path)?;
        tokenizer.with_truncation(None).map_err(refused)?;
        let special = tokenizer.get_post_processor().map_or(0, |around| around.added_tokens(true));
        let room = max_tokens.saturating_sub(special);
        Ok(Self { tokenizer, room, max_chars: max_tokens * CHARS_PER_TOKEN })
    }

    /// A question, cut where it would take more than half of the room.
    pub fn question(&self, text: &str) -> Result<Encoding, EmbedError> {
        let mut question = self.tokens(text)?;
        question.truncate(self.room / 2, 0, TruncationDirection::Right);
        Ok(question)
    }

    /// The question and a passage, of which is cut off what is too much.
    pub fn pair(&self, question: &Encoding, passage: &str) -> Result<Pair, EmbedError> {
        let mut passage = self.tokens(passage)?;
        // Some post-processors keep the types they find.
        passage.set_type_ids(vec![1; passage.len()]);
        let limit = TruncationParams {
            max_length: self.room,
            strategy: TruncationStrategy::OnlySecond,
            ..TruncationParams::default()
        };
        let (question, passage) =
            truncate_encodings(question.clone(), Some(passage), &limit).map_err(refused)?;
        let pair = self.tokenizer.post_process(question, passage, true).map_err(refused)?;
        let types = pair.get_type_ids();
        let second = types.iter().position(|kind| *kind == 1).unwrap_or(types.len());
        Ok(Pair { second, ids: pair.get_ids().to_vec() })
    }

    fn tokens(&self, text: &str) -> Result<Encoding, EmbedError> {
        let text = &text[..byte_of_char(text, self.max_chars)];
        self.tokenizer.encode_fast(text, false).map_err(refused)
    }
}
