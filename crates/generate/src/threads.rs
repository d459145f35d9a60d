//! How many threads compute. Candle has a pool of its own beside rayon's; both are sized once.

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
