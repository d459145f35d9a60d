//! Byte-level BPE, `tokenizer.ggml.model = gpt2`: text is cut by a regular expression that
//! `tokenizer.ggml.pre` names, written as the 256 printable characters that stand for bytes, and
//! merged. The expressions are those of the models' own tokenizer files.

use super::{Built, Kind, RawVocabulary};
use crate::error::GenerateError;
use crate::gguf::GgufFile;
use std::collections::HashMap;
use tokenizers::Tokenizer;
use tokenizers::models::bpe::{BPE, Vocab};
use tokenizers::normalizers::unicode::NFC;
use tokenizers::pre_tokenizers::PreTokenizerWrapper;
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::digits::Digits;
use tokenizers::pre_tokenizers::sequence::Sequence;
use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
use tokenizers::tokenizer::SplitDelimiterBehavior;

const QWEN2: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
const LLAMA3: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
const TEKKEN: &str = r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";

/// How a family of models cuts text before merging.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cut {
    /// By the expression of GPT-2.
    Gpt2,
    /// The same, each digit by itself.
    Gpt2Digits,
    /// By an expression of its own.
    Pattern(&'static str),
}

struct Family {
    cut: Cut,
    /// Whether text is brought into Unicode normal form C first.
    nfc: bool,
    /// Whether a piece that is a token is taken whole, whatever the merges say; these families
    /// begin a text with BOS too.
    whole_pieces: bool,
}

impl Family {
    /// The family that `tokenizer.ggml.pre` names, if it is known.
    fn named(pre: &str) -> Option<Self> {
        let family = |cut, nfc, whole_pieces| Some(Self { cut, nfc, whole_pieces });
        match pre {
            "qwen2" | "deepseek-r1-qwen" => family(Cut::Pattern(QWEN2), true, false),
            "megrez" | "stablelm2" => family(Cut::Pattern(QWEN2), false, false),
            "llama-bpe" | "llama3" | "llama-v3" | "falcon3" | "pixtral" => {
                family(Cut::Pattern(LLAMA3), false, true)
            }
            "smaug-bpe" | "dbrx" => family(Cut::Pattern(LLAMA3), false, false),
            "tekken" => family(Cut::Pattern(TEKKEN), false, true),
            "smollm" | "starcoder" | "refact" | "command-r" | "codeshell" => {
                family(Cut::Gpt2Digits, false, false)
            }
            "gpt-2" | "gpt2" | "phi-2" | "olmo" | "default" => family(Cut::Gpt2, false, false),
            _ => None,
        }
    }
}

/// Builds the tokenizer of a file.
pub(super) fn build(file: &GgufFile, raw: &RawVocabulary) -> Result<Built, GenerateError> {
    let pre = file.text("tokenizer.ggml.pre").unwrap_or("default");
    let family = Family::named(pre).unwrap_or_else(|| {
        tracing::warn!(pre, "unknown way of cutting text; cutting as GPT-2 does");
        Family { cut: Cut::Gpt2, nfc: false, whole_pieces: false }
    });
    let tokenizer = assemble(file, raw, &family)
        .map_err(|error| file.damaged(format!("its vocabulary is unusable: {error}")))?;
    let table = byte_table();
    Ok(Built {
        tokenizer,
        bytes_of: Box::new(move |token, _: Kind| bytes_of(token, &table)),
        add_bos: family.whole_pieces,
        opening_space: false,
    })
}

fn assemble(
    file: &GgufFile,
    raw: &RawVocabulary,
    family: &Family,
) -> tokenizers::Result<Tokenizer> {
    let vocabulary = raw.tokens.iter().enumerate().map(|(id, token)| (token.clone(), id as u32));
    let merges = file.texts("tokenizer.ggml.merges").unwrap_or_default();
    let merges = merges.iter().filter_map(|merge| merge.split_once(' '));
    let merges: Vec<_> = merges.map(|(a, b)| (a.to_owned(), b.to_owned())).collect();
    let bpe = BPE::builder()
        .vocab_and_merges(vocabulary.collect::<Vocab>(), merges)
        .ignore_merges(family.whole_pieces)
        .build()?;
    let mut tokenizer = Tokenizer::new(bpe);
    if family.nfc {
        tokenizer.with_normalizer(Some(NFC))?;
    }
    tokenizer.with_pre_tokenizer(Some(cutter(family.cut)?));
    Ok(tokenizer)
}

fn cutter(cut: Cut) -> tokenizers::Result<PreTokenizerWrapper> {
    let bytes = |regex: bool| PreTokenizerWrapper::from(ByteLevel::new(false, false, regex));
    Ok(match cut {
        Cut::Gpt2 => bytes(true),
        Cut::Gpt2Digits => Sequence::new(vec![Digits::new(true).into(), bytes(true)]).into(),
        Cut::Pattern(pattern) => {
            let pattern = SplitPattern::Regex(pattern.to_owned());
            let split = Split::new(pattern, SplitDelimiterBehavior::Isolated, false)?;
            Sequence::new(vec![split.into(), bytes(false)]).into()
        }
    })
}

fn bytes_of(token: &str, table: &HashMap<char, u8>) -> Vec<u8> {
    let bytes: Option<Vec<u8>> = token.chars().map(|c| table.get(&c).copied()).collect();
    bytes.unwrap_or_else(|| token.as_bytes().to_vec())
}

/// GPT-2's printable stand-ins for bytes: themselves where printable, else the characters from
/// U+0100 on, in order.
fn byte_table() -> HashMap<char, u8> {
    let printable = |byte: &u8| matches!(byte, b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF);
    let themselves = (0..=255u8).filter(printable).map(|byte| (char::from(byte), byte));
    let stand_ins = ('\u{100}'..).zip((0..=255u8).filter(|byte| !printable(byte)));
    themselves.chain(stand_ins).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokenizers::tokenizer::{OffsetReferential, OffsetType, PreTokenizedString, PreTokenizer};

    fn check(cut: Cut, text: &str, expected: &[&str]) {
        let mut pieces = PreTokenizedString::from(text);
        cutter(cut).unwrap().pre_tokenize(&mut pieces).unwrap();
        let table = byte_table();
        let found: Vec<String> = pieces
            .get_splits(OffsetReferential::Original, OffsetType::Byte)
            .into_iter()
            .map(|(piece, _, _)| String::from_utf8(bytes_of(piece, &table)).unwrap())
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn every_byte_has_one_stand_in() {
        let table = byte_table();
        assert_eq!(table.len(), 256);
        assert_eq!(table[&'Ġ'], b' ');
        assert_eq!(table[&'Ċ'], b'\n');
    }

    #[test]
    fn families_cut_digits_differently() {
        let text = "it's 1234 引据\n\n x";
        check(
            Cut::Pattern(QWEN2),
            text,
            &["it", "'s", " ", "1", "2", "3", "4", " 引据", "\n\n", " x"],
        );
        check(Cut::Pattern(LLAMA3), text, &["it", "'s", " ", "123", "4", " 引据", "\n\n", " x"]);
        check(Cut::Gpt2Digits, text, &["it", "'s", " ", "1", "2", "3", "4", " 引据", "\n\n", " x"]);
        check(Cut::Gpt2, text, &["it", "'s", " 1234", " 引据", "\n\n", " x"]);
    }
}
