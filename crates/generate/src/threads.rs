//! How many threads compute, and work divided among them. Candle has a pool of its own beside
//! rayon's; both are sized once.

use candle_core::utils::barrier_pool;
use std::sync::Once;

static SIZED: Once = Once::new();

/// Sizes the pools that candle computes on. Only the first call counts, and only where the
/// environment (`RAYON_NUM_THREADS`, `CANDLE_NUM_THREADS`) does not say otherwise: the pools are
/// the process's and live as long as it does.
pub(crate) fn limit(threads: usize) {
    SIZED.call_once(|| {
        if std::env::var_os("RAYON_NUM_THREADS").is_none() {
            // SAFETY: candle asks for the number of threads through this variable alone. Rust's
            // own readers and writers of the environment share a lock; of foreign code that could
            // read it at the same moment there is none in the worker, which loads a model before
            // it starts anything else.
            unsafe { std::env::set_var("RAYON_NUM_THREADS", threads.max(1).to_string()) };
        }
        if rayon::ThreadPoolBuilder::new().num_threads(threads.max(1)).build_global().is_err() {
            tracing::debug!("rayon's pool was there already and keeps its size");
        }
    });
}

/// Works on `out` in pieces of `piece` numbers (the last may be shorter), each with its index.
///
/// On candle's threads, not rayon's: those wait awake for the next of its own products, and another
/// pool would have to share the processor with them.
pub(crate) fn in_pieces(out: &mut [f32], piece: usize, work: impl Fn(usize, &mut [f32]) + Sync) {
    let (length, piece) = (out.len(), piece.max(1));
    let numbers = Numbers(out.as_mut_ptr());
    barrier_pool().execute_chunked(length.div_ceil(piece), |pieces| {
        for index in pieces {
            let first = index * piece;
            // SAFETY: every piece lies in `out`, overlaps no other and is handed out once.
            let part = unsafe { numbers.part(first, piece.min(length - first)) };
            work(index, part);
        }
    });
}

/// Where some numbers begin, for several threads that keep to their own.
struct Numbers(*mut f32);

// SAFETY: `in_pieces` gives each thread another part.
unsafe impl Sync for Numbers {}

impl Numbers {
    /// # Safety
    /// The part exists, and nobody else has it.
    #[allow(clippy::mut_from_ref, reason = "parts are told apart by their range")]
    unsafe fn part(&self, first: usize, length: usize) -> &mut [f32] {
        // SAFETY: the caller's promise.
        unsafe { std::slice::from_raw_parts_mut(self.0.add(first), length) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_in_one_piece() {
        for (length, piece) in [(0, 3), (1, 8), (1000, 7), (64, 64)] {
            let mut numbers = vec![0.0; length];
            in_pieces(&mut numbers, piece, |index, part| {
                for x in part {
                    *x += 1.0 + index as f32;
                }
            });
            for (at, x) in numbers.iter().enumerate() {
                assert!((x - 1.0 - (at / piece) as f32).abs() < f32::EPSILON);
            }
        }
    }
}
