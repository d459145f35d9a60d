//! One worker process: its three pipes, its greeting, its end. Which calls it gets, and how long
//! they may take, is decided elsewhere.

use crate::child::exit;
use crate::config::WorkerConfig;
use crate::conversation::{GLANCE, LOOKS_AT_A_HALT};
use crate::error::{Ending, SupervisorError, Task};
use crate::last_words::LastWords;
use crate::launch::Launch;
use crate::nursery;
use crate::protocol::{
    Call, FrameError, FromWorker, Hello, HelloError, Reply, Side, ToWorker, WorkerRole, encode,
    read_message,
};
use std::io::{self, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::time::{Duration, Instant};

/// What a worker sees of this process's environment: enough to find libraries and devices and to
/// log, no keys and tokens.
const PASSED_ON: &[&str] = &[
    "CUDA_VISIBLE_DEVICES",
    "DYLD_LIBRARY_PATH",
    "LD_LIBRARY_PATH",
    "NVIDIA_VISIBLE_DEVICES",
    "PATH",
    "RUST_BACKTRACE",
    "RUST_LOG",
    "SystemRoot",
    "TMPDIR",
    "TEMP",
    "YINJU_LOG",
];

/// Added to the niceness of a reading process: the window goes first.
const READ_NICENESS: i32 = 10;

/// Replies that may wait here; a worker ahead of its caller is held up by its pipe.
const WAITING_REPLIES: usize = 4;

/// `SIGXCPU`: the process has used up its processor time.
const OUT_OF_TIME: i32 = 24;

/// How long a process that closed its pipe may take to end.
const DYING: Duration = Duration::from_secs(2);

/// A running worker. Dropping it kills and reaps the process.
pub(crate) struct WorkerProcess {
    child: Child,
    outgoing: Sender<Vec<u8>>,
    incoming: Receiver<Incoming>,
    last_words: LastWords,
    last_id: u64,
}

enum Incoming {
    Hello(Hello),
    Foreign(HelloError),
    Reply(FromWorker),
}

/// What came of waiting for a reply.
pub(crate) enum Waited {
    /// This.
    Reply(Reply),
    /// Nothing so far.
    Nothing,
    /// Nothing can come any more.
    Over,
}

impl WorkerProcess {
    /// Starts a process and exchanges greetings with it.
    pub(crate) fn start(config: &WorkerConfig, role: WorkerRole) -> Result<Self, SupervisorError> {
        let failed = |source| start_error(config, source);
        let mut child = nursery::spawn(command(config, role)).map_err(failed)?;
        match Self::adopt(&mut child, role) {
            Ok((outgoing, incoming, last_words)) => {
                let mut born = Self { child, outgoing, incoming, last_words, last_id: 0 };
                born.greet(config, role)?;
                tracing::debug!(pid = born.child.id(), role = role.as_str(), "worker started");
                Ok(born)
            }
            Err(source) => {
                let _ = child.kill();
                let _ = child.wait();
                Err(failed(source))
            }
        }
    }

    #[allow(clippy::type_complexity, reason = "taken apart at once by its only caller")]
    fn adopt(
        child: &mut Child,
        role: WorkerRole,
    ) -> io::Result<(Sender<Vec<u8>>, Receiver<Incoming>, LastWords)> {
        let closed = || io::Error::other("a pipe of the worker is not there");
        let stdin = child.stdin.take().ok_or_else(closed)?;
        let stdout = child.stdout.take().ok_or_else(closed)?;
        let stderr = child.stderr.take().ok_or_else(closed)?;
        let (outgoing, to_write) = channel();
        let _ = outgoing.send(Hello::new(role).to_bytes(Side::Supervisor).to_vec());
        thread("worker-stdin", move || write_all(stdin, &to_write))?;
        let (replies, incoming) = sync_channel(WAITING_REPLIES);
        thread("worker-stdout", move || read_all(stdout, &replies))?;
        Ok((outgoing, incoming, LastWords::listen(child.id(), stderr)?))
    }

    fn greet(&mut self, config: &WorkerConfig, role: WorkerRole) -> Result<(), SupervisorError> {
        let path = config.binary.clone();
        let reason = match self.greeting(config.start_timeout) {
            Ok(Incoming::Hello(hello)) => match hello.check(role) {
                Ok(()) => return Ok(()),
                Err(other) => other.to_string(),
            },
            Ok(Incoming::Foreign(error @ HelloError::Foreign)) => error.to_string(),
            Err(RecvTimeoutError::Timeout) => return Err(SupervisorError::Silent { path }),
            _ => {
                let ending = self.ending();
                let said = self.last_words.after_death().join("\n");
                return Err(SupervisorError::Stillborn { path, ending, said });
            }
        };
        Err(SupervisorError::Mismatch { path, reason })
    }

    /// Its greeting; one that is stopped from outside is not waited for to the end.
    fn greeting(&self, patience: Duration) -> Result<Incoming, RecvTimeoutError> {
        let (since, mut looks) = (Instant::now(), 0);
        loop {
            let came = self.incoming.recv_timeout(GLANCE.min(patience));
            looks = if self.is_stopped() { looks + 1 } else { 0 };
            if !matches!(came, Err(RecvTimeoutError::Timeout))
                || since.elapsed() >= patience
                || looks >= LOOKS_AT_A_HALT
            {
                return came;
            }
        }
    }

    /// Whether it was stopped by a signal; known on Linux only.
    pub(crate) fn is_stopped(&self) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()));
        // The state follows the name, which stands in brackets and may hold any character.
        stat.is_ok_and(|stat| stat.rsplit(')').next().is_some_and(|s| s.starts_with(" T")))
    }

    /// Sends a call and returns its id. A process that is dead shows it in [`Self::wait`].
    pub(crate) fn call(&mut self, call: Call, task: &Task) -> Result<u64, SupervisorError> {
        self.last_id += 1;
        self.send(&ToWorker::Call { id: self.last_id, call }, task)?;
        Ok(self.last_id)
    }

    /// Asks the process to stop a call.
    pub(crate) fn cancel(&self, id: u64, task: &Task) -> Result<(), SupervisorError> {
        self.send(&ToWorker::Cancel { id }, task)
    }

    fn send(&self, message: &ToWorker, task: &Task) -> Result<(), SupervisorError> {
        let frame = encode(message).map_err(|error| SupervisorError::Unsendable {
            task: task.clone(),
            reason: error.to_string(),
        })?;
        let _ = self.outgoing.send(frame);
        Ok(())
    }

    /// Waits a while for the next reply to a call; late replies to earlier calls are let go.
    pub(crate) fn wait(&self, id: u64, at_most: Duration) -> Waited {
        let deadline = Instant::now() + at_most;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.incoming.recv_timeout(left) {
                Ok(Incoming::Reply(answer)) if answer.id == id => {
                    return Waited::Reply(answer.reply);
                }
                Ok(Incoming::Reply(late)) if late.id < id => {}
                Err(RecvTimeoutError::Timeout) => return Waited::Nothing,
                _ => return Waited::Over,
            }
        }
    }

    /// The process, unless it has ended since it was last used.
    pub(crate) fn if_alive(mut self) -> Option<Self> {
        matches!(self.child.try_wait(), Ok(None)).then_some(self)
    }

    /// Why nothing can come any more, for the report. The process is dead afterwards.
    pub(crate) fn autopsy(&mut self, task: &Task) -> SupervisorError {
        let task = task.clone();
        let ending = self.ending();
        let said = self.last_words.after_death();
        tracing::warn!(%task, %ending, said = said.join("\n"), "a worker ended");
        if ending == Ending::Signalled(OUT_OF_TIME) {
            SupervisorError::OutOfTime { task }
        } else if ran_out_of_memory(ending, &said) {
            SupervisorError::OutOfMemory { task }
        } else {
            SupervisorError::Crashed { task, ending }
        }
    }

    /// Waits until the process has ended, with some force after a while.
    fn ending(&mut self) -> Ending {
        let deadline = Instant::now() + DYING;
        while Instant::now() < deadline {
            if let Ok(Some(status)) = self.child.try_wait() {
                return status.into();
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        self.kill();
        Ending::Babbling
    }

    /// A process that waits for a disk or a network that does not answer dies when that does.
    fn kill(&mut self) {
        let _ = self.child.kill();
        let deadline = Instant::now() + DYING;
        while Instant::now() < deadline {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        tracing::warn!(pid = self.child.id(), "a worker does not end; it is left behind");
    }
}

impl Drop for WorkerProcess {
    fn drop(&mut self) {
        self.kill();
    }
}

fn command(config: &WorkerConfig, role: WorkerRole) -> Command {
    let launch = match role {
        WorkerRole::Read => Launch {
            role,
            pdfium: Some(config.pdfium.clone()),
            ocr: config.ocr.clone(),
            memory_limit: Some(config.read_memory_limit),
            cpu_limit: Some(config.read_cpu_limit.as_secs().max(1)),
            nice: READ_NICENESS,
        },
        WorkerRole::Infer => {
            Launch { memory_limit: config.infer_memory_limit, ..Launch::new(role) }
        }
    };
    let mut command = Command::new(&config.binary);
    command.args(launch.to_args()).env_clear();
    command.envs(PASSED_ON.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn start_error(config: &WorkerConfig, source: io::Error) -> SupervisorError {
    let path = config.binary.clone();
    match source.kind() {
        io::ErrorKind::NotFound => SupervisorError::Missing(path),
        _ => SupervisorError::Start { path, source },
    }
}

fn ran_out_of_memory(ending: Ending, said: &[String]) -> bool {
    match ending {
        Ending::Exited(Some(exit::OUT_OF_MEMORY)) => true,
        Ending::Babbling => false,
        _ => said.iter().any(|line| {
            line.starts_with("memory allocation of") || line.contains("std::bad_alloc")
        }),
    }
}

fn thread(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    std::thread::Builder::new().name(name.to_owned()).spawn(work).map(|_| ())
}

fn write_all(mut stdin: impl Write, frames: &Receiver<Vec<u8>>) {
    for frame in frames {
        if stdin.write_all(&frame).and_then(|()| stdin.flush()).is_err() {
            return;
        }
    }
}

fn read_all(mut stdout: impl Read, replies: &SyncSender<Incoming>) {
    let hello =
        Hello::read(Side::Worker, &mut stdout).map_or_else(Incoming::Foreign, Incoming::Hello);
    let mut open = replies.send(hello).is_ok();
    while open {
        open = match read_message(&mut stdout) {
            Ok(Some(reply)) => replies.send(Incoming::Reply(reply)).is_ok(),
            Ok(None) | Err(FrameError::Io(_)) => false,
            Err(error) => {
                tracing::warn!(%error, "a worker does not keep to the protocol");
                false
            }
        };
    }
}
