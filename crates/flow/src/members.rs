//! The files within a file: those of an archive, the mails of a mailbox, those attached to a mail. They are
//! handed out whole and from memory, for whichever reader each is for; nothing is written anywhere.
//! Deliberately not here: reading them, and archives within archives.

use crate::archive::{Archive, PartError};
use crate::error::FlowError;
use crate::kind::Kind;
use crate::source::{Bytes, MOST_BYTES, Source};
use crate::{decode, mail, msg};
use mail_parser::mailbox::mbox::MessageIterator;
use std::cmp::Ordering;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

/// More files than this are not taken out of one.
const MOST_MEMBERS: usize = 10_000;

/// The files within an open file.
pub struct Members<'a> {
    held: Held<'a>,
    names: Vec<String>,
    lost: Option<String>,
}

enum Held<'a> {
    /// A part's place for each name.
    Archive(Box<Archive<'a>>, Vec<usize>),
    Memory(Vec<Arc<[u8]>>),
}

/// Files with their names, and why there are no more of them, where there should be.
#[derive(Default)]
struct Unpacked {
    files: Vec<(String, Arc<[u8]>)>,
    lost: Option<String>,
}

/// What a file compressed by gzip begins with (RFC 1952, 2.3.1).
const GZIP: &[u8] = b"\x1f\x8b";
/// What stands in the first header of a tar archive (POSIX.1-2017, pax), and where.
const TAR: (usize, &[u8]) = (257, b"ustar");

impl<'a> Members<'a> {
    /// Those of a file of a kind that [holds files](Kind::holds_files); none of any other.
    ///
    /// # Errors
    /// A [`FlowError`] where the file does not open.
    pub fn of(kind: Kind, path: &'a Path, file: &'a mut dyn Bytes) -> Result<Self, FlowError> {
        let source = Source::new(path, file)?;
        let Unpacked { mut files, mut lost } = match kind {
            Kind::Archive if source.head(2)?.starts_with(b"PK") => return Self::of_zip(source),
            Kind::Archive => unpacked(&source)?,
            Kind::Mailbox => mails(&source.bytes()?),
            Kind::Mail => Unpacked { files: mail::attached(&source.bytes()?), lost: None },
            Kind::Outlook => Unpacked { files: msg::attached(&source.bytes()?), lost: None },
            _ => Unpacked::default(),
        };
        if files.len() > MOST_MEMBERS {
            lost = Some(format!("what is behind its first {MOST_MEMBERS} files"));
            files.truncate(MOST_MEMBERS);
        }
        let (names, bytes) = files.into_iter().unzip();
        Ok(Self { held: Held::Memory(bytes), names, lost })
    }

    fn of_zip(source: Source<'a>) -> Result<Self, FlowError> {
        let path = source.path;
        let mut archive = Archive::open(source, "a zip archive")?;
        let mut files = archive.files();
        files.retain(|(_, name)| !is_of_a_system(name));
        files.sort_by(|(_, one), (_, other)| as_counted(one, other));
        if files.len() > MOST_MEMBERS {
            return Err(too_many(path));
        }
        let (places, names) = files.into_iter().unzip();
        Ok(Self { held: Held::Archive(Box::new(archive), places), names, lost: None })
    }

    /// Their names, folders before them, in the order of an archive's names or of a mail's parts.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// What the file no longer holds, as where it was cut off, in a few words.
    pub fn lost(&self) -> Option<&str> {
        self.lost.as_deref()
    }

    /// One of them, by its place among the names.
    ///
    /// # Errors
    /// Why it cannot be had, in a few words.
    pub fn take(&mut self, at: usize) -> Result<Arc<[u8]>, String> {
        match &mut self.held {
            Held::Memory(bytes) => {
                bytes.get(at).cloned().ok_or_else(|| "it is not there".to_owned())
            }
            Held::Archive(archive, places) => match archive.part_alone(places[at]) {
                Ok(bytes) => Ok(bytes.into()),
                Err(PartError::Absent) => Err("it is not there".to_owned()),
                Err(PartError::Damaged(reason)) => Err(reason),
                Err(PartError::Fatal(FlowError::Encrypted { .. })) => {
                    Err("it is locked by a password".to_owned())
                }
                Err(PartError::Fatal(_)) => Err("it is too large to be unpacked".to_owned()),
            },
        }
    }
}

/// The files of a tar archive, compressed or not; of another compressed file, the one that it is.
fn unpacked(source: &Source<'_>) -> Result<Unpacked, FlowError> {
    let mut bytes = source.bytes()?;
    let mut lost = None;
    let is_compressed = bytes.starts_with(GZIP);
    if is_compressed {
        (bytes, lost) = decompressed(source.path, &bytes)?;
    }
    let is_tar = bytes.get(TAR.0..).is_some_and(|rest| rest.starts_with(TAR.1));
    match (is_tar, is_compressed) {
        (true, _) => {
            let of_tar = files_of_tar(source.path, &bytes)?;
            Ok(Unpacked { lost: lost.or(of_tar.lost), ..of_tar })
        }
        (false, true) => {
            let name = source.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            Ok(Unpacked { files: vec![(name, bytes.into())], lost })
        }
        (false, false) => {
            let path = source.path.to_owned();
            Err(FlowError::OtherContent { path, expected: "an archive of a known kind" })
        }
    }
}

