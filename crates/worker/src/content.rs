//! A file that is opened once and hashed, and whose bytes are handed out as they were hashed. A small
//! file is kept whole from then on; of a larger one each stretch is compared with what was hashed when
//! it is fetched again. So nobody who writes to the file, or puts another in its place, can make words
//! of one file stand under the hash of another. Not here: what the bytes mean.

use sha2::{Digest, Sha256};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs::{File, Metadata};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant, SystemTime};
use yinju_core::ports::Hashing;
use yinju_core::{CancelToken, FileContent, Problem, ProblemCode};
use yinju_flow::{Kind, MOST_BYTES};

/// Bytes that are fetched and compared together.
const BLOCK: usize = 128 << 10;
/// So many blocks are kept: a file of up to 32 MiB is read from its disk once.
const KEPT_BLOCKS: usize = 256;

/// How often the caller hears that hashing goes on.
const TELL_EVERY: Duration = Duration::from_millis(500);
/// A file that somebody writes to is waited for so long, and looked at so often.
const SETTLING: Duration = Duration::from_secs(10);
const GLANCE: Duration = Duration::from_millis(250);

/// A cursor over the bytes of an open file; a clone has a place of its own.
#[derive(Clone)]
pub struct HashedFile {
    inner: Rc<Inner>,
    at: u64,
}

struct Inner {
    file: File,
    content: FileContent,
    stamp: Stamp,
    /// Of each block in order; none where all blocks are kept.
    hashes: Vec<[u8; 32]>,
    kept: RefCell<Kept>,
    changed: Cell<bool>,
}

impl HashedFile {
    /// Opens a regular file of at most so many bytes and hashes it.
    pub fn open(
        path: &Path,
        most_bytes: u64,
        cancel: &CancelToken,
        on_progress: &mut dyn FnMut(Hashing) -> Result<(), Problem>,
    ) -> Result<Self, Problem> {
        let given_up = Instant::now() + SETTLING;
        loop {
            let file = open(path)?;
            let before = regular(path, &file)?;
            refuse_too_large(path, &file, before.len(), most_bytes)?;
            let stamp = Stamp::of(&before);
            let hashed = hash(path, file, stamp, cancel, on_progress)?;
            if hashed.inner.is_as_it_was() {
                return Ok(hashed);
            }
            settle(path, given_up, cancel, on_progress)?;
        }
    }

    /// What it holds.
    pub fn content(&self) -> &FileContent {
        &self.inner.content
    }

    /// Whether the file is still what was hashed, as far as anybody can tell without reading it: what
    /// came out of it was.
    pub fn check(&self, path: &Path) -> Result<(), Problem> {
        if self.inner.changed.get() || !self.inner.is_as_it_was() {
            return Err(changed(path));
        }
        Ok(())
    }

    /// Fails once a stretch came that is not what was hashed.
    pub fn check_read(&self, path: &Path) -> Result<(), Problem> {
        if self.inner.changed.get() { Err(changed(path)) } else { Ok(()) }
    }
}

impl Read for HashedFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let (block, start) = (self.at / BLOCK as u64, (self.at % BLOCK as u64) as usize);
        if self.at >= self.inner.content.bytes || buffer.is_empty() {
            return Ok(0);
        }
        let copied = self.inner.with_block(block, |bytes| {
            let bytes = bytes.get(start..).unwrap_or_default();
            let length = bytes.len().min(buffer.len());
            buffer[..length].copy_from_slice(&bytes[..length]);
            length
        })?;
        self.at += copied as u64;
        Ok(copied)
    }
}

