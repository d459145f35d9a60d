//! Converting an `E5S1` file: a small made one, damaged ones, and, where it is on this machine, the
//! result of the real one.

use super::{E5s1, E5s1Error};
use safetensors::{Dtype, SafeTensors};

const HIDDEN: usize = 32;
const FFN: usize = 64;
const VOCAB: usize = 3;
const POSITIONS: usize = 4;

/// A file of one layer; quantised weights are scale 0.5 and nibbles 0, 1, 2 …, the rest counts up.
fn made() -> Vec<u8> {
    let mut head = b"E5S1".to_vec();
    let int = |n: usize| (n as u32).to_le_bytes();
    for n in [1, HIDDEN, 1, 4, FFN, VOCAB, POSITIONS, 2] {
        head.extend(int(n));
    }
    head.extend(1e-12f32.to_le_bytes());
    for n in [32, VOCAB, 0, 2, 1, 3] {
        head.extend(int(n));
    }
    head.extend(3u64.to_le_bytes());
    head.extend([0; 4 * (VOCAB + 1) + 4 * VOCAB]);
    head.extend(b"abc");
    head.extend(int(0));
    head.extend(int(0));
    let tensors = names();
    let directory: usize = 4 + tensors.iter().map(|(name, ..)| 2 + name.len() + 21).sum::<usize>();
    let mut at = head.len() + directory;
    let mut data = Vec::new();
    head.extend(int(tensors.len()));
    for (name, elements, quantised) in tensors {
        let bytes = if quantised { blocks(elements) } else { counting(elements) };
        head.extend((name.len() as u16).to_le_bytes());
        head.extend(name.as_bytes());
        head.push(u8::from(quantised));
        head.extend(int(elements));
        head.extend((at as u64).to_le_bytes());
        head.extend((bytes.len() as u64).to_le_bytes());
        at += bytes.len();
        data.extend(bytes);
    }
    head.extend(data);
    head
}

fn names() -> Vec<(String, usize, bool)> {
    let mut all = vec![
        ("emb.word".to_owned(), VOCAB * HIDDEN, true),
        ("emb.pos".to_owned(), POSITIONS * HIDDEN, false),
        ("emb.type".to_owned(), 2 * HIDDEN, false),
        ("emb.ln.w".to_owned(), HIDDEN, false),
        ("emb.ln.b".to_owned(), HIDDEN, false),
    ];
    for (name, rows, columns) in [
        ("q", HIDDEN, HIDDEN),
        ("k", HIDDEN, HIDDEN),
        ("v", HIDDEN, HIDDEN),
        ("ao", HIDDEN, HIDDEN),
        ("fi", FFN, HIDDEN),
        ("fo", HIDDEN, FFN),
    ] {
        all.push((format!("l0.{name}.w"), rows * columns, true));
        all.push((format!("l0.{name}.b"), rows, false));
    }
    for name in ["aln", "oln"] {
        all.push((format!("l0.{name}.w"), HIDDEN, false));
        all.push((format!("l0.{name}.b"), HIDDEN, false));
    }
    all
}

fn blocks(elements: usize) -> Vec<u8> {
    let mut block = half::f16::from_f32(0.5).to_le_bytes().to_vec();
    block.extend((0..16u8).map(|j| j | ((15 - j) << 4)));
    block.repeat(elements / 32)
}

fn counting(elements: usize) -> Vec<u8> {
    (0..elements).flat_map(|i| (i as f32).to_le_bytes()).collect()
}

fn converted(data: &[u8]) -> Result<Vec<u8>, E5s1Error> {
    let mut out = Vec::new();
    E5s1::parse(data)?.write_safetensors(&mut out)?;
    Ok(out)
}

#[test]
fn every_tensor_comes_out_under_its_published_name() {
    let out = converted(&made()).unwrap();
    let tensors = SafeTensors::deserialize(&out).unwrap();
    assert_eq!(tensors.len(), names().len());
    let word = tensors.tensor("embeddings.word_embeddings.weight").unwrap();
    assert_eq!((word.dtype(), word.shape()), (Dtype::F16, &[VOCAB, HIDDEN][..]));
    let fi = tensors.tensor("encoder.layer.0.intermediate.dense.weight").unwrap();
    assert_eq!((fi.dtype(), fi.shape()), (Dtype::F32, &[FFN, HIDDEN][..]));
    let ln = tensors.tensor("encoder.layer.0.attention.output.LayerNorm.bias").unwrap();
    assert_eq!(ln.data(), counting(HIDDEN));
}

#[test]
fn low_nibbles_come_before_high_ones() {
    let out = converted(&made()).unwrap();
    let tensors = SafeTensors::deserialize(&out).unwrap();
    let q = tensors.tensor("encoder.layer.0.attention.self.query.weight").unwrap();
    let values: Vec<f32> =
        q.data().chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect();
    let low = (0..16).map(|j| 0.5 * (j as f32 - 8.0));
    let high = (0..16).map(|j| 0.5 * (7.0 - j as f32));
    assert_eq!(values[..32], low.chain(high).collect::<Vec<_>>());
}

#[test]
fn a_file_cut_anywhere_is_an_error_and_never_a_panic() {
    let whole = made();
    for end in (0..whole.len()).step_by(7) {
        assert!(converted(&whole[..end]).is_err(), "cut at {end}");
    }
}

#[test]
fn a_damaged_header_is_an_error_and_never_a_panic() {
    let whole = made();
    for at in 0..200 {
        let mut damaged = whole.clone();
        damaged[at] = 0xFF;
        let _ = converted(&damaged);
    }
    assert!(matches!(converted(b"GGUFsomething"), Err(E5s1Error::NotE5s1)));
}

#[test]
fn a_short_file_cannot_ask_for_millions_of_layers() {
    let mut damaged = made();
    damaged[12..16].copy_from_slice(&(1_u32 << 22).to_le_bytes());
    assert!(matches!(converted(&damaged), Err(E5s1Error::Truncated(_))));
}

#[test]
fn the_configuration_says_the_sizes() {
    let config = E5s1::parse(&made()).unwrap().config_json();
    let config: serde_json::Value = serde_json::from_str(&config).unwrap();
    assert_eq!(config["hidden_size"], HIDDEN);
    assert_eq!(config["vocab_size"], VOCAB);
    assert_eq!(config["model_type"], "bert");
}
