//! `numbering.xml`: how the points of lists and the headings of contracts are counted (ECMA-376 17.9). Word
//! keeps no number; whoever reads the file counts again. Not here: pictures as bullets.

use crate::numbering::Format;
use crate::xml::{Visitor, attribute};
use quick_xml::events::BytesStart;
use std::collections::HashMap;

/// Levels of a list, as Word has them.
const LEVELS: usize = 9;
/// A list may name another by its style, in a ring if somebody wishes so.
const LONGEST_CHAIN: usize = 8;

/// A level of a list.
#[derive(Clone, Debug, Default)]
struct Level {
    /// 0 where the file says nothing (17.9.25).
    start: u32,
    format: Format,
    /// With `%1` to `%9` for the numbers of the levels.
    text: String,
    /// Whether all numbers in it are digits (`w:isLgl`).
    in_digits: bool,
    /// Whether nothing stands between the number and the text.
    is_close: bool,
    /// The level after whose count it begins again; 0 never, `None` each of those above it.
    restarts: Option<usize>,
    /// The paragraph style whose paragraphs stand at this level.
    style: Option<String>,
}

type Levels = [Level; LEVELS];

/// A list (`w:num`): its definition, and the levels that it defines or starts otherwise.
#[derive(Debug, Default)]
struct List {
    definition: String,
    levels: HashMap<usize, Level>,
    starts: HashMap<usize, u32>,
}

/// All lists of a document.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    abstracts: HashMap<String, Levels>,
    /// The list of a style that another list stands for.
    linked: HashMap<String, String>,
    /// The style by which a list is found.
    styled: HashMap<String, String>,
    lists: HashMap<String, List>,
    open: Open,
}

#[derive(Debug, Default)]
struct Open {
    of_abstract: Option<String>,
    of_list: Option<String>,
    level: Option<usize>,
    overridden: Option<usize>,
    /// How deep in what is written a second time for programs that do not know the first form.
    fallback: usize,
}

impl Numbering {
    /// The definition of a list and its levels, as it has them.
    fn levels(&self, list: &str) -> Option<(&str, Levels)> {
        let list = self.lists.get(list)?;
        let mut id = list.definition.as_str();
        for _ in 0..LONGEST_CHAIN {
            let Some(next) = self.linked.get(id).and_then(|style| self.styled.get(style)) else {
                break;
            };
            id = next;
        }
        let mut levels = self.abstracts.get(id)?.clone();
        for (at, level) in levels.iter_mut().enumerate() {
            if let Some(own) = list.levels.get(&at) {
                *level = own.clone();
            }
            // Holds at the beginning and whenever the level begins again (17.9.26).
            level.start = list.starts.get(&at).copied().unwrap_or(level.start);
        }
        Some((id, levels))
    }

    /// The level of a list that is a style's own.
    pub(super) fn level_of_style(&self, list: &str, style: &str) -> Option<usize> {
        let (_, levels) = self.levels(list)?;
        levels.iter().position(|level| level.style.as_deref() == Some(style))
    }

    fn open_level(&mut self) -> Option<&mut Level> {
        if let Some(list) = &self.open.of_list {
            let levels = &mut self.lists.get_mut(list)?.levels;
            return Some(levels.entry(self.open.level?).or_default());
        }
        let levels = self.abstracts.get_mut(self.open.of_abstract.as_ref()?)?;
        levels.get_mut(self.open.level?)
    }

    fn open_in_level(&mut self, name: &str, element: &BytesStart<'_>) {
        let value = attribute(element, "val").unwrap_or_default();
        let Some(level) = self.open_level() else { return };
        match name {
            "start" => level.start = value.parse().unwrap_or(1),
            "numFmt" => {
                let pattern = attribute(element, "format").unwrap_or_default();
                level.format = Format::of_word(&value, &pattern);
            }
            "pStyle" => level.style = Some(value),
            "lvlText" => level.text = value,
            "isLgl" => level.in_digits = !matches!(value.as_str(), "0" | "false"),
            "suff" => level.is_close = value == "nothing",
            "lvlRestart" => level.restarts = value.parse().ok(),
            _ => {}
        }
    }
}

