//! Where sentences end, in Chinese and in English, on a page and in a draft.
//! Deliberately not here: grammar. Nothing is lost: every character that is not white space is in
//! exactly one sentence.

use crate::layout::{Stretch, stretches};
use std::ops::Range;
use yinju_core::language::is_ideograph;

/// What a line break means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// A line of a page ends anywhere; only an empty line or a bullet separates.
    Page,
    /// A language model ends a line where something ends; code stays whole.
    Draft,
}

/// Characters after which an unclosed quotation or bracket no longer holds a sentence together.
const LONGEST_ASIDE: usize = 200;

/// Words after which a full stop does not end a sentence.
const ABBREVIATIONS: &str = " mr mrs ms dr prof st vs eg ie e.g i.e cf fig figs eq eqs no nos vol pp al approx inc ltd \
 co corp jan feb mar apr jun jul aug sep sept oct nov dec dept univ ed eds rev gen sen gov ca ";

/// The sentences of a text as byte ranges, without the white space around them. A full stop right
/// before one of `marks` (byte offsets where a marker was taken out) needs no space after it.
pub(crate) fn split(text: &str, layout: Layout, marks: &[usize]) -> Vec<Range<usize>> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    Splitter {
        text,
        chars: &chars,
        layout,
        marks,
        open: Vec::new(),
        sentences: Vec::new(),
        start: 0,
    }
    .run()
}

/// The sentences of a draft and what they are, found where its Markdown says something: without bullets,
/// numbers of points and the lines of tables. A row, a heading and a stretch of code are one each.
pub(crate) fn of_draft(text: &str, marks: &[usize]) -> Vec<(Range<usize>, Stretch)> {
    let mut sentences = Vec::new();
    for (place, stretch) in stretches(text) {
        if stretch == Stretch::Prose {
            let start = place.start;
            let within = |mark: &&usize| (start..=place.end).contains(mark);
            let marks: Vec<usize> = marks.iter().filter(within).map(|at| at - start).collect();
            let found = split(&text[place.clone()], Layout::Draft, &marks).into_iter();
            sentences.extend(found.map(|r| (start + r.start..start + r.end, stretch)));
        } else {
            let place = trimmed(text, place);
            sentences.extend((!place.is_empty()).then_some((place, stretch)));
        }
    }
    sentences
}

struct Splitter<'a> {
    text: &'a str,
    chars: &'a [(usize, char)],
    layout: Layout,
    marks: &'a [usize],
    /// Where unclosed quotations and brackets began.
    open: Vec<(usize, char)>,
    sentences: Vec<Range<usize>>,
    start: usize,
}

impl Splitter<'_> {
    fn run(mut self) -> Vec<Range<usize>> {
        let mut at = 0;
        while at < self.chars.len() {
            at = self.step(at);
        }
        self.cut(self.chars.len());
        self.sentences
    }

    /// Reads one character, or a whole stretch of code; gives the next position.
    fn step(&mut self, at: usize) -> usize {
        if self.layout == Layout::Draft && self.char(at) == Some('`') {
            return self.code(at);
        }
        let c = self.chars[at].1;
        if c == '\n' && self.breaks_at_line(at) {
            self.cut(at);
            return at + 1;
        }
        self.note_brackets(at, c);
        if !self.is_terminator(at, c) {
            return at + 1;
        }
        let end = self.end_of_closers(at + 1);
        // `《大小姐×执事！》` is a name, `（真的吗？）` an aside: neither ends what it stands in.
        let in_name = self.open.last().is_some_and(|(_, c)| matches!(c, '《' | '【' | '（' | '('));
        for closer in at + 1..end {
            self.note_brackets(closer, self.chars[closer].1);
        }
        if self.open.is_empty() && !in_name {
            self.cut(end);
        }
        end
    }

    /// A fence or a stretch in backticks is passed over whole.
    fn code(&mut self, at: usize) -> usize {
        let ticks = self.chars[at..].iter().take_while(|(_, c)| *c == '`').count();
        let rest = &self.text[self.byte(at + ticks)..];
        let fence = &self.text[self.byte(at)..self.byte(at + ticks)];
        let line_end = rest.find('\n').unwrap_or(rest.len());
        let Some(found) = rest.find(fence).filter(|found| ticks >= 3 || *found < line_end) else {
            return at + ticks;
        };
        if ticks >= 3 {
            self.cut(at);
        }
        let end = at + ticks + rest[..found].chars().count() + ticks;
        if ticks >= 3 {
            self.cut(end);
        }
        end
    }

    fn breaks_at_line(&mut self, at: usize) -> bool {
        let next = self.chars[at + 1..].iter().find(|(_, c)| !c.is_whitespace() || *c == '\n');
        let hard = self.layout == Layout::Draft
            || next.is_none_or(|(_, c)| matches!(c, '\n' | '•' | '●' | '■' | '▪' | '○' | '◆'));
        if hard {
            self.open.clear();
        }
        hard
    }

    fn note_brackets(&mut self, at: usize, c: char) {
        self.open.retain(|(began, _)| at - began < LONGEST_ASIDE);
        match c {
            '“' | '「' | '『' | '（' | '(' | '《' | '【' => self.open.push((at, c)),
            '”' | '」' | '』' | '）' | ')' | '》' | '】' => drop(self.open.pop()),
            _ => {}
        }
    }

    fn is_terminator(&self, at: usize, c: char) -> bool {
        match c {
            '。' | '！' | '？' | '｡' => true,
            '!' | '?' => self.ends_token(at),
            '.' => self.ends_token(at) && !self.is_abbreviation(at) && !self.goes_on(at),
            '”' | '」' | '』' => at > 0 && matches!(self.chars[at - 1].1, '。' | '！' | '？'),
            _ => false,
        }
    }

    /// White space, a closing mark, an ideograph or a taken-out marker follows.
    fn ends_token(&self, at: usize) -> bool {
        let end = self.end_of_closers(at + 1);
        self.char(end).is_none_or(|c| c.is_whitespace() || is_ideograph(c))
            || self.marks.contains(&self.byte(at + 1))
    }

    fn is_abbreviation(&self, at: usize) -> bool {
        let before = &self.text[..self.chars[at].0];
        let token =
            before.rsplit(|c: char| c.is_whitespace() || matches!(c, '(' | '"' | '“')).next();
        let token = token.unwrap_or_default();
        let initial = token.chars().count() == 1 && token.chars().all(|c| c.is_ascii_uppercase());
        let dotted = token.len() > 1 && token.split('.').all(|part| part.chars().count() == 1);
        initial
            || dotted
            || is_list_number(before, token)
            || ABBREVIATIONS.contains(&format!(" {} ", token.to_lowercase()))
    }

    fn goes_on(&self, at: usize) -> bool {
        let next = self.chars[at + 1..].iter().find(|(_, c)| !c.is_whitespace());
        next.is_some_and(|(_, c)| c.is_lowercase() || matches!(c, ',' | ';'))
    }

    fn end_of_closers(&self, mut at: usize) -> usize {
        while self.char(at).is_some_and(|c| is_closer(c) || is_full_stop(c)) {
            at += 1;
        }
        at
    }

    fn cut(&mut self, end: usize) {
        let (from, to) = (self.byte(self.start.min(end)), self.byte(end));
        let sentence = trimmed(self.text, from..to);
        if !sentence.is_empty() {
            self.sentences.push(sentence);
        }
        self.start = end;
        self.open.clear();
    }

    fn char(&self, at: usize) -> Option<char> {
        self.chars.get(at).map(|(_, c)| *c)
    }

    fn byte(&self, at: usize) -> usize {
        self.chars.get(at).map_or(self.text.len(), |(byte, _)| *byte)
    }
}

