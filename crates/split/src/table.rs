//! Tables as Markdown: every row under the header of its table, however far down it stands.
//!
//! Only what is read is made anew; a passage's text and spans stay what stands on the page. A
//! table whose lines are not its rows is left to be read as running text.

use crate::units::{self, Part, Unit};
use crate::{SplitConfig, Splitter};
use yinju_core::text::unwrap_lines;
use yinju_core::{Block, BlockKind, CharRange, Page};

/// What names the columns of the last table, for one that goes on with it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Head {
    /// The caption, on one line.
    title: Option<String>,
    /// The header as one line.
    header: Option<String>,
    columns: usize,
}

impl Head {
    /// Lines before the rows of a part that does not have the header itself.
    fn lines(&self) -> Vec<String> {
        self.title.iter().chain(&self.header).cloned().collect()
    }
}

/// For every block the caption that is its own: a table's before it, else after it; a figure's after it, else
/// before it.
pub(crate) fn captions(blocks: &[&Block]) -> Vec<Option<usize>> {
    let is = |index: usize, kind| blocks.get(index).is_some_and(|block| block.kind == kind);
    let mut captions: Vec<Option<usize>> = vec![None; blocks.len()];
    for index in 0..blocks.len() {
        let before = index.checked_sub(1).filter(|before| is(*before, BlockKind::Caption));
        let free = before.filter(|before| !captions.contains(&Some(*before)));
        let after = Some(index + 1).filter(|after| is(*after, BlockKind::Caption));
        if blocks[index].kind == BlockKind::Figure {
            captions[index] = after.or(free);
            continue;
        }
        let Some(table) = &blocks[index].table else { continue };
        captions[index] = free.or(after.filter(|_| !table.continues));
    }
    captions
}

/// A table with its caption, which stands before it (`true`) or after; in one unit where it fits,
/// else cut between rows. Nothing if it has to be read as running text.
pub(crate) fn units(
    page: &Page,
    block: &Block,
    caption: Option<(bool, &Block)>,
    head: &mut Head,
    splitter: &Splitter,
) -> Option<Vec<Unit>> {
    let table = block.table.as_ref()?;
    let ranges = block.rows(&page.text)?;
    let columns = table.rows.first().map_or(0, Vec::len);
    let headed = usize::from(table.header_rows).min(table.rows.len());
    let filled = table.filled();
    let own = header(&filled[..headed]);
    let (before, after) = match caption {
        Some((true, block)) => (Part::of(page, block.range), None),
        Some((false, block)) => (None, Part::of(page, block.range)),
        None => (None, None),
    };
    let title = before.as_ref().or(after.as_ref()).map(|part| unwrap_lines(&part.text));
    let above = std::mem::take(head);
    let above = if table.continues && above.columns == columns { above } else { Head::default() };
    // A caption is there already, and one header is enough.
    let first = match (&title, &own) {
        (None, None) => above.lines(),
        _ => own.iter().chain(above.header.iter().filter(|_| own.is_none())).cloned().collect(),
    };
    *head = Head { title: title.or(above.title), header: own.or(above.header), columns };
    let lines = filled.iter().map(|row| line(row)).collect();
    let is_lookup = is_lookup(&filled[headed..]);
    let rows = Rows { page, ranges, lines, headed, head, first, is_lookup, splitter };
    Some(rows.cut(before.as_ref(), after.as_ref()))
}

/// Whether a table says in words what each of many names is: whoever reads one row needs no other.
fn is_lookup(rows: &[Vec<String>]) -> bool {
    let says = |row: &&Vec<String>| {
        let words = |cell: &String| cell.chars().filter(|c| c.is_alphabetic()).count();
        let said: usize = row.iter().skip(1).map(words).sum();
        let figures = row.iter().skip(1).flat_map(|cell| cell.chars());
        !row[0].trim().is_empty() && said > 2 * figures.filter(char::is_ascii_digit).count()
    };
    rows.len() >= LEAST_ROWS && rows.iter().filter(says).count() * 4 >= rows.len() * 3
}

/// A table while it is cut.
struct Rows<'t> {
    page: &'t Page,
    /// Where each row stands.
    ranges: Vec<CharRange>,
    /// Each row as Markdown.
    lines: Vec<String>,
    /// How many of them are the header.
    headed: usize,
    head: &'t Head,
    /// Lines before the rows of the first part.
    first: Vec<String>,
    is_lookup: bool,
    splitter: &'t Splitter,
}

/// A table of fewer rows is read as a whole.
const LEAST_ROWS: usize = 6;

