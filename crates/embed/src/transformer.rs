//! The encoder's arithmetic over sequences of tokens that lie one behind the other, without padding.

use crate::attention::{AttentionScratch, Heads};
use crate::config::{EncoderConfig, Positions};
use crate::error::EmbedError;
use crate::layer::{Layer, Norm};
use crate::weights::{WeightFile, WordEmbeddings};
use std::path::Path;
use yinju_core::Pooling;
use yinju_kernels::dense::Onto;
use yinju_kernels::rowwise;

/// Rows that go through the feed-forward block together, a multiple of a tile's: few enough that
/// the widened rows (96 × 1,536 are 576 KiB) stay in the second-level cache.
const FEED_FORWARD_BLOCK: usize = 96;

/// An encoder's weights.
pub struct Transformer {
    config: EncoderConfig,
    words: WordEmbeddings,
    /// Position embedding plus the embedding of token type 0, a row a position.
    positions: Vec<f32>,
    /// The embedding of token type 1 less that of type 0, where there are two.
    second_type: Option<Vec<f32>>,
    embedding_norm: Norm,
    layers: Vec<Layer>,
}

/// The tokens of one text, or of two one behind the other.
#[derive(Clone, Copy)]
pub struct Sequence<'a> {
    /// Their ids.
    pub ids: &'a [u32],
    /// Where the tokens of type 1 begin; the end where there are none.
    pub second: usize,
}

impl<'a> Sequence<'a> {
    /// One text, all of type 0.
    pub fn of_one(ids: &'a [u32]) -> Self {
        Self { ids, second: ids.len() }
    }
}

/// Buffers of one thread, kept from batch to batch.
pub struct Scratch {
    hidden: Vec<f32>,
    query_key_value: Vec<f32>,
    context: Vec<f32>,
    inner: Vec<f32>,
    attention: AttentionScratch,
}

impl Transformer {
    /// Reads the weights. All but the word embeddings are copied out of the file and the mapping
    /// they were read through is closed, so that they are in memory once.
    pub fn read(path: &Path, config: EncoderConfig) -> Result<Self, EmbedError> {
        let file = WeightFile::open(path)?;
        let layers = (0..config.layers).map(|index| Layer::read(&file, &config, index));
        let types = read_types(&file, config.hidden)?;
        Ok(Self {
            words: WordEmbeddings::open(path, config.hidden)?,
            positions: read_positions(&file, &config, &types)?,
            second_type: second_type(&types, config.hidden),
            embedding_norm: Norm::read(&file, "embeddings.LayerNorm", config.hidden)?,
            layers: layers.collect::<Result<_, _>>()?,
            config,
        })
    }

    /// Columns of a token's vector.
    pub fn width(&self) -> usize {
        self.config.hidden
    }

    /// Empty buffers for this encoder.
    pub fn scratch(&self) -> Scratch {
        let heads = Heads { count: self.config.heads, width: self.config.head_width() };
        Scratch {
            hidden: Vec::new(),
            query_key_value: Vec::new(),
            context: Vec::new(),
            inner: Vec::new(),
            attention: AttentionScratch::new(heads),
        }
    }

