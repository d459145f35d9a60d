//! From characters and borders to a table.

use super::bands::{self, Band, Filling};
use super::columns::{Stretch, gutters, pieces, seams, stretches, words};
use super::header;
use super::judge;
use super::lattice::Lattice;
use super::overhang;
use super::spans;
use crate::frame::Rect;
use crate::glyph::Glyph;
use crate::layout::lines::{TextLine, gather, in_rows};
use yinju_core::text::unwrap_lines;
use yinju_core::{CellSpan, Table};

/// A cell and the places it covers; rows and columns count from 0.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cell {
    pub row: usize,
    pub column: usize,
    pub rows: usize,
    pub columns: usize,
    /// Its text, from top to bottom.
    pub lines: Vec<TextLine>,
}

impl Cell {
    pub(super) fn text(&self) -> String {
        let text = |line: &TextLine| line.text() + if line.goes_on { "" } else { "\n" };
        unwrap_lines(&self.lines.iter().map(text).collect::<String>())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    pub(super) fn is_bold(&self) -> bool {
        !self.is_empty() && self.lines.iter().all(|line| line.bold)
    }
}

/// What shows that a table is one, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Marks {
    /// Lines around its cells; they say where it ends.
    Grid,
    /// Level lines alone.
    Lines,
    /// Nothing but the gaps between columns, shading at most.
    Gaps,
}

/// A table whose text is not written yet.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TableDraft {
    /// Row by row, from left to right.
    pub cells: Vec<Cell>,
    pub rows: usize,
    pub columns: usize,
    pub header_rows: usize,
    pub continues: bool,
    /// What showed it.
    pub marks: Marks,
    /// Where columns end, from the left edge of the first to the right edge of the last, in points.
    pub edges: Vec<f32>,
}

impl TableDraft {
    /// Finds the header anew, after rows were added, and the cells that cover several places.
    pub(super) fn complete(&mut self) {
        self.header_rows = self.header_rows.max(header::rows(self, None));
        spans::infer(self);
    }

    /// The cell whose first place this is.
    pub(crate) fn cell(&self, row: usize, column: usize) -> Option<&Cell> {
        let found = self.cells.binary_search_by(|c| (c.row, c.column).cmp(&(row, column)));
        found.ok().map(|i| &self.cells[i])
    }

    /// As it is given on.
    pub(crate) fn table(&self) -> Table {
        let text = |row, column| self.cell(row, column).map(Cell::text).unwrap_or_default();
        let spanning = self.cells.iter().filter(|c| c.rows > 1 || c.columns > 1);
        Table {
            rows: (0..self.rows)
                .map(|row| (0..self.columns).map(|column| text(row, column)).collect())
                .collect(),
            header_rows: u8::try_from(self.header_rows).unwrap_or(u8::MAX),
            spans: spanning
                .map(|c| CellSpan {
                    row: c.row as u16,
                    column: c.column as u16,
                    rows: c.rows as u16,
                    columns: c.columns as u16,
                })
                .collect(),
            continues: self.continues,
        }
    }
}

/// Where rows and columns end, and which neighbouring places are one cell.
pub(super) struct Grid {
    pub(super) xs: Vec<f32>,
    pub(super) ys: Vec<f32>,
    /// Whether place `[row][column]` is one with the place to its right.
    pub(super) joins_right: Vec<Vec<bool>>,
    /// Whether place `[row][column]` is one with the place below.
    pub(super) joins_below: Vec<Vec<bool>>,
    /// Where columns that end in gaps have them, strip by strip: from which height to which, and
    /// the edges there. A word belongs whole to one column.
    pub(super) strips: Vec<(f32, f32, Vec<f32>)>,
}

/// The table in a lattice, if there is one.
pub(super) fn ruled(lattice: &Lattice, glyphs: Vec<Glyph>) -> Option<TableDraft> {
    let size = common_size(&glyphs)?;
    if lattice.is_shading()
        && let Some(table) = aligned(glyphs.clone()).filter(|t| t.columns + 1 >= lattice.xs.len())
    {
        return Some(table);
    }
    let grid = if lattice.has_columns() {
        in_lattice(lattice, &glyphs, size)
    } else {
        between_lines(&bands::of(&glyphs), Some(lattice), size)?
    };
    let mut table = fill(&grid, glyphs);
    table.marks = match (lattice.is_shading(), lattice.has_columns()) {
        (true, _) => Marks::Gaps,
        (false, true) => Marks::Grid,
        (false, false) => Marks::Lines,
    };
    table.header_rows = header::rows(&table, Some((lattice, &grid)));
    let is_one =
        if lattice.is_frame() { judge::aligned(&table, size) } else { judge::ruled(&table) };
    is_one.then_some(table)
}

