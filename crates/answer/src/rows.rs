//! Tables as they are read: every row by its labels, every value under the head of its column. A number
//! of a table is borne out by its cell alone: by the row and the column that a sentence or its question
//! names, and not by standing near. Deliberately not here: arithmetic over cells.

use crate::terms::Terms;
use regex::Regex;
use std::borrow::Cow;
use std::sync::OnceLock;
use yinju_core::Table;

/// A table of a page.
pub(crate) struct Grid {
    rows: Vec<Row>,
    /// What stands above each column.
    heads: Vec<Terms>,
    /// Columns whose cells are values, as opposed to those that say what a row is about.
    values: Vec<usize>,
}

struct Row {
    is_header: bool,
    /// All of its labels.
    labels: Terms,
    /// Each of them, and whether another row has the same.
    names: Vec<(Terms, bool)>,
    cells: Vec<Terms>,
    /// Labels, heads and all.
    own: Terms,
    /// These, and the caption.
    terms: Terms,
}

/// What the labels of a row must weigh to name it: a word.
const LEAST_LABEL: f32 = 1.0;

/// So much of a name, with the head of one of its values, is its own in a question that says it
/// otherwise.
const MOST_OF_A_NAME: f32 = 0.6;

/// How a question names a row.
#[derive(Clone, Debug)]
pub(crate) struct Naming {
    /// The label that it says.
    name: Terms,
    /// Whether it says all of it.
    pub is_whole: bool,
    /// Whether it names the column of one of the row's values, too.
    pub by_head: bool,
    /// How much it says of the row's labels.
    pub weight: f32,
}

impl Naming {
    /// Whether the name is a part of another's.
    pub fn is_part_of(&self, other: &Self) -> bool {
        self.name.weight() < other.name.weight() && self.name.recall_in(&other.name) >= 1.0
    }
}

/// Whether a number of a sentence is that of the cell the sentence speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fit {
    /// It is another row's or column's.
    Other,
    /// Neither the sentence nor the question says which.
    Unnamed,
    /// It is.
    Named,
}

impl Grid {
    /// Reads a table; `caption` stands above or below it.
    pub fn of(table: &Table, caption: &str) -> Self {
        let mut filled = table.filled();
        let headed = usize::from(table.header_rows).min(filled.len());
        let columns = filled.first().map_or(0, Vec::len);
        let heads: Vec<String> = (0..columns).map(|c| head(&filled[..headed], c)).collect();
        let values: Vec<usize> =
            (1..columns).filter(|column| holds_values(&filled[headed..], *column)).collect();
        repeat_labels(&mut filled[headed..], |column| !values.contains(&column));
        let about = Terms::of(caption);
        let body = &filled[headed..];
        let is_shared = |c: usize, name: &str| body.iter().filter(|row| row[c] == name).count() > 1;
        let row = |(index, cells): (usize, &Vec<String>)| {
            // What stands behind the values, a unit or a remark, tells no row from another.
            let end = values.first().copied().unwrap_or(columns);
            let labels: Vec<&str> = cells[..end].iter().map(String::as_str).collect();
            let all = format!("{}\n{}", cells.join("\n"), heads.join("\n"));
            let own = read(&all);
            Row {
                is_header: index < headed,
                labels: read(&labels.join("\n")),
                names: labels
                    .iter()
                    .enumerate()
                    .map(|(c, name)| (read(name), is_shared(c, name)))
                    .collect(),
                cells: cells.iter().map(|cell| read(cell)).collect(),
                terms: Terms::union([&own, &about]),
                own,
            }
        };
        Self {
            rows: filled.iter().enumerate().map(row).collect(),
            heads: heads.iter().map(|head| read(head)).collect(),
            values,
        }
    }

    /// What a row says, with the heads above it and the labels that it shares with others.
    pub fn terms(&self, row: usize) -> &Terms {
        &self.rows[row].terms
    }

    /// What a row says, with the heads above it, but not what all rows of the table are about.
    pub fn own_terms(&self, row: usize) -> &Terms {
        &self.rows[row].own
    }

    /// Whether a row names the columns.
    pub fn is_header(&self, row: usize) -> bool {
        self.rows[row].is_header
    }

