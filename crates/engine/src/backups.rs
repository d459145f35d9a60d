//! Copies of the store in the home: when they are made, how many are kept, and how one takes the
//! store's place. Files that were damaged are kept among them, each under its number.
//!
//! A copy holds the words of what is removed after it was made, so a removal takes all copies with it
//! ([`Backups::forget`]) and another is made of what is left.

use crate::home::{Home, log_of, make_folder};
use crate::reserve::{self, available};
use crate::{Engine, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};
use yinju_core::{Problem, ProblemCode};
use yinju_store::{Store, StoreFile};

/// Copies kept whatever month they are of.
const NEWEST: usize = 3;
/// Months of which the newest copy is kept.
const MONTHS: usize = 12;
/// Damaged files kept: what they hold was salvaged already, as far as it could be.
const DAMAGED: usize = 2;
/// Seconds between copies.
const WEEK: u64 = 7 * 24 * 60 * 60;
/// A store that grew by this much, and by a quarter, holds much work that no copy has.
const GROWTH: u64 = 32 << 20;
/// A removal waits for the copy of what is left up to this size; a larger one is made when it is due.
const AT_ONCE: u64 = 256 << 20;

/// Why a copy was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// A person asked.
    Request,
    /// It was time.
    Regular,
    /// The schema was about to change.
    Migration,
    /// Another copy was about to take its place.
    Restore,
    /// Documents were removed, and earlier copies with them.
    Removal,
    /// It is no copy but a damaged file that was replaced.
    Damaged,
}

/// A copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backup {
    /// Its number; no two ever have the same.
    pub number: u32,
    /// When it was made (RFC 3339, UTC).
    pub made: String,
    /// Its size.
    pub bytes: u64,
    /// How many steps led to its schema.
    pub schema: u32,
    /// Why it was made.
    pub reason: Reason,
    #[serde(skip)]
    seconds: u64,
    #[serde(skip)]
    path: PathBuf,
}

/// A copy that took the store's place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restored {
    /// Which.
    pub number: u32,
    /// Under which number what was there before is kept; nothing was there where there is none.
    pub kept: Option<u32>,
}

/// The copies of a home. Works without an engine, so that a home that does not open can be restored.
#[derive(Clone, Debug)]
pub struct Backups {
    home: PathBuf,
    folder: PathBuf,
}

impl Backups {
    /// Those of a home.
    pub fn of(home: &Path) -> Self {
        Self { home: home.to_owned(), folder: home.join("backups") }
    }

