//! The two pipes, taken away from everything else in the process: a library that prints must not
//! print into the protocol.

use crate::protocol::{FrameError, FromWorker, Hello, HelloError, Reply, Side, WorkerRole, encode};
use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// What a worker hears and says its words through.
pub struct Pipes {
    from_supervisor: Box<dyn Read + Send>,
    to_supervisor: Box<dyn Write + Send>,
}

impl Pipes {
    /// Takes standard input and output. What is printed from now on goes to standard error, and
    /// reading standard input finds its end.
    #[cfg(unix)]
    pub fn take() -> io::Result<Self> {
        use std::fs::File;
        use std::os::fd::{AsFd, AsRawFd};
        let from_supervisor = File::from(io::stdin().as_fd().try_clone_to_owned()?);
        let to_supervisor = File::from(io::stdout().as_fd().try_clone_to_owned()?);
        let nothing = File::open("/dev/null")?;
        redirect(nothing.as_raw_fd(), libc::STDIN_FILENO)?;
        redirect(libc::STDERR_FILENO, libc::STDOUT_FILENO)?;
        Ok(Self {
            from_supervisor: Box::new(from_supervisor),
            to_supervisor: Box::new(to_supervisor),
        })
    }

    /// Takes standard input and output.
    #[cfg(not(unix))]
    pub fn take() -> io::Result<Self> {
        Ok(Self { from_supervisor: Box::new(io::stdin()), to_supervisor: Box::new(io::stdout()) })
    }

    /// Says hello, and hears it: an error unless both are of this build and role.
    pub fn greet(&mut self, role: WorkerRole) -> Result<(), HelloError> {
        Hello::new(role).write(Side::Worker, &mut self.to_supervisor)?;
        Hello::read(Side::Supervisor, &mut self.from_supervisor)?.check(role)
    }

    /// The two ends, after the greeting.
    pub fn split(self) -> (Box<dyn Read + Send>, Outbox) {
        (self.from_supervisor, Outbox(Arc::new(Mutex::new(self.to_supervisor))))
    }
}

#[cfg(unix)]
fn redirect(from: i32, to: i32) -> io::Result<()> {
    // SAFETY: both are open file descriptors of this process.
    if unsafe { libc::dup2(from, to) } < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Where replies go; can be used from any thread.
#[derive(Clone)]
pub struct Outbox(Arc<Mutex<Box<dyn Write + Send>>>);

impl Outbox {
    /// Sends a reply to a call. A reply that is too long is refused and leaves the pipe intact;
    /// any other error means that nobody listens any more.
    pub fn reply(&self, id: u64, reply: Reply) -> Result<(), FrameError> {
        let frame = encode(&FromWorker { id, reply })?;
        let mut pipe = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pipe.write_all(&frame)?;
        Ok(pipe.flush()?)
    }
}
