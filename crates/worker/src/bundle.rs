//! A file of files, an archive or a mail with what is attached, as one document: its files one after the
//! other, each with a chapter of its own and its pages counted on. Each is read by the reader of its kind,
//! from memory. What none reads is named with the reason. Archives within are not opened.

use std::io::Cursor;
use std::path::PathBuf;
use std::sync::Arc;
use yinju_core::document::{DocumentInfo, OutlineEntry};
use yinju_core::ports::{Ocr, ReadEvent, ReadRequest};
use yinju_core::{PageNumber, Problem, ProblemCode, Warning, WarningCode};
use yinju_flow::{Kind, Members};

/// Reads one file from its bytes, as [`yinju_flow::read`] does; with nothing, the file of files itself.
pub type ReadOne<'a> = dyn FnMut(
        Option<Cursor<Arc<[u8]>>>,
        &ReadRequest,
        &mut dyn FnMut(ReadEvent) -> Result<(), Problem>,
    ) -> Result<(), Problem>
    + 'a;

/// Files that are named in a warning; of more, only how many.
const MOST_NAMED: usize = 20;

/// A file and where its pages begin.
struct Part {
    /// Nothing for the words of a mail.
    member: Option<usize>,
    first: u32,
    info: DocumentInfo,
}

/// Reads what a file of files holds: [`ReadEvent::Opened`] once, then every page in order.
///
/// # Errors
/// `unsupported_file` where nothing in it can be read; whatever `read_one` and `on_event` return.
pub fn read(
    kind: Kind,
    members: &mut Members<'_>,
    request: &ReadRequest,
    read_one: &mut ReadOne<'_>,
    on_event: &mut dyn FnMut(ReadEvent) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let mut left_out: Vec<String> = members.lost().map(str::to_owned).into_iter().collect();
    let parts = look_into(kind, members, request, read_one, &mut left_out)?;
    if parts.is_empty() {
        let message = format!("{} holds nothing that can be read", request.path.display());
        return Err(Problem::new(ProblemCode::UnsupportedFile, message).hint(told(&left_out)));
    }
    let mut info = described(&parts, members.names());
    info.attachments.clone_from(&left_out);
    on_event(ReadEvent::Opened(info))?;
    let mut remark = (!left_out.is_empty())
        .then(|| Warning { code: WarningCode::Attachments, message: told(&left_out) });
    for part in parts {
        let bytes = bytes_of(part.member, members)?;
        let inner = request_for(&part, members.names(), request);
        read_one(bytes, &inner, &mut |event| match event {
            ReadEvent::Opened(_) => Ok(()),
            ReadEvent::Begun(number) => on_event(ReadEvent::Begun(shifted(number, part.first))),
            ReadEvent::Page(mut page) => {
                page.number = shifted(page.number, part.first);
                page.warnings.extend(remark.take());
                on_event(ReadEvent::Page(page))
            }
        })?;
    }
    Ok(())
}

/// Opens every file, so that their pages can be counted before the first is told.
fn look_into(
    kind: Kind,
    members: &mut Members<'_>,
    request: &ReadRequest,
    read_one: &mut ReadOne<'_>,
    left_out: &mut Vec<String>,
) -> Result<Vec<Part>, Problem> {
    let mut parts = Vec::new();
    let mut first = 0;
    let itself = (!kind.is_of_files_alone()).then_some(None);
    for member in itself.into_iter().chain((0..members.names().len()).map(Some)) {
        let name = member.map(|at| members.names()[at].clone()).unwrap_or_default();
        let bytes = match member.map(|at| members.take(at)).transpose() {
            Ok(bytes) => bytes.map(Cursor::new),
            Err(reason) => {
                left_out.push(format!("{name}: {reason}"));
                continue;
            }
        };
        let mut part = Part { member, first, info: DocumentInfo::default() };
        let inner = request_for(&part, members.names(), request);
        let mut opened = None;
        let stopped = read_one(bytes, &inner, &mut |event| {
            if let (ReadEvent::Opened(info), None) = (event, &opened) {
                opened = Some(info);
            }
            Err(Problem::cancelled())
        });
        match (opened, stopped) {
            (Some(info), _) => {
                first += info.page_count;
                if member.is_some() {
                    let within = info.attachments.iter().map(|file| format!("{name}: {file}"));
                    left_out.extend(within);
                }
                part.info = info;
                parts.push(part);
            }
            // The words of a mail are what it is.
            (None, Err(problem)) if member.is_none() => return Err(problem),
            (None, Err(problem)) => left_out.push(problem.message),
            (None, Ok(())) => left_out.push(format!("{name} holds nothing")),
        }
    }
    Ok(parts)
}

fn bytes_of(
    member: Option<usize>,
    members: &mut Members<'_>,
) -> Result<Option<Cursor<Arc<[u8]>>>, Problem> {
    let bytes = member.map(|at| members.take(at)).transpose();
    let bytes = bytes.map_err(|reason| Problem::new(ProblemCode::FileUnreadable, reason))?;
    Ok(bytes.map(Cursor::new))
}

/// What is wished for the pages of one file.
fn request_for(part: &Part, names: &[String], request: &ReadRequest) -> ReadRequest {
    let Some(member) = part.member else { return request.clone() };
    let own = |pages: &[PageNumber]| -> Vec<PageNumber> {
        let number = |page: &PageNumber| page.index().checked_sub(part.first as usize);
        pages.iter().filter_map(number).map(PageNumber::from_index).collect()
    };
    ReadRequest {
        path: PathBuf::from(&names[member]),
        password: request.password.clone(),
        ocr: Ocr {
            where_needed: request.ocr.where_needed,
            also: own(&request.ocr.also),
            not: own(&request.ocr.not),
        },
        skip: own(&request.skip),
    }
}

fn shifted(number: PageNumber, first: u32) -> PageNumber {
    PageNumber::from_index(number.index() + first as usize)
}

/// All of them as one document: what is told of a mail is told of it; the others have a chapter each,
/// unless they are pictures, which are pages.
fn described(parts: &[Part], names: &[String]) -> DocumentInfo {
    let of_itself = parts.iter().find(|part| part.member.is_none());
    let mut all = of_itself.map(|part| part.info.clone()).unwrap_or_default();
    all.page_count = parts.iter().map(|part| part.info.page_count).sum();
    for part in parts {
        let Some(name) = part.member.map(|at| &names[at]) else { continue };
        let lone = part.info.page_count == 1 && part.info.outline.is_empty();
        if lone && yinju_parse::is_picture_named(name) {
            continue;
        }
        let page = Some(PageNumber::from_index(part.first as usize));
        all.outline.push(OutlineEntry { level: 1, title: name.clone(), page });
        all.outline.extend(part.info.outline.iter().map(|entry| OutlineEntry {
            level: entry.level.saturating_add(1),
            page: entry.page.map(|page| shifted(page, part.first)),
            ..entry.clone()
        }));
    }
    all
}

fn told(left_out: &[String]) -> String {
    let mut named: Vec<String> = left_out.iter().take(MOST_NAMED).cloned().collect();
    if left_out.len() > MOST_NAMED {
        named.push(format!("and {} more", left_out.len() - MOST_NAMED));
    }
    format!("not read of what it holds: {}", named.join("; "))
}
