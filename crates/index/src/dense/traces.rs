//! What the files of a shard still hold of vectors that were taken out. Qdrant marks a point as deleted
//! and leaves its numbers where they are until the segment is rewritten, which for a graph takes
//! minutes; so they are overwritten with zeros, in files nobody has open. Not here: when that is due.

use crate::error::IndexError;
use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Exact vectors of a segment that has a graph, and before the first of them so many bytes.
const EXACT: &str = "matrix.dat";
const EXACT_HEADER: u64 = 4;
/// The same vectors with a byte a number, in the same order.
const ROUNDED: &str = "quantized.data";
/// Read at once.
const PART: usize = 1 << 20;
/// Bits of the first sieve.
const SIEVE: usize = 1 << 20;

/// Vectors that were taken out, as numbers by which their bytes are known again.
pub struct Traces {
    /// Bytes of a vector.
    row: usize,
    rows: HashSet<u64>,
    /// Of the first number of each, so that most places are passed over at a glance.
    sieve: Vec<u64>,
}

impl Traces {
    /// Of vectors of this length; none yet.
    pub fn new(dimensions: usize) -> Self {
        let row = dimensions * size_of::<f32>();
        Self { row, rows: HashSet::new(), sieve: vec![0; SIEVE / 64] }
    }

    /// Whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Adds a vector as it is kept. Zeros are what is written over the others.
    pub fn add(&mut self, vector: &[f32]) {
        if vector.iter().all(|x| x.to_bits() == 0) {
            return;
        }
        let bytes: Vec<u8> = vector.iter().flat_map(|x| x.to_le_bytes()).collect();
        let (word, bit) = sieve_place(&bytes);
        self.sieve[word] |= bit;
        self.rows.insert(number(&bytes));
    }

    /// Forgets all of them.
    pub fn clear(&mut self) {
        self.rows.clear();
        self.sieve.fill(0);
    }

    fn has(&self, bytes: &[u8]) -> bool {
        let (word, bit) = sieve_place(bytes);
        self.sieve[word] & bit != 0 && self.rows.contains(&number(bytes))
    }

    /// Overwrites them in all files below a folder, and fails where some are found that cannot be.
    pub fn overwrite(&self, folder: &Path) -> Result<(), IndexError> {
        for path in files_below(folder)? {
            let found = self.find(&path)?;
            if found.is_empty() {
                continue;
            }
            overwrite(&path, found.iter().map(|at| (*at, self.row)))?;
            if path.file_name().is_some_and(|name| name == EXACT) {
                self.overwrite_rounded(&path, &found)?;
            }
        }
        Ok(())
    }

    /// Where in a file they stand. Numbers are aligned in every file that holds some.
    fn find(&self, path: &Path) -> Result<Vec<u64>, IndexError> {
        let io = |error| IndexError::io(path, error);
        let mut file = File::open(path).map_err(io)?;
        let (mut found, mut begins, mut held) = (Vec::new(), 0_u64, Vec::new());
        loop {
            let before = held.len();
            held.resize(before + PART, 0);
            let read = fill(&mut file, &mut held[before..]).map_err(io)?;
            held.truncate(before + read);
            let places = (held.len() + 1).saturating_sub(self.row);
            let aligned = (0..places).step_by(size_of::<f32>());
            let here = aligned.filter(|at| self.has(&held[*at..at + self.row]));
            found.extend(here.map(|at| begins + at as u64));
            if read < PART {
                return Ok(found);
            }
            // A vector may begin in this part and end in the next.
            let done = places.next_multiple_of(size_of::<f32>()).min(held.len());
            held.drain(..done);
            begins += done as u64;
        }
    }

    /// The rounded vector of each, which stands in the same row of another file of the segment.
    fn overwrite_rounded(&self, exact: &Path, found: &[u64]) -> Result<(), IndexError> {
        let row = self.row as u64;
        let length = |path: &Path| path.metadata().map_or(0, |file| file.len());
        let rows = length(exact).saturating_sub(EXACT_HEADER) / row;
        let Some(segment) = exact.ancestors().nth(2) else { return Ok(()) };
        let all = files_below(segment)?;
        for path in all.iter().filter(|path| path.file_name().is_some_and(|n| n == ROUNDED)) {
            let bytes = length(path);
            if rows == 0 || bytes % rows != 0 {
                let reason = "rounded vectors that were removed cannot be told from others";
                return Err(IndexError::damaged(segment, reason));
            }
            let width = bytes / rows;
            let places = found.iter().map(|at| (at.saturating_sub(EXACT_HEADER) / row) * width);
            overwrite(path, places.map(|at| (at, usize::try_from(width).unwrap_or(0))))?;
        }
        Ok(())
    }
}