/// The table that characters make by their alignment alone, if they do.
pub(super) fn aligned(glyphs: Vec<Glyph>) -> Option<TableDraft> {
    let size = common_size(&glyphs)?;
    let grid = between_lines(&bands::of(&glyphs), None, size)?;
    let mut table = fill(&grid, glyphs);
    table.header_rows = header::rows(&table, None);
    judge::aligned(&table, size).then_some(table)
}

fn common_size(glyphs: &[Glyph]) -> Option<f32> {
    let mut sizes: Vec<f32> = glyphs.iter().filter(|g| !g.is_space()).map(|g| g.size).collect();
    sizes.sort_by(f32::total_cmp);
    sizes.get(sizes.len() / 2).copied()
}

/// Borders as drawn; rows without a line between them as their text shows.
fn in_lattice(lattice: &Lattice, glyphs: &[Glyph], size: f32) -> Grid {
    let xs = lattice.xs.clone();
    let drawn = lattice.ys.len() - 1;
    let mut ys = vec![lattice.ys[0]];
    for ends in lattice.ys.windows(2) {
        let inside = |g: &&Glyph| g.rect.centre().1 > ends[0] && g.rect.centre().1 < ends[1];
        let within: Vec<Glyph> = glyphs.iter().filter(inside).copied().collect();
        ys.extend(undrawn_rows(&within, &xs, size, drawn));
        ys.push(ends[1]);
    }
    let rows = ys.len() - 1;
    let mut joins_right = vec![vec![false; xs.len() - 1]; rows];
    let mut joins_below = vec![vec![false; xs.len() - 1]; rows];
    for row in 0..rows {
        let (top, bottom) = (ys[row], ys[row + 1]);
        let inner = &xs[1..xs.len() - 1];
        let drawn = inner.iter().any(|x| lattice.upright_at(*x, top, bottom));
        let row_glyphs: Vec<Glyph> = glyphs
            .iter()
            .filter(|g| g.rect.centre().1 > top && g.rect.centre().1 < bottom)
            .copied()
            .collect();
        let parts = if drawn { Vec::new() } else { stretches(&row_glyphs) };
        for (column, x) in inner.iter().enumerate() {
            joins_right[row][column] = if drawn {
                !lattice.upright_at(*x, top, bottom)
            } else {
                parts.iter().any(|s| s.0 < *x - 1.0 && s.1 > *x + 1.0)
            };
        }
        let is_drawn = lattice.ys.iter().any(|y| (y - bottom).abs() < 0.01);
        for column in 0..xs.len() - 1 {
            joins_below[row][column] = row + 1 < rows
                && is_drawn
                && !lattice.level_at(bottom, xs[column] + 1.0, xs[column + 1] - 1.0);
        }
    }
    Grid { xs, ys, joins_right, joins_below, strips: Vec::new() }
}

/// With so many drawn rows every row is drawn.
const FEW_DRAWN_ROWS: usize = 3;
/// Fewer lines of text are a cell's own.
const LEAST_UNDRAWN: usize = 3;

/// Heights between rows that no line parts: only where few lines are drawn at all, and the text
/// shows rows that fill half of the columns and more.
fn undrawn_rows(glyphs: &[Glyph], xs: &[f32], size: f32, drawn: usize) -> Vec<f32> {
    let bands = bands::of(glyphs);
    if drawn > FEW_DRAWN_ROWS || bands.len() < LEAST_UNDRAWN {
        return Vec::new();
    }
    let fillings: Vec<Filling> = bands.iter().map(|band| filling(band, xs)).collect();
    let starts = bands::starts(&bands, &fillings, size);
    let full = |f: &Filling| f.iter().flatten().count() * 2 >= f.len();
    let rows: Vec<usize> = (0..bands.len()).filter(|i| starts[*i]).collect();
    if rows.len() < LEAST_UNDRAWN || !rows.iter().all(|i| full(&fillings[*i])) {
        return Vec::new();
    }
    rows[1..].iter().map(|i| f32::midpoint(bands[*i - 1].y1, bands[*i].y0)).collect()
}

/// The first rows, where a cell may name a group of columns.
const GROUP_NAMES: usize = 2;

