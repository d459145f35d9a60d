//! The rows on a page of a damaged file: <https://sqlite.org/fileformat2.html#b_tree_pages>. Reading
//! is total: a row that is not as it should be is counted and passed over.

use super::pages::{Pages, word};
use rusqlite::types::Value;
use std::io;

/// No row of ours comes near; a longer one is a damaged length.
const LONGEST_ROW: u64 = 1 << 28;

/// What a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Rows with a number.
    Table,
    /// Rows without.
    Index,
}

/// A row as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cell {
    /// Its number, where it has one.
    pub(super) rowid: Option<i64>,
    /// Its values.
    pub(super) values: Vec<Value>,
}

/// What stands on a page.
#[derive(Debug, Default)]
pub(super) struct Held {
    /// Rows that could be read.
    pub(super) cells: Vec<Cell>,
    /// Rows that could not.
    pub(super) lost: u32,
    /// Pages below it.
    pub(super) children: Vec<u32>,
}

/// Reads a page of a tree; `None` where it is no such page.
pub(super) fn read(pages: &mut Pages, number: u32) -> io::Result<Option<(Kind, Held)>> {
    let page = pages.get(number)?;
    let head = if number == 1 { 100 } else { 0 };
    let (kind, is_leaf) = match page[head] {
        0x0d => (Kind::Table, true),
        0x05 => (Kind::Table, false),
        0x0a => (Kind::Index, true),
        0x02 => (Kind::Index, false),
        _ => return Ok(None),
    };
    let mut found = Held::default();
    let count = usize::from(u16::from_be_bytes([page[head + 3], page[head + 4]]));
    let first = head + if is_leaf { 8 } else { 12 };
    let most = (page.len() - first) / 2;
    found.lost = count.saturating_sub(most) as u32;
    for cell in 0..count.min(most) {
        let at = first + 2 * cell;
        let at = usize::from(u16::from_be_bytes([page[at], page[at + 1]]));
        match cell_at(pages, &page, at, kind, is_leaf)? {
            Some((child, cell)) => {
                found.children.extend(child);
                found.cells.extend(cell);
            }
            None => found.lost += 1,
        }
    }
    if !is_leaf {
        found.children.push(word(&page, head + 8));
    }
    Ok(Some((kind, found)))
}

type Found = Option<(Option<u32>, Option<Cell>)>;

/// A cell: the page left of it where it is no leaf's, and its row where it has one.
fn cell_at(
    pages: &mut Pages,
    page: &[u8],
    at: usize,
    kind: Kind,
    is_leaf: bool,
) -> io::Result<Found> {
    let mut bytes = Bytes { bytes: page, at };
    let child = if is_leaf { None } else { bytes.word() };
    if !is_leaf && child.is_none() {
        return Ok(None);
    }
    if kind == Kind::Table && !is_leaf {
        return Ok(Some((child, None)));
    }
    let Some(length) = bytes.varint().filter(|length| *length <= LONGEST_ROW) else {
        return Ok(None);
    };
    let rowid = match kind {
        Kind::Index => None,
        Kind::Table => match bytes.varint() {
            Some(rowid) => Some(rowid as i64),
            None => return Ok(None),
        },
    };
    let Some(record) = payload(pages, &mut bytes, length as usize, kind)? else {
        return Ok(None);
    };
    let cell = values(&record).map(|values| Cell { rowid, values });
    Ok(cell.map(|cell| (child, Some(cell))))
}

/// All bytes of a row, those on overflow pages too.
fn payload(
    pages: &mut Pages,
    bytes: &mut Bytes<'_>,
    length: usize,
    kind: Kind,
) -> io::Result<Option<Vec<u8>>> {
    let size = pages.size();
    let least = (size - 12) * 32 / 255 - 23;
    let most = if kind == Kind::Table { size - 35 } else { (size - 12) * 64 / 255 - 23 };
    let local = if length <= most {
        length
    } else {
        let over = least + (length - least) % (size - 4);
        if over <= most { over } else { least }
    };
    let Some(mut record) = bytes.take(local).map(<[u8]>::to_vec) else { return Ok(None) };
    let mut next = if local < length { bytes.word() } else { Some(0) };
    while record.len() < length {
        let Some(number) = next.filter(|number| (1..=pages.count()).contains(number)) else {
            return Ok(None);
        };
        let page = pages.get(number)?;
        let wanted = (length - record.len()).min(size - 4);
        record.extend_from_slice(&page[4..4 + wanted]);
        next = Some(word(&page, 0));
    }
    Ok(Some(record))
}

/// The values of a record; none where their lengths and the record's do not agree.
fn values(record: &[u8]) -> Option<Vec<Value>> {
    let mut types = Bytes { bytes: record, at: 0 };
    let head = usize::try_from(types.varint()?).ok()?;
    let mut body = Bytes { bytes: record, at: head };
    types.bytes = record.get(..head)?;
    let mut values = Vec::new();
    while types.at < head {
        values.push(value(types.varint()?, &mut body)?);
    }
    (body.at == record.len()).then_some(values)
}

fn value(kind: u64, body: &mut Bytes<'_>) -> Option<Value> {
    Some(match kind {
        0 => Value::Null,
        1..=6 => {
            let length = [1, 2, 3, 4, 6, 8][kind as usize - 1];
            let bytes = body.take(length)?;
            let sign = if bytes[0] & 0x80 == 0 { 0 } else { -1 };
            Value::Integer(bytes.iter().fold(sign, |sum, byte| (sum << 8) | i64::from(*byte)))
        }
        7 => Value::Real(f64::from_be_bytes(body.take(8)?.try_into().ok()?)),
        8 => Value::Integer(0),
        9 => Value::Integer(1),
        10 | 11 => return None,
        _ => {
            let bytes = body.take(usize::try_from((kind - 12) / 2).ok()?)?;
            if kind.is_multiple_of(2) {
                Value::Blob(bytes.to_vec())
            } else {
                Value::Text(String::from_utf8_lossy(bytes).into_owned())
            }
        }
    })
}

/// Bytes that are read one after the other.
struct Bytes<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Bytes<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let taken = self.bytes.get(self.at..self.at.checked_add(length)?)?;
        self.at += length;
        Some(taken)
    }

    fn word(&mut self) -> Option<u32> {
        self.take(4).map(|bytes| word(bytes, 0))
    }

    /// Up to nine bytes, seven bits of each but the last.
    fn varint(&mut self) -> Option<u64> {
        let mut number = 0;
        for _ in 0..8 {
            let byte = self.take(1)?[0];
            number = (number << 7) | u64::from(byte & 0x7f);
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        Some((number << 8) | u64::from(self.take(1)?[0]))
    }
}