impl Seek for HashedFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::End(offset) => self.inner.content.bytes.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.at.checked_add_signed(offset),
        };
        self.at = place.ok_or_else(|| io::Error::from(ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}

impl Inner {
    fn is_as_it_was(&self) -> bool {
        self.file.metadata().is_ok_and(|now| Stamp::of(&now) == self.stamp)
    }

    /// A block as it was hashed.
    fn with_block<T>(&self, block: u64, take: impl FnOnce(&[u8]) -> T) -> io::Result<T> {
        if let Some(bytes) = self.kept.borrow_mut().get(block) {
            return Ok(take(bytes));
        }
        let start = block * BLOCK as u64;
        let length = (self.content.bytes - start).min(BLOCK as u64) as usize;
        let mut bytes = vec![0; length];
        let is_whole = read_at(&self.file, &mut bytes, start)? == length;
        let hashed = self.hashes.get(block as usize);
        if !is_whole || hashed.is_none_or(|hash| *hash != <[u8; 32]>::from(Sha256::digest(&bytes)))
        {
            self.changed.set(true);
            return Err(io::Error::other("the file changed while it was being read"));
        }
        let taken = take(&bytes);
        self.kept.borrow_mut().put(block, bytes);
        Ok(taken)
    }
}

/// The blocks used last.
#[derive(Default)]
struct Kept {
    blocks: HashMap<u64, (u64, Vec<u8>)>,
    clock: u64,
}

impl Kept {
    fn get(&mut self, block: u64) -> Option<&[u8]> {
        self.clock += 1;
        let (used, bytes) = self.blocks.get_mut(&block)?;
        *used = self.clock;
        Some(bytes)
    }

    fn put(&mut self, block: u64, bytes: Vec<u8>) {
        if self.blocks.len() >= KEPT_BLOCKS
            && let Some(oldest) = self.blocks.iter().min_by_key(|(_, (used, _))| *used)
        {
            let oldest = *oldest.0;
            self.blocks.remove(&oldest);
        }
        self.clock += 1;
        self.blocks.insert(block, (self.clock, bytes));
    }
}

/// What changes when somebody writes to a file, or takes it from its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    bytes: u64,
    modified: Option<SystemTime>,
    is_gone: bool,
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        #[cfg(unix)]
        let is_gone = std::os::unix::fs::MetadataExt::nlink(metadata) == 0;
        #[cfg(not(unix))]
        let is_gone = false;
        Self { bytes: metadata.len(), modified: metadata.modified().ok(), is_gone }
    }
}

/// Opens without waiting for whoever may be at the other end of what is no file, and without becoming
/// a terminal's process. What is no file is not opened at all where a look at it says so: to open a
/// device can do something.
fn open(path: &Path) -> Result<File, Problem> {
    let failed = |error| unreadable(path, &error);
    let metadata = std::fs::metadata(path).map_err(failed)?;
    refuse_others(path, &metadata)?;
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(
        &mut options,
        libc::O_NONBLOCK | libc::O_NOCTTY,
    );
    options.open(path).map_err(failed)
}

/// Another thing may have come to the path meanwhile: what counts is what was opened.
fn regular(path: &Path, file: &File) -> Result<Metadata, Problem> {
    let metadata = file.metadata().map_err(|error| unreadable(path, &error))?;
    refuse_others(path, &metadata)?;
    Ok(metadata)
}

fn refuse_others(path: &Path, metadata: &Metadata) -> Result<(), Problem> {
    if metadata.is_file() {
        return Ok(());
    }
    let what = if metadata.is_dir() { "it is a folder" } else { "it is a pipe or a device" };
    let message = format!("{} cannot be read: {what}, not a file", path.display());
    Err(Problem::new(ProblemCode::FileUnreadable, message).hint("name a file"))
}

/// A text is taken whole, so less of it is taken than of what is read page by page.
fn refuse_too_large(path: &Path, file: &File, bytes: u64, most: u64) -> Result<(), Problem> {
    let most_of_its_kind = if bytes > MOST_BYTES.min(most) {
        let mut head = vec![0; 1024];
        let length = read_at(file, &mut head, 0).map_err(|error| unreadable(path, &error))?;
        Kind::of(path, &head[..length]).map_or(most, |kind| kind.most_bytes().min(most))
    } else {
        most
    };
    if bytes <= most_of_its_kind {
        return Ok(());
    }
    let (path, mega) = (path.display(), |bytes: u64| bytes >> 20);
    let message = format!(
        "{path} is too large: {} MiB, and {} are what is read of its kind",
        mega(bytes),
        mega(most_of_its_kind)
    );
    Err(Problem::new(ProblemCode::FileTooLarge, message)
        .hint("split the file into smaller ones and import those"))
}

