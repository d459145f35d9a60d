//! Room on the disk: a file that is given up when there is none, so that what frees room can still be
//! written, and made again when there is.

use crate::home;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use yinju_core::{Problem, ProblemCode};

/// What a removal writes before it frees anything: the store's log, and an index's commit.
const RESERVE: u64 = 16 << 20;
/// With less than this, opening may not be able to write its few bytes.
const ALMOST_NOTHING: u64 = 1 << 20;
/// The reserve is made again where it takes less than a quarter of what is there.
const PLENTY: u64 = 4 * RESERVE;

/// Makes the reserve where there is plenty of room and it is not there.
pub(crate) fn keep(folder: &Path) {
    if is_whole(folder) || available(folder) <= PLENTY {
        return;
    }
    if let Err(error) = make(folder) {
        tracing::warn!(%error, "no room was reserved");
        give_up(folder);
    }
}

/// Gives the reserve up where not even the few bytes of an opening would find room.
pub(crate) fn give_up_if_full(folder: &Path) {
    if available(folder) < ALMOST_NOTHING {
        give_up(folder);
    }
}

/// Gives the reserve up where there is less room than it would be.
pub(crate) fn give_up_if_tight(folder: &Path) {
    if available(folder) < RESERVE {
        give_up(folder);
    }
}

/// Gives the reserve up.
pub(crate) fn give_up(folder: &Path) {
    if fs::remove_file(file(folder)).is_ok() {
        tracing::info!("the disk is full: the reserve is given up");
    }
}

/// Free bytes on the disk of a folder; without end where the system does not tell.
pub(crate) fn available(folder: &Path) -> u64 {
    fs4::available_space(folder).unwrap_or(u64::MAX)
}

/// Whether there is room for so many bytes more, beside the reserve.
pub(crate) fn has_room(folder: &Path, bytes: u64) -> bool {
    available(folder) > bytes.saturating_add(PLENTY)
}

/// Whether a failure means that the disk or a quota is full.
pub(crate) fn is_about_room(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
    )
}

/// What such a failure is to a person.
pub(crate) fn full(error: &io::Error) -> Problem {
    Problem::new(ProblemCode::DiskFull, format!("the disk is full: {error}"))
        .hint("make room on the disk, or remove documents; what was finished is kept")
}

fn file(folder: &Path) -> PathBuf {
    folder.join("reserve")
}

fn is_whole(folder: &Path) -> bool {
    file(folder).metadata().is_ok_and(|about| about.len() == RESERVE)
}

/// Random bytes: zeros and repetitions take no room on disks that compress.
fn make(folder: &Path) -> io::Result<()> {
    let mut random = fastrand::Rng::new();
    let mut bytes = vec![0; RESERVE as usize];
    random.fill(&mut bytes);
    let mut to = home::private(&file(folder))?;
    to.write_all(&bytes)?;
    to.sync_all()
}
