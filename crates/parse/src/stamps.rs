//! What is written across a page: watermarks, which stand on page after page or all over one, and stamps.
//!
//! Both are taken out of the text before its order is looked for, as they stand anywhere. A watermark is
//! told of in a remark; a stamp is a block of its own after the text.

use crate::glyph::Glyph;
use crate::layout::{Paragraph, TextLine, common_size};
use std::collections::VecDeque;
use yinju_core::text::fold_whitespace;
use yinju_core::{BlockKind, Warning, WarningCode};

/// Text this light lets other text be read over it: 0 is black, 1 white or wholly transparent.
const PALE: f32 = 0.45;
/// Pale text is written across a page if it is this many times as large as the page's own.
const LARGER: f32 = 1.8;
/// … and this share of it stands over other text: a title set in white on a dark bar does not.
const OVER: f32 = 0.3;
/// A stamp goes on where the next character is no further than this many font sizes.
const STEP: f32 = 2.0;
/// What stands on a page so many times is a watermark.
const TIMES: usize = 3;
/// A page with more texts across it than these is a chart.
const MOST_TEXTS: usize = 4;
/// Pages that are compared, to each side.
const REACH: usize = 2;

/// Takes what is written across a page out of its characters.
pub(crate) fn take_out(glyphs: &mut Vec<Glyph>) -> Vec<Paragraph> {
    if !glyphs.iter().any(|g| g.oblique || g.shade > PALE) {
        return Vec::new();
    }
    let size = common_size(glyphs);
    let may_be = |g: &Glyph| g.oblique || (g.shade > PALE && g.size > size * LARGER);
    let (candidates, rest): (Vec<Glyph>, Vec<Glyph>) = glyphs.iter().copied().partition(may_be);
    let runs = candidates.chunk_by(|a, b| a.oblique == b.oblique && goes_on(a, b));
    let is_across = |run: &[Glyph]| run[0].oblique || stands_over(run, &rest);
    let (across, level): (Vec<_>, Vec<_>) = runs.partition(|run| is_across(run));
    if level.is_empty() {
        *glyphs = rest;
    } else {
        // What stands level beside the text keeps its place in it.
        glyphs.retain(|g| !may_be(g) || level.iter().any(|run| run.contains(g)));
    }
    let lines = across.into_iter().filter_map(|run| TextLine::new(run.to_vec()));
    lines.map(|line| Paragraph::new(BlockKind::Paragraph, vec![line])).collect()
}

fn stands_over(run: &[Glyph], text: &[Glyph]) -> bool {
    let ink = || run.iter().filter(|g| !g.is_space());
    let over = ink().filter(|g| text.iter().any(|t| !t.is_space() && t.rect.overlaps(g.rect)));
    over.count() as f32 >= ink().count() as f32 * OVER
}

fn goes_on(this: &Glyph, next: &Glyph) -> bool {
    let ((x, y), (to_x, to_y)) = (this.rect.centre(), next.rect.centre());
    next.generated || (to_x - x).hypot(to_y - y) < this.size.max(next.size) * STEP
}

/// What is written across the pages around the one being finished.
#[derive(Debug, Default)]
pub(crate) struct Stamps {
    pages: VecDeque<(usize, Vec<String>)>,
}

impl Stamps {
    /// Remembers what is written across a page, and forgets pages out of reach.
    pub(crate) fn add(&mut self, page: usize, stamps: &[Paragraph]) {
        self.pages.push_back((page, stamps.iter().map(words).collect()));
        while self.pages.len() > 2 * REACH + 1 {
            self.pages.pop_front();
        }
    }

    /// Parts the watermarks of a page from its stamps; the first are told of in a remark.
    pub(crate) fn part(
        &self,
        page: usize,
        stamps: Vec<Paragraph>,
    ) -> (Vec<Paragraph>, Option<Warning>) {
        if texts(&stamps) > MOST_TEXTS {
            return (stamps, None);
        }
        let count = |page: usize, text: &str| {
            let here = self.pages.iter().find(|(number, _)| *number == page);
            here.map_or(0, |(_, texts)| texts.iter().filter(|t| *t == text).count())
        };
        let elsewhere = |text: &str| {
            let near = self.pages.iter().filter(|(p, _)| *p != page && p.abs_diff(page) <= REACH);
            { near }.any(|(_, texts)| texts.iter().any(|t| t == text))
        };
        let is_watermark = |stamp: &Paragraph| {
            let text = words(stamp);
            elsewhere(&text) || count(page, &text) >= TIMES
        };
        // The same tile cut off by the edge of the page belongs to it.
        let (marks, mut stamps): (Vec<_>, Vec<_>) = stamps.into_iter().partition(is_watermark);
        stamps.retain(|stamp| !marks.iter().any(|mark| words(mark).contains(&words(stamp))));
        let mut said: Vec<String> = marks.iter().map(Paragraph::text).collect();
        said.sort();
        said.dedup();
        let message = format!("the watermark “{}” was left out of the text", said.join("”, “"));
        let warning = Warning { code: WarningCode::Watermark, message };
        (stamps, (!said.is_empty()).then_some(warning))
    }
}

