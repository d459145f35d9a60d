//! Softmax attention of every token of a text to every token of the same text, head by head and
//! in blocks of queries, so that the scores stay in the cache.

use crate::kernels;
use crate::matmul::{Matrix, Onto, Output, multiply};

/// Queries a block: 64 × 512 scores are 128 KiB.
const QUERY_BLOCK: usize = 64;

/// Buffers of one thread.
#[derive(Default)]
pub struct AttentionScratch {
    scores: Vec<f32>,
    reciprocals: Vec<f32>,
}

/// The shape of the heads.
#[derive(Clone, Copy)]
pub struct Heads {
    /// How many.
    pub count: usize,
    /// Columns of each.
    pub width: usize,
}

/// Attends within one text. `query_key_value` has three times the hidden width a row, `context`,
/// which is overwritten, has it once; both have a row a token.
pub fn attend(
    query_key_value: &[f32],
    context: &mut [f32],
    heads: Heads,
    scratch: &mut AttentionScratch,
) {
    let hidden = heads.count * heads.width;
    let tokens = context.len() / hidden;
    scratch.scores.resize(QUERY_BLOCK.min(tokens) * tokens, 0.0);
    scratch.reciprocals.resize(QUERY_BLOCK, 0.0);
    for head in 0..heads.count {
        for first in (0..tokens).step_by(QUERY_BLOCK) {
            let rows = first..(first + QUERY_BLOCK).min(tokens);
            attend_block(query_key_value, context, heads, head, rows, scratch);
        }
    }
}

fn attend_block(
    query_key_value: &[f32],
    context: &mut [f32],
    heads: Heads,
    head: usize,
    rows: std::ops::Range<usize>,
    scratch: &mut AttentionScratch,
) {
    let hidden = heads.count * heads.width;
    let (tokens, stride, column) = (context.len() / hidden, 3 * hidden, head * heads.width);
    let part = |row: usize, offset: usize, rows: usize| Matrix {
        data: &query_key_value[row * stride + offset + column..],
        rows,
        cols: heads.width,
        row_stride: stride,
        col_stride: 1,
    };
    let queries = part(rows.start, 0, rows.len());
    let scores = &mut scratch.scores[..rows.len() * tokens];
    let scores_out = Output { data: scores, row_stride: tokens };
    multiply(scores_out, Onto::Nothing, queries, part(0, hidden, tokens).transposed());

    let reciprocals = &mut scratch.reciprocals[..rows.len()];
    kernels::exponentials(scores, tokens, reciprocals);
    let weights =
        Matrix { data: scores, rows: rows.len(), cols: tokens, row_stride: tokens, col_stride: 1 };
    let context = &mut context[rows.start * hidden + column..];
    let context_out = Output { data: context, row_stride: hidden };
    multiply(context_out, Onto::Nothing, weights, part(0, 2 * hidden, tokens));
    kernels::scale_rows(context, hidden, heads.width, reciprocals);
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
                    dot.exp()
                })
                .collect();
            let sum: f32 = weights.iter().sum();
            *out = (0..tokens).map(|t| weights[t] / sum * at(t, 2, column)).sum();
        }
        context
    }

    #[test]
    fn agrees_with_the_definition_across_blocks() {
        let heads = Heads { count: 3, width: 5 };
        let mut scratch = AttentionScratch::default();
        for tokens in [1, 7, QUERY_BLOCK, 2 * QUERY_BLOCK + 3] {
            let input: Vec<f32> =
                (0..tokens * 45).map(|i| ((i * 37 % 101) as f32 - 50.0) / 40.0).collect();
            let mut context = vec![f32::NAN; tokens * 15];
            attend(&input, &mut context, heads, &mut scratch);
            for (ours, exact) in context.iter().zip(reference(&input, tokens, heads)) {
                assert!((ours - exact).abs() < 1e-5, "{tokens}: {ours} {exact}");
            }
        }
    }
}
