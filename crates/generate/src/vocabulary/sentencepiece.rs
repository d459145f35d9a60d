//! `SentencePiece` BPE, `tokenizer.ggml.model = llama`: spaces are written `▁`, pieces have scores
//! instead of merges, and what no piece covers falls back to bytes.
//!
//! Merges are recovered from the scores as the published converter does: every way to cut a piece
//! into two others, best score first.

use super::{Built, Kind, RawVocabulary};
use crate::error::GenerateError;
use crate::gguf::GgufFile;
use tokenizers::Tokenizer;
use tokenizers::models::bpe::{BPE, Vocab};
use tokenizers::normalizers::NormalizerWrapper;
use tokenizers::normalizers::prepend::Prepend;
use tokenizers::normalizers::replace::Replace;
use tokenizers::normalizers::utils::Sequence;

/// Stands for a space.
const SPACE: &str = "▁";

/// Builds the tokenizer of a file.
pub(super) fn build(file: &GgufFile, raw: &RawVocabulary) -> Result<Built, GenerateError> {
    let scores = file
        .floats("tokenizer.ggml.scores")
        .filter(|scores| scores.len() == raw.tokens.len())
        .ok_or_else(|| file.damaged("its vocabulary has no scores"))?;
    let prefix = file.flag("tokenizer.ggml.add_space_prefix").unwrap_or(true);
    let unknown = file.number("tokenizer.ggml.unknown_token_id").unwrap_or(0);
    let unknown = raw.tokens.get(unknown as usize).cloned();
    let tokenizer = assemble(raw, &scores, prefix, unknown)
        .map_err(|error| file.damaged(format!("its vocabulary is unusable: {error}")))?;
    Ok(Built { tokenizer, bytes_of: Box::new(bytes_of), add_bos: true, opening_space: prefix })
}

fn assemble(
    raw: &RawVocabulary,
    scores: &[f32],
    prefix: bool,
    unknown: Option<String>,
) -> tokenizers::Result<Tokenizer> {
    let vocabulary: Vocab =
        raw.tokens.iter().enumerate().map(|(id, token)| (token.clone(), id as u32)).collect();
    let merges = merges(raw, scores, &vocabulary);
    let mut builder =
        BPE::builder().vocab_and_merges(vocabulary, merges).byte_fallback(true).fuse_unk(true);
    if let Some(unknown) = unknown {
        builder = builder.unk_token(unknown);
    }
    let mut tokenizer = Tokenizer::new(builder.build()?);
    let mut steps = vec![NormalizerWrapper::from(Replace::new(" ", SPACE)?)];
    if prefix {
        steps.insert(0, Prepend::new(SPACE.to_owned()).into());
    }
    tokenizer.with_normalizer(Some(Sequence::new(steps)))?;
    Ok(tokenizer)
}

/// Pairs of pieces in the order in which they are merged.
fn merges(raw: &RawVocabulary, scores: &[f32], vocabulary: &Vocab) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for ((token, kind), score) in raw.tokens.iter().zip(&raw.kinds).zip(scores) {
        if *kind != Kind::Normal {
            continue;
        }
        for (at, _) in token.char_indices().skip(1) {
            let (left, right) = token.split_at(at);
            if let (Some(l), Some(r)) = (vocabulary.get(left), vocabulary.get(right)) {
                found.push((*score, *l, *r, left, right));
            }
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| (a.1, a.2).cmp(&(b.1, b.2))));
    found.into_iter().map(|(_, _, _, l, r)| (l.to_owned(), r.to_owned())).collect()
}

fn bytes_of(token: &str, kind: Kind) -> Vec<u8> {
    if kind == Kind::Byte {
        let byte = token.strip_prefix("<0x").and_then(|rest| rest.strip_suffix('>'));
        return byte.and_then(|hex| u8::from_str_radix(hex, 16).ok()).into_iter().collect();
    }
    token.replace(SPACE, " ").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Byte tokens first, as in real files, then pieces with falling scores.
    fn vocabulary(pieces: &[&str]) -> (RawVocabulary, Vec<f32>) {
        let mut tokens = vec!["<unk>".to_owned()];
        let mut kinds = vec![Kind::Silent];
        for byte in 0..=255u8 {
            tokens.push(format!("<0x{byte:02X}>"));
            kinds.push(Kind::Byte);
        }
        for piece in pieces {
            tokens.push((*piece).to_owned());
            kinds.push(Kind::Normal);
        }
        let scores = (0..tokens.len()).map(|id| -(id as f32)).collect();
        (RawVocabulary { tokens, kinds }, scores)
    }

    fn check(pieces: &[&str], text: &str, expected: &[&str]) {
        let (raw, scores) = vocabulary(pieces);
        let tokenizer = assemble(&raw, &scores, true, Some("<unk>".to_owned())).unwrap();
        let encoding = tokenizer.encode_fast(text, false).unwrap();
        let found: Vec<&str> =
            encoding.get_ids().iter().map(|id| raw.tokens[*id as usize].as_str()).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_best_score_merges_first() {
        let pieces = ["ab", "bc", "▁", "a", "b", "c", "▁ab"];
        check(&pieces, "abc", &["▁ab", "c"]);
        let pieces = ["bc", "ab", "▁", "a", "b", "c", "▁a"];
        check(&pieces, "abc", &["▁a", "bc"]);
    }

    #[test]
    fn what_no_piece_covers_becomes_bytes() {
        check(&["▁", "a"], "a据", &["▁", "a", "<0xE6>", "<0x8D>", "<0xAE>"]);
    }

    #[test]
    fn pieces_turn_back_into_bytes() {
        assert_eq!(bytes_of("▁引▁a", Kind::Normal), " 引 a".as_bytes());
        assert_eq!(bytes_of("<0xE6>", Kind::Byte), [0xE6]);
        assert_eq!(bytes_of("<0xE6>", Kind::Normal), b"<0xE6>");
    }
}