/// How many texts there are, without those that are a part of another: a tile cut off by the page's edge.
fn texts(stamps: &[Paragraph]) -> usize {
    let mut all: Vec<String> = stamps.iter().map(words).collect();
    all.sort();
    all.dedup();
    let is_whole =
        |text: &&String| !all.iter().any(|other| other != *text && other.contains(*text));
    all.iter().filter(is_whole).count()
}

fn words(stamp: &Paragraph) -> String {
    fold_whitespace(&stamp.text())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Rect;

    fn glyphs(text: &str, y: f32, size: f32, oblique: bool, shade: f32) -> Vec<Glyph> {
        let glyph = |(i, c): (usize, char)| {
            let x = 50.0 + i as f32 * size / 2.0;
            Glyph {
                c,
                rect: Rect::new(x, y, x + size / 2.0, y + size),
                size,
                oblique,
                shade,
                ..Glyph::default()
            }
        };
        text.chars().enumerate().map(glyph).collect()
    }

    fn page(across: &[(&str, f32, bool, f32)]) -> (String, Vec<Paragraph>) {
        let mut all = glyphs("the text of the page itself", 100.0, 10.0, false, 0.0);
        for (at, (text, size, oblique, shade)) in across.iter().enumerate() {
            all.extend(glyphs(text, 80.0 + 100.0 * at as f32, *size, *oblique, *shade));
        }
        let stamps = take_out(&mut all);
        (all.iter().map(|g| g.c).collect(), stamps)
    }

    #[test]
    fn what_stands_across_every_page_is_a_watermark() {
        let (text, stamps) = page(&[("DRAFT", 40.0, false, 0.8), ("PAID", 20.0, true, 0.0)]);
        assert_eq!(text, "the text of the page itself");
        let mut seen = Stamps::default();
        seen.add(0, &stamps);
        seen.add(1, &stamps[..1]);
        let (stamps, warning) = seen.part(0, stamps);
        assert_eq!(stamps.iter().map(Paragraph::text).collect::<Vec<_>>(), ["PAID"]);
        assert!(warning.unwrap().message.contains("“DRAFT”"));
    }

    #[test]
    fn what_stands_all_over_a_page_is_a_watermark() {
        let (_, stamps) = page(&[("COPY", 20.0, true, 0.0); 3]);
        let mut seen = Stamps::default();
        seen.add(0, &stamps);
        assert!(seen.part(0, stamps).1.is_some());
    }

    #[test]
    fn the_labels_of_a_chart_are_no_watermarks() {
        let labels = ["one", "two", "three", "four", "five"].map(|text| (text, 10.0, true, 0.0));
        let (_, stamps) = page(&labels);
        let mut seen = Stamps::default();
        seen.add(0, &stamps);
        seen.add(1, &stamps);
        let (stamps, warning) = seen.part(0, stamps);
        assert_eq!((stamps.len(), warning), (5, None));
    }

    #[test]
    fn a_white_title_on_a_dark_bar_keeps_its_place() {
        let mut all = glyphs("White title", 40.0, 30.0, false, 1.0);
        all.extend(glyphs("the text of the page itself", 100.0, 10.0, false, 0.0));
        let stamps = take_out(&mut all);
        let text: String = all.iter().map(|g| g.c).collect();
        assert!(stamps.is_empty() && text.starts_with("White title"), "{text}");
    }

    #[test]
    fn pale_text_of_the_pages_own_size_stays() {
        let (text, stamps) = page(&[("a pale note", 11.0, false, 0.7)]);
        assert!(text.ends_with("a pale note") && stamps.is_empty());
    }
}
