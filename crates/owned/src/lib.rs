//! Folders this program made, and the only recursive removal there is.
//!
//! A folder that was made here holds a mark. Removal looks for the mark where it removes, and takes
//! a parent and the name of a child in it: so no id, setting or file can make the program remove
//! what is not its own. On Unix such folders and what lies in them are for their owner alone. Not
//! here: what lies in the folders (`engine`, `index`, `catalog`).

#![cfg_attr(test, allow(clippy::unwrap_used))]

use std::ffi::OsStr;
use std::fs::{self, DirBuilder};
use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};

/// The file that says who made a folder.
pub const MARK: &str = ".yinju-folder";
/// What it says to whoever opens it.
const MEANING: &str = "Yinju made this folder and may remove it with everything in it.\n";

/// Makes a folder for its owner alone, with its parents, and marks it.
///
/// # Errors
/// Where a folder without the mark is there already and holds something: it is somebody else's.
/// Folders of versions that set no mark are known by one of the files in `known`.
pub fn make(folder: &Path, known: &[&str]) -> io::Result<()> {
    builder().recursive(true).create(folder)?;
    let mark = folder.join(MARK);
    if mark.is_file() {
        return Ok(());
    }
    let is_known = known.iter().any(|name| folder.join(name).is_file());
    if !is_known && fs::read_dir(folder)?.next().is_some() {
        return Err(not_ours(folder));
    }
    fs::write(mark, MEANING)
}

/// Marks a folder that a version without marks made; for names that this program alone gives,
/// within a folder of its own. One that is absent stays so.
pub fn mark(folder: &Path) -> io::Result<()> {
    match fs::symlink_metadata(folder) {
        Ok(found) if found.is_dir() => fs::write(folder.join(MARK), MEANING),
        Ok(_) => Err(not_ours(folder)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Removes the folder of this name in `parent` with everything in it; one that is absent is removed
/// already.
///
/// # Errors
/// `PermissionDenied`, and nothing is removed, where the name is more than a name, the folder is a
/// link, or it does not hold the mark.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that looks for the mark first"
)]
pub fn remove(parent: &Path, name: impl AsRef<OsStr>) -> io::Result<()> {
    let folder = child(parent, name.as_ref())?;
    match fs::symlink_metadata(&folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
        // A link to a folder is no folder here.
        Ok(found) if !found.is_dir() => return Err(not_ours(&folder)),
        Ok(_) => {}
    }
    if !fs::symlink_metadata(folder.join(MARK)).is_ok_and(|mark| mark.is_file()) {
        return Err(not_ours(&folder));
    }
    // The mark goes last: a removal that was cut off can be done again.
    for entry in fs::read_dir(&folder)? {
        let entry = entry?;
        if entry.file_name() == MARK {
            continue;
        }
        // `remove_dir_all` follows no links.
        if entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else {
            fs::remove_file(entry.path())?;
        }
    }
    fs::remove_file(folder.join(MARK))?;
    fs::remove_dir(&folder)
}

/// The path of a child, where the name can be nothing but a child's.
fn child(parent: &Path, name: &OsStr) -> io::Result<PathBuf> {
    let mut parts = Path::new(name).components();
    let is_name = matches!((parts.next(), parts.next()), (Some(Component::Normal(part)), None) if part == name);
    if is_name { Ok(parent.join(name)) } else { Err(not_ours(Path::new(name))) }
}

fn not_ours(folder: &Path) -> io::Error {
    let message = format!("{} is no folder that Yinju made", folder.display());
    io::Error::new(ErrorKind::PermissionDenied, message)
}

/// Makes folders that others cannot look into, whatever the process's mask says.
#[cfg(unix)]
fn builder() -> DirBuilder {
    use std::os::unix::fs::DirBuilderExt;
    let mut builder = DirBuilder::new();
    builder.mode(0o700);
    builder
}

#[cfg(not(unix))]
fn builder() -> DirBuilder {
    DirBuilder::new()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    /// A parent with a marked folder `ours` and an unmarked one `theirs`, each with a file.
    fn parent() -> TempDir {
        let parent = tempfile::tempdir().unwrap();
        make(&parent.path().join("ours"), &[]).unwrap();
        fs::create_dir(parent.path().join("theirs")).unwrap();
        for name in ["ours", "theirs"] {
            fs::create_dir(parent.path().join(name).join("deep")).unwrap();
            fs::write(parent.path().join(name).join("deep/file"), "x").unwrap();
        }
        parent
    }

    fn check(parent: &Path, name: &str, removed: bool) {
        let outcome = remove(parent, name);
        assert_eq!(outcome.is_ok(), removed, "{name}: {outcome:?}");
        assert_eq!(parent.join("ours").exists(), name != "ours", "{name}");
        assert!(parent.join("theirs/deep/file").exists(), "{name}");
    }

    #[test]
    fn only_a_marked_child_is_removed() {
        let home = parent();
        let inner = home.path().join("theirs");
        for name in ["", ".", "..", "../theirs", "theirs", "/", "ours/deep", "ours/", "./ours"] {
            check(home.path(), name, false);
        }
        assert!(remove(&inner, home.path()).is_err());
        check(home.path(), "absent", true);
        check(home.path(), "ours", true);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        let home = parent();
        let theirs = home.path().join("theirs");
        std::os::unix::fs::symlink(home.path().join("ours"), home.path().join("link")).unwrap();
        check(home.path(), "link", false);
        std::os::unix::fs::symlink(&theirs, home.path().join("ours/link")).unwrap();
        check(home.path(), "ours", true);
    }

    #[test]
    fn a_folder_of_somebody_else_is_not_taken_over() {
        let home = parent();
        assert!(make(&home.path().join("theirs"), &["index.json"]).is_err());
        fs::write(home.path().join("theirs/index.json"), "{}").unwrap();
        make(&home.path().join("theirs"), &["index.json"]).unwrap();
        remove(home.path(), "theirs").unwrap();
        assert!(!home.path().join("theirs").exists());
    }

    #[cfg(unix)]
    #[test]
    fn others_cannot_look_in() {
        use std::os::unix::fs::PermissionsExt;
        let home = parent();
        let mode = fs::metadata(home.path().join("ours")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }
}
