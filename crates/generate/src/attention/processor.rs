//! Attention on the processor, in blocks of queries and keys: scores of a block stay in the
//! second-level cache, and a softmax over several blocks is put together as they pass (Dao et al.
//! 2022, "`FlashAttention`"; Rabe, Staats 2021, "Self-attention Does Not Need O(n²) Memory").
//!
//! Keys and values are kept in the order that products read them in, so that a cached token is
//! laid out once.

use super::Heads;
use crate::rope::Rope;
use crate::threads::{Apart, in_turns};
use yinju_kernels::dense::{Instructions, Onto, Panels, Rows, RowsMut};
use yinju_kernels::rowwise::online_softmax;

/// Room is set aside in steps of this many tokens.
const STEP: usize = 256;
/// Queries, of all heads that share a key head, that one thread works on at a time.
const QUERIES: usize = 48;
/// Keys whose scores are computed at a time: 48 × 512 scores are 96 KiB. A multiple of any panel.
const KEYS: usize = 512;

/// One block's keys and values.
pub(super) struct Cache {
    heads: Heads,
    stored: Vec<Stored>,
    room: usize,
}

/// Keys and values of one head.
struct Stored {
    /// A weight whose inputs are a head's numbers and whose outputs are tokens.
    keys: Panels,
    /// A weight whose inputs are tokens and whose outputs are a head's numbers.
    values: Panels,
}

/// Some rows of queries: of one key head, token by token, and of each token head by head.
struct Block<'a> {
    heads: Heads,
    stored: &'a Stored,
    /// Where the first token of the chunk stands.
    start: usize,
    /// The first row.
    first: usize,
}

impl Cache {
    /// A cache without room.
    pub(super) fn new(heads: Heads) -> Self {
        let empty = |_| {
            let mut keys = Panels::empty(Instructions::best());
            keys.reshape(heads.width, 0);
            let mut values = Panels::empty(Instructions::for_outputs(heads.width));
            values.reshape(0, heads.width);
            Stored { keys, values }
        };
        Self { heads, stored: (0..heads.stored).map(empty).collect(), room: 0 }
    }

    /// Makes room for `tokens` altogether.
    pub(super) fn reserve(&mut self, tokens: usize) {
        if tokens > self.room {
            self.room = tokens.next_multiple_of(STEP);
            for stored in &mut self.stored {
                stored.keys.reshape(self.heads.width, self.room);
                stored.values.grow_inputs(self.room);
            }
        }
    }

    /// Queries `[tokens, heads, head_width]`, keys and values `[tokens, kv_heads, head_width]` →
    /// `[tokens, heads, head_width]`, the first token standing at `start`.
    pub(super) fn attend(
        &mut self,
        queries: &mut [f32],
        keys: &mut [f32],
        values: &[f32],
        rope: &Rope,
        start: usize,
    ) -> Vec<f32> {
        let heads = self.heads;
        rope.turn(queries, heads.queries, start);
        rope.turn(keys, heads.stored, start);
        self.write(keys, values, start);
        let rows = queries.len() / heads.width / heads.stored;
        let blocks = rows.div_ceil(QUERIES);
        let mut mixed = vec![0.0; queries.len()];
        let places = Apart::new(&mut mixed);
        in_turns(heads.stored * blocks, |turn| {
            let (head, first) = (turn / blocks, turn % blocks * QUERIES);
            let block = Block { heads, stored: &self.stored[head], start, first };
            let count = QUERIES.min(rows - first);
            let place = |row: usize| {
                let (token, member) = (row / heads.group(), row % heads.group());
                (token * heads.queries + head * heads.group() + member) * heads.width
            };
            let mut asked = Vec::with_capacity(count * heads.width);
            for row in first..first + count {
                asked.extend_from_slice(&queries[place(row)..][..heads.width]);
            }
            for (row, numbers) in block.attend(&mut asked).chunks_exact(heads.width).enumerate() {
                // SAFETY: every row of every head is in one block, and has a place of its own.
                let out = unsafe { places.part(place(first + row), heads.width) };
                out.copy_from_slice(numbers);
            }
        });
        mixed
    }

    fn write(&mut self, keys: &[f32], values: &[f32], start: usize) {
        let Heads { stored, width, .. } = self.heads;
        let tokens = keys.chunks_exact(stored * width).zip(values.chunks_exact(stored * width));
        for (token, (keys, values)) in tokens.enumerate() {
            let heads = keys.chunks_exact(width).zip(values.chunks_exact(width));
            for (stored, (key, value)) in self.stored.iter_mut().zip(heads) {
                stored.keys.set_output(start + token, key, 0.0);
                stored.values.set_input(start + token, value);
            }
        }
    }
}

impl Heads {
    /// Query heads that share a key head.
    fn group(&self) -> usize {
        self.queries / self.stored
    }
}

