//! Which files are meant by the paths a person names, and why any other is not: nothing is passed over
//! without a word. The file system is asked by a thread of its own, since a network share that is gone
//! may never answer.

use serde::{Deserialize, Serialize};
use std::collections::{HashSet, VecDeque};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};
use walkdir::WalkDir;
use yinju_core::{CancelToken, Problem, ProblemCode};

/// A folder that gives nothing for so long is given up. Default: as long as a reader may be silent.
const PATIENCE: Duration = Duration::from_mins(1);
/// How often it is looked whether the person stopped it.
const GLANCE: Duration = Duration::from_millis(100);

/// What the paths lead to.
#[derive(Default)]
pub(super) struct Found {
    /// Absolute paths, each once, in a steady order.
    pub(super) files: Vec<PathBuf>,
    /// Paths that lead nowhere.
    pub(super) missing: Vec<(PathBuf, Problem)>,
    /// What stands in folders and is not imported.
    pub(super) skipped: Vec<Skipped>,
}

/// Something in a folder that is not imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// What.
    #[serde(serialize_with = "yinju_core::path::lossy")]
    pub path: PathBuf,
    /// Why.
    pub reason: SkipReason,
}

/// Why something in a folder is not imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// A folder that cannot be listed, or not to its end.
    UnreadableFolder,
    /// A link that leads nowhere.
    BrokenLink,
    /// A link to a folder that it lies in.
    LinkCircle,
    /// A link to what is imported anyway.
    SameFile,
    /// A pipe, a socket or a device.
    NotARegularFile,
    /// A file that nothing here reads.
    UnsupportedKind,
    /// What an operating system or a program keeps for itself.
    SystemFile,
}

/// What a folder is searched for. A file that is named is taken whatever it is called.
const EXTENSIONS: &[&str] = &[
    "pdf", "txt", "text", "md", "markdown", "html", "htm", "xhtml", "epub", "fb2", "docx", "docm",
    "doc", "dot", "ppt", "pps", "pot", "dotx", "odt", "ott", "rtf", "pptx", "pptm", "ppsx", "potx",
    "odp", "otp", "xlsx", "xlsm", "xltx", "xlsb", "xls", "ods", "ots", "csv", "tsv", "eml", "msg",
    "ipynb", "rst", "org", "tex", "jsonl", "zip", "cbz", "tar", "tgz", "gz", "mbox", "png", "jpg",
    "jpeg", "tif", "tiff", "webp", "bmp", "gif", "heic", "heif", "djvu", "djv",
];

/// Files of systems, in every folder some of them look at.
const SYSTEM_FILES: [&str; 4] = [".DS_Store", "Thumbs.db", "desktop.ini", ".directory"];

/// What comes out of the file system, one at a time.
enum News {
    /// Nothing to be told, but it answers.
    Alive,
    File(PathBuf),
    /// A file by a link, and where it is.
    Linked(PathBuf, PathBuf),
    Missing(PathBuf, Problem),
    Skipped(PathBuf, SkipReason),
    /// All of a path that was named.
    End,
}

/// Files as named, and the readable ones in folders at any depth, whatever links lead to.
pub(super) fn files(paths: &[PathBuf], cancel: &CancelToken) -> Found {
    let mut found = Found::default();
    let mut linked = Vec::new();
    for path in paths {
        let (tell, news) = channel();
        let start = path.clone();
        std::thread::spawn(move || walk(&start, &tell));
        let mut heard = Instant::now();
        loop {
            match news.recv_timeout(GLANCE) {
                Ok(News::End) | Err(RecvTimeoutError::Disconnected) => break,
                Ok(news) => {
                    heard = Instant::now();
                    note(news, &mut found, &mut linked);
                }
                Err(RecvTimeoutError::Timeout) if cancel.is_cancelled() => return found,
                Err(RecvTimeoutError::Timeout) if heard.elapsed() < PATIENCE => {}
                Err(RecvTimeoutError::Timeout) => {
                    found.missing.push((path.clone(), silent(path)));
                    break;
                }
            }
        }
    }
    once(found, linked)
}

