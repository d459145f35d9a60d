//! What can go wrong with a worker, and what a person is told of it.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;
use yinju_core::{ModelId, Problem, ProblemCode};

/// What a worker was doing, in words a person knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// Opening a file and hashing it.
    Opening(PathBuf),
    /// Reading a file.
    Reading(PathBuf),
    /// Finding out what it computes on.
    Probing,
    /// Loading a model.
    Loading(ModelId),
    /// Cutting pages into passages.
    Splitting(ModelId),
    /// Turning text into vectors.
    Embedding(ModelId),
    /// Reading passages together with a question.
    Ranking(ModelId),
    /// Counting tokens or writing.
    Writing(ModelId),
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Opening(path) => write!(f, "opening “{}”", file_name(path)),
            Self::Reading(path) => write!(f, "reading “{}”", file_name(path)),
            Self::Probing => write!(f, "finding the device to compute on"),
            Self::Loading(model) => write!(f, "loading the model {model}"),
            Self::Splitting(model) => write!(f, "splitting for {model}"),
            Self::Embedding(model) => write!(f, "computing vectors with {model}"),
            Self::Ranking(model) => write!(f, "ranking with {model}"),
            Self::Writing(model) => write!(f, "writing with {model}"),
        }
    }
}

fn file_name(path: &Path) -> std::borrow::Cow<'_, str> {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy()
}

/// How a process ended by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// With this exit status; none where the platform gives none.
    Exited(Option<i32>),
    /// By this signal.
    Signalled(i32),
    /// It lives, but its pipe is closed or what comes out of it is not of the protocol.
    Babbling,
}

impl From<ExitStatus> for Ending {
    fn from(status: ExitStatus) -> Self {
        #[cfg(unix)]
        if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
            return Self::Signalled(signal);
        }
        Self::Exited(status.code())
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exited(Some(code)) => write!(f, "exit status {code}"),
            Self::Exited(None) => f.write_str("no exit status"),
            Self::Signalled(9) => {
                f.write_str("signal 9, which the system sends when it is out of memory")
            }
            Self::Signalled(signal) => write!(f, "signal {signal}"),
            Self::Babbling => f.write_str("it sent something unintelligible"),
        }
    }
}

/// Why a worker did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum SupervisorError {
    /// The program is not where it should be.
    #[error("the program {0} is missing")]
    Missing(PathBuf),
    /// The program is there but cannot be started.
    #[error("the program {path} cannot be started: {source}")]
    Start {
        /// The program.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The program is of another build, or not a worker at all.
    #[error("the program {path} does not belong to this build of Yinju: {reason}")]
    Mismatch {
        /// The program.
        path: PathBuf,
        /// What its greeting said.
        reason: String,
    },
    /// The program started and does not greet: it hangs, or was stopped.
    #[error("the program {path} does not answer")]
    Silent {
        /// The program.
        path: PathBuf,
    },
    /// The program started and ended without a greeting.
    #[error("the program {path} ended as soon as it started ({ending}): {said}")]
    Stillborn {
        /// The program.
        path: PathBuf,
        /// How it ended.
        ending: Ending,
        /// What it said last.
        said: String,
    },
    /// The process ended in the middle of its work.
    #[error("the worker process ended while {task} ({ending})")]
    Crashed {
        /// What it did.
        task: Task,
        /// How it ended.
        ending: Ending,
    },
    /// The process needed more memory than it may have, or than there is.
    #[error("there was not enough memory for {task}")]
    OutOfMemory {
        /// What it did.
        task: Task,
    },
    /// Nothing came for too long, or all of it took too long.
    #[error("{task} was given up after {} s", after.as_secs_f32().round())]
    TimedOut {
        /// What it did.
        task: Task,
        /// How long it was waited for.
        after: Duration,
    },
    /// Somebody stopped the process (`SIGSTOP`), and nobody lets it go on.
    #[error("the worker process was stopped from outside while {task}")]
    Halted {
        /// What it did.
        task: Task,
    },
    /// The process used up its processor time.
    #[error("{task} was given up: it took all the processor time a file may have")]
    OutOfTime {
        /// What it did.
        task: Task,
    },
    /// The call cannot be sent.
    #[error("{task} could not be asked for: {reason}")]
    Unsendable {
        /// What was to be done.
        task: Task,
        /// Why not.
        reason: String,
    },
    /// A reply that does not belong to the call.
    #[error("{task} was answered with something else: {got}")]
    Unexpected {
        /// What it did.
        task: Task,
        /// What came.
        got: &'static str,
    },
    /// Vectors of another number or length than was asked for, or scores that are none.
    #[error("the model {model} gave {got} numbers where {wanted} belong")]
    VectorShape {
        /// The encoder or reranker.
        model: ModelId,
        /// Numbers that came.
        got: usize,
        /// Texts times dimensions, or passages.
        wanted: usize,
    },
    /// A model that this machine cannot hold.
    #[error(
        "the model {model} needs about {} MB of memory; {} MB are what models may use here",
        bytes / 1_000_000,
        budget / 1_000_000
    )]
    ModelTooLarge {
        /// Which.
        model: ModelId,
        /// What it needs.
        bytes: u64,
        /// What all models may have.
        budget: u64,
    },
    /// The caller's token was cancelled.
    #[error("stopped")]
    Stopped,
}

