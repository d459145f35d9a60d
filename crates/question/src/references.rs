//! Where a text sends whoever reads it: "see page 17", "as set out in clause 4.2", `详见第三章`, `见表 3`.

use crate::SectionName;
use crate::numerals::number;
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// What a text refers to, in its own document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A page, by the number that is printed on it.
    Page(u32),
    /// What stands under a heading, or a clause.
    Section(SectionName),
    /// A table, a figure or a note, by what its own line begins with: `table 3`, `图2-1`. In lower case and
    /// without spaces.
    Labelled(String),
}

impl Target {
    /// Whether a line of text is the label of what is meant: `Table 3` is, and `Table 31` is not.
    pub fn labels(&self, line: &str) -> bool {
        let Self::Labelled(label) = self else { return false };
        let bare: String =
            line.chars().filter(|c| !c.is_whitespace()).take(LONGEST_LABEL).collect();
        let Some(rest) = bare.to_lowercase().strip_prefix(label.as_str()).map(str::to_owned) else {
            return false;
        };
        let mut rest = rest.chars();
        match rest.next() {
            Some('.' | '-') => !rest.next().is_some_and(|c| c.is_ascii_digit()),
            next => !next.is_some_and(|c| c.is_ascii_digit()),
        }
    }
}

/// A reference and where it is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Where to.
    pub target: Target,
    /// The sentence that makes it, in bytes of the text.
    pub sentence: Range<usize>,
}

const LONGEST_LABEL: usize = 40;

/// What sends a reader elsewhere, then the kind and the number of the place. Between them stand words as in
/// "see “Replacing the filter” on page 17".
static ENGLISH: LazyLock<Regex> = LazyLock::new(|| {
    regex(concat!(
        r"(?i)(?:\b(?:see|refer(?:s|red)?\s+to|consult",
        r"|(?:described|explained|discussed|given|listed|shown|set\s+out|set\s+forth|found|defined|detailed",
        r"|covered|specified|provided)\s+(?:in|on|under|by)",
        r"|(?:in\s+accordance|pursuant|subject|according)\s+(?:with|to))\b|[(→➔])",
        r"[^.;!?()\n]{0,60}?\b(pages?|pp?\.|chapter|section|appendix|clause|article|part|table|figure|fig\.|note)",
        r"\s*((?:[A-Z][.-]?)?\d+(?:[.-]\d+)*|[A-Z]\b)",
    ))
});

static CHINESE: LazyLock<Regex> = LazyLock::new(|| {
    regex(concat!(
        r"(?:参见|參見|参阅|參閱|参考|參考|参照|參照|详见|詳見|请见|請見|见|見|按照|依照|根据|根據|依据|依據)",
        r"[^，。；！？\n]{0,16}?",
        r"(?:第\s*([0-9０-９一二三四五六七八九十百零〇]{1,6})\s*[页頁]",
        r"|(第\s*(?:\d+(?:\.\d+)*|[０-９一二三四五六七八九十百零〇]{1,6})\s*[章节節条條]|附[录錄]\s*[A-Z]|\d+(?:\.\d+)+\s*小?[节節])",
        r"|([表图圖]\s*\d+(?:[-.]\d+)*))",
    ))
});

fn regex(text: &str) -> Regex {
    Regex::new(text).expect("the patterns of this file are tried by its tests")
}

/// The references of a text, in order.
pub fn references(text: &str) -> Vec<Reference> {
    let english = ENGLISH.captures_iter(text).filter_map(|found| {
        let (kind, named) = (found.get(1)?, found.get(2)?);
        let target = named_in_english(&kind.as_str().to_lowercase(), named.as_str())?;
        Some((target, found.get(0)?.range()))
    });
    let chinese = CHINESE.captures_iter(text).filter_map(|found| {
        let target = if let Some(page) = found.get(1) {
            Target::Page(number(page.as_str())?)
        } else if let Some(section) = found.get(2) {
            Target::Section(SectionName::read(section.as_str()))
        } else {
            Target::Labelled(label(found.get(3)?.as_str()))
        };
        Some((target, found.get(0)?.range()))
    });
    let mut references: Vec<Reference> = english
        .chain(chinese)
        .map(|(target, range)| Reference { target, sentence: sentence(text, range) })
        .collect();
    references.sort_by_key(|reference| reference.sentence.start);
    references
}