    /// The last layer's vectors, a row a token, sequence after sequence. Each has at least one
    /// token and at most as many as there are positions.
    pub fn encode<'s>(
        &self,
        sequences: &[Sequence<'_>],
        scratch: &'s mut Scratch,
    ) -> Result<&'s [f32], EmbedError> {
        let tokens: usize = sequences.iter().map(|sequence| sequence.ids.len()).sum();
        scratch.make_room(tokens, &self.config);
        self.embed_tokens(sequences, &mut scratch.hidden)?;
        for layer in &self.layers {
            self.attention_block(layer, sequences, scratch);
            self.feed_forward_block(layer, scratch);
        }
        Ok(&scratch.hidden)
    }

    fn embed_tokens(
        &self,
        sequences: &[Sequence<'_>],
        hidden: &mut [f32],
    ) -> Result<(), EmbedError> {
        let width = self.config.hidden;
        let mut rest = &mut *hidden;
        for Sequence { ids, second } in sequences {
            let (rows, after) = rest.split_at_mut(ids.len() * width);
            for (row, position) in rows.chunks_exact_mut(width).zip(self.position_rows(ids)) {
                row.copy_from_slice(&self.positions[position * width..(position + 1) * width]);
            }
            if let Some(difference) = &self.second_type {
                let of_second = rows.chunks_exact_mut(width).skip(*second);
                of_second.for_each(|row| rowwise::add(row, difference));
            }
            self.words.add_rows(ids, rows)?;
            rest = after;
        }
        self.normalize(hidden, &self.embedding_norm);
        Ok(())
    }

    fn position_rows<'a>(&self, ids: &'a [u32]) -> impl Iterator<Item = usize> + use<'a> {
        let positions = self.config.positions;
        let mut seen = 0;
        ids.iter().map(move |id| match positions {
            Positions::AfterPadding(padding) if *id == padding => padding as usize,
            Positions::AfterPadding(padding) => {
                seen += 1;
                padding as usize + seen
            }
            Positions::FromZero => {
                seen += 1;
                seen - 1
            }
        })
    }

    fn attention_block(&self, layer: &Layer, sequences: &[Sequence<'_>], scratch: &mut Scratch) {
        let width = self.config.hidden;
        let Scratch { hidden, query_key_value, context, attention, .. } = scratch;
        layer.query_key_value.apply(hidden, query_key_value, Onto::Nothing);
        let mut first = 0;
        for sequence in sequences {
            let rows = first..first + sequence.ids.len();
            attention.attend(
                &query_key_value[rows.start * 3 * width..rows.end * 3 * width],
                &mut context[rows.start * width..rows.end * width],
            );
            first = rows.end;
        }
        layer.attention_output.apply(context, hidden, Onto::Existing);
        self.normalize(hidden, &layer.attention_norm);
    }

    fn feed_forward_block(&self, layer: &Layer, scratch: &mut Scratch) {
        for hidden in scratch.hidden.chunks_mut(FEED_FORWARD_BLOCK * self.config.hidden) {
            let rows = hidden.len() / self.config.hidden;
            let inner = &mut scratch.inner[..rows * layer.up.outputs()];
            layer.up.apply(hidden, inner, Onto::Nothing);
            rowwise::activate(inner, self.config.activation);
            layer.down.apply(inner, hidden, Onto::Existing);
            self.normalize(hidden, &layer.output_norm);
        }
    }

    fn normalize(&self, rows: &mut [f32], norm: &Norm) {
        rowwise::layer_norm(rows, &norm.scale, &norm.shift, self.config.epsilon);
    }

    /// The vector of a text, not normalised, from its tokens' rows.
    pub fn pool(&self, rows: &[f32], pooling: Pooling) -> Vec<f32> {
        let width = self.config.hidden;
        match pooling {
            Pooling::Cls => rows[..width].to_vec(),
            Pooling::Mean => mean_of_rows(rows, width),
        }
    }
}

impl Scratch {
    fn make_room(&mut self, tokens: usize, config: &EncoderConfig) {
        self.hidden.resize(tokens * config.hidden, 0.0);
        self.query_key_value.resize(tokens * 3 * config.hidden, 0.0);
        self.context.resize(tokens * config.hidden, 0.0);
        self.inner.resize(tokens.min(FEED_FORWARD_BLOCK) * config.intermediate, 0.0);
    }
}

fn mean_of_rows(rows: &[f32], width: usize) -> Vec<f32> {
    let mut mean = vec![0.0; width];
    for row in rows.chunks_exact(width) {
        rowwise::add(&mut mean, row);
    }
    let count = (rows.len() / width) as f32;
    for x in &mut mean {
        *x /= count;
    }
    mean
}

/// A row a token type, at least one.
fn read_types(file: &WeightFile, width: usize) -> Result<Vec<f32>, EmbedError> {
    let name = "embeddings.token_type_embeddings.weight";
    match file.rows(name)? {
        0 => Err(EmbedError::Tensor(format!("{name} is empty"))),
        rows => file.matrix(name, [rows, width]),
    }
}

fn read_positions(
    file: &WeightFile,
    config: &EncoderConfig,
    types: &[f32],
) -> Result<Vec<f32>, EmbedError> {
    let width = config.hidden;
    let name = "embeddings.position_embeddings.weight";
    let mut positions = file.matrix(name, [config.position_rows, width])?;
    for row in positions.chunks_exact_mut(width) {
        rowwise::add(row, &types[..width]);
    }
    Ok(positions)
}

fn second_type(types: &[f32], width: usize) -> Option<Vec<f32>> {
    let (type_0, more) = types.split_at(width);
    let type_1 = more.get(..width)?;
    Some(type_1.iter().zip(type_0).map(|(one, zero)| one - zero).collect())
}