    /// How far a question names a row: by a label that is the row's own, and labels that it shares
    /// with others; `None` where it does not.
    pub fn naming(&self, row: usize, asked: &Terms) -> Option<Naming> {
        let row = self.rows.get(row).filter(|row| !row.is_header)?;
        let mut heads = self.values.iter().map(|column| &self.heads[*column]);
        let by_head = heads.any(|head| head.iter().any(|(term, _)| is_said_of_head(asked, &term)));
        let own = row.names.iter().filter(|(_, shared)| !shared).map(|(name, _)| name);
        // Labels that other rows have too may be the row's own together.
        let together = Some(&row.labels).filter(|labels| labels.recall_in(asked) >= 1.0);
        let (name, said) = own
            .chain(together)
            .filter(|name| name.weight() >= LEAST_LABEL)
            .map(|name| (name, name.recall_in(asked)))
            .max_by(|a, b| (a.1 * a.0.weight()).total_cmp(&(b.1 * b.0.weight())))?;
        let groups =
            row.names.iter().filter(|(name, shared)| *shared && name.recall_in(asked) >= 1.0);
        let groups: f32 = groups.map(|(name, _)| name.weight()).sum();
        let is_whole = said >= 1.0;
        let weight = said * name.weight() + groups;
        let enough = is_whole || (by_head && said >= MOST_OF_A_NAME);
        enough.then(|| Naming { name: name.clone(), is_whole, by_head, weight })
    }

    /// Whether a value of a row is the one that is spoken of; `None` where the row has no such value.
    pub fn fit(&self, row: usize, value: &str, named: &Terms) -> Option<Fit> {
        let cells = &self.rows[row].cells;
        let columns = self.values.iter().filter(|column| cells[**column].says_number(value));
        let row_fit = self.row_fit(row, named);
        columns.map(|column| self.column_fit(*column, named).min(row_fit)).max()
    }

    fn column_fit(&self, column: usize, named: &Terms) -> Fit {
        let heads: Vec<&Terms> = self.values.iter().map(|column| &self.heads[*column]).collect();
        let at = self.values.iter().position(|known| *known == column).unwrap_or(0);
        best_named(&heads, at, |term| is_said_of_head(named, term))
    }

    fn row_fit(&self, row: usize, named: &Terms) -> Fit {
        let body: Vec<usize> = (0..self.rows.len()).filter(|r| !self.rows[*r].is_header).collect();
        let labels: Vec<&Terms> = body.iter().map(|row| &self.rows[*row].labels).collect();
        let at = body.iter().position(|known| *known == row).unwrap_or(0);
        best_named(&labels, at, |term| named.has(term))
    }
}

/// A table as a small model can read it, which loses its way in a grid: each row a line, its labels
/// before its values, each value after the head of its column.
pub(crate) fn told(table: &Table) -> Vec<String> {
    let mut filled = table.filled();
    let headed = usize::from(table.header_rows).min(filled.len());
    let columns = filled.first().map_or(0, Vec::len);
    let heads: Vec<String> = (0..columns).map(|column| head(&filled[..headed], column)).collect();
    let is_value: Vec<bool> =
        (0..columns).map(|column| column > 0 && holds_values(&filled[headed..], column)).collect();
    repeat_labels(&mut filled[headed..], |column| !is_value[column]);
    let row = |cells: &Vec<String>| {
        let is_value = &is_value;
        let of = |values: bool| (0..columns).filter(move |column| is_value[*column] == values);
        let named = |column: usize| match heads[column].trim() {
            "" => cells[column].clone(),
            head => format!("{head} {}", cells[column]),
        };
        let is_there = |column: &usize| !cells[*column].trim().is_empty();
        let labels: Vec<&str> = of(false).filter(is_there).map(|c| cells[c].as_str()).collect();
        let values: Vec<String> = of(true).filter(is_there).map(named).collect();
        match (labels.is_empty(), values.is_empty()) {
            (true, _) => values.join("; "),
            (_, true) => (0..columns).filter(is_there).map(named).collect::<Vec<_>>().join("; "),
            _ => format!("{} — {}", labels.join(" · "), values.join("; ")),
        }
    };
    filled[headed..].iter().map(row).filter(|line| !line.is_empty()).collect()
}

/// Text as it is compared: a quarter has one name.
pub(crate) fn read(text: &str) -> Terms {
    Terms::of(&with_quarters(text))
}

