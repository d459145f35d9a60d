//! The home folder: what lies where, the lock that keeps two processes apart, and the mark that tells
//! how the last one left it. What it holds is its owner's alone.

use crate::Result;
use crate::reserve::{self, is_about_room};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant, UNIX_EPOCH};
use yinju_core::{ModelId, Problem, ProblemCode};
use yinju_store::Store;

/// How long another process may take to let go: a window that was just closed is still saving.
const PATIENCE: Duration = Duration::from_secs(2);
/// By these an index of a version that marked no folders is known.
const INDEX_FILES: [&str; 2] = ["index.json", "lock"];
const POLL: Duration = Duration::from_millis(50);

/// What lies in the home and is made by this program. Models may lie beside it; they are not secret,
/// and are used by other homes too.
const OURS: [&str; 7] =
    ["yinju.db", "yinju.db-wal", "yinju.db-shm", "home.lock", "reserve", "index", "backups"];

/// Whether a file is, or would be, one of those that this program makes in a home.
pub fn is_programs_own(home: &Path, file: &Path) -> bool {
    let Ok(home) = home.canonicalize() else { return false };
    // The file need not be there yet; what leads to it is, and may lead round by links.
    let missing = file.ancestors().take_while(|part| part.canonicalize().is_err()).count();
    let Some(there) = file.ancestors().nth(missing).and_then(|part| part.canonicalize().ok())
    else {
        return false;
    };
    let rest = file.components().rev().take(missing).collect::<Vec<_>>().into_iter().rev();
    let real: PathBuf = there.components().chain(rest).collect();
    let below = real.strip_prefix(&home).ok().map(|below| below.components().next());
    match below {
        None => false,
        // The home itself.
        Some(None) => true,
        Some(Some(first)) => OURS.iter().any(|own| first.as_os_str() == *own),
    }
}

/// A home that this process holds. The lock goes when the value does, or when the process dies.
pub(crate) struct Home {
    folder: PathBuf,
    lock: File,
    left: Left,
    is_sealed: bool,
    store: OnceLock<Arc<Store>>,
}

/// How the last process left a home.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Left {
    /// It does not say: it is new, or was written by an older version.
    Unknown,
    /// It did not get to close it. The number is the schema of the store.
    Open(u32),
    /// It met with damage.
    Suspect(u32),
    /// It closed a store of this schema; the file was of this size and last written then.
    Closed(u32, Seal),
}

/// Size of a file, and when it was last written, in nanoseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seal {
    bytes: u64,
    written: u128,
}

