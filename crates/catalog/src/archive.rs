//! Takes files out of packages (wheels are zip archives). Names inside are never used as paths on
//! this machine without being checked.

use crate::error::CatalogError;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use yinju_core::CancelToken;
use zip::ZipArchive;
use zip::result::ZipError;

/// What is copied at once.
const CHUNK: usize = 1 << 20;
/// Stands for the longest file of a package.
const LARGEST: &str = "largest";

/// Appends a member of a package to `out`.
pub(crate) fn append_member(
    package: &Path,
    member: &str,
    out: &mut File,
    out_path: &Path,
    cancel: &CancelToken,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), CatalogError> {
    let mut archive = open(package)?;
    let index = find(&mut archive, member).map_err(|e| unreadable(package, &e))?;
    let index = index.ok_or_else(|| CatalogError::Package {
        file: package.to_owned(),
        reason: format!("{member} is not in it"),
    })?;
    let mut file = archive.by_index(index).map_err(|e| unreadable(package, &e))?;
    let mut chunk = vec![0; CHUNK];
    let mut done = 0;
    loop {
        if cancel.is_cancelled() {
            return Err(CatalogError::Cancelled);
        }
        let read = file.read(&mut chunk).map_err(|e| CatalogError::Package {
            file: package.to_owned(),
            reason: e.to_string(),
        })?;
        if read == 0 {
            return Ok(());
        }
        out.write_all(&chunk[..read]).map_err(|e| CatalogError::io(out_path, e))?;
        done += read as u64;
        on_bytes(done);
    }
}

/// Writes every member with `/marker` in its path under `folder`, by what follows the marker.
pub(crate) fn extract_under(
    package: &Path,
    marker: &str,
    folder: &Path,
) -> Result<(), CatalogError> {
    let mut archive = open(package)?;
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).map_err(|e| unreadable(package, &e))?;
        let Some(name) = file.enclosed_name() else { continue };
        let Some(inner) = after_marker(&name, marker) else { continue };
        let path = folder.join(inner);
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent).map_err(|e| CatalogError::io(parent, e))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(|e| CatalogError::io(package, e))?;
        fs::write(&path, bytes).map_err(|e| CatalogError::io(&path, e))?;
    }
    Ok(())
}

fn after_marker(name: &Path, marker: &str) -> Option<PathBuf> {
    let name = name.to_str()?.replace('\\', "/");
    let (_, inner) = name.split_once(&format!("/{marker}"))?;
    (!inner.is_empty() && !inner.ends_with('/')).then(|| PathBuf::from(inner))
}

fn open(package: &Path) -> Result<ZipArchive<File>, CatalogError> {
    let file = File::open(package).map_err(|e| CatalogError::io(package, e))?;
    ZipArchive::new(file).map_err(|e| unreadable(package, &e))
}

fn find(archive: &mut ZipArchive<File>, member: &str) -> Result<Option<usize>, ZipError> {
    let mut best: Option<(u64, usize)> = None;
    for index in 0..archive.len() {
        let file = archive.by_index(index)?;
        if file.name().as_ref().is_ok_and(|name| *name == member) {
            return Ok(Some(index));
        }
        best = best.max(Some((file.size(), index)));
    }
    Ok(best.filter(|_| member == LARGEST).map(|(_, index)| index))
}

fn unreadable(package: &Path, error: &ZipError) -> CatalogError {
    CatalogError::Package { file: package.to_owned(), reason: error.to_string() }
}
