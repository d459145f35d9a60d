//! Lines that belong together: the lattices they make.

use super::bands::{self, Band};
use super::lattice::Lattice;
use super::stands_in;
use crate::frame::Rect;
use crate::glyph::Glyph;
use crate::rules::{Rule, Rules};

/// Lines meet when their ends are this near, in points.
const MEETS: f32 = 3.0;
/// Level lines belong to one table when both ends agree this well, in points.
const SAME_ENDS: f32 = 4.0;
/// Level lines shorter than this are no table's width, in points.
const NARROWEST: f32 = 60.0;
/// Lines of one table are not further apart than this, in points.
const TALLEST_GAP: f32 = 500.0;

/// So many lines of text between two level lines part two tables.
const LINES_OF_PROSE: usize = 1;
/// Gaps within a line of text are narrower than this, as a share of its height.
const WORD_GAP: f32 = 0.9;

/// Candidate tables, those with a grid first, the largest of each kind before the others.
pub(super) fn of(rules: &Rules, glyphs: &[Glyph]) -> Vec<Lattice> {
    let mut grids: Vec<Lattice> = components(rules).into_iter().filter_map(Lattice::new).collect();
    grids.sort_by(|a, b| b.rect().area().total_cmp(&a.rect().area()));
    grids.extend(stacks(&rules.level, glyphs).into_iter().filter_map(Lattice::new));
    grids
}

/// Level and upright lines of a candidate.
#[derive(Clone, Debug, Default)]
pub(super) struct Lines {
    pub(super) level: Vec<Rule>,
    pub(super) upright: Vec<Rule>,
}

impl Lines {
    pub(super) fn rect(&self) -> Rect {
        let level = self.level.iter().map(|r| Rect::new(r.from, r.at, r.to, r.at));
        let upright = self.upright.iter().map(|r| Rect::new(r.at, r.from, r.at, r.to));
        level.chain(upright).reduce(Rect::union).unwrap_or_default()
    }
}

/// Sets of lines that meet one another.
fn components(rules: &Rules) -> Vec<Lines> {
    let levels = rules.level.len();
    let mut parent: Vec<usize> = (0..levels + rules.upright.len()).collect();
    for (i, level) in rules.level.iter().enumerate() {
        for (j, upright) in rules.upright.iter().enumerate() {
            if meets(level, upright) {
                let (a, b) = (root(&mut parent, i), root(&mut parent, levels + j));
                parent[a] = b;
            }
        }
    }
    let mut sets: std::collections::BTreeMap<usize, Lines> = std::collections::BTreeMap::new();
    for (i, rule) in rules.level.iter().enumerate() {
        sets.entry(root(&mut parent, i)).or_default().level.push(*rule);
    }
    for (j, rule) in rules.upright.iter().enumerate() {
        sets.entry(root(&mut parent, levels + j)).or_default().upright.push(*rule);
    }
    let is_grid = |set: &Lines| !set.level.is_empty() && !set.upright.is_empty();
    sets.into_values().filter(is_grid).collect()
}

fn root(parent: &mut [usize], mut i: usize) -> usize {
    while parent[i] != i {
        parent[i] = parent[parent[i]];
        i = parent[i];
    }
    i
}

fn meets(level: &Rule, upright: &Rule) -> bool {
    let within = |at: f32, rule: &Rule| at >= rule.from - MEETS && at <= rule.to + MEETS;
    within(upright.at, level) && within(level.at, upright)
}

/// Level lines of equal ends under one another, with no text of the page between them: tables as
/// wide as the page, and the line under its header, all have the same ends.
fn stacks(level: &[Rule], glyphs: &[Glyph]) -> Vec<Lines> {
    let mut stacks: Vec<Lines> = Vec::new();
    for rule in level.iter().filter(|r| r.length() >= NARROWEST) {
        let same = |stack: &&mut Lines| {
            stack.level.last().is_some_and(|last| {
                (last.from - rule.from).abs() <= SAME_ENDS
                    && (last.to - rule.to).abs() <= SAME_ENDS
                    && rule.at - last.at <= TALLEST_GAP
                    && !holds_prose(Rect::new(rule.from, last.at, rule.to, rule.at), glyphs)
            })
        };
        match stacks.iter_mut().find(same) {
            Some(stack) => stack.level.push(*rule),
            None => stacks.push(Lines { level: vec![*rule], upright: Vec::new() }),
        }
    }
    stacks.retain(|stack| stack.level.len() >= 2);
    stacks.sort_by_key(|stack| std::cmp::Reverse(stack.level.len()));
    stacks
}

/// Whether lines of text run from side to side of a strip, with gaps no wider than those of words.
fn holds_prose(strip: Rect, glyphs: &[Glyph]) -> bool {
    let inside: Vec<Glyph> = glyphs.iter().filter(|g| stands_in(g, strip)).copied().collect();
    bands::of(&inside).iter().filter(|band| runs_across(band, strip)).count() >= LINES_OF_PROSE
}

fn runs_across(band: &Band, strip: Rect) -> bool {
    let mut boxes: Vec<Rect> = band.glyphs.iter().map(|g| g.rect).collect();
    boxes.sort_by(|a, b| a.x0.total_cmp(&b.x0));
    let size = boxes.iter().map(|b| b.height()).fold(0.0, f32::max);
    let (mut end, mut widest) = (strip.x0, 0.0_f32);
    for glyph in &boxes {
        widest = widest.max(glyph.x0 - end);
        end = end.max(glyph.x1);
    }
    widest.max(strip.x1 - end) < size * WORD_GAP
}