/// `1.` at the start of a line.
fn is_list_number(before: &str, token: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or_default().trim_start();
    !token.is_empty()
        && line == token
        && token.len() <= 3
        && token.chars().all(|c| c.is_ascii_digit())
}

/// The same range without white space at its ends.
pub(crate) fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let part = &text[range.clone()];
    let start = range.start + part.len() - part.trim_start().len();
    start..start + part.trim().len()
}

/// A mark that ends a sentence.
pub(crate) fn is_full_stop(c: char) -> bool {
    matches!(c, '。' | '！' | '？' | '｡' | '.' | '!' | '?')
}

/// A mark that closes what a sentence opened, and belongs to it.
pub(crate) fn is_closer(c: char) -> bool {
    matches!(c, '”' | '’' | '」' | '』' | '）' | ')' | '】' | '》' | '"' | '\'' | '*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(layout: Layout, text: &str, expected: &[&str]) {
        let found: Vec<&str> = split(text, layout, &[]).into_iter().map(|r| &text[r]).collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn chinese() {
        check(Layout::Draft, "甲是乙。丙呢？丁！", &["甲是乙。", "丙呢？", "丁！"]);
        check(Layout::Draft, "他说：“走。好吗？”她笑了。", &["他说：“走。好吗？”", "她笑了。"]);
        check(Layout::Draft, "《执事！》是轻小说。", &["《执事！》是轻小说。"]);
        check(Layout::Draft, "圆周率约为3.14。", &["圆周率约为3.14。"]);
    }

    #[test]
    fn english() {
        check(Layout::Draft, "Dr. A. Smith came. He left!", &["Dr. A. Smith came.", "He left!"]);
        check(
            Layout::Draft,
            "It costs 3.5 million, e.g. in the U.S. market. So?",
            &["It costs 3.5 million, e.g. in the U.S. market.", "So?"],
        );
        check(
            Layout::Draft,
            "He said \"Go.\" Then he went.",
            &["He said \"Go.\"", "Then he went."],
        );
    }

    #[test]
    fn lists_and_code_of_a_draft() {
        check(Layout::Draft, "两点：\n1. 甲是乙。\n2. 丙", &["两点：", "1. 甲是乙。", "2. 丙"]);
        check(
            Layout::Draft,
            "Do this:\n```\na. B\nc? D\n```\nDone. Use `a. B` now.",
            &["Do this:", "```\na. B\nc? D\n```", "Done.", "Use `a. B` now."],
        );
    }

    #[test]
    fn lines_of_a_page_are_joined_and_blocks_are_not() {
        check(
            Layout::Page,
            "本作共有\n二十张。\n\n标题\n\n下文",
            &["本作共有\n二十张。", "标题", "下文"],
        );
    }

    proptest! {
        #[test]
        fn nothing_is_lost(text in "[a-zA-Z0-9 .!?\n`()“”。！？甲乙（）]{0,80}") {
            for layout in [Layout::Page, Layout::Draft] {
                let sentences = split(&text, layout, &[]);
                let joined: String = sentences.iter().map(|r| &text[r.clone()]).collect();
                let fold = yinju_core::text::fold_whitespace;
                prop_assert_eq!(fold(&joined), fold(&text));
            }
        }

        #[test]
        fn any_text_is_split(text in any::<String>()) {
            split(&text, Layout::Page, &[]);
            split(&text, Layout::Draft, &[0, 3]);
        }
    }
}