    /// All of them, oldest first.
    pub fn list(&self) -> Result<Vec<Backup>> {
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(|error| self.unusable(&error))?,
        };
        let mut found: Vec<_> = entries.flatten().filter_map(|e| Backup::at(e.path())).collect();
        found.sort_by_key(|backup| backup.number);
        Ok(found)
    }

    /// Makes a copy because a person asked. Fails with `home_in_use` while a window is open.
    pub fn create(&self) -> Result<Backup> {
        let home = Home::lock(&self.home)?;
        let store = Store::open(&home.store_file())?;
        let made = self.make(&store, Reason::Request);
        home.hold(store);
        made
    }

    /// Puts a copy in the store's place; what is there is kept under a number of its own. Indexes are
    /// brought in line when the home is opened. Fails with `home_in_use` while a window is open.
    pub fn restore(&self, number: u32) -> Result<Restored> {
        let home = Home::lock(&self.home)?;
        self.restore_into(&home, number)
    }

    /// The same when the home is opened next, for a window that has it open now.
    pub fn restore_next(&self, number: u32) -> Result<()> {
        self.find(number)?;
        let wish = self.wish();
        crate::save(&wish, number.to_string().as_bytes()).map(drop)
    }

    /// Does what [`Self::restore_next`] asked for; nothing where nothing was asked.
    pub(crate) fn restore_if_wished(&self, home: &Home) -> Result<Option<Restored>> {
        let Ok(number) = fs::read_to_string(self.wish()) else { return Ok(None) };
        // Tried once: a copy that cannot be put in place must not keep the home from opening.
        fs::remove_file(self.wish()).map_err(|error| self.unusable(&error))?;
        let Ok(number) = number.trim().parse() else { return Ok(None) };
        self.restore_into(home, number).map(Some)
    }

    fn restore_into(&self, home: &Home, number: u32) -> Result<Restored> {
        let backup = self.find(number)?;
        yinju_store::check(&backup.path).map_err(|error| damaged(number, &error))?;
        let file = home.store_file();
        let fresh = file.with_extension("restored");
        self.copy_file(&backup.path, &fresh)?;
        let kept = self.keep_present(&file)?;
        yinju_store::put_in_place(&fresh, &file)?;
        Ok(Restored { number, kept })
    }

    /// Keeps what is in the store's place, as a copy where it can be opened, and as it is where not.
    fn keep_present(&self, file: &Path) -> Result<Option<u32>> {
        if matches!(yinju_store::look(file)?, StoreFile::Missing | StoreFile::Empty) {
            return Ok(None);
        }
        let kept = Store::connect(file).map_err(Problem::from).and_then(|store| {
            let kept = self.make(&store, Reason::Restore)?;
            store.truncate_log()?;
            Ok(kept)
        });
        match kept {
            Ok(kept) => {
                remove(&log_of(file)).map_err(|error| self.unusable(&error))?;
                Ok(Some(kept.number))
            }
            Err(problem) if problem.code == ProblemCode::DiskFull => Err(problem),
            Err(_) => self.set_aside(file).map(Some),
        }
    }

    /// Moves a damaged file with its log here; its number.
    pub(crate) fn set_aside(&self, file: &Path) -> Result<u32> {
        let (number, path) = self.next(Reason::Damaged)?;
        let moved =
            fs::rename(file, &path).and_then(|()| match fs::rename(log_of(file), log_of(&path)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            });
        moved.map_err(|error| self.unusable(&error))?;
        self.prune(0)?;
        Ok(number)
    }

    /// Copies the store as it is now.
    pub(crate) fn make(&self, store: &Store, reason: Reason) -> Result<Backup> {
        let bytes = store.bytes()?;
        self.prune(bytes)?;
        if !reserve::has_room(&self.home, bytes) {
            let message = format!("there is no room for a copy of {bytes} bytes");
            return Err(Problem::new(ProblemCode::DiskFull, message)
                .hint("make room on the disk; nothing was changed"));
        }
        let (_, path) = self.next(reason)?;
        store.copy_to(&path)?;
        self.prune(0)?;
        Backup::at(path).ok_or_else(|| Problem::internal("a copy is gone at once"))
    }

    /// Whether it is time for a copy, by when the last one was made and what has come since.
    pub(crate) fn is_due(&self, bytes: u64) -> bool {
        let Some(last) = self.newest() else { return true };
        let grown = bytes.saturating_sub(last.bytes);
        now().saturating_sub(last.seconds) >= WEEK || (grown >= GROWTH && grown >= bytes / 4)
    }

    /// The newest copy that is sound.
    pub(crate) fn newest_good(&self) -> Option<Backup> {
        let copies = self.list().ok()?.into_iter().rev();
        let mut copies = copies.filter(|backup| backup.reason != Reason::Damaged);
        copies.find(|backup| yinju_store::check(&backup.path).is_ok())
    }

    /// A damaged file that was set aside last and has had nothing put in its place.
    pub(crate) fn last_damaged(&self) -> Option<PathBuf> {
        let last = self.list().ok()?.pop()?;
        (last.reason == Reason::Damaged).then_some(last.path)
    }

    /// Deletes all of them; whether there were any.
    pub(crate) fn forget(&self) -> Result<bool> {
        let all = self.list()?;
        let number = all.last().map_or(0, |last| last.number);
        for backup in &all {
            backup.delete().map_err(|error| self.unusable(&error))?;
        }
        self.clear_unfinished()?;
        if number > 0 {
            self.remember(number);
        }
        Ok(!all.is_empty())
    }

    /// Deletes what a crash left half-written, which holds words too. Nobody may be writing a copy.
    pub(crate) fn clear_unfinished(&self) -> Result<()> {
        let Ok(entries) = fs::read_dir(&self.folder) else { return Ok(()) };
        let files = entries.flatten().map(|entry| entry.path());
        for file in files.filter(|file| file.extension() == Some("part".as_ref())) {
            remove(&file).map_err(|error| self.unusable(&error))?;
        }
        Ok(())
    }

    fn newest(&self) -> Option<Backup> {
        let copies = self.list().ok()?.into_iter().rev();
        copies.into_iter().find(|backup| backup.reason != Reason::Damaged)
    }

    fn find(&self, number: u32) -> Result<Backup> {
        self.list()?.into_iter().find(|backup| backup.number == number).ok_or_else(|| {
            Problem::new(ProblemCode::BadUsage, format!("there is no copy {number}"))
                .hint("`yinju backup list` lists what there is")
        })
    }

    /// The next number and the path that goes with it.
    fn next(&self, reason: Reason) -> Result<(u32, PathBuf)> {
        make_folder(&self.folder).map_err(|error| self.unusable(&error))?;
        let last = self.list()?.last().map_or(0, |last| last.number);
        let remembered = fs::read_to_string(self.folder.join("last")).ok();
        let remembered = remembered.and_then(|text| text.trim().parse().ok()).unwrap_or(0);
        let number = last.max(remembered) + 1;
        Ok((number, self.folder.join(format!("{number}-{}-{}.db", reason.name(), now()))))
    }

    /// Numbers go on after all copies went.
    fn remember(&self, number: u32) {
        if let Err(problem) = crate::save(&self.folder.join("last"), number.to_string().as_bytes())
        {
            tracing::warn!(%problem, "numbers of copies begin again");
        }
    }

    /// Deletes what is too many, and then the oldest as long as they take more room than is left with
    /// so many bytes more. The newest copy always stays.
    fn prune(&self, more: u64) -> Result<()> {
        let all = self.list()?;
        let (mut going, copies): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|backup| backup.reason == Reason::Damaged);
        going.truncate(going.len().saturating_sub(DAMAGED));
        let kept = kept(&copies);
        let (mut staying, too_many): (Vec<_>, Vec<_>) =
            copies.into_iter().partition(|copy| kept.contains(&copy.number));
        going.extend(too_many);
        let newest = staying.pop();
        let mut bytes = staying.iter().chain(&newest).map(|copy| copy.bytes).sum::<u64>();
        let free = available(&self.home);
        for copy in staying {
            if bytes.saturating_add(more) <= free / 2 {
                break;
            }
            bytes -= copy.bytes;
            going.push(copy);
        }
        going.iter().try_for_each(Backup::delete).map_err(|error| self.unusable(&error))
    }

    fn copy_file(&self, from: &Path, to: &Path) -> Result<()> {
        let copied = fs::copy(from, to);
        if let Err(error) = copied {
            let _ = fs::remove_file(to);
            return Err(self.unusable(&error));
        }
        Ok(())
    }

    fn wish(&self) -> PathBuf {
        self.folder.join("restore")
    }

    fn unusable(&self, error: &io::Error) -> Problem {
        crate::home::unusable(&self.folder, error)
    }
}

