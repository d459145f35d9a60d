//! Where files of a model wait until all of them are there and right: a folder beside the installed
//! ones that survives a crash, so that a pull goes on where it stopped.

use crate::error::CatalogError;
use crate::hash::sha256_of_file;
use crate::manifest::Manifest;
use crate::progress::{PullStage, Reporter};
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;
use yinju_core::{CancelToken, ModelId};

/// The folder of unfinished pulls in a models folder.
pub(crate) const FOLDER: &str = ".partial";
/// How often a pull looks whether another one of the same model has ended.
const LOOK: Duration = Duration::from_millis(200);

/// Held while a model's files are changed, by one program at a time.
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Waits until no other program changes this model.
    pub(crate) fn wait(
        models: &Path,
        id: &ModelId,
        cancel: &CancelToken,
    ) -> Result<Self, CatalogError> {
        let folder = models.join(FOLDER);
        make_folder(&folder)?;
        let path = folder.join(format!("{id}.lock"));
        let file = File::create(&path).map_err(|e| CatalogError::io(&path, e))?;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: file }),
                Err(TryLockError::WouldBlock) if cancel.is_cancelled() => {
                    return Err(CatalogError::Cancelled);
                }
                Err(TryLockError::WouldBlock) => std::thread::sleep(LOOK),
                Err(TryLockError::Error(e)) => return Err(CatalogError::io(&path, e)),
            }
        }
    }
}

/// The waiting files of one variant.
pub(crate) struct Staging {
    folder: PathBuf,
}

impl Staging {
    pub(crate) fn open(models: &Path, id: &ModelId, variant: &str) -> Result<Self, CatalogError> {
        let unfinished = models.join(FOLDER).join(id.as_str());
        let folder = unfinished.join(variant);
        for folder in [&unfinished, &folder] {
            own(folder)?;
        }
        Ok(Self { folder })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where a file stands once it is right.
    pub(crate) fn finished(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Where a file grows. Bytes of different sources are only ever joined when a known hash says
    /// that they are the same file.
    pub(crate) fn part(&self, name: &str, hash_known: bool, source: &str) -> PathBuf {
        let owner = if hash_known { "part".to_owned() } else { format!("{source}.part") };
        self.folder.join(format!("{name}.{owner}"))
    }

    /// The hash of a finished file, if it is there and right.
    pub(crate) fn is_finished(
        &self,
        name: &str,
        expected: Option<&str>,
        cancel: &CancelToken,
    ) -> Result<Option<String>, CatalogError> {
        let path = self.finished(name);
        if !path.is_file() {
            return Ok(None);
        }
        let found = sha256_of_file(&path, cancel, &mut |_| {})?;
        Ok(Some(found).filter(|found| expected.is_none_or(|expected| expected == found)))
    }

    /// Moves a grown file to its place if its hash is right; sets it aside if not.
    pub(crate) fn accept(
        &self,
        name: &str,
        part: &Path,
        expected: Option<&str>,
        cancel: &CancelToken,
        reporter: &mut Reporter,
    ) -> Result<String, CatalogError> {
        let total = fs::metadata(part).ok().map(|meta| meta.len());
        let found = sha256_of_file(part, cancel, &mut |done| {
            reporter.tell(name, PullStage::Verifying, done, total);
        })?;
        match expected.filter(|expected| *expected != found) {
            None => {
                rename(part, &self.finished(name))?;
                Ok(found)
            }
            Some(expected) => {
                let aside = self.folder.join(format!("{name}.rejected"));
                rename(part, &aside)?;
                Err(CatalogError::HashMismatch {
                    file: aside,
                    expected: expected.to_owned(),
                    found,
                })
            }
        }
    }

    /// Puts the finished files where models are found, in one step, replacing what was there.
    pub(crate) fn install(self, models: &Path, manifest: &Manifest) -> Result<(), CatalogError> {
        self.remove_all_but(manifest)?;
        manifest.write(&self.folder)?;
        let home = models.join(manifest.id.as_str());
        let partial = models.join(FOLDER);
        let old = format!("{}.old", manifest.id);
        remove_unfinished(&partial, &old)?;
        if home.exists() {
            rename(&home, &partial.join(&old))?;
        }
        rename(&self.folder, &home)?;
        remove_unfinished(&partial, &old)?;
        remove_unfinished(&partial, manifest.id.as_str())
    }

    fn remove_all_but(&self, manifest: &Manifest) -> Result<(), CatalogError> {
        let entries = fs::read_dir(&self.folder).map_err(|e| CatalogError::io(&self.folder, e))?;
        for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
            let name = path.file_name().unwrap_or_default();
            let kept =
                name == yinju_owned::MARK || manifest.files.iter().any(|file| name == &*file.name);
            // A folder was not put there by this program.
            if !kept && !path.is_dir() {
                fs::remove_file(&path).map_err(|e| CatalogError::io(&path, e))?;
            }
        }
        Ok(())
    }
}

pub(crate) fn make_folder(folder: &Path) -> Result<(), CatalogError> {
    fs::create_dir_all(folder).map_err(|e| CatalogError::io(folder, e))
}

/// Makes a folder of unfinished files. All below [`FOLDER`] is this program's, also what versions
/// without marks left there.
fn own(folder: &Path) -> Result<(), CatalogError> {
    make_folder(folder)?;
    yinju_owned::mark(folder).map_err(|e| CatalogError::io(folder, e))
}

/// Removes a folder of unfinished files, which may be absent.
pub(crate) fn remove_unfinished(partial: &Path, name: &str) -> Result<(), CatalogError> {
    let folder = partial.join(name);
    let removed = yinju_owned::mark(&folder).and_then(|()| yinju_owned::remove(partial, name));
    removed.map_err(|e| CatalogError::io(&folder, e))
}

pub(crate) fn rename(from: &Path, to: &Path) -> Result<(), CatalogError> {
    fs::rename(from, to).map_err(|e| CatalogError::io(from, e))
}
