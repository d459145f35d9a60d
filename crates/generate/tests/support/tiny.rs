//! Small random models, written as GGUF files. Names nothing of the crate, so that its unit tests
//! can use it too.

use candle_core::quantized::gguf_file::{self, Value};
use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{Device, Tensor};
use std::path::{Path, PathBuf};

pub const WIDTH: usize = 64;
pub const HEADS: usize = 4;
pub const KV_HEADS: usize = 2;
pub const HEAD_WIDTH: usize = 16;
pub const INNER: usize = 128;
pub const BLOCKS: usize = 2;
pub const CONTEXT: u32 = 640;
/// Tokens that the first block of a gemma3 sees; the second sees all.
pub const WINDOW: usize = 8;

/// Metadata of a file, in order.
pub type Metadata = Vec<(String, Value)>;

/// A small model with random weights.
pub struct TinyModel {
    pub architecture: &'static str,
    pub weights: GgmlDType,
    /// Whether the head is the embedding again.
    pub tied: bool,
    /// Whether the vocabulary is of the kind of `SentencePiece` rather than of bytes.
    pub pieces: bool,
}

impl TinyModel {
    pub fn new(architecture: &'static str) -> Self {
        Self { architecture, weights: GgmlDType::F32, tied: false, pieces: false }
    }

    /// Writes the model and returns where.
    pub fn write(&self, folder: &Path) -> PathBuf {
        let path = folder.join(format!("{}-{:?}.gguf", self.architecture, self.weights));
        write(&path, &self.metadata(), &self.tensors());
        path
    }

    pub fn metadata(&self) -> Metadata {
        let (tokens, kinds) = byte_vocabulary();
        let key = |name: &str| format!("{}.{name}", self.architecture);
        let size = |name: &str, size: usize| (key(name), Value::U32(size as u32));
        let list = |values: Vec<Value>| Value::Array(values);
        let mut metadata = vec![
            ("general.architecture".into(), Value::String(self.architecture.into())),
            ("general.dtype".into(), Value::U32(0)),
            size("block_count", BLOCKS),
            size("context_length", CONTEXT as usize),
            size("embedding_length", WIDTH),
            size("feed_forward_length", INNER),
            size("attention.head_count", HEADS),
            size("attention.head_count_kv", KV_HEADS),
            size("attention.key_length", HEAD_WIDTH),
            size("rope.dimension_count", HEAD_WIDTH),
            (key("rope.freq_base"), Value::F32(10_000.0)),
            (key("attention.layer_norm_rms_epsilon"), Value::F32(1e-6)),
            ("tokenizer.ggml.model".into(), Value::String("gpt2".into())),
            ("tokenizer.ggml.pre".into(), Value::String("gpt-2".into())),
            ("tokenizer.ggml.tokens".into(), list(tokens.into_iter().map(Value::String).collect())),
            ("tokenizer.ggml.token_type".into(), list(kinds.into_iter().map(Value::I32).collect())),
            (
                "tokenizer.ggml.merges".into(),
                list(vec![Value::String("a a".into()), Value::String("b b".into())]),
            ),
            ("tokenizer.ggml.eos_token_id".into(), Value::U32(257)),
        ];
        if self.pieces {
            metadata.retain(|(key, _)| !key.starts_with("tokenizer."));
            metadata.extend(pieces());
        }
        if self.architecture == "gemma3" {
            metadata.push(size("attention.sliding_window", WINDOW));
            metadata.push(size("attention.sliding_window_pattern", BLOCKS));
        }
        metadata
    }

    pub fn tensors(&self) -> Vec<(String, QTensor)> {
        let vocabulary = byte_vocabulary().0.len();
        let (all, stored) = (HEADS * HEAD_WIDTH, KV_HEADS * HEAD_WIDTH);
        let mut made = Maker { seed: 1, weights: self.weights, tensors: Vec::new() };
        made.matrix("token_embd.weight", vocabulary, WIDTH);
        if !self.tied {
            made.matrix("output.weight", vocabulary, WIDTH);
        }
        made.vector("output_norm.weight", WIDTH, 1.0);
        for block in 0..BLOCKS {
            let name = |part: &str| format!("blk.{block}.{part}");
            made.vector(&name("attn_norm.weight"), WIDTH, 1.0);
            made.vector(&name("ffn_norm.weight"), WIDTH, 1.0);
            made.matrix(&name("attn_q.weight"), all, WIDTH);
            made.matrix(&name("attn_k.weight"), stored, WIDTH);
            made.matrix(&name("attn_v.weight"), stored, WIDTH);
            made.matrix(&name("attn_output.weight"), WIDTH, all);
            made.matrix(&name("ffn_gate.weight"), INNER, WIDTH);
            made.matrix(&name("ffn_up.weight"), INNER, WIDTH);
            made.matrix(&name("ffn_down.weight"), WIDTH, INNER);
            if self.architecture == "qwen2" {
                made.vector(&name("attn_q.bias"), all, 0.0);
                made.vector(&name("attn_k.bias"), stored, 0.0);
                made.vector(&name("attn_v.bias"), stored, 0.0);
            }
            if self.architecture == "gemma3" {
                made.vector(&name("post_attention_norm.weight"), WIDTH, 1.0);
                made.vector(&name("post_ffw_norm.weight"), WIDTH, 1.0);
            }
            if matches!(self.architecture, "qwen3" | "gemma3") {
                made.vector(&name("attn_q_norm.weight"), HEAD_WIDTH, 1.0);
                made.vector(&name("attn_k_norm.weight"), HEAD_WIDTH, 1.0);
            }
        }
        made.tensors
    }
}

