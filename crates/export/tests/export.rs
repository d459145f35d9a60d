//! Whole exports, as a person gets them; and hostile text in every place a text can come from.

#![allow(clippy::unwrap_used, missing_docs)]

use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag};
use std::num::NonZeroU32;
use std::path::PathBuf;
use yinju_core::answer::UnreadablePages;
use yinju_core::{
    Answer, ArmScores, BBox, CharRange, ChatId, Citation, DocumentId, DocumentRef, Evidence, Hit,
    PageNumber, Passage, PassageDraft, PassageId, Refusal, RefusalCode, Region, Sentence, Span,
    Support, Timings, TokenCounts,
};
use yinju_export::{Conversation, ExportError, Format, export};

fn page(number: u32) -> PageNumber {
    PageNumber(NonZeroU32::new(number).unwrap())
}

fn document(path: &str, title: &str) -> DocumentRef {
    DocumentRef {
        id: DocumentId(1),
        title: title.into(),
        path: PathBuf::from(path),
        sha256: "0123abcd".repeat(8),
    }
}

fn citation(marker: u32, document: DocumentRef, label: Option<&str>, quote: &str) -> Citation {
    let boxes = vec![BBox::new(0.125, 0.25, 0.5, 0.75)];
    Citation {
        marker,
        document,
        page: page(12),
        label: label.map(Into::into),
        quote: quote.into(),
        regions: vec![Region { page: page(12), boxes }],
        verified: true,
    }
}

fn hit(document: DocumentRef, text: &str) -> Hit {
    let spans = vec![Span { page: page(3), range: CharRange::new(0, text.chars().count()) }];
    let draft = PassageDraft {
        ordinal: 0,
        text: text.into(),
        spans,
        section: vec!["2 方法".into()],
        tokens: 9,
        markdown: None,
    };
    let passage = Passage { id: PassageId(7), document: document.id, draft };
    Hit { rank: 1, score: 0.5, arms: ArmScores::default(), passage, document, regions: vec![] }
}

fn answer(question: &str, text: &str, citations: Vec<Citation>) -> Answer {
    let sentence = |text: &str, support| Sentence { text: text.into(), markers: vec![], support };
    Answer {
        question: question.into(),
        text: text.into(),
        refused: false,
        refusal: None,
        model: Some("qwen2.5-coder-0.5b-instruct".into()),
        citations,
        sentences: vec![
            sentence("有依据的。", Support::Supported),
            sentence("没有依据的。", Support::Unsupported),
        ],
        evidence: vec![],
        removed_markers: vec![],
        timings: Timings::default(),
        tokens: TokenCounts::default(),
        chat: Some(ChatId(4)),
    }
}

fn refused(question: &str, nearest: Vec<Hit>) -> Answer {
    let unreadable = UnreadablePages {
        document: document("/home/某人/扫描件.pdf", "扫描件"),
        pages: vec![page(2), page(5)],
    };
    let refusal =
        Refusal { code: RefusalCode::NotInDocuments, nearest, unreadable_pages: vec![unreadable] };
    let mut answer = answer(question, "", vec![]);
    answer.sentences.clear();
    Answer { refused: true, refusal: Some(refusal), model: None, ..answer }
}

fn conversation() -> Conversation {
    let report = document("/home/某人/合同/年度报告 2025.pdf", "年度报告");
    let windows = document(r"C:\Users\someone\paper.pdf", r"C:\Users\someone\paper.docx");
    let citations = vec![
        citation(1, report.clone(), Some("xii"), "营业收入为 3.5 亿元，\n同比增长 *12%*。"),
        citation(2, windows, Some("12"), "Revenue rose [3] by 12 %."),
    ];
    let mut first = answer(
        "收入是多少？",
        "营业收入为 **3.5 亿元**[1]，增长 12%[2]。\n\n- `a[1]` 是代码\n- 没有依据的。",
        citations,
    );
    first.evidence =
        vec![Evidence { marker: 1, hit: hit(report.clone(), "营业收入为 3.5 亿元。") }];
    Conversation {
        title: "收入 <与> 增长".into(),
        created: "2026-11-23T19:41:14Z".into(),
        turns: vec![first, refused("首席执行官是谁？", vec![hit(report, "董事会\n由九人组成。")])],
    }
}

fn text(conversation: &Conversation, format: Format) -> String {
    String::from_utf8(export(conversation, format).unwrap()).unwrap()
}

#[test]
fn markdown() {
    insta::assert_snapshot!(text(&conversation(), Format::Markdown));
}

