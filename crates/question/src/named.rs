//! Places a question names in passing: "on page 12", `第三章`, `《标题》`, "the 2022 report".
//!
//! Only what is plainly a place counts. Even so it is a guess, and whoever looks drops it where
//! nothing is there.

use crate::numerals::number;
use crate::{Filters, SectionName};
use regex::Regex;
use std::ops::RangeInclusive;
use std::sync::LazyLock;

type Pattern = LazyLock<Regex>;

const fn pattern(make: fn() -> Regex) -> Pattern {
    LazyLock::new(make)
}

fn regex(text: &str) -> Regex {
    Regex::new(text).expect("the patterns of this file are tried by its tests")
}

static PAGE: Pattern = pattern(|| {
    regex(
        r"(?i)\b(?:on|from|at|in|see|of)\s+(?:pages?|pp?\.)\s*(\d{1,4})(?:\s*(?:-|–|to|and)\s*(\d{1,4}))?\b",
    )
});
static PAGE_ZH: Pattern = pattern(|| {
    regex(
        r"第\s*([0-9０-９一二三四五六七八九十百零〇]{1,6})\s*[页頁]?(?:\s*[-–—至到]\s*第?\s*([0-9０-９一二三四五六七八九十百零〇]{1,6})\s*)?[页頁]",
    )
});
static CHAPTER: Pattern = pattern(|| {
    regex(
        r"(?i)\b(?:in|of|from)\s+((?:chapter|section|part|appendix|clause|article)\s+(?:\d+(?:\.\d+)*|[ivxlc]+))\b",
    )
});
/// Clauses are named exactly and looked for as such, headings or not (`answer::identifiers`).
/// A number in parts is a place wherever it is named; a bare one where nothing but the place is asked
/// about: "what does chapter 3 say", and not "what does Chapter 11 bankruptcy mean".
static SECTION: Pattern = pattern(|| {
    regex(concat!(
        r"(?i)\b((?:chapter|section|appendix)\s+(?:\d+(?:\.\d+)+|[A-Z](?:\.\d+)+))\b",
        r"|\bwhat\s+(?:does|do|is|are)\s+((?:chapter|section|appendix)\s+",
        r"(?:\d+|[ivxlc]+|[A-Z]))(?:\s+(?:of|in|about|say|cover|describe|deal|explain|discuss|contain|talk|tell)|\s*\?)",
    ))
});
static CHAPTER_ZH: Pattern = pattern(|| {
    regex(concat!(
        r"第\s*(?:\d+(?:\.\d+)+|[0-9０-９一二三四五六七八九十百零〇]{1,6})\s*[章节節部篇编編]",
        r"|(?:附录|附錄)\s*[A-Z](?:\.\d+)*|\d+(?:\.\d+)+\s*小?[节節]",
    ))
});
static TITLE: Pattern = pattern(|| regex(r"《([^》]{2,80})》"));
static FILE: Pattern =
    pattern(|| regex(r"(?i)([\p{L}\p{N}_.\-()]{1,120}\.(?:pdf|docx|epub|md|txt|html?))\b"));
static YEAR: Pattern = pattern(|| {
    regex(
        r"(?i)\b(\d{4})\s+(?:annual\s+|financial\s+)?(?:report|paper|edition|version|statement)s?\b",
    )
});
static YEAR_ZH: Pattern =
    pattern(|| regex(r"(\d{4})\s*年?度?\s*(?:财务|工作|年度)?(?:年报|报告|報告|论文|論文|版)"));

/// The places a question names.
pub fn named(question: &str) -> Filters {
    let first = |pattern: &'static Pattern| {
        pattern.captures_iter(question).filter_map(|found| Some(found.get(1)?.as_str()))
    };
    let in_parts = SECTION.captures_iter(question);
    let in_parts = in_parts.filter_map(|found| Some(found.get(1).or(found.get(2))?.as_str()));
    let chinese = CHAPTER_ZH.find_iter(question).map(|found| found.as_str());
    let mut sections: Vec<SectionName> = Vec::new();
    for name in first(&CHAPTER).chain(in_parts).chain(chinese).map(SectionName::read) {
        if !sections.contains(&name) {
            sections.push(name);
        }
    }
    let years = first(&YEAR).chain(first(&YEAR_ZH)).filter_map(|year| year.parse::<u16>().ok());
    Filters {
        documents: first(&TITLE).chain(first(&FILE)).map(str::to_owned).collect(),
        sections,
        pages: pages(question, &PAGE).chain(pages(question, &PAGE_ZH)).collect(),
        years: years.map(|year| year..=year).collect(),
        ..Filters::default()
    }
}

fn pages<'q>(
    question: &'q str,
    pattern: &'static Pattern,
) -> impl Iterator<Item = RangeInclusive<u32>> + 'q {
    pattern.captures_iter(question).filter_map(|found| {
        let first = number(found.get(1)?.as_str())?;
        let last = found.get(2).and_then(|last| number(last.as_str())).unwrap_or(first);
        (first > 0 && last >= first).then_some(first..=last)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_named_in_both_languages() {
        let check = |question: &str, expected: &[RangeInclusive<u32>]| {
            assert_eq!(named(question).pages, expected, "{question}");
        };
        check("What is shown on page 12?", &[12..=12]);
        check("What do the tables on pages 3-5 say?", &[3..=5]);
        check("第12页讲了什么？", &[12..=12]);
        check("第三到五页的内容", &[3..=5]);
        check("第3页至第5页", &[3..=5]);
        check("How many pages does it have?", &[]);
        check("第三个问题是什么", &[]);
    }

    #[test]
    fn chapters_documents_and_years_are_named() {
        let filters = named("In the 2022 annual report, what is said in chapter 3?");
        assert_eq!(filters.years, [2022..=2022]);
        assert_eq!(filters.sections, [SectionName::read("chapter 3")]);
        for (question, name) in [
            ("What is section 7.6 of the guide about?", "section 7.6"),
            ("What does appendix C.2 say?", "appendix c.2"),
            ("What does chapter 3 cover?", "chapter 3"),
            ("安装手册附录 C.2 节讲了什么？", "附录 C.2"),
            ("第 7.6 节讲了什么？", "7.6"),
            ("手册 3.1 小节", "3.1"),
        ] {
            assert_eq!(named(question).sections, [SectionName::read(name)], "{question}");
        }
        let filters = named("《数据安全法》第三章规定了什么？见 law-2021.pdf");
        assert_eq!(filters.documents, ["数据安全法", "law-2021.pdf"]);
        assert_eq!(filters.sections, [SectionName::read("第三章")]);
        assert_eq!(named("2023年度报告的利润").years, [2023..=2023]);
    }

    #[test]
    fn an_ordinary_question_names_no_place() {
        for question in [
            "Who was born in 1984?",
            "2008年奥运会在哪里举行？",
            "What does Chapter 11 bankruptcy mean?",
            "该法第十二条是什么意思",
            "",
        ] {
            assert!(named(question).is_empty(), "{question}");
        }
    }
}
