//! A draft against its evidence: what is kept, added, moved and taken out, and what always holds.

#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use proptest::prelude::*;
use support::{evidence, item, lookup, page, whole};
use yinju_answer::{Checked, check, quotes};
use yinju_core::text::{fold_whitespace, slice_chars};
use yinju_core::{Block, BlockKind, CharRange, Evidence, Page, Span, Support};

const GAME: &str = "《战国无双3》是由光荣和ω-force开发的战国无双系列的正统第三续作。\n本作中共有20张战场地\n图，2009年12月发售。";
const OPERA: &str = "锣鼓经是大陆传统器乐及戏曲里面常用的打击乐记谱方法。常用的节奏型称为锣鼓点。";
const MATCH: &str = "The match was played on February 7, 2016, at Levi's Stadium. Denver won 24 to 10. Dr. Smith was\nthere.";

fn checked(draft: &str) -> Checked {
    let (evidence, pages) = evidence(&[GAME, OPERA, MATCH]);
    let checked = check(draft, &evidence, &lookup(&pages));
    assert_sound(&checked, &evidence, &pages);
    checked
}

/// What the module promises of every checked answer.
fn assert_sound(checked: &Checked, evidence: &[Evidence], pages: &[Page]) {
    for (index, citation) in checked.citations.iter().enumerate() {
        assert_eq!(citation.marker as usize, index + 1);
        assert!(checked.text.contains(&format!("[{}]", citation.marker)), "{}", checked.text);
        assert!(citation.verified && !citation.regions.is_empty());
        assert!(evidence.iter().any(|e| e.hit.document == citation.document));
        let page =
            pages.get(citation.document.id.0 as usize - 1).filter(|p| p.number == citation.page);
        let folded = fold_whitespace(&citation.quote);
        assert!(fold_whitespace(&page.unwrap().text).contains(&folded));
        assert!(citation.regions.iter().all(|region| !region.boxes.is_empty()));
    }
    let numbers = checked.citations.len() as u32;
    let marked = checked.sentences.iter().flat_map(|s| &s.markers);
    assert!(marked.clone().all(|marker| (1..=numbers).contains(marker)));
    assert!((1..=numbers).all(|number| marked.clone().any(|marker| *marker == number)));
}

fn quotes_of(checked: &Checked) -> Vec<&str> {
    checked.citations.iter().map(|citation| citation.quote.as_str()).collect()
}

#[test]
fn a_right_marker_is_kept_and_shows_its_words() {
    let checked = checked("它由光荣和ω-force开发【1】。");
    assert_eq!(checked.text, "它由光荣和ω-force开发[1]。");
    assert_eq!(
        quotes_of(&checked),
        ["《战国无双3》是由光荣和ω-force开发的战国无双系列的正统第三续作。"]
    );
    assert_eq!(checked.sentences[0].support, Support::Supported);
}

#[test]
fn each_sentence_shows_what_bears_it_out() {
    let checked = checked("《战国无双3》由光荣和ω-force开发[1]。共有20张战场地图[1]。");
    assert_eq!(checked.text, "《战国无双3》由光荣和ω-force开发[1]。共有20张战场地图[2]。");
    assert!(checked.citations[1].quote.starts_with("本作中共有20张战场地\n图"));
    assert_eq!(checked.citations[1].regions[0].boxes.len(), 2);
}

#[test]
fn equal_quotations_share_a_number() {
    let checked = checked("共有20张战场地图[1]。战场地图共有二十张[1]。");
    assert_eq!(checked.text, "共有20张战场地图[1]。战场地图共有二十张[1]。");
    assert_eq!(checked.citations.len(), 1);
}

#[test]
fn a_missing_marker_is_found() {
    let checked = checked("Denver won 24 to 10.");
    assert_eq!(checked.text, "Denver won 24 to 10 [1].");
    assert_eq!(quotes_of(&checked), ["Denver won 24 to 10."]);
}

#[test]
fn a_wrong_marker_is_moved() {
    let checked = checked("锣鼓经是打击乐记谱方法[1]。");
    assert_eq!(checked.citations[0].document.id.0, 2);
    assert_eq!(checked.removed_markers, [0u32; 0]);
}

#[test]
fn a_marker_to_nowhere_is_removed_and_reported() {
    let checked = checked("Denver won 24 to 10 [7]. It was nice.");
    assert_eq!(checked.text, "Denver won 24 to 10 [1]. It was nice.");
    assert_eq!(checked.removed_markers, [7]);
}

#[test]
fn an_invented_sentence_keeps_its_words_and_loses_its_marker() {
    let checked = checked("月球由奶酪构成，质量为三千公斤[2]。");
    assert_eq!(checked.text, "月球由奶酪构成，质量为三千公斤。");
    assert_eq!(checked.removed_markers, [2]);
    assert_eq!(checked.sentences[0].support, Support::Unsupported);
}

