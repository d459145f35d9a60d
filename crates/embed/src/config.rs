//! `config.json` of a model folder: which architecture, how large.

use crate::error::EmbedError;
use serde::Deserialize;
use std::path::Path;
use yinju_kernels::rowwise::Activation;

/// Fewer tokens than this leave no room for a text beside prefix and special tokens.
const FEWEST_TOKENS: usize = 8;

/// The fields of a Hugging Face `config.json` that decide the arithmetic.
#[derive(Debug, Deserialize)]
struct ConfigFile {
    model_type: String,
    hidden_size: usize,
    num_hidden_layers: usize,
    num_attention_heads: usize,
    intermediate_size: usize,
    max_position_embeddings: usize,
    #[serde(default = "default_epsilon")]
    layer_norm_eps: f32,
    #[serde(default = "default_activation")]
    hidden_act: String,
    #[serde(default)]
    pad_token_id: Option<u32>,
    #[serde(default = "default_position_type")]
    position_embedding_type: String,
    #[serde(default)]
    use_task_id: bool,
    #[serde(default)]
    is_decoder: bool,
    #[serde(default)]
    architectures: Option<Vec<String>>,
}

fn default_epsilon() -> f32 {
    1e-12
}

fn default_activation() -> String {
    "gelu".to_owned()
}

fn default_position_type() -> String {
    "absolute".to_owned()
}

/// How the position of a token becomes a row of the position embeddings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Positions {
    /// Row = position, from 0 (BERT, ERNIE).
    FromZero,
    /// Row = this padding id + 1 + position among the tokens that are not padding, which keep the
    /// padding id as their row (`roberta`, `xlm-roberta`).
    AfterPadding(u32),
}

/// What makes a score of the first token's vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeadKind {
    /// The encoder's pooler, then a linear `classifier` (`BertForSequenceClassification`).
    Pooled,
    /// A `classifier` of two linear layers (`XLMRobertaForSequenceClassification`).
    Classifier,
}

/// The shape of an encoder.
#[derive(Clone, Debug, PartialEq)]
pub struct EncoderConfig {
    /// Width of a token's vector.
    pub hidden: usize,
    /// Number of layers.
    pub layers: usize,
    /// Number of attention heads; `hidden` is a multiple of it.
    pub heads: usize,
    /// Width between the two linear layers of a feed-forward block.
    pub intermediate: usize,
    /// Rows of the position embeddings.
    pub position_rows: usize,
    /// Added to the variance in every layer norm.
    pub epsilon: f32,
    /// The feed-forward block's function.
    pub activation: Activation,
    /// How positions are counted.
    pub positions: Positions,
    /// What stands on the encoder, if it is a cross-encoder's.
    pub head: Option<HeadKind>,
}

impl EncoderConfig {
    /// Reads the file and checks that there is code for what it describes.
    pub fn read(path: &Path) -> Result<Self, EmbedError> {
        let bytes = std::fs::read(path).map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound => EmbedError::FileMissing(path.to_owned()),
            _ => EmbedError::FileUnreadable { path: path.to_owned(), source },
        })?;
        Self::parse(&bytes)
    }

    fn parse(bytes: &[u8]) -> Result<Self, EmbedError> {
        let file: ConfigFile = serde_json::from_slice(bytes).map_err(EmbedError::Config)?;
        file.check()?;
        Ok(Self {
            hidden: file.hidden_size,
            layers: file.num_hidden_layers,
            heads: file.num_attention_heads,
            intermediate: file.intermediate_size,
            position_rows: file.max_position_embeddings,
            epsilon: file.layer_norm_eps,
            activation: activation(&file.hidden_act)?,
            positions: positions(&file)?,
            head: file.architectures.iter().flatten().find_map(|name| head(name)),
        })
    }

    /// Width of one attention head.
    pub fn head_width(&self) -> usize {
        self.hidden / self.heads
    }

    /// The longest sequence that is wanted and possible.
    pub fn usable_tokens(&self, wanted: usize) -> Result<usize, EmbedError> {
        let tokens = wanted.min(self.longest_sequence());
        if tokens < FEWEST_TOKENS {
            return Err(EmbedError::Unsupported(format!("at most {tokens} tokens a text")));
        }
        Ok(tokens)
    }

    /// The longest sequence the position embeddings have rows for.
    pub fn longest_sequence(&self) -> usize {
        match self.positions {
            Positions::FromZero => self.position_rows,
            Positions::AfterPadding(padding) => {
                self.position_rows.saturating_sub(padding as usize + 1)
            }
        }
    }
}