/// `第三季度`, `三季度`, `third quarter` → `Q3`.
fn with_quarters(text: &str) -> Cow<'_, str> {
    static PATTERN: OnceLock<Regex> = OnceLock::new();
    let pattern = PATTERN.get_or_init(|| {
        Regex::new(r"(?i)第?\s*([一二三四1-4])\s*季度?|\b(first|second|third|fourth) quarter\b")
            .expect("the pattern is constant and tested")
    });
    pattern.replace_all(text, |found: &regex::Captures<'_>| {
        let name = found.get(1).or(found.get(2)).map_or("", |m| m.as_str()).to_lowercase();
        let quarter = match name.as_str() {
            "一" | "1" | "first" => 1,
            "二" | "2" | "second" => 2,
            "三" | "3" | "third" => 3,
            _ => 4,
        };
        format!(" Q{quarter} ")
    })
}

/// Several rows of heads as one.
fn head(rows: &[Vec<String>], column: usize) -> String {
    let mut parts: Vec<&str> = rows.iter().map(|row| row[column].as_str()).collect();
    parts.dedup();
    parts.join(" ")
}

/// Writes a label again in the rows below it that leave its place empty, as far as the next: it stands
/// for all of them, whether or not its cell was seen to span them. A row without any label of its own is
/// a total or a gap, and gets none.
fn repeat_labels(rows: &mut [Vec<String>], is_label: impl Fn(usize) -> bool) {
    for at in 1..rows.len() {
        let (above, below) = rows.split_at_mut(at);
        let (above, row) = (&above[at - 1], &mut below[0]);
        let labels: Vec<usize> = (0..row.len()).filter(|column| is_label(*column)).collect();
        let own = labels.iter().position(|column| !row[*column].trim().is_empty());
        // A new label begins anew all that stand to its right.
        for column in &labels[..own.unwrap_or(0)] {
            row[*column].clone_from(&above[*column]);
        }
    }
}

/// Whether most cells of a column are numbers, with a unit at most.
fn holds_values(rows: &[Vec<String>], column: usize) -> bool {
    let cells = rows.iter().map(|row| row[column].trim()).filter(|cell| !cell.is_empty());
    let (mut all, mut numeric) = (0, 0);
    for cell in cells {
        all += 1;
        let digits = cell.chars().filter(char::is_ascii_digit).count();
        let letters = cell.chars().filter(|c| c.is_alphabetic()).count();
        numeric += usize::from(digits > 0 && letters <= digits.max(3));
    }
    numeric * 2 > all
}

/// Whether, of several names, the one at `at` is the one that is meant. What all of them share tells
/// none from the others.
fn best_named(names: &[&Terms], at: usize, is_said: impl Fn(&str) -> bool) -> Fit {
    if names.len() < 2 {
        return Fit::Named;
    }
    let is_shared = |term: &str| names.iter().all(|name| name.has(term));
    let score = |name: &Terms| -> f32 {
        let told = name.iter().filter(|(term, _)| is_said(term) && !is_shared(term));
        told.map(|(_, weight)| weight).sum()
    };
    let best = names.iter().map(|name| score(name)).fold(0.0, f32::max);
    match score(names[at]) {
        _ if best <= 0.0 => Fit::Unnamed,
        own if own >= best => Fit::Named,
        _ => Fit::Other,
    }
}

/// Heads are cut short, for want of room: `MAX` over the column of maxima.
fn is_said_of_head(said: &Terms, term: &str) -> bool {
    let cut_short = term.len() >= SHORTEST_CUT && term.bytes().all(|b| b.is_ascii_lowercase());
    said.has(term) || cut_short && said.iter().any(|(whole, _)| whole.starts_with(term))
}

