//! Formats that are text, as a person gets them; and hostile text in every place a text can come from.

use crate::support::{conversation, filled_with, pictured, refused, text};
use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag};
use yinju_export::{Conversation, ExportError, Format, export};

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
fn html_shows_where_quotations_stand() {
    let html = text(&pictured(conversation()), Format::Html);
    assert_eq!(html.matches("<img src=\"data:image/png;base64,iVBORw0KGgo").count(), 2);
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