/// Goes through the file once.
fn hash(
    path: &Path,
    file: File,
    stamp: Stamp,
    cancel: &CancelToken,
    on_progress: &mut dyn FnMut(Hashing) -> Result<(), Problem>,
) -> Result<HashedFile, Problem> {
    let (mut all, mut hashes, mut kept) = (Sha256::new(), Vec::new(), Kept::default());
    let keeps_all = stamp.bytes <= (BLOCK * KEPT_BLOCKS) as u64;
    let (mut done, mut told) = (0, Instant::now());
    loop {
        let mut bytes = vec![0; BLOCK];
        let length = read_at(&file, &mut bytes, done).map_err(|error| unreadable(path, &error))?;
        bytes.truncate(length);
        if bytes.is_empty() {
            break;
        }
        all.update(&bytes);
        if !keeps_all {
            hashes.push(Sha256::digest(&bytes).into());
        }
        kept.put(done / BLOCK as u64, bytes);
        done += length as u64;
        // More than there was can only come of a file that grows, and such a one is hashed again.
        if length < BLOCK || done > stamp.bytes {
            break;
        }
        if cancel.is_cancelled() {
            return Err(Problem::cancelled());
        }
        if told.elapsed() >= TELL_EVERY {
            told = Instant::now();
            on_progress(Hashing { done, total: stamp.bytes })?;
        }
    }
    let content = FileContent { sha256: hexadecimal(&all.finalize()), bytes: done };
    let changed = Cell::new(done != stamp.bytes);
    let kept = RefCell::new(kept);
    let inner = Rc::new(Inner { file, content, stamp, hashes, kept, changed });
    Ok(HashedFile { inner, at: 0 })
}

/// Waits until nobody has written to the file for a moment.
fn settle(
    path: &Path,
    given_up: Instant,
    cancel: &CancelToken,
    on_progress: &mut dyn FnMut(Hashing) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let look = || std::fs::metadata(path).map(|m| Stamp::of(&m)).map_err(|e| unreadable(path, &e));
    let mut before = look()?;
    while Instant::now() < given_up {
        if cancel.is_cancelled() {
            return Err(Problem::cancelled());
        }
        std::thread::sleep(GLANCE);
        on_progress(Hashing { done: 0, total: before.bytes })?;
        let now = look()?;
        if now == before {
            return Ok(());
        }
        before = now;
    }
    Err(changed(path))
}

fn changed(path: &Path) -> Problem {
    let message = format!("{} changes while it is being read", path.display());
    Problem::new(ProblemCode::FileChanged, message).hint("import it again when it is finished")
}