impl Rows<'_> {
    /// Everything in one unit, else as many rows in each as the target allows.
    fn cut(&self, before: Option<&Part>, after: Option<&Part>) -> Vec<Unit> {
        let whole = self.part(0, self.lines.len());
        let parts = before.cloned().into_iter().chain(whole).chain(after.cloned()).collect();
        let whole = self.unit(parts);
        if whole.parts.is_empty() {
            return Vec::new();
        }
        let SplitConfig { max_tokens, lookup_tokens, .. } = self.splitter.config;
        if whole.tokens <= if self.is_lookup { lookup_tokens } else { max_tokens } {
            return vec![whole];
        }
        let mut units = self.groups(before);
        let after = after.map(|after| self.running_text(after.range, BlockKind::Caption));
        units.extend(after.into_iter().flatten());
        units
    }

    fn groups(&self, before: Option<&Part>) -> Vec<Unit> {
        let config = self.splitter.config;
        let target = if self.is_lookup { config.lookup_tokens } else { config.target_tokens };
        let is_header = |row: usize| row < self.headed;
        let length = |(row, text): (usize, &String)| {
            if is_header(row) { 0 } else { self.splitter.count(text) + 1 }
        };
        let lengths: Vec<usize> = self.lines.iter().enumerate().map(length).collect();
        let caption = before.map_or(0, |part| self.splitter.count_running(&part.text));
        let mut units = Vec::new();
        let mut from = 0;
        while from < self.lines.len() {
            let mut tokens = self.splitter.count(&self.above(from).join("\n"));
            tokens += if from == 0 { caption } else { 0 };
            let mut to = from;
            while to < lengths.len()
                && (to <= from.max(self.headed) || tokens + lengths[to] <= target)
            {
                tokens += lengths[to];
                to += 1;
            }
            let unit = self.unit(self.group(from, to, before));
            if unit.tokens > config.max_tokens {
                to = (from + 1).max(self.headed);
                units.extend(self.running(from..to, before));
            } else if !unit.parts.is_empty() {
                units.push(unit);
            }
            from = to;
        }
        units
    }

    /// Rows `from..to`, after the caption if they are the first.
    fn group(&self, from: usize, to: usize, before: Option<&Part>) -> Vec<Part> {
        let before = before.filter(|_| from == 0).cloned();
        before.into_iter().chain(self.part(from, to)).collect()
    }

    /// Rows that do not fit as such.
    fn running(&self, rows: std::ops::Range<usize>, before: Option<&Part>) -> Vec<Unit> {
        let caption = before.filter(|_| rows.start == 0).map(|part| part.range);
        let ranges = caption.into_iter().chain(self.ranges[rows].iter().copied());
        ranges.flat_map(|range| self.running_text(range, BlockKind::Table)).collect()
    }

    fn running_text(&self, range: CharRange, kind: BlockKind) -> impl Iterator<Item = Unit> {
        units::of_range(self.page, range, kind, self.splitter)
    }

    fn part(&self, from: usize, to: usize) -> Option<Part> {
        let range = CharRange { start: self.ranges[from].start, end: self.ranges[to - 1].end };
        let mut part = Part::of(self.page, range)?;
        let rows = &self.lines[from.max(self.headed).min(to)..to];
        part.markdown = Some([&self.above(from), rows].concat().join("\n"));
        Some(part)
    }

    /// What stands above a row in the part that it begins.
    fn above(&self, row: usize) -> Vec<String> {
        let repeated;
        let lines = if row == 0 {
            &self.first
        } else {
            repeated = self.repeated();
            &repeated
        };
        let mut above = Vec::new();
        for line in lines {
            above.push(line.clone());
            if line.starts_with('|') {
                above.push(rule(self.head.columns));
            }
        }
        above
    }

    /// The caption and the header, unless they would take most of the room from the rows.
    fn repeated(&self) -> Vec<String> {
        let room = self.splitter.config.target_tokens / 2;
        let fits = |lines: &[String]| self.splitter.count(&lines.join("\n")) <= room;
        let lines = self.head.lines();
        if fits(&lines) {
            return lines;
        }
        let header: Vec<String> = self.head.header.iter().cloned().collect();
        if fits(&header) { header } else { Vec::new() }
    }

    fn unit(&self, parts: Vec<Part>) -> Unit {
        let length = |part: &Part| match &part.markdown {
            Some(markdown) => self.splitter.count(markdown),
            None => self.splitter.count_running(&part.text),
        };
        let joints = parts.len().saturating_sub(1);
        let tokens = parts.iter().map(length).sum::<usize>() + joints;
        Unit { parts, kind: BlockKind::Table, level: 1, tokens, continues: false }
    }
}

/// Several rows of header as one: what stands above a column, from the top down.
fn header(rows: &[Vec<String>]) -> Option<String> {
    let columns = rows.first()?.len();
    let above = |column: usize| {
        let mut parts: Vec<&str> = rows.iter().map(|row| row[column].trim()).collect();
        parts.retain(|part| !part.is_empty());
        parts.dedup();
        parts.join(" / ")
    };
    Some(line(&(0..columns).map(above).collect::<Vec<_>>()))
}

/// A row of pipes. A pipe in a cell would begin another.
fn line(cells: &[String]) -> String {
    let cells = cells.iter().map(|cell| unwrap_lines(cell).replace('|', "\\|"));
    format!("| {} |", cells.collect::<Vec<_>>().join(" | "))
}

fn rule(columns: usize) -> String {
    format!("|{}", "---|".repeat(columns))
}