impl Engine {
    /// The copies of this home.
    pub fn backups(&self) -> Backups {
        Backups::of(self.0.home.folder())
    }

    /// Makes a copy because a person asked.
    pub fn make_backup(&self) -> Result<Backup> {
        let _turn = self.0.copying();
        self.backups().make(self.store(), Reason::Request)
    }

    /// What is done from time to time when nobody waits: room is reserved, a copy made if one is due,
    /// and the file of an older version written so that it can give room back. None of it failing is
    /// worth more than a line in the log.
    pub fn tend(&self) {
        let home = self.0.home.folder();
        reserve::keep(home);
        self.0.home.make_private();
        let tended = self.store().bytes().map_err(Problem::from).and_then(|bytes| {
            if !self.store().is_shrinkable()? && reserve::has_room(home, bytes.saturating_mul(3)) {
                self.store().make_shrinkable()?;
            }
            let _turn = self.0.copying();
            if self.backups().is_due(bytes) {
                self.backups().make(self.store(), Reason::Regular)?;
            }
            Ok(())
        });
        if let Err(problem) = tended {
            tracing::warn!(%problem, "no copy of the store was made");
        }
    }

    /// Makes a copy of what a removal left, where the ones it took are missed.
    pub(crate) fn renew_backup(&self) {
        let made = self.store().bytes().map_err(Problem::from).and_then(|bytes| {
            let is_quick = bytes <= AT_ONCE;
            is_quick.then(|| self.backups().make(self.store(), Reason::Removal)).transpose()
        });
        if let Err(problem) = made {
            tracing::warn!(%problem, "no copy of what is left was made");
        }
    }
}

