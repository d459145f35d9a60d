//! How many threads compute, and work divided among them. Candle has a pool of its own beside
//! rayon's; both are sized once.

use candle_core::utils::barrier_pool;
use std::marker::PhantomData;
use std::ops::Range;
use std::sync::Once;

/// Rows of an area: their rounded numbers stay in the second-level cache.
const ROWS: usize = 64;
/// Groups of outputs of an area.
const GROUPS: usize = 8;
/// The same for a single row: some 40 KB of weights.
const GROUPS_A_ROW: usize = 4;

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
pub(crate) fn in_pieces(out: &mut [f32], piece: usize, work: impl Fn(usize, &mut [f32]) + Sync) {
    let (length, piece) = (out.len(), piece.max(1));
    let places = Apart::new(out);
    in_turns(length.div_ceil(piece), |index| {
        let first = index * piece;
        // SAFETY: every piece lies in `out`, overlaps no other and is handed out once.
        let part = unsafe { places.part(first, piece.min(length - first)) };
        work(index, part);
    });
}

/// Works on numbers of so many rows and, matrix by matrix, so many groups of columns, in areas that
/// do not overlap: which matrix, which rows, which groups.
pub(crate) fn in_areas(
    rows: usize,
    groups: &[usize],
    work: impl Fn(usize, Range<usize>, Range<usize>) + Sync,
) {
    let groups_together = if rows == 1 { GROUPS_A_ROW } else { GROUPS };
    let mut areas = Vec::new();
    for (which, groups) in groups.iter().enumerate() {
        for group in (0..*groups).step_by(groups_together) {
            for row in (0..rows).step_by(ROWS) {
                let groups = group..(group + groups_together).min(*groups);
                areas.push((which, row..(row + ROWS).min(rows), groups));
            }
        }
    }
    in_turns(areas.len(), |turn| {
        let (which, rows, groups) = areas[turn].clone();
        work(which, rows, groups);
    });
}

/// Does something as often as said, each time with another number.
///
/// On candle's threads, not rayon's: those wait awake for the next piece of work, and another pool
/// would have to share the processor with them.
pub(crate) fn in_turns(count: usize, work: impl Fn(usize) + Sync) {
    barrier_pool().execute_chunked(count, |turns| turns.for_each(&work));
}

/// Numbers of which several threads use parts of their own.
pub(crate) struct Apart<'a> {
    first: *mut f32,
    length: usize,
    lifetime: PhantomData<&'a mut [f32]>,
}

// SAFETY: who takes a part promises that nobody else has it.
unsafe impl Sync for Apart<'_> {}

impl<'a> Apart<'a> {
    pub(crate) fn new(numbers: &'a mut [f32]) -> Self {
        Self { first: numbers.as_mut_ptr(), length: numbers.len(), lifetime: PhantomData }
    }

    /// # Safety
    /// Nobody else has any of the part.
    ///
    /// # Panics
    /// Where there is no such part.
    #[allow(clippy::mut_from_ref, reason = "parts are told apart by their range")]
    pub(crate) unsafe fn part(&self, first: usize, length: usize) -> &mut [f32] {
        let end = first.checked_add(length);
        assert!(end.is_some_and(|end| end <= self.length), "a part of what is there");
        // SAFETY: the assertion and the caller's promise.
        unsafe { std::slice::from_raw_parts_mut(self.first.add(first), length) }
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
