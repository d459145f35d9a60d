//! A file that is opened once and hashed, and whose bytes are handed out as they were hashed. A small
//! file is kept whole from then on; of a larger one each stretch is compared with what was hashed when
//! it is fetched again. So nobody who writes to the file, or puts another in its place, can make words
//! of one file stand under the hash of another. Not here: what the bytes mean.

use sha2::{Digest, Sha256};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};
use yinju_core::ports::Hashing;
use yinju_core::{CancelToken, FileContent, Problem};

mod opening;

use opening::{
    SETTLING, Stamp, changed, open, read_at, refuse_too_large, regular, settle, unreadable,
};

/// Bytes that are fetched and compared together.
const BLOCK: usize = 128 << 10;
/// So many blocks are kept: a file of up to 32 MiB is read from its disk once.
const KEPT_BLOCKS: usize = 256;

/// How often the caller hears that hashing goes on.
const TELL_EVERY: Duration = Duration::from_millis(500);

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
    /// Fills the buffer where the file has as many bytes: PDFium takes a read that ends early for one
    /// that failed.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.read_within_block(&mut buffer[filled..])? {
                0 => break,
                copied => filled += copied,
            }
        }
        Ok(filled)
    }
}

impl HashedFile {
    fn read_within_block(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
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

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests;
