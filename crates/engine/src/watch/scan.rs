//! What lies in a watched folder, by names, sizes and times alone: no file is opened.

use crate::Result;
use crate::files::ask;
use crate::import::readable_files;
use globset::{Glob, GlobSet, GlobSetBuilder};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;
use yinju_core::{CancelToken, Problem};
use yinju_store::{SeenFile, Watch};

/// What lies in a folder.
pub(super) enum Scan {
    There {
        files: Vec<SeenFile>,
        /// Folders that cannot be listed: what lay in them may still.
        unread: Vec<PathBuf>,
    },
    Away,
}

impl Scan {
    /// A folder that held something and is empty on another file system is where a drive was mounted.
    pub(super) fn or_away(self, held_something: bool, watch: &Watch) -> Self {
        match self {
            Self::There { files, .. }
                if files.is_empty()
                    && held_something
                    && watch.device.is_some()
                    && device(&watch.folder) != watch.device =>
            {
                Self::Away
            }
            other => other,
        }
    }
}

/// Looks into a folder, without what the watch leaves out.
pub(super) fn scan(watch: &Watch, cancel: &CancelToken) -> Result<Scan> {
    let folder = watch.folder.clone();
    if ask(move || folder.is_dir()) != Some(true) {
        return Ok(Scan::Away);
    }
    // Patterns were looked at when they were typed; damaged ones leave nothing out.
    let ignored = patterns(&watch.ignored).unwrap_or_default();
    let found = readable_files(&watch.folder, cancel);
    if cancel.is_cancelled() {
        return Err(Problem::cancelled());
    }
    let Some((found, unread)) = found else { return Ok(Scan::Away) };
    let is_meant = |path: &PathBuf| {
        let inside = path.strip_prefix(&watch.folder).unwrap_or(path);
        !ignored.is_match(inside) && !inside.iter().any(|part| ignored.is_match(Path::new(part)))
    };
    let files = found.into_iter().filter(is_meant).filter_map(seen).collect();
    Ok(Scan::There { files, unread })
}

/// What is left out, as a shell writes it.
pub(super) fn patterns(ignored: &[String]) -> std::result::Result<GlobSet, globset::Error> {
    let mut set = GlobSetBuilder::new();
    for pattern in ignored {
        set.add(Glob::new(pattern.trim_end_matches('/'))?);
    }
    set.build()
}

/// None of a file that went meanwhile.
fn seen(path: PathBuf) -> Option<SeenFile> {
    let about = path.metadata().ok()?;
    let since = about.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let modified = since.map_or(0, |since| i64::try_from(since.as_nanos()).unwrap_or(i64::MAX));
    Some(SeenFile { path, bytes: about.len(), modified })
}

/// The file system a folder is on.
#[cfg(unix)]
pub(super) fn device(folder: &Path) -> Option<u64> {
    use std::os::unix::fs::MetadataExt as _;
    folder.metadata().ok().map(|about| about.dev())
}

/// Here a drive that is away has no folders.
#[cfg(not(unix))]
pub(super) fn device(_folder: &Path) -> Option<u64> {
    None
}
