//! Takes files out of packages (wheels are zip archives). Names inside are never used as paths on
//! this machine without being checked.

use anyhow::{Context, Result};
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use zip::ZipArchive;

/// What is copied at once.
const CHUNK: usize = 1 << 20;
/// Stands for the longest file of a package.
const LARGEST: &str = "largest";

/// Appends a member of a package to `out`.
pub fn append_member(
    package: &Path,
    member: &str,
    out: &mut File,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<()> {
    let mut archive = open(package)?;
    let index = find(&mut archive, member)?
        .with_context(|| format!("{member} is not in {}", package.display()))?;
    let mut file = archive.by_index(index)?;
    let mut chunk = vec![0; CHUNK];
    let mut done = 0;
    loop {
        let read = file.read(&mut chunk).with_context(|| package.display().to_string())?;
        if read == 0 {
            return Ok(());
        }
        out.write_all(&chunk[..read])?;
        done += read as u64;
        on_bytes(done);
    }
}

/// Writes every member with `/marker` in its path under `folder`, by what follows the marker.
pub fn extract_under(package: &Path, marker: &str, folder: &Path) -> Result<()> {
    let mut archive = open(package)?;
    for index in 0..archive.len() {
        let mut file = archive.by_index(index)?;
        let Some(name) = file.enclosed_name() else { continue };
        let Some(inner) = after_marker(&name, marker) else { continue };
        let path = folder.join(inner);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        fs::write(&path, bytes).with_context(|| path.display().to_string())?;
    }
    Ok(())
}

fn after_marker(name: &Path, marker: &str) -> Option<PathBuf> {
    let name = name.to_str()?.replace('\\', "/");
    let (_, inner) = name.split_once(&format!("/{marker}"))?;
    (!inner.is_empty() && !inner.ends_with('/')).then(|| PathBuf::from(inner))
}

fn open(package: &Path) -> Result<ZipArchive<File>> {
    let named = || package.display().to_string();
    let file = File::open(package).with_context(named)?;
    ZipArchive::new(file).with_context(named)
}

fn find(archive: &mut ZipArchive<File>, member: &str) -> Result<Option<usize>> {
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
