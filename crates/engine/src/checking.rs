//! Whether indexes are still what was put into them: every file read again, every vector held against
//! the store's. Slow, so done in idle time, and whole where a person asks for it.

use crate::encoder::EncoderSide;
use crate::{Engine, Result};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use yinju_core::{CancelToken, ModelId, PassageIndex, Problem, ProblemCode};

/// Vectors compared at once.
const PASSAGES_AT_ONCE: usize = 256;
/// How far numbers may be from the store's, which an index scales to length 1.
const ROUNDING: f32 = 1e-4;
/// A check in idle time rests this long after each part (a megabyte, or 256 vectors): it takes some
/// percent of a core and of a disk.
const REST: Duration = Duration::from_millis(20);
/// Nobody has asked or imported anything for so long before it begins.
const IDLE: Duration = Duration::from_mins(2);
/// How often is looked whether it may begin.
const GLANCE: Duration = Duration::from_secs(1);
/// Once it went through, it begins again after so long.
const EVERY: Duration = Duration::from_hours(7 * 24);
/// The setting that says when it last went through, in seconds since 1970.
const CHECKED: &str = "indexes_checked";

/// When somebody last wanted something.
pub(crate) struct LastUse {
    start: Instant,
    at: AtomicU64,
}

impl Default for LastUse {
    fn default() -> Self {
        Self { start: Instant::now(), at: AtomicU64::new(0) }
    }
}

impl LastUse {
    pub(crate) fn is_now(&self) {
        self.at.store(self.start.elapsed().as_millis() as u64, Ordering::Relaxed);
    }

    fn ago(&self) -> Duration {
        let at = Duration::from_millis(self.at.load(Ordering::Relaxed));
        self.start.elapsed().saturating_sub(at)
    }
}

/// What a check of an index came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Checked {
    /// Vectors compared.
    pub(crate) vectors: usize,
    /// Whether it was damaged and was made again.
    pub(crate) mended: bool,
}

impl Engine {
    /// Checks every index again and again while nobody wants anything, until it is cancelled. Meant
    /// for a thread of its own.
    pub fn check_in_idle_time(&self, cancel: &CancelToken) {
        while !cancel.is_cancelled() {
            if self.0.last_use.ago() >= IDLE && self.is_check_due() {
                match self.check_indexes(cancel) {
                    Ok(()) => self.note_check(),
                    Err(problem) => tracing::info!(%problem, "the indexes were not checked whole"),
                }
            }
            std::thread::sleep(GLANCE);
        }
    }

    fn check_indexes(&self, cancel: &CancelToken) -> Result<()> {
        let mut rest = || {
            std::thread::sleep(REST);
            let is_wanted = self.0.last_use.ago() < IDLE;
            if cancel.is_cancelled() || is_wanted { Err(Problem::cancelled()) } else { Ok(()) }
        };
        for id in self.indexed_encoders()? {
            self.check_index(&id, &mut rest)?;
        }
        Ok(())
    }

    fn is_check_due(&self) -> bool {
        let kept = self.store().setting(CHECKED).ok().flatten();
        let last = Duration::from_secs(kept.and_then(|text| text.parse().ok()).unwrap_or(0));
        since_1970().saturating_sub(last) >= EVERY
    }

    fn note_check(&self) {
        let now = since_1970().as_secs().to_string();
        if let Err(error) = self.store().set_setting(CHECKED, &now) {
            tracing::warn!(%error, "it was not kept that the indexes were checked");
        }
    }

    /// Checks the index of an encoder; one that is damaged is made again. `on_part` is called
    /// between parts, and its error ends the check.
    pub(crate) fn check_index(
        &self,
        id: &ModelId,
        on_part: &mut dyn FnMut() -> Result<()>,
    ) -> Result<Checked> {
        let side = self.side(id)?;
        match self.compare(&side, on_part) {
            Err(problem) if problem.code == ProblemCode::IndexDamaged => {
                tracing::warn!(%problem, encoder = %id, "an index is damaged");
                side.index.make_again(&problem)?;
                let vectors = self.compare(&side, on_part)?;
                Ok(Checked { vectors, mended: true })
            }
            vectors => Ok(Checked { vectors: vectors?, mended: false }),
        }
    }

    /// How many vectors were compared.
    fn compare(
        &self,
        side: &EncoderSide,
        on_part: &mut dyn FnMut() -> Result<()>,
    ) -> Result<usize> {
        side.index.verify(on_part)?;
        let mut compared = 0;
        for document in self.searched()? {
            let ids = self.store().ids_with_vector(document.reference.id, &side.spec.id)?;
            for ids in ids.chunks(PASSAGES_AT_ONCE) {
                on_part()?;
                let held = side.index.vectors(ids)?;
                for (passage, stored) in self.store().vectors(ids, &side.spec.id)? {
                    // One that is missing is being imported, or reconciling puts it in.
                    let Some((_, held)) = held.iter().find(|(id, _)| *id == passage) else {
                        continue;
                    };
                    if !is_same(&stored, held) {
                        let message = format!("the vector of passage {passage} is not the store's");
                        return Err(Problem::new(ProblemCode::IndexDamaged, message));
                    }
                    compared += 1;
                }
            }
        }
        Ok(compared)
    }
}

/// Whether two vectors have one direction, as far as rounding lets tell.
fn is_same(stored: &[f32], held: &[f32]) -> bool {
    let (stored_length, held_length) = (length(stored), length(held));
    let pairs = stored.iter().zip(held);
    stored.len() == held.len()
        && pairs.into_iter().all(|(a, b)| (a / stored_length - b / held_length).abs() <= ROUNDING)
}

/// A vector of zeros stays one.
fn length(vector: &[f32]) -> f32 {
    let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    if length > 0.0 { length } else { 1.0 }
}

fn since_1970() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flipped_vector_is_another_and_a_scaled_one_is_not() {
        let stored = [3.0, 4.0, 0.0];
        assert!(is_same(&stored, &[0.6, 0.8, 0.0]));
        assert!(!is_same(&stored, &[0.6, 0.8, 1e-2]));
        assert!(!is_same(&stored, &[0.6, f32::NAN, 0.0]));
        assert!(!is_same(&stored, &[0.6, 0.8]));
        assert!(is_same(&[0.0; 3], &[0.0; 3]));
    }
}