#[test]
fn a_wrong_number_is_not_supported() {
    for draft in [
        "The match was played on February 7, 2015 [3].",
        "本作2008年12月发售[1]。",
        "共有30张战场地图。",
    ] {
        assert_eq!(checked(draft).sentences[0].support, Support::Unsupported, "{draft}");
    }
}

#[test]
fn two_claims_in_a_sentence_have_two_quotations() {
    let checked = checked("《战国无双3》由光荣和ω-force开发[1]，而锣鼓经是打击乐记谱方法[2]。");
    assert_eq!(checked.citations.len(), 2);
    assert_eq!(checked.sentences[0].markers, [1, 2]);
    assert_eq!(checked.sentences[0].support, Support::Supported);
}

#[test]
fn what_claims_nothing_is_not_judged() {
    for draft in ["好的，以下是答案：", "资料中没有提到。", "What was it?", "# 答案", "Sure!"]
    {
        let checked = checked(draft);
        assert_eq!(checked.sentences[0].support, Support::NotAClaim, "{draft}");
        assert_eq!(checked.text, draft);
    }
}

#[test]
fn markers_before_after_and_on_their_own_line() {
    let expected = "Denver won 24 to 10 [1].";
    assert_eq!(checked("Denver won 24 to 10. [3]").citations.len(), 1);
    assert_eq!(checked("[3] Denver won 24 to 10.").text, expected);
    assert_eq!(checked("Denver won 24 to 10.\n\n[3]").citations.len(), 1);
    let both = checked("Denver won 24 to 10.[3]The match was played at Levi's Stadium.[3]");
    assert_eq!(both.sentences.len(), 2);
}

#[test]
fn lists_fences_and_code() {
    let list = checked("答案：\n1. 由光荣和ω-force开发 [1]\n2. 共有20张战场地图 [1]");
    assert_eq!(list.sentences.iter().map(|s| s.markers.len()).collect::<Vec<_>>(), [0, 1, 1]);
    assert_eq!(checked("```\nDenver won 24 to 10 [3].\n```").text, "Denver won 24 to 10 [1].");
    assert_eq!(checked("Use `a[0]`.").text, "Use `a[0]`.");
}

#[test]
fn across_languages_the_models_own_marker_stays() {
    let checked = checked("Developed by Omega Force and Koei in 2009 [1].");
    assert_eq!(checked.citations.len(), 1);
    assert_eq!(checked.citations[0].document.id.0, 1);
}

#[test]
fn nothing_is_cited_from_a_page_that_is_gone_or_changed() {
    let (evidence, pages) = evidence(&[MATCH]);
    let gone = check("Denver won 24 to 10 [1].", &evidence, &|_, _| None);
    assert_eq!((gone.text.as_str(), gone.citations.len()), ("Denver won 24 to 10.", 0));
    let other = page(
        1,
        "Something else entirely, and quite a bit longer than before, so that the range still fits in it.",
    );
    let changed = check("Denver won 24 to 10 [1].", &evidence, &|_, _| Some(other.clone()));
    assert!(changed.citations.is_empty());
    let mut boxless = pages[0].clone();
    boxless.lines.clear();
    assert!(
        check("Denver won 24 to 10 [1].", &evidence, &|_, _| Some(boxless.clone()))
            .citations
            .is_empty()
    );
}

#[test]
fn a_quotation_stays_on_one_page() {
    let (first, second) =
        (page(1, "甲公司成立于一九九八年，\n总部在"), page(2, "上海市浦东新区。\n员工两千人。"));
    let spans = [&first, &second].map(|p| Span { page: p.number, range: whole(p) });
    let evidence = [item(0, &format!("{}\n{}", first.text, second.text), spans.to_vec())];
    let pages = |_, number| [&first, &second].into_iter().find(|p| p.number == number).cloned();
    let checked = check("甲公司成立于一九九八年，总部在上海市浦东新区[1]。", &evidence, &pages);
    let places: Vec<u32> = checked.citations.iter().map(|c| c.page.get()).collect();
    assert_eq!(places, [1, 2]);
    assert_eq!(checked.sentences[0].support, Support::Supported);
}

#[test]
fn a_gap_inside_a_passage_is_not_quoted_across() {
    let page = page(1, "第一句话到此\n页脚\n为止了。第二句。");
    let spans = vec![
        Span { page: page.number, range: CharRange::new(0, 7) },
        Span { page: page.number, range: CharRange::new(10, 18) },
    ];
    let text = format!(
        "{}\n{}",
        slice_chars(&page.text, spans[0].range),
        slice_chars(&page.text, spans[1].range)
    );
    let evidence = [item(0, &text, spans)];
    let checked = check("第一句话到此为止了。", &evidence, &|_, _| Some(page.clone()));
    let folded = fold_whitespace(&page.text);
    assert!(checked.citations.iter().all(|c| folded.contains(&fold_whitespace(&c.quote))));
}