impl Visitor for Numbering {
    fn open(&mut self, name: &str, element: &BytesStart<'_>) {
        let value = || attribute(element, "val").unwrap_or_default();
        if name == "Fallback" || self.open.fallback > 0 {
            self.open.fallback += 1;
            return;
        }
        match name {
            "abstractNum" => {
                self.open.of_abstract = attribute(element, "abstractNumId");
                if let Some(id) = self.open.of_abstract.clone() {
                    self.abstracts.insert(id, Levels::default());
                }
            }
            "num" => self.open.of_list = attribute(element, "numId"),
            "abstractNumId" => {
                if let Some(list) = self.open.of_list.clone() {
                    let list = self.lists.entry(list).or_default();
                    *list = List { definition: value(), ..List::default() };
                }
            }
            "lvl" => self.open.level = attribute(element, "ilvl").and_then(|l| l.parse().ok()),
            "lvlOverride" => {
                self.open.overridden = attribute(element, "ilvl").and_then(|l| l.parse().ok());
            }
            "startOverride" => {
                let list = self.open.of_list.as_ref().and_then(|id| self.lists.get_mut(id));
                if let (Some(list), Some(level)) = (list, self.open.overridden) {
                    list.starts.insert(level, value().parse().unwrap_or(1));
                }
            }
            "numStyleLink" => {
                self.linked.extend(self.open.of_abstract.clone().map(|id| (id, value())));
            }
            "styleLink" => {
                self.styled.extend(self.open.of_abstract.clone().map(|id| (value(), id)));
            }
            _ => self.open_in_level(name, element),
        }
    }

    fn close(&mut self, name: &str) {
        if self.open.fallback > 0 {
            self.open.fallback -= 1;
            return;
        }
        match name {
            "abstractNum" => self.open.of_abstract = None,
            "num" => self.open.of_list = None,
            "lvl" => self.open.level = None,
            _ => {}
        }
    }

    fn text(&mut self, _: &str) {}
}

/// Counts through a document.
#[derive(Debug, Default)]
pub(super) struct Counters {
    /// Of each definition the count of every level; lists of one definition go on from each other.
    counts: HashMap<String, [Option<u32>; LEVELS]>,
    /// Lists whose own start was taken.
    started: HashMap<String, [bool; LEVELS]>,
}

impl Counters {
    /// What stands before the next paragraph of a list at a level, from 0.
    pub(super) fn lead(
        &mut self,
        numbering: &Numbering,
        list: &str,
        level: usize,
    ) -> Option<String> {
        let level = level.min(LEVELS - 1);
        let (id, levels) = numbering.levels(list)?;
        let counts = self.counts.entry(id.to_owned()).or_default();
        let starts = &numbering.lists.get(list)?.starts;
        let started = self.started.entry(list.to_owned()).or_default();
        let own_start =
            starts.get(&level).filter(|_| !std::mem::replace(&mut started[level], true));
        counts[level] = Some(match (own_start, counts[level]) {
            (Some(start), _) => *start,
            (None, Some(count)) => count.saturating_add(1),
            (None, None) => levels[level].start,
        });
        for (below, count) in counts.iter_mut().enumerate().skip(level + 1) {
            let begins_again = levels[below].restarts.is_none_or(|after| level < after);
            if begins_again {
                *count = None;
            }
        }
        // A level that was passed over counts as begun.
        for (above, count) in counts.iter_mut().enumerate().take(level) {
            count.get_or_insert(levels[above].start);
        }
        Some(written(&levels, level, counts))
    }
}

fn written(levels: &Levels, level: usize, counts: &[Option<u32>; LEVELS]) -> String {
    let own = &levels[level];
    if own.format == Format::Bullet {
        return String::new();
    }
    let mut text = String::new();
    let mut signs = own.text.chars();
    while let Some(c) = signs.next() {
        let place = if c == '%' { signs.clone().next().and_then(|d| d.to_digit(10)) } else { None };
        match place {
            Some(place @ 1..=9) => {
                signs.next();
                let of = place as usize - 1;
                let format = match levels[of].format {
                    // `Section 1.01` keeps its naught in Word.
                    format if !own.in_digits || format == Format::DecimalZero => format,
                    _ => Format::Decimal,
                };
                text.push_str(&format.write(counts[of].unwrap_or(levels[of].start)));
            }
            _ => text.push(c),
        }
    }
    if own.is_close || text.is_empty() { text } else { text + " " }
}