impl SupervisorError {
    /// Whether the process ended or stopped by itself, so that a fresh one may do better.
    pub(crate) fn is_crash(&self) -> bool {
        matches!(
            self,
            Self::Crashed { .. }
                | Self::OutOfMemory { .. }
                | Self::Halted { .. }
                | Self::Silent { .. }
        )
    }

    /// Whether it took longer than a person waits, so that a fresh process may do better.
    pub(crate) fn is_slow(&self) -> bool {
        matches!(self, Self::TimedOut { .. })
    }

    /// Whether one page of a file can have brought it about, so that a fresh process that leaves
    /// the page out may do better.
    pub(crate) fn may_be_a_page(&self) -> bool {
        self.is_crash() || matches!(self, Self::TimedOut { .. })
    }

    fn code(&self) -> ProblemCode {
        match self {
            Self::Missing(_) | Self::Start { .. } => ProblemCode::WorkerMissing,
            Self::Mismatch { .. } => ProblemCode::ProtocolMismatch,
            Self::Stillborn { .. } | Self::Crashed { .. } => ProblemCode::WorkerCrashed,
            Self::OutOfMemory { .. } => ProblemCode::WorkerOutOfMemory,
            Self::TimedOut { .. }
            | Self::OutOfTime { .. }
            | Self::Halted { .. }
            | Self::Silent { .. } => ProblemCode::WorkerTimedOut,
            Self::VectorShape { .. } => ProblemCode::ModelDamaged,
            Self::ModelTooLarge { .. } => ProblemCode::ModelTooLarge,
            Self::Unsendable { .. } | Self::Unexpected { .. } => ProblemCode::Internal,
            Self::Stopped => ProblemCode::Cancelled,
        }
    }

    fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::Missing(_) | Self::Start { .. } => {
                "install Yinju again, or build it whole: yinju-worker belongs beside the program"
            }
            Self::Mismatch { .. } => {
                "install Yinju again, or build it whole: both programs must be of one build"
            }
            Self::Silent { .. } => "try again; if it happens again, start the machine again",
            Self::Stillborn { .. } => "a library it needs may be missing; see the log",
            Self::Crashed { task, .. }
            | Self::OutOfMemory { task }
            | Self::OutOfTime { task }
            | Self::Halted { task }
            | Self::TimedOut { task, .. } => hint_for(task),
            Self::VectorShape { .. } => "fetch the model again",
            Self::ModelTooLarge { .. } => "choose a smaller model",
            Self::Unsendable { .. } | Self::Unexpected { .. } => "please report this with the log",
            Self::Stopped => return None,
        })
    }
}

fn hint_for(task: &Task) -> &'static str {
    match task {
        Task::Opening(_) => {
            "other files are not affected; the disk or the network share it lies on does not answer"
        }
        Task::Reading(_) => {
            "other files are not affected; the file may be damaged: open it in a PDF viewer, \
             save it as a new PDF and import that"
        }
        Task::Probing | Task::Loading(_) | Task::Ranking(_) | Task::Writing(_) => {
            "try again; if it happens again, close other programs or choose a smaller model"
        }
        Task::Embedding(_) | Task::Splitting(_) => {
            "try again; if it happens again, close other programs"
        }
    }
}

impl From<SupervisorError> for Problem {
    fn from(error: SupervisorError) -> Self {
        let problem = Self::new(error.code(), &error);
        match error.hint() {
            Some(hint) => problem.hint(hint),
            None => problem,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crash_names_the_file_and_not_its_folder() {
        let task = Task::Reading("private/folder/论文.pdf".into());
        let problem: Problem =
            SupervisorError::Crashed { task, ending: Ending::Signalled(11) }.into();
        assert_eq!(problem.code, ProblemCode::WorkerCrashed);
        assert_eq!(
            problem.message,
            "the worker process ended while reading “论文.pdf” (signal 11)"
        );
        assert!(problem.hint.is_some());
    }
}
