//! How the points of lists and the headings of a text are counted (OpenDocument 1.3, Part 3, 16.31 and
//! 16.34): a file has the counting, and whoever reads it the numbers.

use crate::numbering::{Format, Signs};
use crate::xml::{Visitor, attribute};
use quick_xml::events::BytesStart;
use std::collections::HashMap;

/// Levels of a list, as the format has them.
const LEVELS: usize = 10;
/// The name under which the numbers of headings are kept; no style's name is empty.
pub(super) const HEADINGS: &str = "";

/// How one level is counted.
#[derive(Clone, Debug)]
struct Level {
    format: Format,
    prefix: String,
    suffix: String,
    start: usize,
    /// How many levels' numbers are shown, this one's the last.
    shown: usize,
}

/// All ways of counting of a document, by the names of their styles.
#[derive(Debug, Default)]
pub(super) struct ListStyles {
    styles: HashMap<String, HashMap<usize, Level>>,
    open: Option<String>,
}

impl Visitor for ListStyles {
    fn open(&mut self, name: &str, element: &BytesStart<'_>) {
        match name {
            "list-style" => self.open = attribute(element, "name"),
            "outline-style" => self.open = Some(HEADINGS.to_owned()),
            "list-level-style-number" | "outline-level-style" | "list-level-style-bullet" => {
                let number = |name| attribute(element, name).and_then(|n| n.parse::<usize>().ok());
                let (Some(style), Some(at)) = (self.open.clone(), number("level")) else { return };
                let word = |name| attribute(element, name).unwrap_or_default();
                let is_number = name != "list-level-style-bullet";
                let format = word("num-format");
                let format = match format.as_str() {
                    _ if !is_number => Format::None,
                    "" => Format::None,
                    "一, 二, 三, ..." => Format::Chinese,
                    "壹, 贰, 叁, ..." => Format::ChineseLegal,
                    "①, ②, ③, ..." => Format::Circled,
                    "甲, 乙, 丙, ..." => Format::Signs(Signs::Stems),
                    other => Format::of_html(other),
                };
                let level = Level {
                    format,
                    prefix: word("num-prefix"),
                    suffix: word("num-suffix"),
                    start: number("start-value").unwrap_or(1),
                    shown: number("display-levels").unwrap_or(1),
                };
                self.styles.entry(style).or_default().insert(at, level);
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        if matches!(name, "list-style" | "outline-style") {
            self.open = None;
        }
    }

    fn text(&mut self, _: &str) {}
}

/// How far each list has counted.
#[derive(Debug, Default)]
pub(super) struct Counters {
    counts: HashMap<String, [usize; LEVELS]>,
}

impl Counters {
    /// A list of a style begins: unless it goes on with the one before, its levels from `level` (from 1) on
    /// begin anew.
    pub(super) fn begin(&mut self, style: &str, level: usize) {
        if let Some(counts) = self.counts.get_mut(style) {
            counts.iter_mut().skip(level.saturating_sub(1)).for_each(|count| *count = 0);
        }
    }

    /// What a reader sees before the next point of a level, from 1.
    pub(super) fn next(
        &mut self,
        styles: &ListStyles,
        style: &str,
        level: usize,
        start: Option<usize>,
    ) -> Option<String> {
        let levels = styles.styles.get(style)?;
        let own = levels.get(&level)?;
        let counts = self.counts.entry(style.to_owned()).or_default();
        let place = level.checked_sub(1).filter(|place| *place < LEVELS)?;
        let last = match counts[place] {
            0 => levels.get(&level).map_or(1, |own| own.start).saturating_sub(1),
            count => count,
        };
        counts[place] = start.unwrap_or(last + 1);
        counts[place + 1..].fill(0);
        if own.format == Format::None {
            return None;
        }
        let from = (level + 1).saturating_sub(own.shown.max(1)).max(1);
        let numbers = (from..=level).filter_map(|level| {
            let format = levels.get(&level)?.format;
            let number = u32::try_from(counts[level - 1].max(1)).ok()?;
            (format != Format::None).then(|| format.write(number))
        });
        let numbers = numbers.collect::<Vec<_>>().join(".");
        Some(format!("{}{numbers}{}", own.prefix, own.suffix))
    }
}
