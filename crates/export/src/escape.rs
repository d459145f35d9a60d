//! Untrusted text as Markdown. Plain text is escaped whole; a model's answer keeps its lists, emphasis
//! and code, and loses whatever could become HTML, a link or an image.

use pulldown_cmark::{Event, Options, Parser, Tag};
use std::ops::Range;

/// Text that reads as itself when Markdown is rendered. Line breaks become spaces.
pub(crate) fn plain(text: &str) -> String {
    line(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Text as a block quote, line by line.
pub(crate) fn quotation(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|text| !text.is_empty());
    lines.fold(String::new(), |quoted, text| quoted + "> " + &line(text) + "\n")
}

fn line(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for (at, c) in text.char_indices() {
        let special = "\\`*_[]<>|~#&$!{}^".contains(c)
            || (at == 0 && matches!(c, '-' | '+' | '=' | ':'))
            || (matches!(c, '.' | ')') && ends_list_number(&text[..at]))
            || (c == ':' && text[at..].starts_with("://"));
        if special {
            out.push('\\');
        }
        out.push(if c.is_control() { ' ' } else { c });
    }
    out
}

fn ends_list_number(before: &str) -> bool {
    !before.is_empty() && before.len() <= 9 && before.bytes().all(|b| b.is_ascii_digit())
}

/// A model's answer as Markdown that cannot hold HTML, links or images.
pub(crate) fn answer(text: &str) -> String {
    let code = code_ranges(text);
    let mut out = String::with_capacity(text.len() + 8);
    for (at, c) in text.char_indices() {
        let in_code = code.iter().any(|range| range.contains(&at));
        if !in_code && (c == '<' || opens_target(text, at) || is_entity(text, at)) {
            out.push('\\');
        }
        out.push(c);
    }
    // Escaping can move where code begins; what is not inert then loses all its formatting.
    if is_inert(&out) { out } else { text.lines().map(|l| line(l) + "\n").collect() }
}

/// `](`, `]:` and the `!` of an image.
fn opens_target(text: &str, at: usize) -> bool {
    let rest = &text[at..];
    rest.starts_with("](") || rest.starts_with("]:") || rest.starts_with("![")
}

/// `&#60;` would come out as `<`: harmless in a reader, not in what converts Markdown twice.
fn is_entity(text: &str, at: usize) -> bool {
    let rest = &text[at..];
    rest.starts_with('&') && rest[1..].starts_with(|c: char| c == '#' || c.is_ascii_alphabetic())
}

fn code_ranges(text: &str) -> Vec<Range<usize>> {
    let events = Parser::new_ext(text, Options::empty()).into_offset_iter();
    let code = events
        .filter(|(event, _)| matches!(event, Event::Code(_) | Event::Start(Tag::CodeBlock(_))));
    code.map(|(_, range)| range).collect()
}

/// Whether Markdown holds no HTML, no link and no image.
pub(crate) fn is_inert(text: &str) -> bool {
    Parser::new_ext(text, Options::empty()).all(|event| {
        !matches!(
            event,
            Event::Html(_)
                | Event::InlineHtml(_)
                | Event::Start(Tag::HtmlBlock | Tag::Image { .. } | Tag::Link { .. })
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What a reader sees.
    fn rendered(markdown: &str) -> String {
        let mut out = String::new();
        for event in Parser::new_ext(markdown, Options::all() - Options::ENABLE_SMART_PUNCTUATION) {
            match event {
                Event::Text(text) | Event::Code(text) => out.push_str(&text),
                Event::SoftBreak | Event::HardBreak => out.push(' '),
                _ => {}
            }
        }
        out
    }

    #[test]
    fn special_characters_read_as_themselves() {
        for text in [
            "# a *b* _c_ `d`",
            "1. x",
            "- y",
            "[a](b)",
            "<script>",
            "a|b",
            "~~s~~",
            "&amp;",
            "\\*",
            "$x^2$",
            "![i](u)",
        ] {
            assert_eq!(rendered(&plain(text)), text);
        }
    }

    #[test]
    fn answers_keep_formatting_and_lose_targets() {
        assert_eq!(answer("**a** `<b>` [1]"), "**a** `<b>` [1]");
        for text in [
            "<script>alert(1)</script>",
            "[x](javascript:alert(1))",
            "![x](http://a/b.png)",
            "[1]\n\n[1]: javascript:alert(1)",
            "<javascript:alert(1)>",
            "<a href=\"`\"> `<script>alert(1)</script>`",
        ] {
            assert!(is_inert(&answer(text)), "{text} → {}", answer(text));
        }
    }

    proptest! {
        #[test]
        fn every_answer_is_inert(text in "[a<>/`!\\[\\]():\" \n&;#\\\\~-]{0,60}") {
            prop_assert!(is_inert(&answer(&text)), "{}", answer(&text));
        }

        #[test]
        fn plain_text_is_what_a_reader_sees(text in "[a-c1-3<>/`!\\[\\]():\" &;#\\\\~*_|.+=$^-]{0,40}") {
            let expected = text.split_whitespace().collect::<Vec<_>>().join(" ");
            prop_assert_eq!(rendered(&plain(&text)), expected);
        }
    }
}
