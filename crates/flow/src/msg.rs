//! Mails as Outlook keeps them (MSG; MS-OXMSG): the same as of a mail that is sent. What is attached is
//! named, and handed out; a mail within is read with the one that carries it.

use crate::FlowError;
use crate::builder::{Builder, Style};
use crate::flow::{Chapter, Flow, Piece, tidy};
use crate::source::Source;
use crate::{html, text};
use msg_parser::{Attachment, Outlook, Person};
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use yinju_core::document::DocumentInfo;

/// Mails within mails deeper than this are named only.
const DEEPEST: usize = 8;

pub(crate) fn read(source: &Source<'_>) -> Result<Flow, FlowError> {
    let message = opened(&source.bytes()?)
        .map_err(|reason| FlowError::Damaged { path: source.path.to_owned(), reason })?;
    let info = DocumentInfo {
        title: tidy(&message.subject),
        authors: tidy(&message.sender.name).into_iter().collect(),
        created: tidy(date(&message)),
        ..DocumentInfo::default()
    };
    let mut flow = Flow::new(info, Vec::new());
    add(&message, 0, &mut flow);
    Ok(flow)
}

/// The files attached to a mail and to those within it.
pub(crate) fn attached(bytes: &[u8]) -> Vec<(String, Arc<[u8]>)> {
    opened(bytes).map(|message| files_of(&message, 0)).unwrap_or_default()
}

/// Whatever the bytes are, they end no more than their file.
fn opened(bytes: &[u8]) -> Result<Outlook, String> {
    // msg_parser 0.3.6 follows sectors that lead back to themselves, for every stream anew.
    let container = cfb::CompoundFile::open(Cursor::new(bytes)).map_err(|e| e.to_string())?;
    let streams = container
        .walk()
        .filter(cfb::Entry::is_stream)
        .map(|entry| entry.len())
        .fold(0, u64::saturating_add);
    if streams > bytes.len() as u64 {
        return Err("its parts are larger than itself".to_owned());
    }
    let opened = catch_unwind(AssertUnwindSafe(|| Outlook::from_slice(bytes)));
    let opened = opened.map_err(|_| "its records cannot be made out".to_owned())?;
    opened.map_err(|error| error.to_string())
}

fn files_of(message: &Outlook, depth: usize) -> Vec<(String, Arc<[u8]>)> {
    let mut files = Vec::new();
    for attachment in &message.attachments {
        match inside(attachment) {
            Some(inside) if depth < DEEPEST => files.extend(files_of(&inside, depth + 1)),
            Some(_) => {}
            None => files.push((name_of(attachment), attachment.payload_bytes.as_slice().into())),
        }
    }
    files
}

fn inside(attachment: &Attachment) -> Option<Outlook> {
    attachment.is_embedded_message().then(|| opened(&attachment.payload_bytes).ok()).flatten()
}

fn name_of(attachment: &Attachment) -> String {
    let names = [&attachment.long_file_name, &attachment.file_name, &attachment.display_name];
    let name = names.into_iter().find_map(|name| tidy(name));
    name.unwrap_or_else(|| "(without a name)".to_owned())
}

fn add(message: &Outlook, depth: usize, flow: &mut Flow) {
    let mut builder = Builder::default();
    builder.style(Style::heading(1));
    builder.text(&message.subject);
    builder.style(Style::PLAIN);
    let people = |people: &[Person]| people.iter().map(written).collect::<Vec<_>>().join(", ");
    let names: Vec<String> = message.attachments.iter().map(name_of).collect();
    for (name, value) in [
        ("From", written(&message.sender)),
        ("To", people(&message.to)),
        ("Cc", people(&message.cc)),
        ("Date", date(message).to_owned()),
        ("Attached", names.join(", ")),
    ] {
        if !value.is_empty() {
            builder.text(&format!("{name}: {value}"));
            builder.line_break();
        }
    }
    builder.extend(body(message));
    flow.chapters.push(Chapter { pieces: builder.finish(), failure: None });
    let within = message.attachments.iter().filter(|_| depth < DEEPEST).filter_map(inside);
    within.for_each(|message| add(&message, depth + 1, flow));
}

/// The plain text, else the page that stands for it, which Outlook may keep in rich text.
fn body(message: &Outlook) -> Vec<Piece> {
    if !message.body.trim().is_empty() {
        return text::pieces(&message.body);
    }
    let page = if message.html.trim().is_empty() {
        message.html_from_rtf().unwrap_or_default()
    } else {
        message.html.clone()
    };
    html::pieces(&page)
}

fn date(message: &Outlook) -> &str {
    let dates = [&message.headers.date, &message.client_submit_time, &message.creation_time];
    dates.into_iter().map(|date| date.trim()).find(|date| !date.is_empty()).unwrap_or_default()
}

fn written(person: &Person) -> String {
    // Exchange's own directory names people by a path, which nobody writes to.
    let email = tidy(&person.email).filter(|email| !email.starts_with('/'));
    match (tidy(&person.name), email) {
        (Some(name), Some(email)) if name != email => format!("{name} <{email}>"),
        (name, email) => name.or(email).unwrap_or_default(),
    }
}
