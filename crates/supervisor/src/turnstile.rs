//! A fixed set of things used by one thread each: who waits, who goes first. A plain mutex is
//! unfair (who unlocks and locks again wins), and cannot be given up while waiting.

use std::ops::{Deref, DerefMut};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use yinju_core::{CancelToken, Problem};

/// How often a waiting thread looks whether it was cancelled.
const GLANCE: Duration = Duration::from_millis(50);

/// Who goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Urgency {
    /// Ahead of all who have time.
    Urgent,
    /// After all who are urgent.
    Patient,
}

/// Things handed out to one thread each.
#[derive(Debug)]
pub(crate) struct Turnstile<T> {
    queue: Mutex<Queue<T>>,
    freed: Condvar,
}

#[derive(Debug)]
struct Queue<T> {
    free: Vec<T>,
    urgent: usize,
}

/// A thing in use; it goes back when this is dropped.
pub(crate) struct Turn<'a, T> {
    turnstile: &'a Turnstile<T>,
    thing: Option<T>,
}

impl<T> Turnstile<T> {
    /// With these things free.
    pub(crate) fn new(free: Vec<T>) -> Self {
        Self { queue: Mutex::new(Queue { free, urgent: 0 }), freed: Condvar::new() }
    }

    /// Waits for a thing; of several free the one used last is given.
    pub(crate) fn enter(
        &self,
        urgency: Urgency,
        cancel: &CancelToken,
    ) -> Result<Turn<'_, T>, Problem> {
        let turn = self.enter_within(urgency, cancel, Duration::MAX)?;
        turn.ok_or_else(Problem::cancelled)
    }

    /// The same, for so long at most; `None` where nothing became free.
    pub(crate) fn enter_within(
        &self,
        urgency: Urgency,
        cancel: &CancelToken,
        patience: Duration,
    ) -> Result<Option<Turn<'_, T>>, Problem> {
        let mut queue = self.queue();
        if urgency == Urgency::Urgent {
            queue.urgent += 1;
        }
        let (mut queue, thing) = self.wait(queue, urgency, cancel, patience);
        if urgency == Urgency::Urgent {
            queue.urgent -= 1;
            self.freed.notify_all();
        }
        match thing {
            None if cancel.is_cancelled() => Err(Problem::cancelled()),
            thing => Ok(thing.map(|thing| Turn { turnstile: self, thing: Some(thing) })),
        }
    }

    /// Changes the things nobody uses at the moment.
    pub(crate) fn visit_free(&self, change: impl FnMut(&mut T)) {
        self.queue().free.iter_mut().for_each(change);
    }

    fn wait<'a>(
        &'a self,
        mut queue: MutexGuard<'a, Queue<T>>,
        urgency: Urgency,
        cancel: &CancelToken,
        patience: Duration,
    ) -> (MutexGuard<'a, Queue<T>>, Option<T>) {
        let since = Instant::now();
        loop {
            if cancel.is_cancelled() {
                return (queue, None);
            }
            if (urgency == Urgency::Urgent || queue.urgent == 0)
                && let Some(thing) = queue.free.pop()
            {
                return (queue, Some(thing));
            }
            if since.elapsed() >= patience {
                return (queue, None);
            }
            let waited = self.freed.wait_timeout(queue, GLANCE);
            queue = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue<T>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Deref for Turn<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        self.thing.as_ref().expect("only drop takes it")
    }
}

impl<T> DerefMut for Turn<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.thing.as_mut().expect("only drop takes it")
    }
}

impl<T> Drop for Turn<'_, T> {
    fn drop(&mut self) {
        self.turnstile.queue().free.extend(self.thing.take());
        self.turnstile.freed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread::{scope, sleep};

    #[test]
    fn who_is_urgent_goes_between_two_turns_of_who_has_time() {
        let turnstile = Turnstile::new(vec![()]);
        let (started, served) = (AtomicBool::new(false), AtomicBool::new(false));
        scope(|scope| {
            scope.spawn(|| {
                while !served.load(Ordering::SeqCst) {
                    let _turn = turnstile.enter(Urgency::Patient, &CancelToken::new()).unwrap();
                    started.store(true, Ordering::SeqCst);
                    sleep(Duration::from_millis(20));
                }
            });
            while !started.load(Ordering::SeqCst) {
                sleep(Duration::from_millis(1));
            }
            let before = std::time::Instant::now();
            drop(turnstile.enter(Urgency::Urgent, &CancelToken::new()).unwrap());
            served.store(true, Ordering::SeqCst);
            assert!(before.elapsed() < Duration::from_secs(1));
        });
    }

    #[test]
    fn waiting_ends_with_patience() {
        let turnstile = Turnstile::new(vec![()]);
        let held = turnstile.enter(Urgency::Patient, &CancelToken::new()).unwrap();
        let enter = || {
            let patience = Duration::from_millis(1);
            turnstile.enter_within(Urgency::Urgent, &CancelToken::new(), patience).unwrap()
        };
        assert!(enter().is_none());
        drop(held);
        assert!(enter().is_some());
    }

    #[test]
    fn waiting_can_be_given_up() {
        let turnstile = Turnstile::new(vec![()]);
        let _held = turnstile.enter(Urgency::Patient, &CancelToken::new()).unwrap();
        let cancel = CancelToken::new();
        cancel.cancel();
        assert!(turnstile.enter(Urgency::Urgent, &cancel).is_err());
    }
}
