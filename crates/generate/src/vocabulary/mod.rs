//! A model's vocabulary: text to tokens, tokens to bytes, and the tokens that mean something.
//!
//! Everything comes from the `tokenizer.ggml.*` keys of the file. How text is cut before it is
//! merged is in `byte_level` and `sentencepiece`. Not here: the chat template.

mod byte_level;
mod sentencepiece;
#[cfg(test)]
mod tests;

use crate::error::GenerateError;
use crate::gguf::GgufFile;
use std::collections::BTreeSet;
use tokenizers::{AddedToken, Tokenizer};

/// Names of tokens that end an answer, in the families that use them; they count where the
/// vocabulary has them as control tokens.
const END_NAMES: &[&str] = &[
    "<|im_end|>",
    "<|eot_id|>",
    "<|eom_id|>",
    "<|end|>",
    "<|endoftext|>",
    "<|end_of_text|>",
    "<end_of_turn>",
    "<|return|>",
    "</s>",
];

/// Keys under which files name the tokens that end an answer or the text.
const END_KEYS: &[&str] =
    &["tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id", "tokenizer.ggml.eom_token_id"];

/// Put into a text where it would otherwise read as a control token: a zero-width space.
const BREAK: char = '\u{200B}';

/// What a token is, by `tokenizer.ggml.token_type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Normal,
    /// Steers the model and is never shown, such as the end of a turn.
    Control,
    /// Matched before anything is cut, shown as it is.
    UserDefined,
    /// A single byte, written `<0x0A>`.
    Byte,
    /// Unknown or unused; never shown.
    Silent,
}

impl Kind {
    fn of(number: f32) -> Self {
        match number as i32 {
            3 => Self::Control,
            4 => Self::UserDefined,
            6 => Self::Byte,
            2 | 5 => Self::Silent,
            _ => Self::Normal,
        }
    }
}

/// The tokens of a file as they stand there.
struct RawVocabulary {
    tokens: Vec<String>,
    kinds: Vec<Kind>,
}

impl RawVocabulary {
    fn read(file: &GgufFile) -> Result<Self, GenerateError> {
        let tokens = file
            .texts("tokenizer.ggml.tokens")
            .filter(|tokens| !tokens.is_empty())
            .ok_or_else(|| file.damaged("it has no vocabulary"))?;
        let mut kinds: Vec<Kind> = file
            .floats("tokenizer.ggml.token_type")
            .unwrap_or_default()
            .into_iter()
            .map(Kind::of)
            .collect();
        kinds.resize(tokens.len(), Kind::Normal);
        Ok(Self { tokens, kinds })
    }

    fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &String> {
        let kinds = self.kinds.iter().zip(&self.tokens);
        kinds.filter(move |(k, token)| **k == kind && !token.is_empty()).map(|(_, token)| token)
    }
}

/// A vocabulary ready for use.
pub(crate) struct Vocabulary {
    tokenizer: Tokenizer,
    /// The bytes of all tokens, one after the other; `ends[i]` is where token `i` ends.
    bytes: Vec<u8>,
    ends: Vec<usize>,
    controls: Vec<String>,
    end_tokens: BTreeSet<u32>,
    bos: Option<u32>,
    add_bos: bool,
    bos_text: String,
    eos_text: String,
    opening_space: bool,
}

impl Vocabulary {
    /// Builds the vocabulary of a file.
    pub(crate) fn load(file: &GgufFile) -> Result<Self, GenerateError> {
        let raw = RawVocabulary::read(file)?;
        let built = match file.text("tokenizer.ggml.model") {
            Some("gpt2") => byte_level::build(file, &raw)?,
            Some("llama") => sentencepiece::build(file, &raw)?,
            other => {
                let what = format!("a tokenizer of the kind “{}”", other.unwrap_or("none"));
                return Err(GenerateError::UnsupportedFeature { what });
            }
        };
        Self::assemble(file, &raw, built)
    }

    fn assemble(file: &GgufFile, raw: &RawVocabulary, built: Built) -> Result<Self, GenerateError> {
        let Built { mut tokenizer, bytes_of, add_bos, opening_space } = built;
        add_marked_tokens(&mut tokenizer, raw)
            .map_err(|error| file.damaged(format!("its vocabulary is unusable: {error}")))?;
        let (bytes, ends) = lay_out(raw, bytes_of.as_ref());
        let id = |key: &str| {
            file.number(key).filter(|id| *id < raw.tokens.len() as u64).map(|id| id as u32)
        };
        let text = |id: Option<u32>| id.map_or("", |id| &raw.tokens[id as usize]).to_owned();
        let bos = id("tokenizer.ggml.bos_token_id");
        Ok(Self {
            tokenizer,
            bytes,
            ends,
            controls: raw.of_kind(Kind::Control).cloned().collect(),
            end_tokens: END_KEYS.iter().filter_map(|key| id(key)).chain(named_ends(raw)).collect(),
            bos,
            add_bos: file.flag("tokenizer.ggml.add_bos_token").unwrap_or(add_bos),
            bos_text: text(bos),
            eos_text: text(id("tokenizer.ggml.eos_token_id")),
            opening_space,
        })
    }

