//! A file from its first page to its last.

use crate::cut::{Sheet, cut};
use crate::flow::Flow;
use crate::kind::Kind;
use crate::picture::Recognise;
use crate::set::{self, Composed};
use crate::source::{Bytes, Source};
use crate::{
    FlowError, docx, epub, fb2, html, legacy, mail, markdown, msg, notebook, odf, picture, pptx,
    rtf, sheets, text,
};
use yinju_core::document::DocumentInfo;
use yinju_core::ports::{ReadEvent, ReadRequest};
use yinju_core::{BlockKind, Page, PageNumber, PageStatus, Problem, Warning, WarningCode, normal};

/// Over this share of characters without a meaning a page counts as garbled, as in a PDF.
const GARBLED_SHARE: f32 = 0.3;

/// Reads a file, of which `request` gives the name and `file` the bytes: [`ReadEvent::Opened`] once, then every page in order. The file is read whole before
/// its first page, at most 256 MiB of it, since how many pages there are is known only then. `recognise` is asked
/// for what is written in pictures, where the request wants it.
///
/// A page begins
/// - in an EPUB with every item of its spine,
/// - in a presentation with every slide, in a workbook with every sheet, in a mail with every mail inside,
/// - in a DOCX where Word last began one, else at explicit page and section breaks,
/// - in HTML and Markdown with every heading of the first level,
///
/// and within these, and in plain text, between two blocks before there are more than 3,000
/// characters on it. A longer block is divided after a sentence or a row.
///
/// # Errors
/// A [`FlowError`] as `Problem` where the file does not open; whatever `on_event` returns.
pub fn read(
    kind: Kind,
    file: &mut dyn Bytes,
    request: &ReadRequest,
    mut recognise: Option<&mut Recognise<'_>>,
    on_event: &mut dyn FnMut(ReadEvent) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let mut flow = open(kind, Source::new(&request.path, file)?)?;
    let (sheets, outline) = cut(&mut flow);
    let mut info = flow.info;
    info.page_count = u32::try_from(sheets.len()).unwrap_or(u32::MAX);
    info.outline = outline;
    on_event(ReadEvent::Opened(info))?;
    let mut warnings = flow.warnings;
    for (index, sheet) in sheets.into_iter().enumerate() {
        let number = PageNumber::from_index(index);
        let mut page = if request.skip.contains(&number) {
            page(number, Sheet::failed("reading it ended the process that reads"))
        } else {
            on_event(ReadEvent::Begun(number))?;
            let wanted = request.ocr.wants(number, true);
            let recognise = recognise.as_deref_mut().filter(|_| wanted);
            page_with_pictures(number, sheet, recognise)?
        };
        page.warnings.append(&mut warnings);
        on_event(ReadEvent::Page(page))?;
    }
    Ok(())
}

fn open(kind: Kind, source: Source<'_>) -> Result<Flow, FlowError> {
    match kind {
        Kind::Text => text::read(&source),
        Kind::Markdown => markdown::read(&source),
        Kind::Html => html::read(&source),
        Kind::Epub => epub::read(source),
        Kind::Docx => docx::read(source),
        Kind::Doc => legacy::doc(&source),
        Kind::Ppt => legacy::ppt(&source),
        Kind::Pptx => pptx::read(source),
        Kind::Workbook => sheets::read(&source),
        Kind::Csv => sheets::csv::read(&source),
        Kind::OpenDocument => odf::read(source),
        Kind::Rtf => rtf::read(&source),
        Kind::Mail => mail::read(&source),
        Kind::Outlook => msg::read(&source),
        Kind::Notebook => notebook::read(&source),
        Kind::FictionBook => fb2::read(&source),
        // What it holds is read file by file, by whoever has the readers of all kinds.
        Kind::Archive | Kind::Mailbox => Ok(Flow::new(DocumentInfo::default(), Vec::new())),
    }
}

fn page_with_pictures(
    number: PageNumber,
    mut sheet: Sheet,
    recognise: Option<&mut Recognise<'_>>,
) -> Result<Page, Problem> {
    let seen = picture::read(&mut sheet.pieces, recognise)?;
    let says = sheet.pieces.iter().any(|piece| piece.kind != BlockKind::Figure);
    let mut page = page(number, sheet);
    if seen && page.status == PageStatus::Text {
        page.status = if says { PageStatus::Mixed } else { PageStatus::Ocr };
    }
    Ok(page)
}

fn page(number: PageNumber, sheet: Sheet) -> Page {
    let Composed { text, blocks, lines } = set::compose(sheet.pieces);
    let (status, warnings) = judge(&text, sheet.failure);
    let (width, height) = (set::WIDTH, set::HEIGHT);
    Page { number, label: sheet.label, width, height, status, text, blocks, lines, warnings }
}

fn judge(text: &str, failure: Option<String>) -> (PageStatus, Vec<Warning>) {
    let warning = |code, message| vec![Warning { code, message }];
    if let Some(message) = failure {
        let status = if text.is_empty() { PageStatus::Failed } else { PageStatus::Text };
        let failed = status == PageStatus::Failed;
        let code = if failed { WarningCode::PageFailed } else { WarningCode::Damaged };
        return (status, warning(code, message));
    }
    let visible = text.chars().filter(|c| !c.is_whitespace());
    let (mut all, mut odd) = (0_usize, 0_usize);
    for c in visible {
        (all, odd) = (all + 1, odd + usize::from(normal::is_meaningless(c)));
    }
    let status = match (all, odd as f32 > all as f32 * GARBLED_SHARE) {
        (0, _) => PageStatus::Empty,
        (_, true) => PageStatus::Garbled,
        _ => PageStatus::Text,
    };
    let message = || format!("{odd} of {all} characters have no meaning");
    let garbled = status == PageStatus::Garbled;
    (status, if garbled { warning(WarningCode::GarbledText, message()) } else { Vec::new() })
}