/// Fewer letters than this begin too many words.
const SHORTEST_CUT: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;
    use yinju_core::CellSpan;

    fn sales() -> Grid {
        let rows = [
            ["地区", "产品", "Q1", "Q2", "Q3", "Q4"],
            ["华东区", "压缩机", "1,001.0", "1,002.0", "1,003.0", "1,004.0"],
            ["华南区", "压缩机", "2,654.0", "4,749.4", "4,889.1", "6,424.2"],
            ["", "阀门", "11.0", "12.0", "13.0", "14.0"],
        ];
        let rows = rows.map(|row| row.map(str::to_owned).to_vec()).to_vec();
        let spans = vec![CellSpan { row: 2, column: 0, rows: 2, columns: 1 }];
        Grid::of(&Table { rows, header_rows: 1, spans, continues: false }, "2023年销售额（万元）")
    }

    fn check(sentence: &str, row: usize, value: &str, expected: Option<Fit>) {
        assert_eq!(sales().fit(row, value, &read(sentence)), expected, "{sentence}");
    }

    #[test]
    fn a_value_belongs_to_its_row_and_column() {
        check("华南区压缩机第三季度销售额为4,889.1万元", 2, "4889.1", Some(Fit::Named));
        check("华南区压缩机第四季度销售额为4,889.1万元", 2, "4889.1", Some(Fit::Other));
        check("华东区压缩机第三季度销售额为4,889.1万元", 2, "4889.1", Some(Fit::Other));
        check("华南区阀门第三季度销售额为4,889.1万元", 2, "4889.1", Some(Fit::Other));
        check("华南区压缩机的销售额为4,889.1万元", 2, "4889.1", Some(Fit::Unnamed));
        check("华南区阀门第二季度销售额为12万元", 3, "12", Some(Fit::Named));
        check("华南区压缩机第三季度销售额为99万元", 2, "99", None);
    }

    #[test]
    fn a_row_is_named_with_one_of_its_values() {
        let by_head = |row: usize, question: &str| {
            sales().naming(row, &read(question)).is_some_and(|naming| naming.by_head)
        };
        assert!(by_head(2, "华南区压缩机第三季度卖了多少？"));
        assert!(!by_head(2, "华南区压缩机含钴吗？"));
        assert!(!by_head(2, "华东区压缩机第三季度卖了多少？"));
        let rows = [
            ["PARAMETER", "MIN", "MAX", "UNIT"],
            ["Supply voltage", "", "18", "V"],
            ["Trigger voltage", "4.5", "5.5", "V"],
        ];
        let rows = rows.map(|row| row.map(str::to_owned).to_vec()).to_vec();
        let grid = Grid::of(&Table { rows, header_rows: 1, ..Table::default() }, "");
        let question = read("What is the maximum supply voltage?");
        let is_whole = |row| grid.naming(row, &question).is_some_and(|naming| naming.is_whole);
        assert!(is_whole(1) && !is_whole(2));
        assert_eq!(grid.fit(1, "18", &question), Some(Fit::Named));
        assert_eq!(grid.fit(2, "4.5", &question), Some(Fit::Other));
    }

    #[test]
    fn rows_are_told_under_their_heads() {
        let rows = [["地区", "产品", "Q1"], ["华南区", "压缩机", "2,654.0"], ["", "阀门", "11.0"]];
        let rows = rows.map(|row| row.map(str::to_owned).to_vec()).to_vec();
        let spans = vec![CellSpan { row: 1, column: 0, rows: 2, columns: 1 }];
        let table = Table { rows, header_rows: 1, spans, continues: false };
        assert_eq!(told(&table), ["华南区 · 压缩机 — Q1 2,654.0", "华南区 · 阀门 — Q1 11.0"]);
        let rows = [["Field", "Answer"], ["Laboratory professional", "No"]];
        let rows = rows.map(|row| row.map(str::to_owned).to_vec()).to_vec();
        let table = Table { rows, header_rows: 1, ..Table::default() };
        assert_eq!(told(&table), ["Field Laboratory professional; Answer No"]);
    }

    #[test]
    fn a_label_stands_for_the_rows_that_leave_its_place_empty() {
        let rows = [
            ["地区", "产品", "Q1"],
            ["华东区", "水泵", "4.5"],
            ["", "阀门", "11.0"],
            ["华南区", "水泵", "12.0"],
            ["", "阀门", "13.0"],
            ["", "", "40.5"],
        ];
        let rows = rows.map(|row| row.map(str::to_owned).to_vec()).to_vec();
        let table = Table { rows, header_rows: 1, ..Table::default() };
        let told = told(&table);
        assert_eq!(told[3], "华南区 · 阀门 — Q1 13.0");
        assert_eq!(told[4], "Q1 40.5");
        let fit = |row| Grid::of(&table, "").fit(row, "13", &read("华南区阀门Q1为13.0"));
        assert_eq!(fit(4), Some(Fit::Named));
    }

    #[test]
    fn quarters_have_one_name() {
        for text in ["第三季度", "三季度", "the third quarter", "Q3"] {
            assert!(read(text).has(&read("Q3").iter().next().unwrap().0), "{text}");
        }
    }
}
