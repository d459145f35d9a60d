//! Converts the package form of multilingual-e5-small (`E5S1`, 4-bit) to the form encoders are read
//! from: `model.safetensors` and `config.json`.
//!
//! The input is little-endian: magic, version, sizes, the sentence pieces with their scores, a
//! table of character normalisations, a directory of tensors and the tensors. Matrices are ggml
//! `Q4_0` (blocks of 32 weights: an f16 scale, then 16 bytes whose low nibbles are the weights
//! 0–15 and whose high nibbles are 16–31, each minus 8); everything else is f32. The word
//! embeddings, two thirds of the model, are written as f16, the rest as f32.
//!
//! The same input gives the same bytes on every machine, so the result's SHA-256 can stand in the
//! catalogue. Not here: the tokenizer, which is published as `tokenizer.json` elsewhere.

use half::f16;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Why a file could not be converted.
#[derive(Debug, thiserror::Error)]
pub enum E5s1Error {
    /// The first bytes are not those of an `E5S1` file, or of a version that is not known.
    #[error("not an E5S1 file of version 1")]
    NotE5s1,
    /// The file ends before its own directory says it does.
    #[error("the file ends inside {0}")]
    Truncated(&'static str),
    /// A tensor is absent or has another number of elements than the header implies.
    #[error("tensor {name}: {problem}")]
    Tensor {
        /// Its name in the file.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The result could not be written.
    #[error(transparent)]
    Write(#[from] io::Error),
}

/// Weights of a ggml block.
const BLOCK: usize = 32;
/// Bytes of a ggml `Q4_0` block.
const BLOCK_BYTES: usize = 2 + BLOCK / 2;
/// Bounds that keep a damaged header from asking for absurd amounts of memory.
const LARGEST_DIMENSION: usize = 1 << 22;

/// The sizes of a BERT encoder, in the file's order.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Shape {
    hidden: usize,
    layers: usize,
    heads: usize,
    ffn: usize,
    vocab: usize,
    positions: usize,
    types: usize,
}

/// A tensor of the file: what it holds and where.
#[derive(Clone, Copy, Debug)]
struct Entry {
    quantised: bool,
    elements: usize,
    offset: usize,
    bytes: usize,
}

/// A tensor to be written: its published name, the file's name for it, its shape.
struct Wanted {
    name: String,
    source: String,
    shape: Vec<usize>,
    half: bool,
}

impl Wanted {
    fn elements(&self) -> usize {
        self.shape.iter().product()
    }

    fn bytes(&self) -> usize {
        self.elements() * if self.half { 2 } else { 4 }
    }
}

/// An `E5S1` file that was looked through; nothing is dequantised before it is written.
pub struct E5s1<'a> {
    data: &'a [u8],
    shape: Shape,
    directory: BTreeMap<String, Entry>,
}

impl<'a> E5s1<'a> {
    /// Reads the header and the directory.
    pub fn parse(data: &'a [u8]) -> Result<Self, E5s1Error> {
        let mut cursor = Cursor { data, at: 0 };
        if cursor.take(4, "its magic").map_err(|_| E5s1Error::NotE5s1)? != b"E5S1"
            || cursor.size("its version")? != 1
        {
            return Err(E5s1Error::NotE5s1);
        }
        let shape = read_shape(&mut cursor)?;
        skip_tokenizer(&mut cursor)?;
        let directory = read_directory(&mut cursor)?;
        // Every layer has tensors of its own, so a short file cannot ask for millions of names.
        if shape.layers > directory.len() {
            return Err(E5s1Error::Truncated("its directory"));
        }
        Ok(Self { data, shape, directory })
    }

