//! How a file is opened, whatever may be at its path, and how it is told that somebody writes to it.

use std::fs::{File, Metadata};
use std::io::{self, ErrorKind};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};
use yinju_core::ports::Hashing;
use yinju_core::{CancelToken, Problem, ProblemCode};
use yinju_flow::{Kind, MOST_BYTES};

/// A file that somebody writes to is waited for so long, and looked at so often.
pub(super) const SETTLING: Duration = Duration::from_secs(10);
const GLANCE: Duration = Duration::from_millis(250);

/// What changes when somebody writes to a file, or takes it from its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) bytes: u64,
    modified: Option<SystemTime>,
    is_gone: bool,
}

impl Stamp {
    pub(super) fn of(metadata: &Metadata) -> Self {
        #[cfg(unix)]
        let is_gone = std::os::unix::fs::MetadataExt::nlink(metadata) == 0;
        #[cfg(not(unix))]
        let is_gone = false;
        Self { bytes: metadata.len(), modified: metadata.modified().ok(), is_gone }
    }
}

/// Opens without waiting for whoever may be at the other end of what is no file, and without becoming
/// a terminal's process. What is no file is not opened at all where a look at it says so: to open a
/// device can do something.
pub(super) fn open(path: &Path) -> Result<File, Problem> {
    let failed = |error| unreadable(path, &error);
    let metadata = std::fs::metadata(path).map_err(failed)?;
    refuse_others(path, &metadata)?;
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(
        &mut options,
        libc::O_NONBLOCK | libc::O_NOCTTY,
    );
    options.open(path).map_err(failed)
}

/// Another thing may have come to the path meanwhile: what counts is what was opened.
pub(super) fn regular(path: &Path, file: &File) -> Result<Metadata, Problem> {
    let metadata = file.metadata().map_err(|error| unreadable(path, &error))?;
    refuse_others(path, &metadata)?;
    Ok(metadata)
}

fn refuse_others(path: &Path, metadata: &Metadata) -> Result<(), Problem> {
    if metadata.is_file() {
        return Ok(());
    }
    let what = if metadata.is_dir() { "it is a folder" } else { "it is a pipe or a device" };
    let message = format!("{} cannot be read: {what}, not a file", path.display());
    Err(Problem::new(ProblemCode::FileUnreadable, message).hint("name a file"))
}

/// A text is taken whole, so less of it is taken than of what is read page by page.
pub(super) fn refuse_too_large(
    path: &Path,
    file: &File,
    bytes: u64,
    most: u64,
) -> Result<(), Problem> {
    let most_of_its_kind = if bytes > MOST_BYTES.min(most) {
        let mut head = vec![0; 1024];
        let length = read_at(file, &mut head, 0).map_err(|error| unreadable(path, &error))?;
        Kind::of(path, &head[..length]).map_or(most, |kind| kind.most_bytes().min(most))
    } else {
        most
    };
    if bytes <= most_of_its_kind {
        return Ok(());
    }
    let (path, mega) = (path.display(), |bytes: u64| bytes >> 20);
    let message = format!(
        "{path} is too large: {} MiB, and {} are what is read of its kind",
        mega(bytes),
        mega(most_of_its_kind)
    );
    Err(Problem::new(ProblemCode::FileTooLarge, message)
        .hint("split the file into smaller ones and import those"))
}

/// Waits until nobody has written to the file for a moment.
pub(super) fn settle(
    path: &Path,
    given_up: Instant,
    cancel: &CancelToken,
    on_progress: &mut dyn FnMut(Hashing) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let look = || std::fs::metadata(path).map(|m| Stamp::of(&m)).map_err(|e| unreadable(path, &e));
    let mut before = look()?;
    while Instant::now() < given_up {
        if cancel.is_cancelled() {
            return Err(Problem::cancelled());
        }
        std::thread::sleep(GLANCE);
        on_progress(Hashing { done: 0, total: before.bytes })?;
        let now = look()?;
        if now == before {
            return Ok(());
        }
        before = now;
    }
    Err(changed(path))
}

pub(super) fn changed(path: &Path) -> Problem {
    let message = format!("{} changes while it is being read", path.display());
    Problem::new(ProblemCode::FileChanged, message).hint("import it again when it is finished")
}

pub(super) fn unreadable(path: &Path, error: &io::Error) -> Problem {
    let (code, hint) = match error.kind() {
        ErrorKind::NotFound => (
            ProblemCode::FileNotFound,
            "check the path; the file may have been moved, renamed or deleted",
        ),
        _ => (ProblemCode::FileUnreadable, "check that it is a file and that you may read it"),
    };
    Problem::new(code, format!("{} cannot be read: {error}", path.display())).hint(hint)
}

/// As many bytes from a place as there are, up to a buffer full.
pub(super) fn read_at(file: &File, mut buffer: &mut [u8], mut place: u64) -> io::Result<usize> {
    let mut length = 0;
    while !buffer.is_empty() {
        #[cfg(unix)]
        let read = std::os::unix::fs::FileExt::read_at(file, buffer, place);
        #[cfg(windows)]
        let read = std::os::windows::fs::FileExt::seek_read(file, buffer, place);
        match read {
            Ok(0) => break,
            Ok(read) => {
                (length, place) = (length + read, place + read as u64);
                buffer = &mut buffer[read..];
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}