/// Columns by gaps; rows by lines where there are any, else by the text.
fn between_lines(bands: &[Band], lattice: Option<&Lattice>, size: f32) -> Option<Grid> {
    let rows: Vec<_> = bands.iter().map(|band| stretches(&band.glyphs)).collect();
    let mut inner = gutters(&rows, size);
    let texts: Vec<Vec<Glyph>> = bands.iter().map(|band| band.glyphs.clone()).collect();
    inner.extend(seams(&texts));
    inner.sort_by(f32::total_cmp);
    inner.dedup_by(|b, a| *b - *a < size * 0.5);
    if inner.is_empty() {
        return None;
    }
    let text = bands.iter().flat_map(|b| &b.glyphs).map(|g| g.rect).reduce(Rect::union)?;
    let rect = lattice.map_or(text, |l| l.rect().union(text));
    let xs = [vec![rect.x0], inner, vec![rect.x1]].concat();
    let (between, whole): (Vec<usize>, Vec<usize>) =
        (0..bands.len()).partition(|i| bands::is_between(bands, *i));
    let bands: Vec<Band> = bands.to_vec();
    let kept: Vec<Band> = whole.iter().map(|i| bands[*i].clone()).collect();
    let plain: Vec<Filling> = bands.iter().map(|band| filling(band, &xs)).collect();
    let edges = overhang::edges(&bands, &xs, size, |band, column| {
        let is_name = |c: usize| plain.get(band + 1).is_some_and(|below| below[c] == Some(false));
        band < GROUP_NAMES && is_name(column) && is_name(column + 1)
    });
    let fillings: Vec<Filling> =
        bands.iter().zip(&edges).map(|(band, edges)| filling(band, edges)).collect();
    let whole_fillings: Vec<Filling> = whole.iter().map(|i| fillings[*i].clone()).collect();
    let starts = row_starts(&kept, &whole_fillings, lattice, size);
    let mut ys = vec![rect.y0];
    ys.extend(
        (1..kept.len()).filter(|i| starts[*i]).map(|i| f32::midpoint(kept[i - 1].y1, kept[i].y0)),
    );
    ys.push(rect.y1);
    let count = ys.len() - 1;
    let mut joins_right = vec![vec![false; xs.len() - 1]; count];
    let mut joins_below = joins_right.clone();
    let mut row = 0;
    for (i, kept) in whole.iter().enumerate() {
        row += usize::from(i > 0 && starts[i]);
        // Only names of groups reach over a gap between words; elsewhere two cells stand close.
        let below = whole.get(i + 1).map(|next| &fillings[*next]);
        let names =
            |column: usize| below.and_then(|f| f.get(column)).is_some_and(|f| *f == Some(false));
        let words = words(&bands[*kept].glyphs);
        for (column, x) in edges[*kept][1..xs.len() - 1].iter().enumerate() {
            let group = row < GROUP_NAMES && names(column) && names(column + 1);
            let parts = if group { &rows[*kept] } else { &words };
            joins_right[row][column] |= parts.iter().any(|s| s.0 < x - 1.0 && s.1 > x + 1.0);
        }
    }
    for i in between {
        let above = slot(&ys, bands[i].y0);
        for (column, filled) in fillings[i].iter().enumerate() {
            joins_below[above][column] |= filled.is_some() && above + 1 < count;
        }
    }
    let strips = bands.iter().zip(edges).map(|(band, edges)| (band.y0, band.y1, edges)).collect();
    Some(Grid { xs, ys, joins_right, joins_below, strips })
}

/// Which bands begin a row.
fn row_starts(
    bands: &[Band],
    fillings: &[Filling],
    lattice: Option<&Lattice>,
    size: f32,
) -> Vec<bool> {
    let mut starts = bands::starts(bands, fillings, size);
    let Some(lattice) = lattice else { return starts };
    let slot = |band: &Band| {
        let middle = f32::midpoint(band.y0, band.y1);
        lattice.ys.iter().filter(|y| **y < middle).count()
    };
    let slots: Vec<usize> = bands.iter().map(slot).collect();
    let groups: Vec<usize> = slots.chunk_by(|a, b| a == b).map(<[usize]>::len).collect();
    let single = groups.iter().filter(|n| **n == 1).count();
    // Where most lines of text stand alone between two level lines, these are the rows.
    let a_line_a_row = groups.len() >= 3 && single * 5 >= groups.len() * 3;
    for i in 1..bands.len() {
        if slots[i] != slots[i - 1] {
            starts[i] = true;
        } else if a_line_a_row {
            starts[i] = false;
        }
    }
    starts
}

/// What a band has in each column; a stretch over several counts where its middle is.
fn filling(band: &Band, xs: &[f32]) -> Filling {
    let mut texts: Vec<String> = vec![String::new(); xs.len() - 1];
    let parts = cut(stretches(&band.glyphs), xs, &pieces(&band.glyphs));
    for glyph in &band.glyphs {
        let x = glyph.rect.centre().0;
        let part = parts.iter().find(|p| p.0 <= x && x <= p.1);
        texts[slot(xs, part.map_or(x, |p| f32::midpoint(p.0, p.1)))].push(glyph.c);
    }
    texts.iter().map(|text| (!text.is_empty()).then(|| is_number(text))).collect()
}

