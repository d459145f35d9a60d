//! The files within a file: those of an archive, those attached to a mail. They are handed out whole, one
//! at a time and in memory, for whichever reader each is for; nothing is written anywhere.
//! Deliberately not here: reading them, and archives within archives.

use crate::archive::{Archive, PartError};
use crate::error::FlowError;
use crate::kind::Kind;
use crate::source::{Bytes, Source};
use crate::{mail, msg};
use std::cmp::Ordering;
use std::path::Path;
use std::sync::Arc;

/// More files than this are not taken out of one.
const MOST_MEMBERS: usize = 10_000;

/// The files within an open file.
pub struct Members<'a> {
    held: Held<'a>,
    names: Vec<String>,
}

enum Held<'a> {
    /// A part's place for each name.
    Archive(Box<Archive<'a>>, Vec<usize>),
    Mail(Vec<Arc<[u8]>>),
}

impl<'a> Members<'a> {
    /// Those of a file of a kind that [holds files](Kind::holds_files); none of any other.
    ///
    /// # Errors
    /// A [`FlowError`] where the file does not open.
    pub fn of(kind: Kind, path: &'a Path, file: &'a mut dyn Bytes) -> Result<Self, FlowError> {
        let source = Source::new(path, file)?;
        match kind {
            Kind::Archive => {
                let mut archive = Archive::open(source, "a zip archive")?;
                let mut files = archive.files();
                files.retain(|(_, name)| !is_of_a_system(name));
                files.sort_by(|(_, one), (_, other)| as_counted(one, other));
                if files.len() > MOST_MEMBERS {
                    let reason = format!("it holds more than {MOST_MEMBERS} files");
                    return Err(FlowError::TooLarge { path: path.to_owned(), reason });
                }
                let (places, names) = files.into_iter().unzip();
                Ok(Self { held: Held::Archive(Box::new(archive), places), names })
            }
            Kind::Mail | Kind::Outlook => {
                let bytes = source.bytes()?;
                let is_sent = kind == Kind::Mail;
                let attached = if is_sent { mail::attached(&bytes) } else { msg::attached(&bytes) };
                let (names, bytes) = attached.into_iter().take(MOST_MEMBERS).unzip();
                Ok(Self { held: Held::Mail(bytes), names })
            }
            _ => Ok(Self { held: Held::Mail(Vec::new()), names: Vec::new() }),
        }
    }

    /// Their names, folders before them, in the order of an archive's names or of a mail's parts.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// One of them, by its place among the names.
    ///
    /// # Errors
    /// Why it cannot be had, in a few words.
    pub fn take(&mut self, at: usize) -> Result<Arc<[u8]>, String> {
        match &mut self.held {
            Held::Mail(bytes) => bytes.get(at).cloned().ok_or_else(|| "it is not there".to_owned()),
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
