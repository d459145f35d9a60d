//! A cross-encoder that is loaded and can be asked: a question and passages in, a score a passage
//! out, each passage read together with the question.

use crate::config::EncoderConfig;
use crate::crew::Crew;
use crate::error::EmbedError;
use crate::head::Head;
use crate::pairs::{Pair, PairReader};
use crate::transformer::{Sequence, Transformer};
use yinju_core::{CancelToken, RerankerSpec};

/// A cross-encoder of the BERT family on the CPU (`BertForSequenceClassification`,
/// `XLMRobertaForSequenceClassification` and their like with one label): the encoder's transformer
/// over both texts, then a head over the first token.
pub struct CrossEncoder {
    spec: RerankerSpec,
    pairs: PairReader,
    head: Head,
    crew: Crew,
}

impl CrossEncoder {
    /// Loads the model from `spec.folder` and starts `threads` threads for it (at least one).
    /// `spec.max_tokens` is lowered to what the position embeddings allow.
    ///
    /// # Errors
    /// A missing, unreadable or damaged file; an architecture there is no code for, or one that
    /// gives no single score.
    pub fn load(spec: &RerankerSpec, threads: usize) -> Result<Self, EmbedError> {
        let config = EncoderConfig::read(&spec.folder.join("config.json"))?;
        let kind = config.head.ok_or_else(|| {
            EmbedError::Unsupported("it has no classifier over pairs of texts".to_owned())
        })?;
        let max_tokens = config.usable_tokens(spec.max_tokens)?;
        let pairs = PairReader::read(&spec.folder.join("tokenizer.json"), max_tokens)?;
        let weights = spec.folder.join("model.safetensors");
        let head = Head::read(&weights, kind, config.hidden)?;
        let crew = Crew::new(Transformer::read(&weights, config)?, threads)?;
        tracing::info!(model = %spec.id, threads, max_tokens, "reranker loaded");
        Ok(Self { spec: RerankerSpec { max_tokens, ..spec.clone() }, pairs, head, crew })
    }

    /// The model's settings, with the limit that holds.
    pub fn spec(&self) -> &RerankerSpec {
        &self.spec
    }

    /// One logit a passage, in order: the higher, the better it answers the question. What is too
    /// long for the model is cut off the passage; a question never takes more than half. `cancel`
    /// is looked at between batches of about a thousand tokens.
    ///
    /// # Errors
    /// [`EmbedError::Cancelled`]; a tokenizer that refuses a text or does not fit the weights.
    pub fn scores(
        &self,
        question: &str,
        passages: &[String],
        cancel: &CancelToken,
    ) -> Result<Vec<f32>, EmbedError> {
        let question = self.pairs.question(question)?;
        let pairs = self.crew.each(passages, cancel, |text| self.pairs.pair(&question, text))?;
        let sequences: Vec<Sequence<'_>> = pairs.iter().map(Pair::sequence).collect();
        let width = self.crew.transformer().width();
        self.crew.encode(&sequences, cancel, |_, rows| {
            let first = rows.get(..width).ok_or_else(no_token)?;
            Ok(self.head.logit(first))
        })
    }
}

fn no_token() -> EmbedError {
    EmbedError::Tokenizer("it gives no token for a pair of texts".to_owned())
}
