//! Mail (RFC 5322 and MIME): who wrote to whom and when, the subject, and the text. An attached
//! mail is read with the one that carries it; other files that are attached are named, and handed out.

use crate::FlowError;
use crate::builder::{Builder, Style};
use crate::flow::{Chapter, Flow, Piece, tidy};
use crate::picture::Picture;
use crate::source::Source;
use crate::{html, text};
use mail_parser::{Address, Message, MessageParser, MessagePart, MimeHeaders};
use std::sync::Arc;
use yinju_core::document::DocumentInfo;

/// Mails within mails deeper than this are named only.
const DEEPEST: usize = 8;

pub(crate) fn read(source: &Source<'_>) -> Result<Flow, FlowError> {
    let bytes = source.bytes()?;
    let expected = "a mail";
    let other = || FlowError::OtherContent { path: source.path.to_owned(), expected };
    let message = MessageParser::default().parse(&bytes).ok_or_else(other)?;
    if message.from().is_none() && message.subject().is_none() && message.date().is_none() {
        return Err(other());
    }
    let info = DocumentInfo {
        title: message.subject().and_then(tidy),
        authors: message.from().map(names).unwrap_or_default(),
        created: message.date().map(mail_parser::DateTime::to_rfc3339),
        ..DocumentInfo::default()
    };
    let mut flow = Flow::new(info, Vec::new());
    add(&message, 0, &mut flow);
    Ok(flow)
}

fn add(message: &Message<'_>, depth: usize, flow: &mut Flow) {
    let attached: Vec<String> =
        message.attachments().filter(|part| part.message().is_none()).map(name_of).collect();
    let mut builder = Builder::default();
    builder.style(Style::heading(1));
    builder.text(message.subject().unwrap_or_default());
    builder.style(Style::PLAIN);
    for line in head(message, &attached) {
        builder.text(&line);
        builder.line_break();
    }
    builder.extend(body(message));
    let pictures = message.attachments().filter(|part| is_picture(part));
    let pictures = pictures.map(|part| Picture::Inside(part.contents().to_vec()));
    builder.extend(pictures.map(|picture| Piece::picture(picture, "")).collect());
    flow.info.attachments.extend(attached);
    flow.chapters.push(Chapter { pieces: builder.finish(), failure: None });
    let inside = message.attachments().filter_map(|part| part.message());
    inside.filter(|_| depth < DEEPEST).for_each(|message| add(message, depth + 1, flow));
}

/// What a mail says it is about.
pub(crate) fn subject(bytes: &[u8]) -> Option<String> {
    MessageParser::default().parse_headers(bytes)?.subject().and_then(tidy)
}

/// The files attached to a mail and to those within it, without pictures and mails, which are read with
/// the mail itself.
pub(crate) fn attached(bytes: &[u8]) -> Vec<(String, Arc<[u8]>)> {
    let message = MessageParser::default().parse(bytes);
    message.map(|message| files_of(&message, 0)).unwrap_or_default()
}

fn files_of(message: &Message<'_>, depth: usize) -> Vec<(String, Arc<[u8]>)> {
    let mut files = Vec::new();
    for part in message.attachments() {
        match part.message() {
            Some(inside) if depth < DEEPEST => files.extend(files_of(inside, depth + 1)),
            Some(_) => {}
            None if is_picture(part) => {}
            None => files.push((name_of(part), part.contents().into())),
        }
    }
    files
}

fn is_picture(part: &MessagePart<'_>) -> bool {
    part.content_type().is_some_and(|kind| kind.ctype().eq_ignore_ascii_case("image"))
}

fn name_of(part: &MessagePart<'_>) -> String {
    part.attachment_name().unwrap_or("(without a name)").to_owned()
}

/// Who wrote to whom and when, and what is attached, a line each.
fn head(message: &Message<'_>, attached: &[String]) -> Vec<String> {
    let addresses = [("From", message.from()), ("To", message.to()), ("Cc", message.cc())];
    let named = |(name, address): (&str, Option<&Address<'_>>)| {
        Some(format!("{name}: {}", written(address?)))
    };
    let mut head: Vec<String> = addresses.into_iter().filter_map(named).collect();
    head.extend(message.date().map(|date| format!("Date: {}", date.to_rfc822())));
    if !attached.is_empty() {
        head.push(format!("Attached: {}", attached.join(", ")));
    }
    head
}

/// The plain text, else the page that stands for it.
fn body(message: &Message<'_>) -> Vec<Piece> {
    let is_html = |at: u32| message.part(at).is_some_and(mail_parser::MessagePart::is_text_html);
    let plain = message.text_body.iter().any(|at| !is_html(*at));
    if !plain && let Some(page) = message.body_html(0) {
        return html::pieces(&page);
    }
    let texts = (0..message.text_body_count()).filter_map(|at| message.body_text(at));
    texts.flat_map(|body| text::pieces(&body)).collect()
}

fn names(address: &Address<'_>) -> Vec<String> {
    let one = |one: &mail_parser::Addr<'_>| one.name().or(one.address()).and_then(tidy);
    address.iter().filter_map(one).collect()
}

fn written(address: &Address<'_>) -> String {
    let one = |one: &mail_parser::Addr<'_>| match (one.name(), one.address()) {
        (Some(name), Some(address)) => Some(format!("{name} <{address}>")),
        (name, address) => name.or(address).map(str::to_owned),
    };
    address.iter().filter_map(one).collect::<Vec<_>>().join(", ")
}
