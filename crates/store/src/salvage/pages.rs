//! The pages of a damaged file, with those of its write-ahead log over them. Nothing in the file is
//! trusted: what cannot be is read as if it were not there.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;

/// What SQLite writes where nobody chose another, as here.
const USUAL_SIZE: usize = 4096;
const LOG_HEAD: usize = 32;
const FRAME_HEAD: usize = 24;

/// Pages by their number, from 1.
pub(super) struct Pages {
    file: File,
    log: Option<File>,
    /// Where in the log the last committed form of a page is.
    newest: HashMap<u32, u64>,
    size: usize,
    count: u32,
}

impl Pages {
    /// Opens a file and its log, if it has one.
    pub(super) fn open(path: &Path, log: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let mut log = File::open(log).ok();
        let in_log = log.as_mut().and_then(|log| Log::read(log).ok().flatten());
        let mut head = [0; 18];
        let has_head = file.read_exact(&mut head).is_ok();
        let said = usize::from(u16::from_be_bytes([head[16], head[17]]));
        let said = if said == 1 { 65_536 } else { said };
        let size = match &in_log {
            Some(log) => log.page_size,
            None if has_head && is_size(said) => said,
            None => USUAL_SIZE,
        };
        let whole = file.metadata()?.len().div_ceil(size as u64);
        let newest = in_log.map(|log| log.newest).unwrap_or_default();
        let last = newest.keys().copied().max().unwrap_or(0);
        let count = u32::try_from(whole).unwrap_or(u32::MAX).max(last);
        Ok(Self { file, log, newest, size, count })
    }

    /// How many there are.
    pub(super) fn count(&self) -> u32 {
        self.count
    }

    /// Bytes of a page.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// A page; what the file does not have of it is zero.
    pub(super) fn get(&mut self, number: u32) -> io::Result<Vec<u8>> {
        let mut page = vec![0; self.size];
        if number == 0 || number > self.count {
            return Ok(page);
        }
        let (file, at) = match (self.newest.get(&number), &mut self.log) {
            (Some(at), Some(log)) => (log, *at),
            _ => (&mut self.file, u64::from(number - 1) * self.size as u64),
        };
        file.seek(SeekFrom::Start(at))?;
        let mut read = 0;
        while read < page.len() {
            match file.read(&mut page[read..])? {
                0 => break,
                more => read += more,
            }
        }
        Ok(page)
    }
}

fn is_size(size: usize) -> bool {
    size.is_power_of_two() && (512..=65_536).contains(&size)
}

/// What a write-ahead log holds: <https://sqlite.org/fileformat2.html#the_write_ahead_log>.
struct Log {
    page_size: usize,
    newest: HashMap<u32, u64>,
}

impl Log {
    /// Frames up to the last commit; a frame whose checksum is another ends it.
    fn read(file: &mut File) -> io::Result<Option<Self>> {
        let mut head = [0; LOG_HEAD];
        file.read_exact(&mut head)?;
        let page_size = word(&head, 8) as usize;
        let big_endian = match word(&head, 0) {
            0x377f_0682 => false,
            0x377f_0683 => true,
            _ => return Ok(None),
        };
        let mut sum = Checksum { big_endian, sum: (0, 0) };
        sum.add(&head[..24]);
        if !is_size(page_size) || !sum.is(&head[24..]) {
            return Ok(None);
        }
        let (mut newest, mut pending) = (HashMap::new(), Vec::new());
        let mut frame = vec![0; FRAME_HEAD + page_size];
        let mut at = LOG_HEAD as u64;
        let mut reader = io::BufReader::new(file);
        while reader.read_exact(&mut frame).is_ok() {
            sum.add(&frame[..8]);
            sum.add(&frame[FRAME_HEAD..]);
            if frame[8..16] != head[16..24] || !sum.is(&frame[16..24]) {
                break;
            }
            pending.push((word(&frame, 0), at + FRAME_HEAD as u64));
            if word(&frame, 4) != 0 {
                newest.extend(pending.drain(..));
            }
            at += frame.len() as u64;
        }
        Ok(Some(Self { page_size, newest }))
    }
}

struct Checksum {
    big_endian: bool,
    sum: (u32, u32),
}

impl Checksum {
    fn add(&mut self, bytes: &[u8]) {
        for pair in bytes.as_chunks::<8>().0 {
            let words = pair.as_chunks::<4>().0;
            let read = if self.big_endian { u32::from_be_bytes } else { u32::from_le_bytes };
            self.sum.0 = self.sum.0.wrapping_add(read(words[0])).wrapping_add(self.sum.1);
            self.sum.1 = self.sum.1.wrapping_add(read(words[1])).wrapping_add(self.sum.0);
        }
    }

    fn is(&self, bytes: &[u8]) -> bool {
        self.sum == (word(bytes, 0), word(bytes, 4))
    }
}

/// Four bytes as a number. The caller's slices are longer than that.
pub(super) fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}