impl Block<'_> {
    /// `[rows, head_width]` of queries → as many of mixed values.
    fn attend(&self, queries: &mut [f32]) -> Vec<f32> {
        let width = self.heads.width;
        let count = queries.len() / width;
        let scale = 1.0 / (width as f32).sqrt();
        for x in queries.iter_mut() {
            *x *= scale;
        }
        let panel = self.stored.keys.panel_width();
        let first = self.visible(0).start / panel * panel;
        let last = self.visible(count - 1).end;
        let mut mixed = vec![0.0; queries.len()];
        let mut scores = vec![0.0; count * KEYS.min(last - first)];
        let mut states = vec![[f32::NEG_INFINITY, 0.0]; count];
        // Parts end at multiples of `KEYS` wherever a block begins, so that a row's sums are the same
        // whichever rows it is computed with.
        let mut key = first;
        while key < last {
            let keys = key..last.min((key / KEYS + 1) * KEYS);
            key = keys.end;
            let stride = keys.len();
            let rows = Rows { data: queries, count, stride: width };
            let mut out = RowsMut { data: &mut scores, stride };
            self.stored.keys.apply_part(0..width, keys.clone(), rows, &mut out, Onto::Nothing);
            for (row, state) in states.iter_mut().enumerate() {
                let scores = &mut scores[row * stride..][..stride];
                let mixed = &mut mixed[row * width..][..width];
                self.weigh(row, keys.start, scores, state, mixed);
            }
            let rows = Rows { data: &scores, count, stride };
            let mut out = RowsMut { data: &mut mixed, stride: width };
            self.stored.values.apply_part(keys, 0..width, rows, &mut out, Onto::Existing);
        }
        for (row, [_, sum]) in mixed.chunks_exact_mut(width).zip(states) {
            for x in row {
                *x /= sum;
            }
        }
        mixed
    }

    /// Makes weights of a row's scores of some keys; what was mixed before is brought to the same
    /// scale.
    fn weigh(
        &self,
        row: usize,
        first_key: usize,
        scores: &mut [f32],
        state: &mut [f32; 2],
        mixed: &mut [f32],
    ) {
        let visible = self.visible(row);
        let start = visible.start.saturating_sub(first_key).min(scores.len());
        let end = visible.end.saturating_sub(first_key).min(scores.len()).max(start);
        scores[..start].fill(0.0);
        scores[end..].fill(0.0);
        if start == end {
            return;
        }
        let [before, sum] = *state;
        online_softmax(&mut scores[start..end], before, state);
        let shrink = (before - state[0]).exp();
        state[1] += sum * shrink;
        if shrink < 1.0 {
            for x in mixed {
                *x *= shrink;
            }
        }
    }

    /// The positions a row sees.
    fn visible(&self, row: usize) -> std::ops::Range<usize> {
        let end = self.start + (self.first + row) / self.heads.group() + 1;
        self.heads.window.map_or(0, |window| end.saturating_sub(window))..end
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shape::RopeStyle;

    fn numbers(count: usize, step: usize) -> Vec<f32> {
        (0..count).map(|i| ((i * step) % 211) as f32 / 60.0 - 1.7).collect()
    }

    /// Attention as it is defined, a number at a time.
    fn reference(heads: Heads, q: &[f32], k: &[f32], v: &[f32], tokens: usize) -> Vec<f32> {
        let Heads { queries, stored, width, window } = heads;
        let mut all = Vec::new();
        for token in 0..tokens {
            for head in 0..queries {
                let own = &q[(token * queries + head) * width..][..width];
                let at = |t: usize| (t * stored + head / (queries / stored)) * width;
                let first = window.map_or(0, |window| (token + 1).saturating_sub(window));
                let weights: Vec<f64> = (first..=token)
                    .map(|t| {
                        let key = &k[at(t)..][..width];
                        let dot: f32 = own.iter().zip(key).map(|(a, b)| a * b).sum();
                        f64::from(dot / (width as f32).sqrt()).exp()
                    })
                    .collect();
                let sum: f64 = weights.iter().sum();
                for i in 0..width {
                    let mix = (first..=token).zip(&weights);
                    all.push(
                        mix.map(|(t, w)| w / sum * f64::from(v[at(t) + i])).sum::<f64>() as f32
                    );
                }
            }
        }
        all
    }

    #[test]
    fn blocks_chunks_and_windows_give_the_definition() {
        for (queries, stored, width, window) in
            [(4, 2, 8, None), (3, 1, 64, Some(5)), (2, 2, 16, Some(600)), (7, 1, 32, None)]
        {
            let heads = Heads { queries, stored, width, window };
            let tokens = 1100;
            let (q, k) =
                (numbers(tokens * queries * width, 7), numbers(tokens * stored * width, 11));
            let v = numbers(tokens * stored * width, 17);
            let exact = reference(heads, &q, &k, &v, tokens);
            let rope = Rope::still(width, tokens, RopeStyle::Halves);
            let mut cache = Cache::new(heads);
            let mut start = 0;
            for chunk in [1, 700, 1, 256, 142] {
                cache.reserve(start + chunk);
                let q = &mut q[start * queries * width..][..chunk * queries * width].to_vec();
                let k = &mut k[start * stored * width..][..chunk * stored * width].to_vec();
                let v = &v[start * stored * width..][..chunk * stored * width];
                let ours = cache.attend(q, k, v, &rope, start);
                let exact = &exact[start * queries * width..];
                for (i, (ours, exact)) in ours.iter().zip(exact).enumerate() {
                    assert!((ours - exact).abs() < 1e-4, "{start} {i}: {ours} {exact}");
                }
                start += chunk;
            }
        }
    }
}