impl ConfigFile {
    fn check(&self) -> Result<(), EmbedError> {
        let unsupported = |what: &str| Err(EmbedError::Unsupported(what.to_owned()));
        if self.hidden_size == 0 || self.num_attention_heads == 0 || self.intermediate_size == 0 {
            return unsupported("a layer of width 0");
        }
        if !self.hidden_size.is_multiple_of(self.num_attention_heads) {
            return unsupported("heads that do not divide the hidden size");
        }
        if self.position_embedding_type != "absolute" {
            return unsupported("relative position embeddings");
        }
        if self.use_task_id || self.is_decoder {
            return unsupported("task embeddings or a decoder");
        }
        Ok(())
    }
}

fn activation(name: &str) -> Result<Activation, EmbedError> {
    match name {
        "gelu" | "gelu_python" => Ok(Activation::Gelu),
        "gelu_new" | "gelu_fast" | "gelu_pytorch_tanh" => Ok(Activation::GeluTanh),
        "relu" => Ok(Activation::Relu),
        other => Err(EmbedError::Unsupported(format!("the activation {other:?}"))),
    }
}

fn head(architecture: &str) -> Option<HeadKind> {
    match architecture.strip_suffix("ForSequenceClassification")? {
        "Bert" | "Ernie" => Some(HeadKind::Pooled),
        "Roberta" | "XLMRoberta" | "Camembert" => Some(HeadKind::Classifier),
        _ => None,
    }
}

fn positions(file: &ConfigFile) -> Result<Positions, EmbedError> {
    match file.model_type.as_str() {
        "bert" | "ernie" => Ok(Positions::FromZero),
        "roberta" | "xlm-roberta" | "camembert" => {
            Ok(Positions::AfterPadding(file.pad_token_id.unwrap_or(1)))
        }
        other => Err(EmbedError::Unsupported(format!("the architecture {other:?}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(model_type: &str, more: &str) -> Result<EncoderConfig, EmbedError> {
        EncoderConfig::parse(
            format!(
                r#"{{"model_type":"{model_type}","hidden_size":32,"num_hidden_layers":2,
                "num_attention_heads":4,"intermediate_size":64,"max_position_embeddings":514{more}}}"#
            )
            .as_bytes(),
        )
    }

    #[test]
    fn bert_counts_positions_from_zero() {
        let bert = config("bert", "").unwrap();
        assert_eq!((bert.positions, bert.longest_sequence()), (Positions::FromZero, 514));
        assert_eq!((bert.head_width(), bert.activation), (8, Activation::Gelu));
    }

    #[test]
    fn roberta_counts_positions_after_the_padding_id() {
        let roberta = config("xlm-roberta", r#","pad_token_id":1,"layer_norm_eps":1e-5"#).unwrap();
        assert_eq!(
            (roberta.positions, roberta.longest_sequence()),
            (Positions::AfterPadding(1), 512)
        );
    }

    #[test]
    fn a_cross_encoder_is_known_by_its_architecture() {
        let head = |name: &str| {
            let more = format!(r#","architectures":["{name}"]"#);
            config("bert", &more).unwrap().head
        };
        assert_eq!(head("BertForSequenceClassification"), Some(HeadKind::Pooled));
        assert_eq!(head("XLMRobertaForSequenceClassification"), Some(HeadKind::Classifier));
        assert_eq!(head("BertModel"), None);
        assert_eq!(head("BertForMaskedLM"), None);
    }

    #[test]
    fn too_few_tokens_are_refused() {
        let bert = config("bert", "").unwrap();
        assert_eq!(bert.usable_tokens(9999).unwrap(), 514);
        assert!(matches!(bert.usable_tokens(7), Err(EmbedError::Unsupported(_))));
    }

    #[test]
    fn what_there_is_no_code_for_is_refused() {
        for more in [
            r#","hidden_act":"silu""#,
            r#","position_embedding_type":"relative_key""#,
            r#","use_task_id":true"#,
        ] {
            assert!(matches!(config("bert", more), Err(EmbedError::Unsupported(_))), "{more}");
        }
        assert!(matches!(config("t5", ""), Err(EmbedError::Unsupported(_))));
        assert!(matches!(EncoderConfig::parse(b"{"), Err(EmbedError::Config(_))));
    }
}
