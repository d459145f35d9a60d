//! Which blocks are headings, and how deep each is.
//!
//! A block is a heading where the outline says so, or where it stands out by size, weight or a
//! number in a font of its own. Its depth is found by comparing it with the headings it stands
//! under: by the outline, then by their numbers, then by how they look. Pages come one at a time,
//! so a depth is right for what came before it.

use super::blocks::Paragraph;
use super::census::{Census, Style};
use super::front::Front;
use super::numbering::{Number, is_loud, starts_title};
use std::collections::{HashMap, HashSet};
use yinju_core::document::OutlineEntry;
use yinju_core::text::is_cjk;
use yinju_core::title::Folded;
use yinju_core::{BlockKind, PageNumber};

/// A heading that what follows stands under.
#[derive(Debug)]
struct Open {
    style: Style,
    number: Option<Number>,
    /// Its depth in the outline, where it is in it.
    outline: Option<u8>,
    /// Nothing numbered stands under it, as under a table of contents.
    matter: bool,
}

impl Open {
    /// Whether its number puts it in the section of another.
    fn is_within(&self, other: &Self) -> bool {
        self.number.as_ref().zip(other.number.as_ref()).is_some_and(|(own, o)| own.is_within(o))
    }

    /// Whether its number ends the section of another.
    fn ends(&self, other: &Self) -> bool {
        self.number.as_ref().zip(other.number.as_ref()).is_some_and(|(own, o)| own.ends(o))
    }
}

/// The headings of a document, page by page.
#[derive(Debug, Default)]
pub(crate) struct Headings {
    outline: HashMap<PageNumber, Vec<(u8, Folded)>>,
    open: Vec<Open>,
    /// The last dotted number, to know which can come next.
    last: Vec<u16>,
    /// How many headings those with so many parts in their number stand under.
    numbered: HashMap<usize, usize>,
    /// Every title of the outline and of headings met so far, [`bare`].
    said: HashSet<String>,
}

impl Headings {
    pub(crate) fn new(outline: &[OutlineEntry]) -> Self {
        let mut by_page: HashMap<_, Vec<_>> = HashMap::new();
        let said = outline.iter().map(|entry| bare(&entry.title)).collect();
        for entry in outline {
            let Some(page) = entry.page else { continue };
            by_page.entry(page).or_default().push((entry.level, Folded::new(&entry.title)));
        }
        Self { outline: by_page, said, ..Self::default() }
    }

    /// Whether a line is the title of a section that is known, or two of them side by side: of one in the
    /// outline, one that began on an earlier page, or one that begins among the blocks of its own page.
    pub(crate) fn says(&self, line: &Paragraph, page: &[Paragraph]) -> bool {
        let own = bare(&line.text());
        let begins_here = |other: &Paragraph| {
            other.rect() != line.rect() && other.ink() <= LONGEST && bare(&other.text()) == own
        };
        let is_said = |title: &str| self.said.contains(title);
        let mut cuts = own.char_indices().skip(1).map(|(at, _)| own.split_at(at));
        !own.is_empty()
            && (is_said(&own)
                || page.iter().any(begins_here)
                || cuts.any(|(one, other)| is_said(one) && is_said(other)))
    }

    /// Names the headings among the plain paragraphs of a page.
    pub(crate) fn name(&mut self, page: PageNumber, paragraphs: &mut [Paragraph], census: &Census) {
        let mut entries = self.outline.remove(&page).unwrap_or_default();
        let front = Front::read(page, paragraphs, census);
        for block in 0..paragraphs.len() {
            let paragraph = &paragraphs[block];
            let Some(style) = Style::of(paragraph) else { continue };
            if paragraph.kind != BlockKind::Paragraph {
                continue;
            }
            let outline = take_entry(&mut entries, paragraph);
            let number = Number::read(&paragraph.text());
            let is_heading = outline.is_some()
                || (self.stands_out(paragraph, number.as_ref(), census)
                    && !front.is_name(block, paragraphs, census));
            if !is_heading {
                continue;
            }
            let matter = is_matter(&paragraph.text());
            let heading = Open { style, number, outline, matter };
            // What follows the title of a document does not stand under it.
            let level = if front.is_title(block) { 1 } else { self.open(heading) };
            self.said.insert(bare(&paragraphs[block].text()));
            paragraphs[block].kind = BlockKind::Heading;
            paragraphs[block].level = Some(level);
        }
    }

