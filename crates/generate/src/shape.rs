//! The numbers that make a llama-like decoder: how deep, how wide, how far it sees.
//!
//! Everything is checked here once, so that the arithmetic behind it needs no further doubt.

use crate::error::GenerateError;
use crate::gguf::GgufFile;
use yinju_kernels::rowwise::Activation;

/// The values of `general.architecture` that the decoder computes.
pub const SUPPORTED_ARCHITECTURES: &[&str] = &["llama", "qwen2", "qwen3", "gemma3"];

/// The most tokens a model is given to read and write together, whatever its file promises.
/// Evidence for an answer is 2,000 to 4,000 tokens; twice that leaves room for the conversation.
pub const CONTEXT_CAP: u32 = 8192;

/// The most memory the keys and values of a full context may take; models that store much for each
/// token get a shorter context instead. 8,192 tokens of Qwen2.5 1.5B take 0.47 GB.
pub const CACHE_BYTES: u64 = 4 << 30;

/// Beyond these a file is taken for damaged rather than large: they are several times what any
/// published model has.
const MAX_BLOCKS: usize = 512;
const MAX_WIDTH: usize = 1 << 18;

/// How positions turn the halves or pairs of a head's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RopeStyle {
    /// Neighbours are turned together: llama, whose converter reorders the weights for it.
    Pairs,
    /// The first half is turned with the second: qwen.
    Halves,
}

/// How positions beyond the trained context are brought back into it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum RopeScaling {
    /// They are not.
    None,
    /// Positions are divided by a factor (<https://arxiv.org/abs/2306.15595>).
    Linear {
        /// The divisor.
        factor: f64,
    },
    /// Slow frequencies are divided, fast ones kept (<https://arxiv.org/abs/2309.00071>).
    Yarn {
        /// The divisor of the slowest.
        factor: f64,
        /// The context it was trained on before.
        original_context: f64,
    },
}

/// Blocks that look back over a few tokens only (<https://arxiv.org/abs/2503.19786>).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Window {
    /// How many tokens they see, their own included.
    pub(crate) tokens: usize,
    /// Every so many blocks the last one sees everything.
    pub(crate) period: usize,
    /// Their base of positions, which are not stretched.
    pub(crate) rope_base: f64,
}

impl Window {
    /// Whether a block, counted from 0, sees only the window.
    pub(crate) fn holds_for(&self, block: usize) -> bool {
        !(block + 1).is_multiple_of(self.period)
    }
}

/// A decoder's dimensions.
#[derive(Clone, Debug)]
pub(crate) struct ModelShape {
    pub(crate) architecture: String,
    pub(crate) blocks: usize,
    pub(crate) width: usize,
    pub(crate) feed_forward: usize,
    pub(crate) heads: usize,
    /// Heads that store keys and values; each serves `heads / kv_heads` query heads.
    pub(crate) kv_heads: usize,
    pub(crate) head_width: usize,
    pub(crate) norm_epsilon: f64,
    pub(crate) rope_base: f64,
    pub(crate) rope_style: RopeStyle,
    pub(crate) rope_scaling: RopeScaling,
    pub(crate) activation: Activation,
    /// Whether embeddings are multiplied by the root of the width.
    pub(crate) scales_embedding: bool,
    pub(crate) window: Option<Window>,
    pub(crate) vocabulary: usize,
    /// Tokens read and written together, under both caps.
    pub(crate) context: usize,
}

impl ModelShape {
    /// Reads and checks the dimensions of a file.
    pub(crate) fn read(file: &GgufFile) -> Result<Self, GenerateError> {
        let architecture = supported_architecture(file)?;
        let keys = Keys { file, prefix: architecture };
        keys.refuse_experts()?;
        let is_gemma = architecture == "gemma3";
        let heads = keys.size("attention.head_count", MAX_WIDTH)?;
        let width = keys.size("embedding_length", MAX_WIDTH)?;
        let mut shape = Self {
            architecture: architecture.to_owned(),
            blocks: keys.size("block_count", MAX_BLOCKS)?,
            width,
            feed_forward: keys.size("feed_forward_length", MAX_WIDTH)?,
            heads,
            kv_heads: keys.size_or("attention.head_count_kv", heads)?,
            head_width: keys.size_or("attention.key_length", width / heads)?,
            norm_epsilon: keys.float("attention.layer_norm_rms_epsilon").unwrap_or(1e-5),
            rope_base: keys.float("rope.freq_base").unwrap_or(10_000.0),
            rope_style: if architecture == "llama" { RopeStyle::Pairs } else { RopeStyle::Halves },
            rope_scaling: keys.rope_scaling()?,
            activation: if is_gemma { Activation::GeluTanh } else { Activation::Silu },
            scales_embedding: is_gemma,
            window: if is_gemma { keys.window()? } else { None },
            vocabulary: file
                .rows("token_embd.weight")
                .ok_or_else(|| file.damaged("tensor token_embd.weight is missing"))?,
            context: keys.size("context_length", usize::MAX)?,
        };
        shape.check(&keys)?;
        shape.context = shape.context.min(CONTEXT_CAP as usize).min(shape.context_in_memory());
        Ok(shape)
    }