/// The readable files in a folder, each once, and the folders in it that cannot be listed; none where it
/// does not answer.
pub(crate) fn readable_files(
    folder: &Path,
    cancel: &CancelToken,
) -> Option<(Vec<PathBuf>, Vec<PathBuf>)> {
    let Found { files, missing, skipped } = files(&[folder.to_owned()], cancel);
    let unread = skipped.into_iter().filter(|s| s.reason == SkipReason::UnreadableFolder);
    missing.is_empty().then(|| (files, unread.map(|skipped| skipped.path).collect()))
}

fn note(news: News, found: &mut Found, linked: &mut Vec<(PathBuf, PathBuf)>) {
    match news {
        News::File(path) => found.files.push(path),
        News::Linked(link, real) => linked.push((link, real)),
        News::Missing(path, problem) => found.missing.push((path, problem)),
        News::Skipped(path, reason) => found.skipped.push(Skipped { path, reason }),
        News::Alive | News::End => {}
    }
}

/// Each file once: as itself where it is among them, else by the first link to it.
fn once(mut found: Found, linked: Vec<(PathBuf, PathBuf)>) -> Found {
    let mut seen = HashSet::new();
    found.files.retain(|file| seen.insert(file.clone()));
    for (link, real) in linked {
        let is_new = !seen.contains(&link) && seen.insert(real);
        if is_new {
            seen.insert(link.clone());
            found.files.push(link);
        } else if !found.files.contains(&link) {
            found.skipped.push(Skipped { path: link, reason: SkipReason::SameFile });
        }
    }
    found
}

fn silent(path: &Path) -> Problem {
    let message = format!("{} does not answer", path.display());
    Problem::new(ProblemCode::FileUnreadable, message)
        .hint("the disk or the network share it lies on is not there; try again when it is")
}

/// Goes through what was named. Nobody may listen any more.
fn walk(path: &Path, tell: &Sender<News>) {
    let path = &std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    match path.metadata() {
        Ok(metadata) if metadata.is_dir() => walk_folder(path, tell),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let message = format!("{} does not exist", path.display());
            let problem = Problem::new(ProblemCode::FileNotFound, message).hint("check the path");
            let _ = tell.send(News::Missing(path.clone(), problem));
        }
        // Whatever is wrong with it is said when it is opened.
        Ok(_) | Err(_) => drop(tell.send(News::File(path.clone()))),
    }
    let _ = tell.send(News::End);
}

/// A folder with all it holds, then what links in it lead to, and so on: what can be reached without a
/// link is named without one, and no folder is listed twice.
fn walk_folder(folder: &Path, tell: &Sender<News>) {
    let mut seen = HashSet::new();
    let mut starts = VecDeque::from([folder.to_owned()]);
    while let Some(start) = starts.pop_front() {
        let mut entries = WalkDir::new(&start).sort_by_file_name().into_iter();
        while let Some(entry) = entries.next() {
            let news = match entry {
                // What is begun with is a folder, by a link or not.
                Ok(entry) if entry.file_type().is_dir() || entry.depth() == 0 => {
                    let news = of_folder(entry.path(), &mut seen);
                    if !matches!(news, News::Alive) {
                        entries.skip_current_dir();
                    }
                    news
                }
                Ok(entry) if entry.path_is_symlink() => of_link(entry.path(), &mut starts),
                Ok(entry) => of_file(entry.path(), entry.file_type().is_file()),
                Err(error) => {
                    let path = error.path().unwrap_or(folder).to_owned();
                    News::Skipped(path, SkipReason::UnreadableFolder)
                }
            };
            if tell.send(news).is_err() {
                return;
            }
        }
    }
}

fn of_folder(path: &Path, seen: &mut HashSet<PathBuf>) -> News {
    match path.canonicalize() {
        Ok(real) if seen.insert(real.clone()) => News::Alive,
        Ok(real) if leads_back(path, &real) => {
            News::Skipped(path.to_owned(), SkipReason::LinkCircle)
        }
        Ok(_) => News::Skipped(path.to_owned(), SkipReason::SameFile),
        Err(_) => News::Skipped(path.to_owned(), SkipReason::UnreadableFolder),
    }
}

