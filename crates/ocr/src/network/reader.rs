//! What a line says: for each step along it, how likely each character is (Du et al. 2022, "SVTR:
//! Scene Text Recognition with a Single Visual Model"; neck and head of PP-OCRv6).

use super::backbone::Backbone;
use super::convolution::Depthwise;
use super::layers::Product;
use super::map::Map;
use super::vectors::{add_scaled, dot, greatest};
use super::weights::{Linear, Norm, Weights, require};
use crate::error::OcrError;
use yinju_kernels::dense::Onto;
use yinju_kernels::rowwise::{Activation, activate, exponentials, layer_norm};

/// Height of a line's image in pixels. The network was trained on [`CLOSER_HEIGHT`]; at two thirds of it
/// lines of 150 dpi are read nearly as well at less than half of the cost (`docs/adr/0007-ocr.md`).
pub(crate) const LINE_HEIGHT: usize = 32;
/// Height of a line's image that is looked at more closely.
pub(crate) const CLOSER_HEIGHT: usize = 48;
/// Pixels from one step to the next.
pub(crate) const STEP_WIDTH: usize = 4;
/// Heads of an attention.
const HEADS: usize = 8;
/// Blocks of attention.
const BLOCKS: usize = 2;
/// Steps whose scores are in memory together: 18,710 characters of each.
const TOGETHER: usize = 16;

/// The likeliest character of one step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Step {
    /// Its number; 0 is none.
    pub(crate) character: usize,
    /// How likely it is; for no character, where it costs too much, 1.
    pub(crate) confidence: f32,
}

struct Attention {
    norms: [Norm; 2],
    shares: Product,
    joined: Product,
    wide: Product,
    narrow: Product,
}

/// The network.
pub(crate) struct Reader {
    backbone: Backbone,
    beside: Product,
    into: Product,
    along: Depthwise,
    blocks: Vec<Attention>,
    norm: Norm,
    head: Product,
    width: usize,
}

impl Reader {
    pub(crate) fn read(weights: &mut Weights) -> Result<Self, OcrError> {
        let backbone = Backbone::read(weights)?;
        let beside = Product::pointwise(&weights.convolution()?)?;
        let into = Product::pointwise(&weights.convolution()?)?;
        let along = Depthwise::new(&weights.convolution()?)?;
        let width = into.outputs();
        let fits = beside.inputs() == backbone.outputs()
            && into.inputs() == backbone.outputs()
            && beside.outputs() == width
            && along.channels() == width
            && along.strides() == [1, 1]
            && width.is_multiple_of(HEADS);
        require(fits, "a neck")?;
        let blocks =
            (0..BLOCKS).map(|_| Attention::read(weights, width)).collect::<Result<_, _>>()?;
        let norm = weights.norm(width)?;
        let head = product(&weights.linear()?, width)?;
        Ok(Self { backbone, beside, into, along, blocks, norm, head, width })
    }

    /// How many characters are told apart, that for none included.
    pub(crate) fn characters(&self) -> usize {
        self.head.outputs()
    }

    /// The likeliest characters from left to right. The image's height is a multiple of 16.
    pub(crate) fn on(&self, grey: &Map) -> Vec<Step> {
        let columns = self.backbone.on(grey).pop().map(|map| columns(&map)).unwrap_or_default();
        let pooled = pairs(&columns, self.backbone.outputs());
        self.classify(&self.neck(&pooled))
    }

    fn neck(&self, pooled: &[f32]) -> Vec<f32> {
        let count = pooled.len() / self.beside.inputs();
        if count == 0 {
            return Vec::new();
        }
        let mut sum = vec![0.0; count * self.width];
        self.beside.apply(pooled, &mut sum, Onto::Nothing);
        activate(&mut sum, Activation::Silu);
        let mut rows = Map::new(1, count, self.width);
        self.into.apply(pooled, &mut rows.numbers, Onto::Nothing);
        activate(&mut rows.numbers, Activation::Silu);
        let mut along = self.along.on(&rows);
        activate(&mut along.numbers, Activation::Silu);
        rows.add(&along);
        for block in &self.blocks {
            block.on(&mut rows.numbers, self.width);
        }
        layer_norm(&mut rows.numbers, &self.norm.scale, &self.norm.shift, 1e-6);
        yinju_kernels::rowwise::add(&mut sum, &rows.numbers);
        sum
    }

    fn classify(&self, rows: &[f32]) -> Vec<Step> {
        let characters = self.head.outputs();
        let mut scores = Map::anything(1, TOGETHER, characters);
        let mut steps = Vec::with_capacity(rows.len() / self.width);
        for rows in rows.chunks(TOGETHER * self.width) {
            let scores = &mut scores.numbers[..rows.len() / self.width * characters];
            self.head.apply(rows, scores, Onto::Nothing);
            steps.extend(scores.chunks_exact_mut(characters).map(likeliest));
        }
        steps
    }
}