impl Home {
    /// Makes the folder if needed and takes its lock.
    pub(crate) fn lock(folder: &Path) -> Result<Self> {
        let unusable = |error: io::Error| unusable(folder, &error);
        make_folder(folder).map_err(unusable)?;
        let mut lock = private(&folder.join("home.lock")).map_err(unusable)?;
        let end = Instant::now() + PATIENCE;
        loop {
            match lock.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if Instant::now() < end => thread::sleep(POLL),
                Err(TryLockError::WouldBlock) => return Err(in_use(folder)),
                Err(TryLockError::Error(error)) => return Err(unusable(error)),
            }
        }
        let left = Left::read(&mut lock);
        let seal = seal(folder);
        let is_sealed = matches!(left, Left::Closed(_, then) if Some(then) == seal);
        let folder = folder.to_owned();
        let home = Self { folder, lock, left, is_sealed, store: OnceLock::new() };
        home.make_private();
        reserve::give_up_if_full(&home.folder);
        Ok(home)
    }

    /// Keeps the open store. From now on a crash is told by the mark.
    pub(crate) fn hold(&self, store: Store) {
        self.mark(&format!("open {}", yinju_store::VERSION));
        if self.store.set(Arc::new(store)).is_err() {
            tracing::warn!("the store was open already");
        }
    }

    /// The open store, once there is one.
    pub(crate) fn open_store(&self) -> Option<&Arc<Store>> {
        self.store.get()
    }

    /// How the last process left it.
    pub(crate) fn left(&self) -> Left {
        self.left
    }

    /// The store's file.
    pub(crate) fn store_file(&self) -> PathBuf {
        store_file(&self.folder)
    }

    /// Whether the store's file was as the last process closed it.
    pub(crate) fn is_sealed(&self) -> bool {
        self.is_sealed
    }

    /// Whether a library was kept here, whatever became of the store.
    pub(crate) fn shows_a_library(&self) -> bool {
        let holds = |name: &str| {
            let entries = fs::read_dir(self.folder.join(name));
            entries.is_ok_and(|mut entries| entries.next().is_some())
        };
        holds("index")
            || holds("backups")
            || log_of(&self.store_file()).metadata().is_ok_and(|log| log.len() > 0)
    }

    /// The folder of an encoder's index.
    pub(crate) fn index(&self, encoder: &ModelId) -> PathBuf {
        self.folder.join("index").join(encoder.as_str())
    }

    /// Encoders that have a folder for their index.
    pub(crate) fn indexes(&self) -> Vec<ModelId> {
        let Ok(entries) = fs::read_dir(self.folder.join("index")) else { return Vec::new() };
        let folders = entries.flatten().filter(|entry| entry.path().is_dir());
        folders.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
    }

    /// The folder itself.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Takes from others what they could do with what lies here, whatever the mask was when it was
    /// made.
    pub(crate) fn make_private(&self) {
        let own = OURS.map(|name| self.folder.join(name));
        let kept = restrict(&self.folder, false)
            .and_then(|()| own.iter().try_for_each(|path| restrict(path, true)));
        if let Err(error) = kept {
            tracing::warn!(%error, "others on this machine may read the home folder");
        }
    }

    /// Leaves the home in good order: all that was written is in the store's file, and the mark tells
    /// how it looks. Whoever writes after that is told by the mark too.
    pub(crate) fn leave(&self) {
        let Some(store) = self.store.get() else { return };
        if let Err(error) = store.truncate_log() {
            tracing::warn!(%error, "the store is closed with its log");
        }
        self.make_private();
        let schema = yinju_store::VERSION;
        match seal(&self.folder) {
            _ if yinju_store::damage_was_seen() => self.mark(&format!("suspect {schema}")),
            Some(Seal { bytes, written }) => {
                self.mark(&format!("closed {schema} {bytes} {written}"));
            }
            None => {}
        }
    }

    /// Writes how the home is left. On a full disk nothing may be written: no mark is one too.
    fn mark(&self, text: &str) {
        let mut lock = &self.lock;
        let written = lock
            .set_len(0)
            .and_then(|()| lock.rewind())
            .and_then(|()| lock.write_all(text.as_bytes()));
        if let Err(error) = written {
            tracing::debug!(%error, "the home is left without a mark");
        }
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        self.leave();
    }
}

impl Left {
    fn read(lock: &mut File) -> Self {
        let mut text = String::new();
        let read = lock.take(200).read_to_string(&mut text);
        read.ok().and_then(|_| Self::parse(&text)).unwrap_or(Self::Unknown)
    }

    fn parse(text: &str) -> Option<Self> {
        let words: Vec<&str> = text.split_whitespace().collect();
        Some(match words.as_slice() {
            ["open", schema] => Self::Open(schema.parse().ok()?),
            ["suspect", schema] => Self::Suspect(schema.parse().ok()?),
            ["closed", schema, bytes, written] => {
                let seal = Seal { bytes: bytes.parse().ok()?, written: written.parse().ok()? };
                Self::Closed(schema.parse().ok()?, seal)
            }
            _ => return None,
        })
    }

    /// The schema of the store, where it is told.
    pub(crate) fn schema(self) -> Option<u32> {
        match self {
            Self::Unknown => None,
            Self::Open(schema) | Self::Suspect(schema) | Self::Closed(schema, _) => Some(schema),
        }
    }
}

/// None while the log holds what the file does not.
fn seal(home: &Path) -> Option<Seal> {
    let file = store_file(home);
    if log_of(&file).metadata().is_ok_and(|log| log.len() > 0) {
        return None;
    }
    let about = file.metadata().ok()?;
    let written = about.modified().ok()?.duration_since(UNIX_EPOCH).ok()?.as_nanos();
    Some(Seal { bytes: about.len(), written })
}

/// The store's file in a home.
pub(crate) fn store_file(home: &Path) -> PathBuf {
    home.join("yinju.db")
}

/// The log beside a store's file.
pub(crate) fn log_of(store: &Path) -> PathBuf {
    let mut name = store.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

/// A folder for its owner alone, made if it is not there.
pub(crate) fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(folder)
}