/// Stretches of text parted where an edge of columns lies between two of their pieces.
fn cut(stretches: Vec<Stretch>, xs: &[f32], pieces: &[Stretch]) -> Vec<Stretch> {
    let mut parts = Vec::with_capacity(stretches.len());
    for (from, to) in stretches {
        let inside = xs[1..xs.len() - 1].iter().filter(|x| **x > from && **x < to);
        let between = inside.filter(|x| !pieces.iter().any(|s| s.0 < **x && s.1 > **x));
        let ends: Vec<f32> = [from].into_iter().chain(between.copied()).chain([to]).collect();
        parts.extend(ends.windows(2).map(|pair| (pair[0], pair[1])));
    }
    parts
}

/// Mostly digits and what stands around them.
pub(super) fn is_number(text: &str) -> bool {
    let marks = |c: char| c.is_ascii_digit() || " .,+-−–%％()（）￥¥$€/:".contains(c);
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let letters = text.chars().filter(|c| !marks(*c)).count();
    digits > 0 && letters <= digits / 2
}

/// Puts characters into their cells.
fn fill(grid: &Grid, glyphs: Vec<Glyph>) -> TableDraft {
    let (rows, columns) = (grid.ys.len() - 1, grid.xs.len() - 1);
    let mut cells = cells(grid, rows, columns);
    let mut texts: Vec<Vec<Glyph>> = vec![Vec::new(); cells.len()];
    let mut owner = vec![vec![0; columns]; rows];
    for (i, cell) in cells.iter().enumerate() {
        for row in &mut owner[cell.row..cell.row + cell.rows] {
            row[cell.column..cell.column + cell.columns].fill(i);
        }
    }
    let words = if grid.strips.is_empty() { Vec::new() } else { words_by_row(grid, &glyphs) };
    for glyph in glyphs {
        let (x, y) = glyph.rect.centre();
        let row = slot(&grid.ys, y);
        let word = words.get(row).and_then(|row| row.iter().find(|w| w.0 <= x && x <= w.1));
        let strip = grid.strips.iter().find(|(y0, y1, _)| *y0 <= y && y <= *y1);
        let edges = strip.map_or(&grid.xs, |(_, _, edges)| edges);
        let column = slot(edges, word.map_or(x, |w| f32::midpoint(w.0, w.1)));
        texts[owner[row][column]].push(glyph);
    }
    for (cell, text) in cells.iter_mut().zip(texts) {
        cell.lines = in_rows(gather(text));
    }
    TableDraft {
        cells,
        rows,
        columns,
        header_rows: 0,
        continues: false,
        marks: Marks::Gaps,
        edges: grid.xs.clone(),
    }
}

fn words_by_row(grid: &Grid, glyphs: &[Glyph]) -> Vec<Vec<(f32, f32)>> {
    let mut rows: Vec<Vec<Glyph>> = vec![Vec::new(); grid.ys.len() - 1];
    for glyph in glyphs {
        rows[slot(&grid.ys, glyph.rect.centre().1)].push(*glyph);
    }
    rows.iter().map(|row| bands::of(row).iter().flat_map(|b| words(&b.glyphs)).collect()).collect()
}

/// The place a position falls into; positions outside belong to the outermost.
fn slot(edges: &[f32], at: f32) -> usize {
    edges[1..edges.len() - 1].iter().filter(|edge| **edge < at).count()
}

/// Cells of one place or of several that are joined into a rectangle, row by row.
fn cells(grid: &Grid, rows: usize, columns: usize) -> Vec<Cell> {
    let mut taken = vec![vec![false; columns]; rows];
    let mut cells = Vec::with_capacity(rows * columns);
    for row in 0..rows {
        for column in 0..columns {
            if taken[row][column] {
                continue;
            }
            let free = |c: usize| !taken[row][c];
            let wide = (column..columns - 1)
                .take_while(|c| grid.joins_right[row][*c] && free(*c + 1))
                .count();
            let last = column + wide;
            let deep = (row..rows - 1)
                .take_while(|r| {
                    (column..=last).all(|c| grid.joins_below[*r][c])
                        && (column..last).all(|c| grid.joins_right[*r + 1][c])
                })
                .count();
            for line in &mut taken[row..=row + deep] {
                line[column..=last].fill(true);
            }
            let (rows, columns) = (deep + 1, wide + 1);
            cells.push(Cell { row, column, rows, columns, lines: Vec::new() });
        }
    }
    cells
}