    /// Opens a section and says how deep it is, from 1.
    fn open(&mut self, heading: Open) -> u8 {
        let keep = self.depth(&heading);
        self.numbered.retain(|_, depth| *depth <= keep);
        if let Some(Number::Dotted(parts)) = &heading.number {
            self.numbered.insert(parts.len(), keep);
            self.last.clone_from(parts);
        }
        self.open.truncate(keep);
        self.open.push(heading);
        u8::try_from(self.open.len()).unwrap_or(u8::MAX)
    }

    /// How many of the open headings it stands under.
    fn depth(&self, heading: &Open) -> usize {
        if let Some(level) = heading.outline {
            let holds = |o: &Open| o.outline.map_or(heading.is_within(o), |outer| outer < level);
            let above = self.open.iter().rposition(holds);
            return above.map_or(0, |at| at + 1);
        }
        if let Some(Number::Dotted(parts)) = &heading.number
            && let Some(depth) = self.numbered.get(&parts.len())
            && follows(&self.last, parts)
        {
            return *depth;
        }
        let same = match &heading.number {
            Some(_) => self.open.iter().position(|o| heading.ends(o)),
            None if heading.matter => self.open.iter().position(|o| o.style == heading.style),
            None => self.open.iter().rposition(|o| o.style == heading.style),
        };
        same.unwrap_or_else(|| {
            let above = self.open.iter().rposition(|o| stands_under(heading, o));
            above.map_or(0, |at| at + 1)
        })
    }

    fn stands_out(&self, paragraph: &Paragraph, number: Option<&Number>, census: &Census) -> bool {
        let Some(first) = paragraph.lines.first() else { return false };
        let text = paragraph.text();
        if !may_be_heading(paragraph, &text) {
            return false;
        }
        let ratio = first.size / census.body();
        let introduces = text.trim_end().ends_with(['.', ':', '：']);
        let large = ratio >= LARGER && (ratio < LETTERS || number.is_some());
        let heavy = ratio >= SAME && is_bold(paragraph) && !census.is_bold() && !introduces;
        let apart = ratio >= SAME && census.is_rare(first.face);
        let loud = ratio >= LOUDER && is_loud(&text);
        large || heavy || (apart && (loud || self.may_follow(number, &text)))
    }

    /// Whether a number is the next one, and a title follows it.
    fn may_follow(&self, number: Option<&Number>, text: &str) -> bool {
        match number {
            Some(Number::Dotted(parts)) => starts_title(text) && follows(&self.last, parts),
            Some(Number::Lettered(_)) => starts_title(text),
            _ => is_matter(text),
        }
    }
}

/// Text from this many times the size of body text on stands out, up to where only figures and
/// covers have such letters.
const LARGER: f32 = 1.15;
const LETTERS: f32 = 3.5;
/// Capitals in a font of their own are headings from this size on.
const LOUDER: f32 = 1.05;
/// What is as large as body text, within rounding.
const SAME: f32 = 0.97;
/// Headings are at most this long, in characters and lines.
const LONGEST: usize = 120;
const MOST_LINES: usize = 3;

/// A title without its number and without the number of a page behind it.
fn bare(title: &str) -> String {
    let title = title.trim_end_matches(|c: char| !c.is_alphabetic());
    Folded::new(title).bare().to_owned()
}

fn may_be_heading(paragraph: &Paragraph, text: &str) -> bool {
    let letters: usize = text.chars().map(weight).sum();
    let too_long = paragraph.ink() > LONGEST || paragraph.lines.len() > MOST_LINES;
    let is_sentence = text.trim_end().ends_with(['。', '，', ',', ';', '；', '、']);
    let is_row = paragraph.lines.iter().any(|l| l.cells > 1 || l.direction.is_vertical());
    let excluded = is_sentence || is_row || has_leader(text) || is_theorem(text);
    !(too_long || letters < 2 || excluded)
}

/// Whether a block is bold but for a symbol here and there.
fn is_bold(paragraph: &Paragraph) -> bool {
    let ink = || paragraph.lines.iter().flat_map(|l| &l.glyphs).filter(|g| !g.is_space());
    ink().filter(|g| g.bold).count() * 5 >= ink().count() * 4
}

/// A Chinese character says as much as a word: 水 may be a heading, X may not.
fn weight(c: char) -> usize {
    if is_cjk(c) { 2 } else { usize::from(c.is_alphabetic()) }
}

/// `定理 1`, `Lemma 2.3`: the head of a statement, not of a section.
fn is_theorem(text: &str) -> bool {
    let word = STATEMENTS.iter().find_map(|word| text.strip_prefix(word));
    word.is_some_and(|rest| rest.trim_start().starts_with(|c: char| c.is_ascii_digit()))
}