    /// Bytes that keys and values of one token take, as 32-bit floats over all blocks.
    pub(crate) fn cache_bytes_per_token(&self) -> u64 {
        (2 * self.blocks * self.kv_heads * self.head_width * size_of::<f32>()) as u64
    }

    fn context_in_memory(&self) -> usize {
        usize::try_from(CACHE_BYTES / self.cache_bytes_per_token().max(1)).unwrap_or(usize::MAX)
    }

    fn check(&self, keys: &Keys<'_>) -> Result<(), GenerateError> {
        let sound = self.heads.is_multiple_of(self.kv_heads)
            && self.head_width > 0
            && self.head_width.is_multiple_of(2)
            && self.rope_base > 0.0
            && self.norm_epsilon > 0.0;
        if !sound {
            return Err(keys.file.damaged("its dimensions contradict each other"));
        }
        for key in ["rope.dimension_count", "attention.value_length"] {
            if keys.size_or(key, self.head_width)? != self.head_width {
                return Err(GenerateError::UnsupportedFeature {
                    what: format!("a {key} other than the head's width"),
                });
            }
        }
        Ok(())
    }
}

fn supported_architecture(file: &GgufFile) -> Result<&'static str, GenerateError> {
    let found = file
        .text("general.architecture")
        .ok_or_else(|| file.damaged("it does not say its architecture"))?;
    SUPPORTED_ARCHITECTURES.iter().find(|known| **known == found).copied().ok_or_else(|| {
        GenerateError::UnsupportedArchitecture { architecture: found.chars().take(64).collect() }
    })
}

/// The keys of one architecture.
struct Keys<'a> {
    file: &'a GgufFile,
    prefix: &'a str,
}

impl Keys<'_> {
    fn key(&self, name: &str) -> String {
        format!("{}.{name}", self.prefix)
    }

    fn float(&self, name: &str) -> Option<f64> {
        self.file.float(&self.key(name)).filter(|value| value.is_finite())
    }

    fn size(&self, name: &str, most: usize) -> Result<usize, GenerateError> {
        let key = self.key(name);
        let value = self
            .file
            .number(&key)
            .ok_or_else(|| self.file.damaged(format!("{key} is missing or no whole number")))?;
        usize::try_from(value)
            .ok()
            .filter(|size| (1..=most).contains(size))
            .ok_or_else(|| self.file.damaged(format!("{key} is {value}")))
    }

    fn size_or(&self, name: &str, default: usize) -> Result<usize, GenerateError> {
        match self.file.number(&self.key(name)) {
            None => Ok(default),
            Some(_) => self.size(name, MAX_WIDTH),
        }
    }

    fn refuse_experts(&self) -> Result<(), GenerateError> {
        if self.file.number(&self.key("expert_count")).unwrap_or(0) > 0 {
            let what = "a mixture of experts".to_owned();
            return Err(GenerateError::UnsupportedFeature { what });
        }
        Ok(())
    }

    /// The period of 6 and the base of 10,000 are those of all published files, which leave them out.
    fn window(&self) -> Result<Option<Window>, GenerateError> {
        if self.file.number(&self.key("attention.sliding_window")).unwrap_or(0) == 0 {
            return Ok(None);
        }
        Ok(Some(Window {
            tokens: self.size("attention.sliding_window", usize::MAX)?,
            period: self.size_or("attention.sliding_window_pattern", 6)?,
            rope_base: self.float("rope.freq_base_swa").unwrap_or(10_000.0),
        }))
    }

    fn rope_scaling(&self) -> Result<RopeScaling, GenerateError> {
        let factor = self
            .float("rope.scaling.factor")
            .or_else(|| self.float("rope.scale_linear"))
            .filter(|factor| *factor > 0.0)
            .unwrap_or(1.0);
        match self.file.text(&self.key("rope.scaling.type")) {
            None if (factor - 1.0).abs() > f64::EPSILON => Ok(RopeScaling::Linear { factor }),
            None | Some("none" | "") => Ok(RopeScaling::None),
            Some("linear") => Ok(RopeScaling::Linear { factor }),
            Some("yarn") => Ok(RopeScaling::Yarn {
                factor,
                original_context: self
                    .float("rope.scaling.original_context_length")
                    .or_else(|| self.float("context_length"))
                    .unwrap_or(4096.0),
            }),
            Some(other) => Err(GenerateError::UnsupportedFeature {
                what: format!("rope scaling of the kind “{other}”"),
            }),
        }
    }
}