fn unreadable(path: &Path, error: &io::Error) -> Problem {
    let (code, hint) = match error.kind() {
        ErrorKind::NotFound => (
            ProblemCode::FileNotFound,
            "check the path; the file may have been moved, renamed or deleted",
        ),
        _ => (ProblemCode::FileUnreadable, "check that it is a file and that you may read it"),
    };
    Problem::new(code, format!("{} cannot be read: {error}", path.display())).hint(hint)
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// As many bytes from a place as there are, up to a buffer full.
fn read_at(file: &File, mut buffer: &mut [u8], mut place: u64) -> io::Result<usize> {
    let mut length = 0;
    while !buffer.is_empty() {
        #[cfg(unix)]
        let read = std::os::unix::fs::FileExt::read_at(file, buffer, place);
        #[cfg(windows)]
        let read = std::os::windows::fs::FileExt::seek_read(file, buffer, place);
        match read {
            Ok(0) => break,
            Ok(read) => {
                (length, place) = (length + read, place + read as u64);
                buffer = &mut buffer[read..];
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn open_at(path: &Path) -> Result<HashedFile, Problem> {
        HashedFile::open(path, 1 << 40, &CancelToken::new(), &mut |_| Ok(()))
    }

    fn whole(file: &HashedFile) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        file.clone().read_to_end(&mut bytes).map(|_| bytes)
    }

    /// A file of so many blocks and a little more, no two alike.
    fn written(blocks: usize) -> (tempfile::NamedTempFile, Vec<u8>) {
        let bytes: Vec<u8> =
            (0..blocks * BLOCK + 77).map(|at| (at / 251 + at % 239) as u8).collect();
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&bytes).unwrap();
        (file, bytes)
    }

    #[test]
    fn what_is_handed_out_is_what_was_hashed() {
        for blocks in [0, 3, KEPT_BLOCKS + 9] {
            let (file, bytes) = written(blocks);
            let hashed = open_at(file.path()).unwrap();
            let expected = hexadecimal(&Sha256::digest(&bytes));
            assert_eq!(
                *hashed.content(),
                FileContent { sha256: expected, bytes: bytes.len() as u64 }
            );
            assert!(whole(&hashed).unwrap() == bytes, "{blocks} blocks");
            let mut cursor = hashed.clone();
            cursor.seek(SeekFrom::End(-3)).unwrap();
            let mut end = Vec::new();
            cursor.read_to_end(&mut end).unwrap();
            assert_eq!(end, bytes[bytes.len() - 3..]);
            hashed.check(file.path()).unwrap();
        }
    }

    #[test]
    fn bytes_that_are_exchanged_afterwards_are_never_handed_out() {
        // A small file comes as it was; of a large one, what was not kept is not to be had.
        let (small, bytes) = written(2);
        let hashed = open_at(small.path()).unwrap();
        std::fs::write(small.path(), vec![7; bytes.len()]).unwrap();
        assert!(whole(&hashed).unwrap() == bytes);

        let (large, bytes) = written(KEPT_BLOCKS + 9);
        let hashed = open_at(large.path()).unwrap();
        let mut over = File::options().write(true).open(large.path()).unwrap();
        over.write_all(&[7; 10]).unwrap();
        assert!(whole(&hashed).is_err());
        let problem = hashed.check_read(large.path()).unwrap_err();
        assert_eq!(problem.code, ProblemCode::FileChanged);
        let mut cursor = hashed.clone();
        cursor.seek(SeekFrom::Start(5 * BLOCK as u64)).unwrap();
        let mut block = vec![0; BLOCK];
        cursor.read_exact(&mut block).unwrap();
        assert!(block == bytes[5 * BLOCK..6 * BLOCK]);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_another_took_the_place_of_is_named() {
        let (file, bytes) = written(1);
        let hashed = open_at(file.path()).unwrap();
        let other = tempfile::NamedTempFile::new_in(file.path().parent().unwrap()).unwrap();
        other.persist(file.path()).unwrap();
        assert!(whole(&hashed).unwrap() == bytes);
        assert_eq!(hashed.check(file.path()).unwrap_err().code, ProblemCode::FileChanged);
    }

    #[test]
    fn a_file_that_is_written_to_is_waited_for() {
        let (file, _) = written(1);
        let (path, mut writer) = (file.path().to_owned(), file.reopen().unwrap());
        writer.seek(SeekFrom::End(0)).unwrap();
        let mut is_first = true;
        // A change while it is hashed: the file has to be longer than one block to be told of.
        let hashed = hash_with(&path, &mut |_| {
            if std::mem::take(&mut is_first) {
                writer.write_all(b"more").unwrap();
            }
        });
        let found = std::fs::read(&path).unwrap();
        assert_eq!(hashed.unwrap().content().sha256, hexadecimal(&Sha256::digest(found)));
    }

    /// Opens a file and does something between the look at it and its hashing.
    fn hash_with(path: &Path, during: &mut dyn FnMut(())) -> Result<HashedFile, Problem> {
        let file = open(path)?;
        let stamp = Stamp::of(&regular(path, &file)?);
        during(());
        let hashed = hash(path, file, stamp, &CancelToken::new(), &mut |_| Ok(()))?;
        assert!(!hashed.inner.is_as_it_was());
        let given_up = Instant::now() + SETTLING;
        settle(path, given_up, &CancelToken::new(), &mut |_| Ok(()))?;
        open_at(path)
    }

    #[test]
    fn what_is_no_file_or_too_large_is_refused_at_once() {
        let code = |path: &Path, most| {
            let opened = HashedFile::open(path, most, &CancelToken::new(), &mut |_| Ok(()));
            opened.map(|_| ()).unwrap_err().code
        };
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(code(folder.path(), 9), ProblemCode::FileUnreadable);
        assert_eq!(code(&folder.path().join("gone.pdf"), 9), ProblemCode::FileNotFound);
        #[cfg(unix)]
        assert_eq!(code(Path::new("/dev/null"), 9), ProblemCode::FileUnreadable);
        let zeros = folder.path().join("zeros.pdf");
        File::create(&zeros).unwrap().set_len(300 << 30).unwrap();
        assert_eq!(code(&zeros, 4 << 30), ProblemCode::FileTooLarge);
        let text = folder.path().join("zeros.txt");
        File::create(&text).unwrap().set_len(MOST_BYTES + 1).unwrap();
        assert_eq!(code(&text, 4 << 30), ProblemCode::FileTooLarge);
    }
}