impl Backup {
    /// A copy by the name of its file; none where it is another's.
    fn at(path: PathBuf) -> Option<Self> {
        let name = path.file_name()?.to_str()?.strip_suffix(".db")?;
        let [number, reason, seconds] = name.split('-').collect::<Vec<_>>()[..] else {
            return None;
        };
        let seconds = seconds.parse().ok()?;
        let schema = match yinju_store::look(&path) {
            Ok(StoreFile::Store { schema }) => schema,
            _ => 0,
        };
        Some(Self {
            number: number.parse().ok()?,
            made: rfc3339(seconds),
            bytes: path.metadata().ok()?.len(),
            schema,
            reason: Reason::named(reason)?,
            seconds,
            path,
        })
    }

    /// Where it lies.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    fn delete(&self) -> io::Result<()> {
        remove(&log_of(&self.path)).and_then(|()| remove(&self.path))
    }
}

impl Reason {
    const ALL: [Self; 6] = [
        Self::Request,
        Self::Regular,
        Self::Migration,
        Self::Restore,
        Self::Removal,
        Self::Damaged,
    ];

    /// As it stands in names and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Regular => "regular",
            Self::Migration => "migration",
            Self::Restore => "restore",
            Self::Removal => "removal",
            Self::Damaged => "damaged",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }
}

/// Numbers of the copies that stay, of all in their order: the newest, and the last of each month.
fn kept(copies: &[Backup]) -> BTreeSet<u32> {
    let mut months = BTreeSet::new();
    let newest_first = || copies.iter().rev();
    let of_months = newest_first().filter(|copy| months.insert(copy.made[..7].to_owned()));
    let of_months: Vec<u32> = of_months.take(MONTHS).map(|copy| copy.number).collect();
    newest_first().take(NEWEST).map(|copy| copy.number).chain(of_months).collect()
}

fn damaged(number: u32, error: &yinju_store::StoreError) -> Problem {
    Problem::new(ProblemCode::StoreDamaged, format!("copy {number} is no sound store: {error}"))
        .hint("choose another copy; nothing was changed")
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}

/// Seconds since 1970 as a date: days are counted from the first of March of the year 0, so that the
/// day that may be missing is a year's last (H. Hinnant, "chrono-compatible low-level date
/// algorithms").
pub(crate) fn rfc3339(seconds: u64) -> String {
    let days = seconds / 86_400 + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + u64::from(month <= 2);
    let (hour, minute, second) = (seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copy(number: u32, seconds: u64) -> Backup {
        Backup {
            number,
            made: rfc3339(seconds),
            bytes: 1,
            schema: 1,
            reason: Reason::Regular,
            seconds,
            path: PathBuf::new(),
        }
    }

    #[test]
    fn seconds_are_dates() {
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00Z");
        assert_eq!(rfc3339(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(rfc3339(1_764_419_696), "2025-11-29T12:34:56Z");
    }

    #[test]
    fn the_newest_and_one_of_each_month_stay() {
        let week = |n: u64| 1_700_000_000 + n * WEEK;
        let copies: Vec<_> = (0..20).map(|n| copy(n as u32, week(n))).collect();
        let kept = kept(&copies);
        assert!([17, 18, 19].iter().all(|newest| kept.contains(newest)));
        assert!((6..=8).contains(&kept.len()), "{kept:?}");
    }
}