/// A file for its owner alone, made if it is not there. What is no file is not opened: a link leads to
/// somebody's own, and a pipe has nobody at its other end.
pub(crate) fn private(path: &Path) -> io::Result<File> {
    if fs::symlink_metadata(path).is_ok_and(|about| !about.is_file()) {
        return Err(io::Error::other(format!("{} is no file of Yinju's", path.display())));
    }
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

/// Leaves a file, or a folder and, if so wished, what is in it, to its owner alone. Links lead out
/// of the home and are left as they are.
#[cfg(unix)]
fn restrict(path: &Path, and_below: bool) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let about = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        about => about?,
    };
    let is_folder = about.is_dir();
    let wanted = if is_folder { 0o700 } else { 0o600 };
    let is_ours = is_folder || about.is_file();
    if is_ours && about.permissions().mode() & 0o777 != wanted {
        fs::set_permissions(path, fs::Permissions::from_mode(wanted))?;
    }
    if is_folder && and_below {
        for entry in fs::read_dir(path)? {
            restrict(&entry?.path(), true)?;
        }
    }
    Ok(())
}

/// Elsewhere a person's data folder is theirs alone by what it inherits.
#[cfg(not(unix))]
fn restrict(_: &Path, _: bool) -> io::Result<()> {
    Ok(())
}

/// Makes the folder of an index, if it is not there.
pub(crate) fn make_index(folder: &Path) -> Result<()> {
    yinju_owned::make(folder, &INDEX_FILES).map_err(|error| unusable(folder, &error))
}

/// Removes the folder of an index; one that is absent is removed already.
pub(crate) fn remove_index(folder: &Path) -> Result<()> {
    if folder.is_dir() {
        make_index(folder)?;
    }
    let Some((indexes, name)) = folder.parent().zip(folder.file_name()) else { return Ok(()) };
    yinju_owned::remove(indexes, name).map_err(|error| unusable(folder, &error))
}

fn in_use(folder: &Path) -> Problem {
    let message = format!("{} is in use by another Yinju", folder.display());
    Problem::new(ProblemCode::HomeInUse, message)
        .hint("close the other window or command, or choose another --home")
}

/// What a failure in the home folder is to a person.
pub(crate) fn unusable(folder: &Path, error: &io::Error) -> Problem {
    if is_about_room(error) {
        return reserve::full(error);
    }
    let message = format!("{} cannot be used: {error}", folder.display());
    Problem::new(ProblemCode::HomeUnusable, message)
        .hint("check that the folder may be written, or choose another --home")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_read_as_it_was_written() {
        let check = |text, expected| assert_eq!(Left::parse(text), expected, "{text}");
        let seal = Seal { bytes: 4096, written: 17 };
        check("closed 5 4096 17", Some(Left::Closed(5, seal)));
        check("open 5", Some(Left::Open(5)));
        check("suspect 6", Some(Left::Suspect(6)));
        check("", None);
        check("closed 5", None);
    }

    #[cfg(unix)]
    #[test]
    fn a_lock_that_leads_elsewhere_is_refused_and_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let thesis = folder.path().join("thesis");
        fs::write(&thesis, "mine").unwrap();
        let home = folder.path().join("home");
        fs::create_dir(&home).unwrap();
        std::os::unix::fs::symlink(&thesis, home.join("home.lock")).unwrap();
        assert_eq!(Home::lock(&home).err().unwrap().code, ProblemCode::HomeUnusable);
        assert_eq!(fs::read_to_string(&thesis).unwrap(), "mine");
    }

    #[cfg(unix)]
    #[test]
    fn a_home_is_its_owners_alone_whatever_it_was() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let index = folder.path().join("index/e5");
        fs::create_dir_all(&index).unwrap();
        fs::write(index.join("meta.json"), "{}").unwrap();
        fs::write(folder.path().join("yinju.db"), "").unwrap();
        let (meta, above) = (index.join("meta.json"), folder.path().join("index"));
        for open in [index.as_path(), &meta, folder.path(), &above] {
            fs::set_permissions(open, fs::Permissions::from_mode(0o777)).unwrap();
        }
        let home = Home::lock(folder.path()).unwrap();
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(folder.path()), 0o700);
        assert_eq!(mode(&index), 0o700);
        for file in [index.join("meta.json"), home.store_file(), folder.path().join("home.lock")] {
            assert_eq!(mode(&file), 0o600, "{}", file.display());
        }
    }
}
