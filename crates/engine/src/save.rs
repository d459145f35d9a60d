//! Files a person asked for, written whole or not at all.

use crate::Result;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;
use yinju_core::{Problem, ProblemCode};

/// A file under way. What stood in its place stays there until all of it is on the disk.
pub(crate) struct Saving {
    path: PathBuf,
    to: Target,
    written: u64,
}

enum Target {
    /// Takes the place of the path.
    Beside(NamedTempFile),
    /// A pipe or device cannot be replaced.
    Straight(File),
}

impl Saving {
    /// Begins, in the path's folder.
    pub(crate) fn begin(path: &Path) -> Result<Self> {
        // What a link leads to is replaced, not the link.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let to = target(&path).map_err(|error| unwritable(&path, &error))?;
        Ok(Self { path, to, written: 0 })
    }

    /// Adds bytes.
    pub(crate) fn put(&mut self, bytes: &[u8]) -> Result<()> {
        let written = match &mut self.to {
            Target::Beside(file) => file.write_all(bytes),
            Target::Straight(file) => file.write_all(bytes),
        };
        self.written += bytes.len() as u64;
        written.map_err(|error| unwritable(&self.path, &error))
    }

    /// Puts the file in its place; how many bytes it has.
    pub(crate) fn finish(self) -> Result<u64> {
        let finished = match self.to {
            Target::Beside(file) => file
                .as_file()
                .sync_all()
                .and_then(|()| file.persist(&self.path).map(drop).map_err(|error| error.error)),
            Target::Straight(mut file) => file.flush(),
        };
        finished.map(|()| self.written).map_err(|error| unwritable(&self.path, &error))
    }
}

/// Writes a whole file; how many bytes it has.
pub fn save(path: &Path, bytes: &[u8]) -> Result<u64> {
    let mut saving = Saving::begin(path)?;
    saving.put(bytes)?;
    saving.finish()
}

fn target(path: &Path) -> io::Result<Target> {
    match fs::metadata(path) {
        Ok(there) if there.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
        Ok(there) if !there.is_file() => return Ok(Target::Straight(File::create(path)?)),
        Ok(there) if there.permissions().readonly() => {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        _ => {}
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut builder = tempfile::Builder::new();
    builder.prefix(".yinju-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // As any program would make it: what the person's mask leaves of it.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder.unwrap_or(Path::new("."))).map(Target::Beside)
}

fn unwritable(path: &Path, error: &io::Error) -> Problem {
    let (code, hint) = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            (ProblemCode::DiskFull, "make room on the disk, or choose another")
        }
        _ => (ProblemCode::FileUnreadable, "choose another folder or name"),
    };
    Problem::new(code, format!("{} cannot be written: {error}", path.display())).hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_there_stays_until_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("论文 “草稿”.md");
        save(&path, b"before").unwrap();
        let mut saving = Saving::begin(&path).unwrap();
        saving.put(b"after").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"before");
        drop(saving);
        assert_eq!(fs::read(&path).unwrap(), b"before");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left behind");
        assert_eq!(save(&path, b"after").unwrap(), 5);
        assert_eq!(fs::read(&path).unwrap(), b"after");
    }

    #[test]
    fn folders_and_protected_files_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let code = |path: &Path| save(path, b"x").unwrap_err().code;
        assert_eq!(code(folder.path()), ProblemCode::FileUnreadable);
        assert_eq!(code(&folder.path().join("no/such/folder.md")), ProblemCode::FileUnreadable);
        let path = folder.path().join("kept.md");
        fs::write(&path, "kept").unwrap();
        let mut permissions = fs::metadata(&path).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&path, permissions).unwrap();
        assert_eq!(code(&path), ProblemCode::FileUnreadable);
        assert_eq!(fs::read(&path).unwrap(), b"kept");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn devices_are_written_straight_and_a_full_one_says_so() {
        assert_eq!(save(Path::new("/dev/null"), b"abc").unwrap(), 3);
        let full = save(Path::new("/dev/full"), b"abc").unwrap_err();
        assert_eq!(full.code, ProblemCode::DiskFull);
    }
}