/// What was packed, and what is wrong with it: what came before damage may be read.
fn decompressed(path: &Path, bytes: &[u8]) -> Result<(Vec<u8>, Option<String>), FlowError> {
    let mut unpacked = Vec::new();
    let most = MOST_BYTES + 1;
    let ended = flate2::bufread::MultiGzDecoder::new(bytes).take(most).read_to_end(&mut unpacked);
    if unpacked.len() as u64 == most {
        let reason = format!("it unpacks to more than {} MiB", MOST_BYTES >> 20);
        return Err(FlowError::TooLarge { path: path.to_owned(), reason });
    }
    match ended {
        Err(error) if unpacked.is_empty() => Err(damaged(path, &error)),
        Err(error) => Ok((unpacked, Some(rest(&error)))),
        Ok(_) => Ok((unpacked, None)),
    }
}

fn files_of_tar(path: &Path, bytes: &[u8]) -> Result<Unpacked, FlowError> {
    let mut unpacked = Unpacked::default();
    let mut archive = tar::Archive::new(bytes);
    for entry in archive.entries().map_err(|error| damaged(path, &error))? {
        let mut file = Vec::new();
        let read = entry.and_then(|mut entry| entry.read_to_end(&mut file).map(|_| entry));
        let entry = match read {
            Ok(entry) => entry,
            Err(error) => {
                unpacked.lost = Some(rest(&error));
                break;
            }
        };
        let name = decode::name(&entry.path_bytes());
        if entry.header().entry_type().is_file() && !is_of_a_system(&name) {
            unpacked.files.push((name, file.into()));
        }
        if unpacked.files.len() > MOST_MEMBERS {
            return Err(too_many(path));
        }
    }
    unpacked.files.sort_by(|(one, _), (other, _)| as_counted(one, other));
    Ok(unpacked)
}

/// The mails of a mailbox (mbox, RFC 4155), by their numbers.
fn mails(bytes: &[u8]) -> Unpacked {
    let mails = MessageIterator::new(bytes).map_while(Result::ok).take(MOST_MEMBERS + 1);
    let named = mails.enumerate().map(|(at, mail)| {
        let name = mail::subject(mail.contents()).unwrap_or_default();
        (format!("{}. {name}.eml", at + 1), mail.unwrap_contents().into())
    });
    Unpacked { files: named.collect(), lost: None }
}

/// How what is missing behind a place is called.
fn rest(reason: &std::io::Error) -> String {
    format!("the rest, as it is damaged ({reason})")
}

fn damaged(path: &Path, reason: &std::io::Error) -> FlowError {
    FlowError::Damaged { path: path.to_owned(), reason: reason.to_string() }
}

fn too_many(path: &Path) -> FlowError {
    let reason = format!("it holds more than {MOST_MEMBERS} files");
    FlowError::TooLarge { path: path.to_owned(), reason }
}

/// What operating systems put beside the files of an archive.
fn is_of_a_system(name: &str) -> bool {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    name.starts_with("__MACOSX/") || last.starts_with('.') || last == "Thumbs.db"
}

/// `page 2` before `page 10`.
fn as_counted(one: &str, other: &str) -> Ordering {
    let (mut one, mut other) = (one, other);
    loop {
        let (a, b) = (number(one), number(other));
        let order = match (a, b) {
            (Some((a, _)), Some((b, _))) => a.cmp(&b),
            _ => one.chars().next().cmp(&other.chars().next()),
        };
        if order.is_ne() || one.is_empty() {
            return order.then_with(|| one.cmp(other));
        }
        let rest = |text: &str, number: Option<(u64, usize)>| {
            let first = text.chars().next().map_or(0, char::len_utf8);
            number.map_or(first, |(_, length)| length)
        };
        one = &one[rest(one, a)..];
        other = &other[rest(other, b)..];
    }
}

/// The number that a text begins with, and how many bytes it has.
fn number(text: &str) -> Option<(u64, usize)> {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    text[..length].parse().ok().map(|value| (value, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_as_people_count() {
        let mut names = ["p10.png", "p2.png", "p02b.png", "a/1", "p1.png", "第3章", "第12章"];
        names.sort_by(|one, other| as_counted(one, other));
        assert_eq!(names, ["a/1", "p1.png", "p2.png", "p02b.png", "p10.png", "第3章", "第12章"]);
    }
}