fn named_in_english(kind: &str, named: &str) -> Option<Target> {
    Some(match kind {
        "page" | "pages" | "p." | "pp." => Target::Page(named.parse().ok()?),
        "table" | "figure" | "note" => Target::Labelled(label(&format!("{kind}{named}"))),
        "fig." => Target::Labelled(label(&format!("figure{named}"))),
        _ => Target::Section(SectionName::read(&format!("{kind} {named}"))),
    })
}

fn label(written: &str) -> String {
    written.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase()
}

/// From the end of the sentence before to the end of this one. A point within a number or an abbreviation ends none.
fn sentence(text: &str, found: Range<usize>) -> Range<usize> {
    let ends = |at: usize, c: char| match c {
        '。' | '！' | '？' | '；' => true,
        '.' | '!' | '?' => text[at + c.len_utf8()..].starts_with(char::is_whitespace),
        _ => false,
    };
    let before = text[..found.start].char_indices().rev();
    let start =
        before.into_iter().find(|(at, c)| ends(*at, *c)).map_or(0, |(at, c)| at + c.len_utf8());
    let after = text[found.end..].char_indices().map(|(at, c)| (found.end + at, c));
    let end = after.into_iter().find(|(at, c)| ends(*at, *c));
    start..end.map_or(text.len(), |(at, c)| at + c.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn targets(text: &str) -> Vec<Target> {
        references(text).into_iter().map(|reference| reference.target).collect()
    }

    fn section(name: &str) -> Target {
        Target::Section(SectionName::read(name))
    }

    #[test]
    fn a_reader_is_sent_to_pages_sections_and_tables() {
        assert_eq!(targets("To change the filter, see page 17."), [Target::Page(17)]);
        assert_eq!(targets("Changing the filter (p. 17) takes a minute."), [Target::Page(17)]);
        assert_eq!(targets("See “Replacing the filter” on page 17."), [Target::Page(17)]);
        assert_eq!(targets("as described in Section 4.2"), [section("section 4.2")]);
        assert_eq!(targets("Subject to clause 9.1, the fee is due."), [section("clause 9.1")]);
        assert_eq!(targets("refer to Table 3 below"), [Target::Labelled("table3".into())]);
        assert_eq!(
            targets("Losses are shown in Fig. 2-1."),
            [Target::Labelled("figure2-1".into())]
        );
        assert_eq!(targets("(Note 12)"), [Target::Labelled("note12".into())]);
    }

    #[test]
    fn chinese_sends_a_reader_too() {
        assert_eq!(targets("更换滤芯的方法，详见第17页。"), [Target::Page(17)]);
        assert_eq!(targets("参见第三章"), [section("第三章")]);
        assert_eq!(targets("根据本合同第四条的规定"), [section("第四条")]);
        assert_eq!(targets("损失见表 3。"), [Target::Labelled("表3".into())]);
        assert_eq!(targets("参阅 4.2 节"), [section("4.2")]);
    }

    #[test]
    fn what_sends_nobody_is_no_reference() {
        assert_eq!(targets("Turn to the left. Page 17 is blank."), []);
        assert_eq!(targets("I see 17 pages and no table."), []);
        assert_eq!(targets("第三章讲滤芯。常见问题有三个。"), []);
    }

    #[test]
    fn a_reference_is_made_by_its_sentence() {
        let text = "Keep it dry. To change the filter, see page 17. Wash it monthly.";
        let found = &references(text)[0];
        assert_eq!(text[found.sentence.clone()].trim(), "To change the filter, see page 17.");
    }

    #[test]
    fn a_label_is_whole() {
        let table = Target::Labelled("table3".into());
        assert!(table.labels("Table 3. Losses by year") && table.labels("TABLE 3"));
        assert!(!table.labels("Table 31") && !table.labels("Table 3.1") && !table.labels("Losses"));
        assert!(Target::Labelled("表3".into()).labels("表 3　各年损失"));
    }
}