    /// How many tokens there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The tokens of a rendered prompt, control tokens understood.
    pub(crate) fn encode_prompt(&self, prompt: &str) -> Result<Vec<u32>, GenerateError> {
        let mut tokens = self.encode(prompt)?;
        if let Some(bos) = self.bos.filter(|bos| self.add_bos && tokens.first() != Some(bos)) {
            tokens.insert(0, bos);
        }
        Ok(tokens)
    }

    /// The tokens of a text, control tokens understood.
    pub(crate) fn encode(&self, text: &str) -> Result<Vec<u32>, GenerateError> {
        let encoding = self.tokenizer.encode_fast(text, false);
        let encoding = encoding.map_err(|error| GenerateError::Tokenize(error.to_string()))?;
        Ok(encoding.get_ids().to_vec())
    }

    /// A text in which nothing reads as a control token, so that what stands in a document cannot
    /// end its message or pose as another's.
    pub(crate) fn disarm(&self, text: &str) -> String {
        let mut safe = text.to_owned();
        for control in &self.controls {
            if safe.contains(control.as_str()) {
                let mut broken = control.clone();
                let second = control.char_indices().nth(1).map_or(control.len(), |(at, _)| at);
                broken.insert(second, BREAK);
                safe = safe.replace(control.as_str(), &broken);
            }
        }
        safe
    }

    /// What a token adds to the text; nothing for control tokens.
    pub(crate) fn bytes(&self, token: u32) -> &[u8] {
        let token = token as usize;
        let Some(&end) = self.ends.get(token) else { return &[] };
        let start = if token == 0 { 0 } else { self.ends[token - 1] };
        &self.bytes[start..end]
    }

    /// The same in an answer, whose first token may begin with a space that is not part of it.
    pub(crate) fn shown(&self, token: u32, first: bool) -> &[u8] {
        match self.bytes(token) {
            [b' ', rest @ ..] if first && self.opening_space => rest,
            bytes => bytes,
        }
    }

    /// Whether a token ends an answer.
    pub(crate) fn ends_answer(&self, token: u32) -> bool {
        self.end_tokens.contains(&token)
    }

    /// Takes every token that ends an answer out of the choice.
    pub(crate) fn forbid_end(&self, scores: &mut [f32]) {
        for token in &self.end_tokens {
            if let Some(score) = scores.get_mut(*token as usize) {
                *score = f32::NEG_INFINITY;
            }
        }
    }

    /// The text of the token that begins a text, or nothing.
    pub(crate) fn bos_text(&self) -> &str {
        &self.bos_text
    }

    /// The text of the token that ends a text, or nothing.
    pub(crate) fn eos_text(&self) -> &str {
        &self.eos_text
    }
}

/// The bytes that a normal or byte token stands for.
type BytesOf = dyn Fn(&str, Kind) -> Vec<u8>;

/// What `byte_level` and `sentencepiece` make.
struct Built {
    tokenizer: Tokenizer,
    bytes_of: Box<BytesOf>,
    /// Whether prompts begin with the BOS token where the file does not say.
    add_bos: bool,
    opening_space: bool,
}

fn add_marked_tokens(tokenizer: &mut Tokenizer, raw: &RawVocabulary) -> tokenizers::Result<()> {
    let marked = |special: bool| {
        move |token: &String| AddedToken::from(token.clone(), special).normalized(false)
    };
    let shown: Vec<_> = raw.of_kind(Kind::UserDefined).map(marked(false)).collect();
    let controls: Vec<_> = raw.of_kind(Kind::Control).map(marked(true)).collect();
    tokenizer.add_tokens(shown)?;
    tokenizer.add_special_tokens(controls)?;
    Ok(())
}

fn lay_out(raw: &RawVocabulary, bytes_of: &BytesOf) -> (Vec<u8>, Vec<usize>) {
    let mut bytes = Vec::new();
    let mut ends = Vec::with_capacity(raw.tokens.len());
    for (token, kind) in raw.tokens.iter().zip(&raw.kinds) {
        match kind {
            Kind::Control | Kind::Silent => {}
            Kind::UserDefined => bytes.extend_from_slice(token.as_bytes()),
            Kind::Normal | Kind::Byte => bytes.extend(bytes_of(token, *kind)),
        }
        ends.push(bytes.len());
    }
    (bytes, ends)
}

fn named_ends(raw: &RawVocabulary) -> impl Iterator<Item = u32> {
    let marked = |kind: Kind| matches!(kind, Kind::Control | Kind::UserDefined);
    let tokens = raw.tokens.iter().zip(&raw.kinds).enumerate();
    tokens
        .filter(move |(_, (token, kind))| marked(**kind) && END_NAMES.contains(&token.as_str()))
        .map(|(id, _)| id as u32)
}
