//! Softmax attention of every token of a text to every token of the same text, head by head and
//! in blocks of queries, so that the scores stay in the cache.

use yinju_kernels::dense::{Instructions, Onto, Panels, Rows, RowsMut};
use yinju_kernels::rowwise;

/// Queries a block, a multiple of a tile's rows: 96 × 512 scores are 192 KiB.
const QUERY_BLOCK: usize = 96;

/// Scores of fewer keys than this fit the wide tiles badly, but then there are few of them.
const KEYS_FOR_WIDE_TILES: usize = 64;

/// The shape of the heads.
#[derive(Clone, Copy)]
pub struct Heads {
    /// How many.
    pub count: usize,
    /// Columns of each.
    pub width: usize,
}

/// Buffers of one thread.
pub struct AttentionScratch {
    heads: Heads,
    /// Keys as a weight: inputs are a head's columns, outputs are tokens.
    keys: Panels,
    /// Values as a weight: inputs are tokens, outputs are a head's columns.
    values: Panels,
    /// One key, divided by √head width.
    key: Vec<f32>,
    scores: Vec<f32>,
    reciprocals: Vec<f32>,
}

impl AttentionScratch {
    /// Empty buffers for heads of this shape.
    pub fn new(heads: Heads) -> Self {
        Self {
            heads,
            keys: Panels::empty(Instructions::for_outputs(KEYS_FOR_WIDE_TILES)),
            values: Panels::empty(Instructions::for_outputs(heads.width)),
            key: Vec::new(),
            scores: Vec::new(),
            reciprocals: vec![0.0; QUERY_BLOCK],
        }
    }

    /// Attends within one text. `query_key_value` has three times the hidden width a row; `context`,
    /// which is overwritten, has it once; both have a row a token.
    pub fn attend(&mut self, query_key_value: &[f32], context: &mut [f32]) {
        let hidden = self.heads.count * self.heads.width;
        let tokens = context.len() / hidden;
        self.scores.resize(QUERY_BLOCK.min(tokens) * tokens, 0.0);
        for head in 0..self.heads.count {
            let column = head * self.heads.width;
            self.lay_out_head(query_key_value, tokens, column);
            for first in (0..tokens).step_by(QUERY_BLOCK) {
                let count = QUERY_BLOCK.min(tokens - first);
                let queries = &query_key_value[first * 3 * hidden + column..];
                let queries = Rows { data: queries, count, stride: 3 * hidden };
                self.attend_block(queries, tokens, &mut context[first * hidden + column..]);
            }
        }
    }

    fn lay_out_head(&mut self, query_key_value: &[f32], tokens: usize, column: usize) {
        let Heads { count, width } = self.heads;
        let hidden = count * width;
        self.keys.reshape(width, tokens);
        self.values.reshape(tokens, width);
        let shrink = 1.0 / (width as f32).sqrt();
        for (token, row) in query_key_value.chunks_exact(3 * hidden).enumerate() {
            self.key.clear();
            self.key.extend(row[hidden + column..][..width].iter().map(|x| x * shrink));
            self.keys.set_output(token, &self.key, 0.0);
            self.values.set_input(token, &row[2 * hidden + column..][..width]);
        }
    }

    fn attend_block(&mut self, queries: Rows<'_>, tokens: usize, context: &mut [f32]) {
        let hidden = self.heads.count * self.heads.width;
        let scores = &mut self.scores[..queries.count * tokens];
        self.keys.apply(queries, RowsMut { data: scores, stride: tokens }, Onto::Nothing);
        let reciprocals = &mut self.reciprocals[..queries.count];
        rowwise::exponentials(scores, tokens, reciprocals);
        let weights = Rows { data: scores, count: queries.count, stride: tokens };
        self.values.apply(weights, RowsMut { data: context, stride: hidden }, Onto::Nothing);
        rowwise::scale_rows(context, hidden, self.heads.width, reciprocals);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Attention as it is defined, a number at a time.
    fn reference(query_key_value: &[f32], tokens: usize, heads: Heads) -> Vec<f32> {
        let hidden = heads.count * heads.width;
        let at = |token: usize, part: usize, column: usize| {
            query_key_value[token * 3 * hidden + part * hidden + column]
        };
        let mut context = vec![0.0; tokens * hidden];
        for (i, out) in context.iter_mut().enumerate() {
            let (token, column) = (i / hidden, i % hidden);
            let head = column / heads.width * heads.width;
            let weights: Vec<f32> = (0..tokens)
                .map(|t| {
                    let dot: f32 =
                        (head..head + heads.width).map(|c| at(token, 0, c) * at(t, 1, c)).sum();
                    (dot / (heads.width as f32).sqrt()).exp()
                })
                .collect();
            let sum: f32 = weights.iter().sum();
            *out = (0..tokens).map(|t| weights[t] / sum * at(t, 2, column)).sum();
        }
        context
    }

    #[test]
    fn agrees_with_the_definition_across_blocks() {
        for heads in [Heads { count: 3, width: 5 }, Heads { count: 2, width: 64 }] {
            let hidden = heads.count * heads.width;
            let mut scratch = AttentionScratch::new(heads);
            for tokens in [2 * QUERY_BLOCK + 3, 1, 7, QUERY_BLOCK] {
                let numbers =
                    (0..tokens * 3 * hidden).map(|i| ((i * 37 % 101) as f32 - 50.0) / 90.0);
                let input: Vec<f32> = numbers.collect();
                let mut context = vec![f32::NAN; tokens * hidden];
                scratch.attend(&input, &mut context);
                for (ours, exact) in context.iter().zip(reference(&input, tokens, heads)) {
                    assert!((ours - exact).abs() < 1e-5, "{tokens}: {ours} {exact}");
                }
            }
        }
    }
}