const STATEMENTS: [&str; 15] = [
    "Theorem",
    "Lemma",
    "Definition",
    "Corollary",
    "Proposition",
    "Remark",
    "Example",
    "定理",
    "引理",
    "定义",
    "推论",
    "命题",
    "例题",
    "例",
    "注",
];

/// The dots between a title and its page in a table of contents.
fn has_leader(text: &str) -> bool {
    [". . .", "....", "·····", "……", "· · ·"].iter().any(|dots| text.contains(dots))
}

/// Takes the entry of the outline that says the same as a block.
fn take_entry(entries: &mut Vec<(u8, Folded)>, paragraph: &Paragraph) -> Option<u8> {
    if entries.is_empty() || paragraph.lines.len() > MOST_LINES {
        return None;
    }
    let title = Folded::new(&paragraph.text());
    let at = entries.iter().position(|(_, entry)| entry.is(&title))?;
    Some(entries.remove(at).0)
}

/// Whether a heading stands in the section of another: by number, else by size, else by weight.
fn stands_under(heading: &Open, other: &Open) -> bool {
    if other.matter && heading.number.is_some() || other.is_within(heading) {
        return false;
    }
    if heading.is_within(other) {
        return true;
    }
    let (own, size) = (f32::from(heading.style.size), f32::from(other.style.size));
    match () {
        () if size > own * OTHER_SIZE => true,
        () if own > size * OTHER_SIZE => false,
        () if other.style.bold != heading.style.bold => other.style.bold,
        // The same look, and another way of counting.
        () => heading.number.is_some() && other.number.is_some(),
    }
}

/// Sizes within this ratio are one size.
const OTHER_SIZE: f32 = 1.05;

/// What stands before and after the sections of a work and is as high as the highest of them.
pub(crate) fn is_matter(text: &str) -> bool {
    let word: String =
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    MATTER.contains(&word.as_str())
}

const MATTER: [&str; 26] = [
    "abstract",
    "acknowledgement",
    "acknowledgements",
    "acknowledgment",
    "acknowledgments",
    "appendices",
    "bibliography",
    "changehistory",
    "conclusion",
    "contents",
    "glossary",
    "index",
    "preface",
    "references",
    "tableofcontents",
    "はじめに",
    "前言",
    "序言",
    "概要",
    "参考文献",
    "摘要",
    "目录",
    "索引",
    "结论",
    "致谢",
    "附录",
];

/// Whether a number comes next after another: one more at some depth, or the first below it.
fn follows(last: &[u16], next: &[u16]) -> bool {
    let Some((end, above)) = next.split_last() else { return false };
    let is_first_below = above == last && *end <= 1;
    let is_next = last.len() >= next.len()
        && above == &last[..above.len()]
        && (1..=2).contains(&end.saturating_sub(last[above.len()]));
    is_first_below || is_next
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_one_another() {
        assert!(follows(&[], &[1]));
        assert!(follows(&[1], &[2]));
        assert!(follows(&[1], &[1, 1]));
        assert!(follows(&[1, 2, 3], &[2]));
        assert!(follows(&[1, 2, 3], &[1, 3]));
        assert!(!follows(&[], &[7]));
        assert!(!follows(&[2], &[1]));
        assert!(!follows(&[2], &[3, 1]));
        assert!(!follows(&[2], &[9]));
    }

    fn heading(text: &str, size: u16, outline: Option<u8>) -> Open {
        let style = Style { size, bold: true, capitals: false };
        Open { style, number: Number::read(text), outline, matter: is_matter(text) }
    }

    fn check_depths(headings: &[(&str, u16)], depths: &[u8]) {
        let mut open = Headings::default();
        let found: Vec<u8> =
            headings.iter().map(|(text, size)| open.open(heading(text, *size, None))).collect();
        assert_eq!(found, depths, "{headings:?}");
    }

    #[test]
    fn depth_by_number_then_by_look() {
        check_depths(&[("1 Tea", 24), ("1.1 Water", 20), ("References", 24)], &[1, 2, 1]);
        check_depths(&[("1 Tea", 20), ("1.1 Water", 20), ("References", 20)], &[1, 2, 1]);
        check_depths(&[("第1节 茶", 20), ("1.1 水", 24), ("第2节 水", 20)], &[1, 2, 1]);
        check_depths(&[("A 茶", 28), ("1 水", 20), ("2 壶", 20), ("B 杯", 28)], &[1, 2, 2, 1]);
        check_depths(&[("Tea", 30), ("Water", 24), ("Cups", 24), ("Milk", 30)], &[1, 2, 2, 1]);
        check_depths(&[("一、茶", 20), ("（一）水", 20), ("二、杯", 20)], &[1, 2, 1]);
    }
}
