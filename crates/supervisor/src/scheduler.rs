//! What encoder, reranker and language model share: the cores of the machine, and its memory.
//!
//! All live in processes of their own and each would use every core. So one of them computes at a
//! time: an answer or an order that a person waits for goes before the passages of an import, which
//! wait from one small group of texts to the next. The vector of a question is computed at once; it takes
//! milliseconds. Models stay loaded as long as they fit together; when they do not, those at rest
//! give their memory back and are loaded again when they are needed.

use crate::error::SupervisorError;
use crate::turnstile::{Turn, Turnstile, Urgency};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;
use yinju_core::{CancelToken, ModelId, Problem};

/// How often a model that waits for memory looks whether the other has come to rest.
const GLANCE: Duration = Duration::from_millis(50);

/// Shared by the models of a machine.
pub struct Scheduler {
    cores: Turnstile<()>,
    budget: u64,
    seats: Mutex<Vec<Weak<dyn Resting>>>,
}

/// Where a model can be loaded.
pub(crate) struct Seat<T> {
    /// Whoever uses the model, and the model.
    pub(crate) turns: Turnstile<Option<T>>,
    bytes: AtomicU64,
}

/// A seat, whatever is loaded there.
trait Resting: Send + Sync {
    /// Memory of what is loaded.
    fn bytes(&self) -> u64;
    /// Unloads it unless it is in use.
    fn rest(&self);
}

impl Scheduler {
    /// For models that may have so many bytes of memory together.
    pub fn new(budget: u64) -> Arc<Self> {
        Arc::new(Self { cores: Turnstile::new(vec![()]), budget, seats: Mutex::default() })
    }

    /// Waits for the cores.
    pub(crate) fn compute(
        &self,
        urgency: Urgency,
        cancel: &CancelToken,
    ) -> Result<Turn<'_, ()>, Problem> {
        self.cores.enter(urgency, cancel)
    }

    /// A new seat, which takes part in the budget.
    pub(crate) fn seat<T: Send + 'static>(&self) -> Arc<Seat<T>> {
        let seat = Arc::new(Seat { turns: Turnstile::new(vec![None]), bytes: AtomicU64::new(0) });
        let weak = Arc::downgrade(&seat);
        let weak: Weak<dyn Resting> = weak;
        let mut seats = self.seats();
        seats.retain(|seat| seat.strong_count() > 0);
        seats.push(weak);
        seat
    }

    /// Sees to it that a model of so many bytes fits before it is loaded to a seat, whose own model
    /// is gone: others at rest are unloaded, and one in use is waited for.
    pub(crate) fn make_room<T: Send + 'static>(
        &self,
        seat: &Arc<Seat<T>>,
        model: &ModelId,
        bytes: u64,
        cancel: &CancelToken,
    ) -> Result<(), Problem> {
        if bytes > self.budget {
            let (model, budget) = (model.clone(), self.budget);
            return Err(SupervisorError::ModelTooLarge { model, bytes, budget }.into());
        }
        seat.bytes.store(0, Ordering::SeqCst);
        while !self.reserve(seat, bytes) {
            if cancel.is_cancelled() {
                return Err(Problem::cancelled());
            }
            let others: Vec<_> = self.seats().iter().filter_map(Weak::upgrade).collect();
            others.iter().filter(|other| other.bytes() > 0).for_each(|other| other.rest());
            if !self.reserve(seat, bytes) {
                std::thread::sleep(GLANCE);
            }
        }
        Ok(())
    }

    /// Whether the bytes fit; then they are the seat's.
    fn reserve<T: Send>(&self, seat: &Seat<T>, bytes: u64) -> bool {
        let seats = self.seats();
        if seat.bytes.load(Ordering::SeqCst) == bytes {
            return true;
        }
        let loaded: u64 = seats.iter().filter_map(Weak::upgrade).map(|seat| seat.bytes()).sum();
        let fits = loaded + bytes <= self.budget;
        if fits {
            seat.bytes.store(bytes, Ordering::SeqCst);
        }
        fits
    }

    fn seats(&self) -> MutexGuard<'_, Vec<Weak<dyn Resting>>> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Send> Seat<T> {
    /// Ends the process unless it is in use, and frees its memory.
    pub(crate) fn rest(&self) {
        self.turns.visit_free(|seat| {
            *seat = None;
            self.bytes.store(0, Ordering::SeqCst);
        });
    }
}

impl<T: Send> Resting for Seat<T> {
    fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::SeqCst)
    }

    fn rest(&self) {
        Self::rest(self);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(name: &str) -> ModelId {
        ModelId::like(name)
    }

    #[test]
    fn a_model_at_rest_makes_room_and_one_in_use_is_waited_for() {
        let scheduler = Scheduler::new(100);
        let (first, second) = (scheduler.seat::<u8>(), scheduler.seat::<u8>());
        let cancel = CancelToken::new();
        scheduler.make_room(&first, &model("a"), 60, &cancel).unwrap();
        *first.turns.enter(Urgency::Patient, &cancel).unwrap() = Some(1);
        scheduler.make_room(&second, &model("b"), 40, &cancel).unwrap();
        assert_eq!((first.bytes(), second.bytes()), (60, 40));
        scheduler.make_room(&second, &model("c"), 41, &cancel).unwrap();
        assert_eq!((first.bytes(), second.bytes()), (0, 41));
        assert!(first.turns.enter(Urgency::Patient, &cancel).unwrap().is_none());

        let in_use = second.turns.enter(Urgency::Patient, &cancel).unwrap();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| scheduler.make_room(&first, &model("a"), 60, &cancel));
            std::thread::sleep(2 * GLANCE);
            assert!(!waiting.is_finished());
            drop(in_use);
            waiting.join().unwrap().unwrap();
        });
        assert_eq!((first.bytes(), second.bytes()), (60, 0));
    }

    #[test]
    fn a_model_larger_than_the_budget_is_refused() {
        let scheduler = Scheduler::new(100);
        let seat = scheduler.seat::<u8>();
        let problem = scheduler.make_room(&seat, &model("huge"), 101, &CancelToken::new());
        assert_eq!(problem.unwrap_err().code, yinju_core::ProblemCode::ModelTooLarge);
    }

    #[test]
    fn waiting_for_memory_can_be_given_up() {
        let scheduler = Scheduler::new(100);
        let (first, second) = (scheduler.seat::<u8>(), scheduler.seat::<u8>());
        let cancel = CancelToken::new();
        scheduler.make_room(&first, &model("a"), 60, &cancel).unwrap();
        let _in_use = first.turns.enter(Urgency::Patient, &cancel).unwrap();
        cancel.cancel();
        assert!(scheduler.make_room(&second, &model("b"), 60, &cancel).is_err());
    }
}
