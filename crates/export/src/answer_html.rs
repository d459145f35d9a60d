//! A model's answer as HTML: its Markdown without raw HTML, links and images, its markers as links to
//! the citations below. Not here: the page around it.

use crate::guard::{CLOSE, OPEN, events, guard_markers, unguarded};
use pulldown_cmark::{Event, html};
use std::fmt::Write as _;
use yinju_core::Answer;

/// The answer of turn `turn` (from 1).
pub(crate) fn answer_html(answer: &Answer, turn: usize) -> String {
    let guarded = guard_markers(answer);
    let mut in_code = false;
    let events = events(&guarded).map(|event| {
        note_code(&event, &mut in_code);
        with_links(event, turn, in_code)
    });
    let mut out = String::new();
    html::push_html(&mut out, events);
    out
}

fn note_code(event: &Event<'_>, in_code: &mut bool) {
    match event {
        Event::Start(pulldown_cmark::Tag::CodeBlock(_)) => *in_code = true,
        Event::End(pulldown_cmark::TagEnd::CodeBlock) => *in_code = false,
        _ => {}
    }
}

fn with_links(event: Event<'_>, turn: usize, in_code: bool) -> Event<'_> {
    match event {
        Event::Text(text) if in_code => Event::Text(unguarded(&text)),
        Event::Code(text) => Event::Code(unguarded(&text)),
        Event::Text(text) if text.contains(OPEN) => Event::InlineHtml(linked(&text, turn).into()),
        other => other,
    }
}

fn linked(text: &str, turn: usize) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            // The link's text repeats the number, so it is copied from here to the closing guard.
            OPEN => out.push_str("<sup class=\"cite\"><a href=\"#t"),
            CLOSE => out.push_str("]</a></sup>"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    complete_targets(&out, turn)
}

/// `#t` + `12` becomes `#t3-c12">[12`.
fn complete_targets(html: &str, turn: usize) -> String {
    let mut parts = html.split("<a href=\"#t");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        let (number, rest) = part.split_at(end);
        let _ = write!(out, "<a href=\"#t{turn}-c{number}\">[{number}{rest}");
    }
    out
}