#[test]
fn quotes_answer_without_a_model() {
    let (evidence, pages) = evidence(&[OPERA, GAME, MATCH]);
    let checked = quotes::answer("共有多少张战场地图？", &evidence, &lookup(&pages));
    assert_sound(&checked, &evidence, &pages);
    assert!(
        checked.text.starts_with("本作中共有20张战场地图，2009年12月发售。 [1]"),
        "{}",
        checked.text
    );
    let english = quotes::answer("When was the match played?", &evidence, &lookup(&pages));
    assert!(english.text.contains("February 7, 2016"));
}

#[test]
fn numbers_in_brackets_of_a_document_are_no_markers() {
    let (evidence, pages) = evidence(&["Denver won 24 to 10.[3] It rained."]);
    let checked = quotes::answer("What did Denver win?", &evidence, &lookup(&pages));
    assert!(checked.text.contains("［3］") && !checked.text.contains("[3]"), "{}", checked.text);
    assert!(checked.citations[0].quote.contains("[3]"));
}

fn without_markers(text: &str) -> String {
    let mut stream = yinju_answer::MarkerStream::new(0);
    let mut out = stream.push(text);
    out.push_str(&stream.finish());
    fold_whitespace(&out)
}

fn draft() -> impl Strategy<Value = String> {
    let parts = [
        "它由光荣和ω-force开发",
        "共有20张战场地图",
        "Denver won 24 to 10",
        " played at Levi's Stadium",
        "[1]",
        "[2]",
        "【3】",
        "[9]",
        "[1, 3]",
        "（[2]）",
        "。",
        "，",
        ". ",
        "! ",
        "\n",
        "\n\n",
        "- ",
        "1. ",
        "“",
        "”",
        " ",
        "？",
        "[",
        "]",
        "没有提到",
    ];
    prop::collection::vec(prop::sample::select(parts.to_vec()), 0..14)
        .prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn every_marker_shown_is_verified(draft in draft()) {
        let checked = checked(&draft);
        prop_assert_eq!(without_markers(&checked.text), without_markers(&draft));
        let shown = checked.text.split('[').skip(1).filter_map(|rest| rest.split_once(']')?.0.parse::<u32>().ok());
        for marker in shown {
            prop_assert!(checked.citations.iter().filter(|c| c.marker == marker).count() == 1);
        }
    }

    #[test]
    fn any_draft_is_checked(draft in any::<String>(), text in any::<String>()) {
        let (evidence, pages) = evidence(&[&text, GAME]);
        let checked = check(&draft, &evidence, &lookup(&pages));
        assert_sound(&checked, &evidence, &pages);
        let quoted = quotes::answer(&draft, &evidence, &lookup(&pages));
        assert_sound(&quoted, &evidence, &pages);
    }
}

/// A page of a section heading and what it says.
fn with_heading(heading: &str, body: &str) -> (Vec<Evidence>, Vec<Page>) {
    let text = format!("{heading}\n\n{body}");
    let (evidence, mut pages) = evidence(&[&text]);
    let end = heading.chars().count() + 2;
    let block = |kind, level, range| Block { kind, level, range, boxes: vec![], table: None };
    pages[0].blocks = vec![
        block(BlockKind::Heading, Some(2), CharRange::new(0, end)),
        block(BlockKind::Paragraph, None, CharRange::new(end, text.chars().count())),
    ];
    (evidence, pages)
}

#[test]
fn a_repeated_heading_answers_nothing() {
    let (evidence, pages) = with_heading("3.2 水温与时间", "绿茶宜用八十度的水冲泡。");
    for draft in ["3.2 水温与时间 [1]", "## 3.2 水温与时间", "**3.2 水温与时间**[1]。"]
    {
        let checked = check(draft, &evidence, &lookup(&pages));
        assert!(checked.citations.is_empty(), "{draft}");
        assert_eq!(checked.sentences[0].support, Support::NotAClaim);
    }
}

#[test]
fn a_heading_is_no_quotation_where_there_is_text() {
    let (evidence, pages) = with_heading("3.2 水温与时间", "绿茶宜用八十度的水冲泡。");
    let answer = quotes::answer("水温与时间是多少？", &evidence, &lookup(&pages));
    assert_eq!(quotes_of(&answer), ["绿茶宜用八十度的水冲泡。"]);
}

/// Which number of a picture belongs to which of its words is not told, and may be misread.
#[test]
fn a_number_of_a_picture_does_not_wholly_bear_out_a_sentence() {
    let support = |kind| {
        let (evidence, mut pages) = evidence(&["Output of the compressor 80 bar."]);
        let range = whole(&pages[0]);
        pages[0].blocks = vec![Block { kind, level: None, range, boxes: vec![], table: None }];
        let checked =
            check("The output of the compressor is 80 bar [1].", &evidence, &lookup(&pages));
        (checked.sentences[0].support, checked.citations[0].doubtful)
    };
    assert_eq!(support(BlockKind::Paragraph), (Support::Supported, false));
    assert_eq!(support(BlockKind::Figure), (Support::Partial, true));
}