#[test]
fn html() {
    let html = text(&conversation(), Format::Html);
    let (before, style) = html.split_once("<style>").unwrap();
    let after = style.split_once("</style>").unwrap().1;
    insta::assert_snapshot!(format!("{before}<style>…</style>{after}"));
}

#[test]
fn json() {
    insta::assert_snapshot!(text(&conversation(), Format::Json));
}

#[test]
fn english_questions_have_english_labels() {
    let mut conversation = conversation();
    conversation.turns = vec![refused("Who is the CEO?", vec![])];
    assert!(text(&conversation, Format::Html).contains("<html lang=\"en\">"));
    assert!(
        text(&conversation, Format::Markdown).contains("The documents do not hold the answer.")
    );
}

#[test]
fn folders_do_not_leave_with_markdown_and_html() {
    for format in [Format::Markdown, Format::Html] {
        let text = text(&conversation(), format);
        for leak in ["/home", "某人", "合同", "Users", "someone"] {
            assert!(!text.contains(leak), "{leak} in {format:?}");
        }
        assert!(text.contains("paper"));
    }
}

#[test]
fn an_empty_conversation_is_said_so() {
    let empty = Conversation { turns: vec![], ..conversation() };
    for format in Format::ALL {
        assert!(matches!(export(&empty, format), Err(ExportError::Empty)));
    }
}

/// The same text in every place that holds text.
fn filled_with(hostile: &str) -> Conversation {
    let document = document(&format!("/tmp/{}", hostile.replace('/', ":")), hostile);
    let mut turn =
        answer(hostile, hostile, vec![citation(1, document.clone(), Some(hostile), hostile)]);
    turn.model = Some(hostile.into());
    turn.sentences[1].text = hostile.into();
    Conversation {
        title: hostile.into(),
        created: hostile.into(),
        turns: vec![turn, refused(hostile, vec![hit(document, hostile)])],
    }
}

fn assert_inert(hostile: &str) {
    let conversation = filled_with(hostile);
    assert_html_is_inert(&text(&conversation, Format::Html));
    assert_markdown_is_inert(&text(&conversation, Format::Markdown));
    let json = export(&conversation, Format::Json).unwrap();
    serde_json::from_slice::<serde_json::Value>(&json).unwrap();
}

/// Every element a page of ours may hold.
const ELEMENTS: &str = " a sup p li ol ul h1 h2 h3 h4 h5 h6 strong em code pre del blockquote div article header main \
                        body html head meta title br hr table thead tbody tr th td ";

fn assert_html_is_inert(html: &str) {
    let inside = html.split_once("</style>").unwrap().1;
    for tag in inside.split('<').skip(1) {
        let name =
            tag.trim_start_matches('/').split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap();
        assert!(ELEMENTS.contains(&format!(" {} ", name.to_lowercase())), "<{tag}");
        let whole = tag.split('>').next().unwrap();
        assert!(!whole.contains(" on") && !whole.contains(" src"), "<{whole}>");
        let target = whole.split("href=\"").nth(1);
        assert!(target.is_none_or(|href| href.starts_with("#t")), "<{whole}>");
    }
}

fn assert_markdown_is_inert(markdown: &str) {
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        let harmful = matches!(
            event,
            Event::Html(_)
                | Event::InlineHtml(_)
                | Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::HtmlBlock)
        );
        assert!(!harmful, "{event:?} in\n{markdown}");
    }
}

#[test]
fn hostile_text_stays_text() {
    for hostile in [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[click](javascript:alert(1))",
        "![x](https://example.org/pixel.png)",
        "[1]: javascript:alert(1)\n\n[1]",
        "<a href=\"`\"> `<script>alert(1)</script>`",
        "</style></title><script>alert(1)</script>",
        "\"><svg/onload=alert(1)>",
        "{{ 7 * 7 }}{% raw %}",
        "\u{E000}1\"><script>\u{E001}",
        "```html\n<script>\n```\n<script>",
        "&lt;script&gt;",
        "a | b\n--|--\n<b> | c",
    ] {
        assert_inert(hostile);
    }
    assert!(text(&filled_with("{{ 7 * 7 }}"), Format::Html).contains("{{ 7 * 7 }}"));
}

proptest! {
    #[test]
    fn any_text_stays_text(hostile in "[a1<>/`!\\[\\]():\"'= \n&;#\\\\~*_|{}%.-]{0,50}") {
        assert_inert(&hostile);
    }
}