    /// `config.json` of the standard BERT architecture.
    pub fn config_json(&self) -> String {
        let Shape { hidden, layers, heads, ffn, vocab, positions, types } = self.shape;
        format!(
            r#"{{
  "architectures": ["BertModel"],
  "attention_probs_dropout_prob": 0.1,
  "classifier_dropout": null,
  "hidden_act": "gelu",
  "hidden_dropout_prob": 0.1,
  "hidden_size": {hidden},
  "initializer_range": 0.02,
  "intermediate_size": {ffn},
  "layer_norm_eps": 1e-12,
  "max_position_embeddings": {positions},
  "model_type": "bert",
  "num_attention_heads": {heads},
  "num_hidden_layers": {layers},
  "pad_token_id": 0,
  "position_embedding_type": "absolute",
  "tokenizer_class": "XLMRobertaTokenizer",
  "type_vocab_size": {types},
  "use_cache": true,
  "vocab_size": {vocab}
}}
"#
        )
    }

    /// Writes `model.safetensors`: an 8-byte length, a JSON header, the tensors in the header's
    /// order, as the safetensors format has it.
    pub fn write_safetensors(&self, out: &mut impl Write) -> Result<(), E5s1Error> {
        let wanted = wanted_tensors(self.shape);
        for tensor in &wanted {
            self.checked(tensor)?;
        }
        let header = header_json(&wanted);
        out.write_all(&(header.len() as u64).to_le_bytes())?;
        out.write_all(header.as_bytes())?;
        for tensor in &wanted {
            self.write_tensor(tensor, out)?;
        }
        Ok(())
    }

    /// The bytes of a tensor, after its size was compared with what the shape asks for.
    fn checked(&self, tensor: &Wanted) -> Result<(&'a [u8], bool), E5s1Error> {
        let wrong = |problem: String| E5s1Error::Tensor { name: tensor.source.clone(), problem };
        let entry = self.directory.get(&tensor.source).ok_or_else(|| wrong("absent".to_owned()))?;
        let elements = tensor.elements();
        if entry.elements != elements {
            return Err(wrong(format!("{} elements, not {elements}", entry.elements)));
        }
        let bytes =
            if entry.quantised { elements.div_ceil(BLOCK) * BLOCK_BYTES } else { elements * 4 };
        if entry.bytes != bytes {
            return Err(wrong(format!("{} bytes, not {bytes}", entry.bytes)));
        }
        entry
            .offset
            .checked_add(bytes)
            .and_then(|end| self.data.get(entry.offset..end))
            .map(|data| (data, entry.quantised))
            .ok_or(E5s1Error::Truncated("its tensors"))
    }

    fn write_tensor(&self, tensor: &Wanted, out: &mut impl Write) -> Result<(), E5s1Error> {
        let (data, quantised) = self.checked(tensor)?;
        let (step, per_step) = if quantised { (BLOCK_BYTES, BLOCK) } else { (4, 1) };
        let mut left = tensor.elements();
        let mut values = [0.0; BLOCK];
        for chunk in data.chunks_exact(step) {
            if quantised {
                dequantise(chunk, &mut values);
            } else {
                values[0] = f32::from_le_bytes([chunk[0], chunk[1], chunk[2], chunk[3]]);
            }
            let count = per_step.min(left);
            write_values(&values[..count], tensor.half, out)?;
            left -= count;
        }
        Ok(())
    }
}

/// The 32 weights of one block.
fn dequantise(block: &[u8], values: &mut [f32; BLOCK]) {
    let scale = f16::from_le_bytes([block[0], block[1]]).to_f32();
    for (j, &pair) in block[2..BLOCK_BYTES].iter().enumerate() {
        values[j] = scale * (f32::from(pair & 0x0F) - 8.0);
        values[j + BLOCK / 2] = scale * (f32::from(pair >> 4) - 8.0);
    }
}

fn write_values(values: &[f32], half: bool, out: &mut impl Write) -> io::Result<()> {
    for &value in values {
        if half {
            out.write_all(&f16::from_f32(value).to_le_bytes())?;
        } else {
            out.write_all(&value.to_le_bytes())?;
        }
    }
    Ok(())
}

fn read_shape(cursor: &mut Cursor) -> Result<Shape, E5s1Error> {
    let mut size = || cursor.size("its sizes");
    let shape = Shape {
        hidden: size()?,
        layers: size()?,
        heads: size()?,
        ffn: size()?,
        vocab: size()?,
        positions: size()?,
        types: size()?,
    };
    let _epsilon = size()?;
    if size()? != BLOCK {
        return Err(E5s1Error::NotE5s1);
    }
    let Shape { hidden, layers, heads, ffn, vocab, positions, types } = shape;
    let bounded = [hidden, layers, heads, ffn, vocab, positions, types]
        .iter()
        .all(|&n| n <= LARGEST_DIMENSION);
    if bounded { Ok(shape) } else { Err(E5s1Error::NotE5s1) }
}

/// Passes over the sentence pieces and the normalisation table.
fn skip_tokenizer(cursor: &mut Cursor) -> Result<(), E5s1Error> {
    let what = "its vocabulary";
    let pieces = cursor.size(what)?;
    cursor.take(4 * 4, what)?;
    let blob = cursor.long(what)?;
    let offsets_and_scores = pieces.saturating_mul(8).saturating_add(4);
    cursor.take(offsets_and_scores, what)?;
    cursor.take(blob, what)?;
    let _entries = cursor.size(what)?;
    let table = cursor.size(what)?;
    cursor.take(table, what)?;
    Ok(())
}

