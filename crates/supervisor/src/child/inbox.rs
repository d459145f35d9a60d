//! The thread that listens while the worker works: calls queue up, a cancellation reaches the call
//! under way, and the end of the pipe ends the process wherever it is.

use crate::child::{exit, exit_now};
use crate::protocol::{Call, ToWorker, read_message};
use std::io::{self, Read};
use std::sync::mpsc::{Receiver, Sender, channel};
use yinju_core::CancelToken;

/// A call, and the flag that says when it is no longer wanted.
#[derive(Debug)]
pub struct Job {
    /// To be repeated in every reply.
    pub id: u64,
    /// What to do.
    pub call: Call,
    /// Set when the supervisor cancels the call.
    pub cancel: CancelToken,
}

/// Calls in the order they came.
pub struct Inbox(Receiver<Job>);

impl Inbox {
    /// Starts listening.
    pub fn listen(pipe: impl Read + Send + 'static) -> io::Result<Self> {
        let (jobs, inbox) = channel();
        let listen = move || {
            // This thread needs its pipe alone; a thread that was taken over could act through it.
            #[cfg(target_os = "linux")]
            crate::child::files::nothing();
            exit_now(relay(pipe, &jobs))
        };
        std::thread::Builder::new().name("inbox".into()).spawn(listen)?;
        Ok(Self(inbox))
    }
}

impl Iterator for Inbox {
    type Item = Job;

    fn next(&mut self) -> Option<Job> {
        self.0.recv().ok()
    }
}

/// Passes calls on until the pipe ends, and says with which status the process is to end.
fn relay(mut pipe: impl Read, jobs: &Sender<Job>) -> i32 {
    let mut latest = (0, CancelToken::new());
    loop {
        match read_message(&mut pipe) {
            Ok(Some(ToWorker::Call { id, call })) => {
                latest = (id, CancelToken::new());
                let job = Job { id, call, cancel: latest.1.clone() };
                if jobs.send(job).is_err() {
                    return exit::DONE;
                }
            }
            Ok(Some(ToWorker::Cancel { id })) if id == latest.0 => latest.1.cancel(),
            Ok(Some(ToWorker::Cancel { .. })) => {}
            Ok(None) => return exit::DONE,
            Err(error) => {
                eprintln!("worker: {error}");
                return exit::PIPE;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::encode;

    fn count() -> Call {
        Call::CountTokens { texts: Vec::new() }
    }

    fn check(said: &[ToWorker]) -> (Vec<Job>, i32) {
        let pipe: Vec<u8> = said.iter().flat_map(|message| encode(message).unwrap()).collect();
        let (sender, jobs) = channel();
        let status = relay(pipe.as_slice(), &sender);
        drop(sender);
        (jobs.iter().collect(), status)
    }

    #[test]
    fn a_cancellation_reaches_its_call_only() {
        let call = |id| ToWorker::Call { id, call: count() };
        let (jobs, status) =
            check(&[call(1), call(2), ToWorker::Cancel { id: 1 }, ToWorker::Cancel { id: 2 }]);
        assert_eq!(status, exit::DONE);
        let cancelled: Vec<_> =
            jobs.iter().map(|job| (job.id, job.cancel.is_cancelled())).collect();
        assert_eq!(cancelled, [(1, false), (2, true)]);
    }

    #[test]
    fn nonsense_ends_the_process_with_its_own_status() {
        let (sender, _jobs) = channel();
        assert_eq!(relay([1, 0, 0, 0, 99].as_slice(), &sender), exit::PIPE);
        assert_eq!(relay([255, 255].as_slice(), &sender), exit::PIPE);
    }
}
