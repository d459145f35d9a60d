//! A model's answer as events of its Markdown, with its markers kept apart from the Markdown around them:
//! `[1]` alone would be a reference there. Not here: what a format makes of either.

use crate::escape::tame;
use pulldown_cmark::{CowStr, Event, Options, Parser};
use yinju_core::Answer;

/// Stand around a citation's number while Markdown is parsed.
pub(crate) const OPEN: char = '\u{E000}';
pub(crate) const CLOSE: char = '\u{E001}';

/// Markers of citations between private-use characters, which the text itself then has none of.
pub(crate) fn guard_markers(answer: &Answer) -> String {
    let text = answer.text.replace([OPEN, CLOSE], "");
    answer.citations.iter().fold(text, |text, citation| {
        let number = citation.marker;
        text.replace(&format!("[{number}]"), &format!("{OPEN}{number}{CLOSE}"))
    })
}

/// The events of a guarded answer, without HTML, links and images.
pub(crate) fn events(guarded: &str) -> impl Iterator<Item = Event<'_>> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    Parser::new_ext(guarded, options).filter_map(tame)
}

/// Text as the model wrote it: in code a marker is none.
pub(crate) fn unguarded(text: &str) -> CowStr<'static> {
    text.replace(OPEN, "[").replace(CLOSE, "]").into()
}
