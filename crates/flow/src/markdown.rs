//! Markdown (`CommonMark` with tables, footnotes and the rest of GitHub's additions). It is defined by
//! the HTML it means, so the HTML reader makes the blocks.

use crate::FlowError;
use crate::decode;
use crate::flow::{Flow, Piece, tidy};
use crate::source::Source;
use crate::{html, text};
use pulldown_cmark::{CowStr, Event, MetadataBlockKind, Options, Parser, Tag, TagEnd};
use yinju_core::document::DocumentInfo;

pub(crate) fn read(source: &Source<'_>) -> Result<Flow, FlowError> {
    let decoded = decode::plain(&source.bytes()?);
    if decoded.is_binary() {
        return Err(FlowError::OtherContent { path: source.path.to_owned(), expected: "Markdown" });
    }
    let mut flow = Flow::single(metadata(&decoded.text), pieces(&decoded.text));
    flow.headings_break = true;
    flow.title_from_heading();
    flow.warnings.extend(text::encoding_warning(&decoded));
    Ok(flow)
}

/// The pieces of a document or a part of one.
pub(crate) fn pieces(markdown: &str) -> Vec<Piece> {
    let mut written = String::new();
    pulldown_cmark::html::push_html(&mut written, with_notes_named(markdown));
    html::pieces(&written)
}

fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
}

/// Notes keep the names they have in the source, in brackets: where they are referred to and where
/// they begin.
fn with_notes_named(markdown: &str) -> impl Iterator<Item = Event<'_>> {
    let mut name: Option<CowStr<'_>> = None;
    let bracketed = |name: CowStr<'_>| Event::Text(format!("[{name}]").into());
    Parser::new_ext(markdown, options()).flat_map(move |event| match event {
        Event::FootnoteReference(name) => vec![bracketed(name)],
        Event::Start(Tag::FootnoteDefinition(of)) => {
            name = Some(of);
            vec![Event::Html("<div class=\"footnote-definition\">".into())]
        }
        Event::End(TagEnd::FootnoteDefinition) => vec![Event::Html("</div>".into())],
        Event::Start(Tag::Paragraph) => match name.take() {
            Some(name) => vec![event, bracketed(name), Event::Text(" ".into())],
            None => vec![event],
        },
        _ => name.take().map(bracketed).into_iter().chain([event]).collect(),
    })
}

/// The plain `key: value` lines of a metadata block; anything richer is left alone.
fn metadata(markdown: &str) -> DocumentInfo {
    let mut info = DocumentInfo::default();
    let mut events = Parser::new_ext(markdown, options());
    let block = Tag::MetadataBlock(MetadataBlockKind::YamlStyle);
    if events.next() != Some(Event::Start(block)) {
        return info;
    }
    let lines = events.take_while(|e| !matches!(e, Event::End(TagEnd::MetadataBlock(_))));
    let mut text = String::new();
    lines.for_each(|event| {
        if let Event::Text(part) = event {
            text.push_str(&part);
        }
    });
    for (key, value) in text.lines().filter_map(|line| line.split_once(':')) {
        let value = tidy(value.trim().trim_matches(['"', '\'']));
        match key.trim() {
            "title" => info.title = value,
            "author" => info.authors.extend(value),
            "date" => info.created = value,
            _ => {}
        }
    }
    info
}
