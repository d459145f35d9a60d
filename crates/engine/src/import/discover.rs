//! Which files are meant by the paths a person names.

use std::path::{Path, PathBuf};
use walkdir::WalkDir;
use yinju_core::{Problem, ProblemCode};

/// What the paths lead to.
pub(super) struct Found {
    /// Absolute paths, each once, in a steady order.
    pub(super) files: Vec<PathBuf>,
    /// Paths that lead nowhere.
    pub(super) missing: Vec<(PathBuf, Problem)>,
}

/// What a folder is searched for. A file that is named is taken whatever it is called.
const EXTENSIONS: [&str; 8] = ["pdf", "txt", "md", "markdown", "html", "htm", "epub", "docx"];

/// Files as named, and the readable ones in folders at any depth.
pub(super) fn files(paths: &[PathBuf]) -> Found {
    let mut found = Found { files: Vec::new(), missing: Vec::new() };
    for path in paths {
        if path.is_dir() {
            found.files.extend(readable_in(path));
        } else if path.exists() {
            found.files.push(std::path::absolute(path).unwrap_or_else(|_| path.clone()));
        } else {
            let message = format!("{} does not exist", path.display());
            let problem = Problem::new(ProblemCode::FileNotFound, message).hint("check the path");
            found.missing.push((path.clone(), problem));
        }
    }
    let mut seen = std::collections::HashSet::new();
    found.files.retain(|file| seen.insert(file.clone()));
    found
}

fn readable_in(folder: &Path) -> Vec<PathBuf> {
    WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file() && is_readable(entry.path()))
        .map(|entry| std::path::absolute(entry.path()).unwrap_or_else(|_| entry.into_path()))
        .collect()
}

fn is_readable(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default();
    !is_lock(path) && EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known))
}

/// Word and `LibreOffice` put such a file beside each one that is open.
fn is_lock(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with("~$") || name.starts_with(".~")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_give_what_can_be_read_and_files_are_taken_as_named() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("deep")).unwrap();
        for name in ["b.PDF", "c.docx", "deep/a.pdf", "deep/e.Epub", "x.png", "~$c.docx"] {
            std::fs::write(folder.path().join(name), "x").unwrap();
        }
        let typed = folder.path().join("x.png");
        let gone = folder.path().join("gone.pdf");
        let found = files(&[folder.path().to_owned(), typed.clone(), typed, gone]);
        let names: Vec<_> =
            found.files.iter().map(|f| f.file_name().unwrap().to_string_lossy()).collect();
        assert_eq!(names, ["b.PDF", "c.docx", "a.pdf", "e.Epub", "x.png"]);
        assert_eq!(found.missing.len(), 1);
    }
}
