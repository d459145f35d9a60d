//! Power is lost at any moment: no answer and no document that a person was told of is lost.
//!
//! What the store writes is recorded with what it waited for, and replayed up to 200 moments. What
//! was not waited for by then came to the disk in part, out of order, or not at all.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use support::vfs::{self, Event};
use support::{Kept, Random, live};
use yinju_store::Store;

const MOMENTS: u64 = 200;

/// A file: what is on the disk for certain, and what may be.
#[derive(Clone, Default)]
struct Disk {
    certain: Vec<u8>,
    pending: Vec<Event>,
    is_there: bool,
}

impl Disk {
    fn take(&mut self, event: &Event) {
        match event {
            Event::Sync(_) => self.settle(|_| true),
            // Names are on the disk at once; what is lost with a log matters, not that it lingers.
            Event::Delete(_) => *self = Self::default(),
            Event::Write(..) | Event::Truncate(..) => {
                self.is_there = true;
                self.pending.push(event.clone());
            }
        }
    }

    fn settle(&mut self, mut came: impl FnMut(usize) -> bool) {
        for (at, event) in std::mem::take(&mut self.pending).into_iter().enumerate() {
            if !came(at) {
                continue;
            }
            match event {
                Event::Write(_, at, bytes) => {
                    let end = at as usize + bytes.len();
                    self.certain.resize(self.certain.len().max(end), 0);
                    self.certain[at as usize..end].copy_from_slice(&bytes);
                }
                Event::Truncate(_, length) => self.certain.resize(length as usize, 0),
                Event::Sync(_) | Event::Delete(_) => {}
            }
        }
    }
}

fn name(event: &Event) -> &str {
    match event {
        Event::Write(name, ..)
        | Event::Truncate(name, _)
        | Event::Sync(name)
        | Event::Delete(name) => name,
    }
}

/// The disk as it may be when power is lost after so many events.
fn disk_after(events: &[Event], random: &mut Random) -> BTreeMap<String, Disk> {
    let mut files: BTreeMap<String, Disk> = BTreeMap::new();
    for event in events {
        files.entry(name(event).to_owned()).or_default().take(event);
    }
    let way = random.below(4);
    for file in files.values_mut() {
        let until = random.below(file.pending.len() as u64 + 1) as usize;
        file.settle(|at| match way {
            0 => false,
            1 => at < until,
            2 => at >= until,
            _ => random.below(2) == 0,
        });
    }
    files
}

#[test]
fn nothing_a_person_was_told_of_is_lost_with_the_power() {
    vfs::install();
    let folder = tempfile::tempdir().unwrap();
    let mut told: Vec<(usize, Kept)> = vec![(0, Kept::default())];
    live(&folder.path().join("yinju.db"), &mut |kept| {
        told.push((vfs::events().len(), kept));
    })
    .unwrap();
    let events = vfs::events().clone();
    let seed = std::env::var("SEED").map_or(20_251_129, |seed| seed.parse().unwrap());
    let mut random = Random(seed);
    for moment in 0..MOMENTS {
        let cut = if moment == 0 { events.len() as u64 } else { random.below(events.len() as u64) };
        let after = tempfile::tempdir().unwrap();
        for (name, file) in disk_after(&events[..cut as usize], &mut random) {
            if file.is_there {
                fs::write(after.path().join(name), &file.certain).unwrap();
            }
        }
        check(after.path(), &told, cut as usize);
    }
}

/// It opens, is sound, and holds what was told before the cut, or that and what was under way.
fn check(folder: &Path, told: &[(usize, Kept)], cut: usize) {
    let store = Store::open(&folder.join("yinju.db")).unwrap();
    assert!(store.health().unwrap().is_sound(), "cut {cut}: {:?}", store.health());
    let found = Kept::of(&store).unwrap();
    let last = told.iter().rposition(|(at, _)| *at <= cut).unwrap();
    let may_be = &told[last..told.len().min(last + 2)];
    assert!(
        may_be.iter().any(|(_, kept)| *kept == found),
        "cut {cut}: told of {:?}, found {:?}",
        told[last].1.answers,
        found.answers
    );
}