fn sieve_place(bytes: &[u8]) -> (usize, u64) {
    let first = bytes.first_chunk::<4>().map_or(0, |first| u32::from_le_bytes(*first));
    let place = (first.wrapping_mul(0x9E37_79B1) >> 12) as usize % SIEVE;
    (place / 64, 1 << (place % 64))
}

fn number(bytes: &[u8]) -> u64 {
    bytes.as_chunks::<4>().0.iter().fold(0, |number: u64, word| {
        (number.rotate_left(17) ^ u64::from(u32::from_le_bytes(*word)))
            .wrapping_mul(0x9E37_79B9_7F4A_7C15)
    })
}

fn fill(file: &mut File, part: &mut [u8]) -> std::io::Result<usize> {
    let mut read = 0;
    while read < part.len() {
        match file.read(&mut part[read..])? {
            0 => break,
            more => read += more,
        }
    }
    Ok(read)
}

fn overwrite(path: &Path, places: impl Iterator<Item = (u64, usize)>) -> Result<(), IndexError> {
    let io = |error| IndexError::io(path, error);
    let mut file = OpenOptions::new().write(true).open(path).map_err(io)?;
    for (at, bytes) in places {
        file.seek(SeekFrom::Start(at)).map_err(io)?;
        file.write_all(&vec![0; bytes]).map_err(io)?;
    }
    file.sync_all().map_err(io)
}

fn files_below(folder: &Path) -> Result<Vec<PathBuf>, IndexError> {
    let (mut found, mut open) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = open.pop() {
        let io = |error| IndexError::io(&folder, error);
        for entry in fs::read_dir(&folder).map_err(io)? {
            let entry = entry.map_err(io)?;
            let is_folder = entry.file_type().map_err(io)?.is_dir();
            if is_folder { &mut open } else { &mut found }.push(entry.path());
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_are_overwritten_wherever_they_stand_and_others_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let bytes =
            |vector: &[f32]| -> Vec<u8> { vector.iter().flat_map(|x| x.to_le_bytes()).collect() };
        let (gone, kept) = ([0.5, -0.25, 0.125], [0.5, 0.25, 0.125]);
        // Over the border of two parts, too.
        let mut held = vec![7; PART - 8];
        for vector in [&gone, &kept, &gone] {
            held.extend(bytes(vector));
        }
        let path = folder.path().join("chunk_0.mmap");
        fs::write(&path, &held).unwrap();
        let mut traces = Traces::new(3);
        traces.add(&gone);
        traces.overwrite(folder.path()).unwrap();
        let after = fs::read(&path).unwrap();
        assert_eq!(after.len(), held.len());
        assert_eq!(after[PART - 8..PART + 4], [0; 12]);
        assert_eq!(after[PART + 4..PART + 16], bytes(&kept));
        assert_eq!(after[PART + 16..], [0; 12]);
    }

    #[test]
    fn the_rounded_vector_goes_with_the_exact_one() {
        let folder = tempfile::tempdir().unwrap();
        let storage = folder.path().join("vector_storage");
        fs::create_dir(&storage).unwrap();
        let rows: [[f32; 2]; 3] = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]];
        let exact = rows.iter().flatten().flat_map(|x| x.to_le_bytes());
        fs::write(storage.join(EXACT), b"data".iter().copied().chain(exact).collect::<Vec<u8>>())
            .unwrap();
        fs::write(folder.path().join(ROUNDED), [1, 1, 1, 2, 2, 2, 3, 3, 3]).unwrap();
        let mut traces = Traces::new(2);
        traces.add(&rows[1]);
        traces.overwrite(folder.path()).unwrap();
        let rounded = fs::read(folder.path().join(ROUNDED)).unwrap();
        assert_eq!(rounded, [1, 1, 1, 0, 0, 0, 3, 3, 3]);
    }
}