/// A folder that a link leads to is gone through later, unless the link lies in it: then that would be
/// all there is above.
fn of_link(path: &Path, later: &mut VecDeque<PathBuf>) -> News {
    let real = match path.canonicalize() {
        Ok(real) => real,
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            return News::Skipped(path.to_owned(), SkipReason::UnreadableFolder);
        }
        Err(_) => return News::Skipped(path.to_owned(), SkipReason::BrokenLink),
    };
    if !real.is_dir() {
        return of_file(path, real.is_file());
    }
    if leads_back(path, &real) {
        return News::Skipped(path.to_owned(), SkipReason::LinkCircle);
    }
    later.push_back(path.to_owned());
    News::Alive
}

/// Whether a link lies in the folder it leads to.
fn leads_back(link: &Path, real: &Path) -> bool {
    let folder = link.parent().and_then(|parent| parent.canonicalize().ok());
    folder.is_some_and(|folder| folder.starts_with(real))
}

fn of_file(path: &Path, is_regular: bool) -> News {
    let skipped = |reason| News::Skipped(path.to_owned(), reason);
    if !is_regular {
        return skipped(SkipReason::NotARegularFile);
    }
    if is_of_the_system(path) {
        return skipped(SkipReason::SystemFile);
    }
    if !is_readable(path) {
        return skipped(SkipReason::UnsupportedKind);
    }
    match path.canonicalize() {
        Ok(real) if real != path => News::Linked(path.to_owned(), real),
        _ => News::File(path.to_owned()),
    }
}

fn is_readable(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default();
    EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known))
}

/// Word and `LibreOffice` put a file beside each one that is open, and macOS beside each one on a disk of
/// another system.
fn is_of_the_system(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    SYSTEM_FILES.iter().any(|known| *known == name)
        || ["~$", ".~", "._"].iter().any(|start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(paths: &[PathBuf]) -> Vec<String> {
        let name = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
        paths.iter().map(name).collect()
    }

    fn found(paths: &[PathBuf]) -> Found {
        files(paths, &CancelToken::new())
    }

    #[test]
    fn folders_give_what_can_be_read_and_files_are_taken_as_named() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        std::fs::create_dir(root.join("deep")).unwrap();
        for name in ["b.PDF", "c.docx", "deep/a.pdf", "deep/e.Epub", "x.dwg", "~$c.docx"] {
            std::fs::write(root.join(name), "x").unwrap();
        }
        let typed = root.join("x.dwg");
        let found = found(&[root.clone(), typed.clone(), typed, root.join("gone.pdf")]);
        assert_eq!(names(&found.files), ["b.PDF", "c.docx", "a.pdf", "e.Epub", "x.dwg"]);
        assert_eq!(found.missing.len(), 1);
        let skipped = |name: &str, reason| Skipped { path: root.join(name), reason };
        let expected = [
            skipped("x.dwg", SkipReason::UnsupportedKind),
            skipped("~$c.docx", SkipReason::SystemFile),
        ];
        assert_eq!(found.skipped, expected);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_once_and_what_is_no_file_is_named() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let (inside, outside) = (root.join("in"), root.join("out"));
        std::fs::create_dir_all(inside.join("deep")).unwrap();
        std::fs::create_dir(&outside).unwrap();
        std::fs::write(inside.join("b.pdf"), "b").unwrap();
        std::fs::write(outside.join("o.pdf"), "o").unwrap();
        symlink(inside.join("b.pdf"), inside.join("a link to b.pdf")).unwrap();
        symlink("/", inside.join("everything")).unwrap();
        symlink(&outside, inside.join("c")).unwrap();
        symlink(&outside, inside.join("d")).unwrap();
        symlink(&inside, inside.join("deep/circle")).unwrap();
        symlink(root.join("gone"), inside.join("gone.pdf")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(inside.join("s.pdf")).unwrap();
        let found = found(std::slice::from_ref(&inside));
        assert_eq!(found.files, [inside.join("b.pdf"), inside.join("c/o.pdf")]);
        let mut skipped = found.skipped;
        skipped.sort_by(|a, b| a.path.cmp(&b.path));
        let expected = [
            ("a link to b.pdf", SkipReason::SameFile),
            ("d", SkipReason::SameFile),
            ("deep/circle", SkipReason::LinkCircle),
            ("everything", SkipReason::LinkCircle),
            ("gone.pdf", SkipReason::BrokenLink),
            ("s.pdf", SkipReason::NotARegularFile),
        ];
        let expected = expected.map(|(name, reason)| Skipped { path: inside.join(name), reason });
        assert_eq!(skipped, expected);
    }
}