fn read_directory(cursor: &mut Cursor) -> Result<BTreeMap<String, Entry>, E5s1Error> {
    let what = "its directory";
    let count = cursor.size(what)?;
    let mut directory = BTreeMap::new();
    for _ in 0..count {
        let length = cursor.array::<2>(what).map(u16::from_le_bytes)?;
        let name = String::from_utf8_lossy(cursor.take(usize::from(length), what)?).into_owned();
        let quantised = cursor.array::<1>(what)? == [1];
        let elements = cursor.size(what)?;
        let offset = cursor.long(what)?;
        let bytes = cursor.long(what)?;
        directory.insert(name, Entry { quantised, elements, offset, bytes });
    }
    Ok(directory)
}

/// Every tensor of a BERT encoder without a pooler, in the order of writing: f32 first, then f16,
/// so that each stands aligned to its size.
fn wanted_tensors(shape: Shape) -> Vec<Wanted> {
    let Shape { hidden, layers, vocab, positions, types, .. } = shape;
    let mut wanted = Vec::new();
    let mut add = |name: &str, source: &str, shape: Vec<usize>| {
        wanted.push(Wanted {
            name: format!("embeddings.{name}"),
            source: format!("emb.{source}"),
            shape,
            half: false,
        });
    };
    add("position_embeddings.weight", "pos", vec![positions, hidden]);
    add("token_type_embeddings.weight", "type", vec![types, hidden]);
    add("LayerNorm.weight", "ln.w", vec![hidden]);
    add("LayerNorm.bias", "ln.b", vec![hidden]);
    for layer in 0..layers {
        add_layer(layer, shape, &mut wanted);
    }
    wanted.push(Wanted {
        name: "embeddings.word_embeddings.weight".to_owned(),
        source: "emb.word".to_owned(),
        shape: vec![vocab, hidden],
        half: true,
    });
    wanted
}

fn add_layer(layer: usize, shape: Shape, wanted: &mut Vec<Wanted>) {
    let Shape { hidden, ffn, .. } = shape;
    let linear = [
        ("attention.self.query", "q", hidden, hidden),
        ("attention.self.key", "k", hidden, hidden),
        ("attention.self.value", "v", hidden, hidden),
        ("attention.output.dense", "ao", hidden, hidden),
        ("intermediate.dense", "fi", ffn, hidden),
        ("output.dense", "fo", hidden, ffn),
    ];
    let mut add = |name: &str, source: &str, part: (&str, &str), shape: Vec<usize>| {
        wanted.push(Wanted {
            name: format!("encoder.layer.{layer}.{name}.{}", part.0),
            source: format!("l{layer}.{source}.{}", part.1),
            shape,
            half: false,
        });
    };
    for (name, source, rows, columns) in linear {
        add(name, source, ("weight", "w"), vec![rows, columns]);
        add(name, source, ("bias", "b"), vec![rows]);
    }
    for (name, source) in [("attention.output.LayerNorm", "aln"), ("output.LayerNorm", "oln")] {
        add(name, source, ("weight", "w"), vec![hidden]);
        add(name, source, ("bias", "b"), vec![hidden]);
    }
}

/// The header, padded with spaces so that the tensors start at a multiple of eight bytes.
fn header_json(wanted: &[Wanted]) -> String {
    let mut header = String::from(r#"{"__metadata__":{"format":"pt"}"#);
    let mut at = 0;
    for tensor in wanted {
        let dtype = if tensor.half { "F16" } else { "F32" };
        let end = at + tensor.bytes();
        let entry = format!(
            r#","{}":{{"dtype":"{dtype}","shape":{:?},"data_offsets":[{at},{end}]}}"#,
            tensor.name, tensor.shape
        );
        header.push_str(&entry);
        at = end;
    }
    header.push('}');
    header.push_str(&" ".repeat(header.len().next_multiple_of(8) - header.len()));
    header
}

/// A place in the file.
struct Cursor<'a> {
    data: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn take(&mut self, count: usize, what: &'static str) -> Result<&'a [u8], E5s1Error> {
        let end = self.at.checked_add(count).ok_or(E5s1Error::Truncated(what))?;
        let taken = self.data.get(self.at..end).ok_or(E5s1Error::Truncated(what))?;
        self.at = end;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], E5s1Error> {
        let taken = self.take(N, what)?;
        taken.try_into().map_err(|_| E5s1Error::Truncated(what))
    }

    /// A 32-bit count.
    fn size(&mut self, what: &'static str) -> Result<usize, E5s1Error> {
        Ok(u32::from_le_bytes(self.array(what)?) as usize)
    }

    /// A 64-bit count.
    fn long(&mut self, what: &'static str) -> Result<usize, E5s1Error> {
        let count = u64::from_le_bytes(self.array(what)?);
        usize::try_from(count).map_err(|_| E5s1Error::Truncated(what))
    }
}

#[cfg(test)]
#[path = "e5s1_tests.rs"]
mod tests;