/// Writes a GGUF file of the given parts.
pub fn write(path: &Path, metadata: &Metadata, tensors: &[(String, QTensor)]) {
    let metadata: Vec<_> = metadata.iter().map(|(key, value)| (key.as_str(), value)).collect();
    let tensors: Vec<_> = tensors.iter().map(|(name, tensor)| (name.as_str(), tensor)).collect();
    let mut file = std::fs::File::create(path).unwrap();
    gguf_file::write(&mut file, &metadata, &tensors).unwrap();
}

struct Maker {
    seed: u64,
    weights: GgmlDType,
    tensors: Vec<(String, QTensor)>,
}

impl Maker {
    fn matrix(&mut self, name: &str, rows: usize, columns: usize) {
        let spread = 2.0 / (columns as f32).sqrt();
        let numbers = self.numbers(rows * columns).map(|x| x * spread).collect();
        let tensor = Tensor::from_vec(numbers, (rows, columns), &Device::Cpu).unwrap();
        self.tensors.push((name.to_owned(), QTensor::quantize(&tensor, self.weights).unwrap()));
    }

    fn vector(&mut self, name: &str, length: usize, middle: f32) {
        let numbers: Vec<f32> = self.numbers(length).map(|x| middle + x * 0.3).collect();
        let tensor = Tensor::from_vec(numbers, length, &Device::Cpu).unwrap();
        self.tensors.push((name.to_owned(), QTensor::quantize(&tensor, GgmlDType::F32).unwrap()));
    }

    /// Uniform in −1 … 1, the same on every machine.
    fn numbers(&mut self, count: usize) -> impl Iterator<Item = f32> {
        self.seed += 1;
        let mut state = self.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (0..count).map(move |_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695);
            (state >> 40) as f32 / (1u64 << 23) as f32 - 1.0
        })
    }
}

/// The 256 stand-ins for bytes, three control tokens, two merged tokens and one over to make the
/// number of rows a multiple of nothing in particular.
fn byte_vocabulary() -> (Vec<String>, Vec<i32>) {
    let printable = |byte: &u8| matches!(byte, b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF);
    let mut stand_ins = '\u{100}'..;
    let mut tokens: Vec<String> = (0..=255u8)
        .map(|byte| {
            let stand_in = if printable(&byte) { None } else { stand_ins.next() };
            stand_in.unwrap_or(char::from(byte)).to_string()
        })
        .collect();
    let mut kinds = vec![1; 256];
    for control in ["<|im_start|>", "<|im_end|>", "<|endoftext|>"] {
        tokens.push(control.to_owned());
        kinds.push(3);
    }
    for merged in ["aa", "bb"] {
        tokens.push(merged.to_owned());
        kinds.push(1);
    }
    (tokens, kinds)
}

/// As many tokens as [`byte_vocabulary`] has: all bytes, and two pieces that cut markers oddly.
fn pieces() -> Metadata {
    let bytes = (0..=255u8).map(|byte| (format!("<0x{byte:02X}>"), 6));
    let control = [("<unk>", 2), ("<s>", 3), ("</s>", 3)].map(|(token, kind)| (token.into(), kind));
    let odd = [("▁[", 1), ("1].", 1)].map(|(token, kind)| (token.into(), kind));
    let (tokens, kinds): (Vec<String>, Vec<i32>) =
        control.into_iter().chain(bytes).chain(odd).unzip();
    let scores = vec![Value::F32(0.0); tokens.len()];
    let key = |name: &str| format!("tokenizer.ggml.{name}");
    vec![
        (key("model"), Value::String("llama".into())),
        (key("tokens"), Value::Array(tokens.into_iter().map(Value::String).collect())),
        (key("token_type"), Value::Array(kinds.into_iter().map(Value::I32).collect())),
        (key("scores"), Value::Array(scores)),
        (key("bos_token_id"), Value::U32(1)),
        (key("eos_token_id"), Value::U32(2)),
    ]
}