fn likeliest(scores: &mut [f32]) -> Step {
    let (character, _) = greatest(scores);
    let mut confidence = [1.0];
    if character > 0 {
        // Of exponentials that are 1 at the greatest, the reciprocal of their sum is its share.
        let width = scores.len();
        exponentials(scores, width, &mut confidence);
    }
    Step { character, confidence: confidence[0] }
}

/// The mean of each column.
fn columns(map: &Map) -> Vec<f32> {
    let mut sums = vec![0.0; map.row_length()];
    for row in map.numbers.chunks_exact(map.row_length().max(1)) {
        yinju_kernels::rowwise::add(&mut sums, row);
    }
    for x in &mut sums {
        *x /= map.height as f32;
    }
    sums
}

/// Means of each column and the next. The network was trained on every other one of them; all of them
/// are twice as many steps, which narrow letters need.
fn pairs(columns: &[f32], channels: usize) -> Vec<f32> {
    let next = columns.get(channels..).unwrap_or_default();
    columns.iter().zip(next).map(|(a, b)| f32::midpoint(*a, *b)).collect()
}

fn product(linear: &Linear, inputs: usize) -> Result<Product, OcrError> {
    require(linear.inputs == inputs, "a product")?;
    let mut weights = vec![0.0; linear.weights.len()];
    for (input, row) in linear.weights.chunks_exact(linear.outputs.max(1)).enumerate() {
        for (output, weight) in row.iter().enumerate() {
            weights[output * inputs + input] = *weight;
        }
    }
    Ok(Product::new(&weights, inputs, &linear.bias))
}

impl Attention {
    fn read(weights: &mut Weights, width: usize) -> Result<Self, OcrError> {
        let before = weights.norm(width)?;
        let shares = weights.linear()?;
        let joined = weights.linear()?;
        let between = weights.norm(width)?;
        let wide = weights.linear()?;
        let narrow = weights.linear()?;
        let fits =
            shares.outputs == 3 * width && joined.outputs == width && narrow.outputs == width;
        require(fits, "an attention")?;
        Ok(Self {
            norms: [before, between],
            shares: product(&shares, width)?,
            joined: product(&joined, width)?,
            wide: product(&wide, width)?,
            narrow: product(&narrow, wide.outputs)?,
        })
    }

    fn on(&self, rows: &mut [f32], width: usize) {
        let count = rows.len() / width;
        let mut normal = rows.to_vec();
        layer_norm(&mut normal, &self.norms[0].scale, &self.norms[0].shift, 1e-5);
        let mut shares = vec![0.0; count * 3 * width];
        self.shares.apply(&normal, &mut shares, Onto::Nothing);
        attend(&shares, width, &mut normal);
        self.joined.apply(&normal, rows, Onto::Existing);
        normal.copy_from_slice(rows);
        layer_norm(&mut normal, &self.norms[1].scale, &self.norms[1].shift, 1e-5);
        let mut hidden = vec![0.0; count * self.wide.outputs()];
        self.wide.apply(&normal, &mut hidden, Onto::Nothing);
        activate(&mut hidden, Activation::Silu);
        self.narrow.apply(&hidden, rows, Onto::Existing);
    }
}

/// What each row takes from all rows. `shares` holds, row by row, what it asks for, what it is asked
/// by, and what it gives.
fn attend(shares: &[f32], width: usize, out: &mut [f32]) {
    let count = shares.len() / (3 * width);
    let size = width / HEADS;
    let scale = 1.0 / (size as f32).sqrt();
    let column = |part: usize, at: usize| -> Vec<f32> {
        (0..count).map(|row| shares[row * 3 * width + part * width + at]).collect()
    };
    let mut scores = vec![0.0; count];
    for head in 0..HEADS {
        let range = head * size..(head + 1) * size;
        let keys: Vec<_> = range.clone().map(|at| column(1, at)).collect();
        let values: Vec<_> = range.clone().map(|at| column(2, at)).collect();
        for row in 0..count {
            let asks = &shares[row * 3 * width..][range.clone()];
            scores.fill(0.0);
            for (ask, key) in asks.iter().zip(&keys) {
                add_scaled(&mut scores, key, ask * scale);
            }
            let mut share = [0.0];
            exponentials(&mut scores, count, &mut share);
            let out = &mut out[row * width..][range.clone()];
            for (out, value) in out.iter_mut().zip(&values) {
                *out = dot(&scores, value) * share[0];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_column_is_joined_with_the_next() {
        assert_eq!(pairs(&[0.0, 2.0, 4.0, 8.0], 1), [1.0, 3.0, 6.0]);
        assert_eq!(pairs(&[0.0, 1.0, 2.0, 3.0], 2), [1.0, 2.0]);
        assert!(pairs(&[], 4).is_empty());
    }

    #[test]
    fn equal_rows_attend_to_each_other_equally() {
        let (width, count) = (16, 3);
        let row: Vec<f32> = (0..3 * width).map(|i| i as f32 / 10.0).collect();
        let mut out = vec![0.0; count * width];
        attend(&row.repeat(count), width, &mut out);
        for out in out.chunks_exact(width) {
            for (x, given) in out.iter().zip(&row[2 * width..]) {
                assert!((x - given).abs() < 1e-5);
            }
        }
    }
}
