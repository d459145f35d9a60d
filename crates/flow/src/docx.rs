//! DOCX (Office Open XML, Word): the main document with its styles, lists, tables, charts, pictures, notes and comments; what
//! its headers and footers say, once, at the end of the first page.

use crate::FlowError;
use crate::archive::Archive;
use crate::builder::Builder;
use crate::flow::{Flow, Piece};
use crate::package::{self, Main, Relations};
use crate::properties::Properties;
use crate::source::Source;
use crate::xml::{self, attribute};
use body::{Body, Survey};
use notes::{NoteReader, Notes};
use numbering::Numbering;
use quick_xml::events::BytesStart;
use std::collections::HashMap;
use styles::Styles;
use yinju_core::document::DocumentInfo;

mod body;
mod formula;
mod notes;
mod numbering;
mod paragraph;
mod styles;
mod tables;

const EXPECTED: &str = "a DOCX document";
const MAIN: Main = Main { folder: "word/", default: "word/document.xml", expected: EXPECTED };

/// The first bytes of a compound file: Word 97 to 2003, and the container of encrypted documents.
const COMPOUND: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// Where Word says how it set the document its pages are kept; one of more characters than this was
/// not set by Word.
const RENDERED_PAGE_CHARACTERS: usize = 12_000;

pub(crate) fn read(source: Source<'_>) -> Result<Flow, FlowError> {
    refuse_compound(&source, EXPECTED)?;
    let mut archive = Archive::open(source, EXPECTED)?;
    let main = package::main_part(&mut archive, &MAIN)?;
    let bytes = archive.needed(&main)?;
    let mut parts = Parts::read(&mut archive, &main)?;
    let survey = Survey::of(&bytes);
    let embedded = Relations::of(&mut archive, &main)?.embedded(&mut archive)?;
    let (mut pieces, ended) = pieces(&bytes, &parts, &survey, embedded);
    let running = running(&mut archive, &main, &mut parts)?;
    match pieces.first_mut() {
        Some(first) => first.notes.extend(running),
        None => pieces = running,
    }
    let mut flow = Flow::single(parts.info, pieces);
    flow.info.attachments = attachments(&archive);
    if survey.is_rendered {
        flow.page_characters = RENDERED_PAGE_CHARACTERS;
    }
    flow.title_from_heading();
    parts.complaints.extend(ended.err().map(|reason| format!("{main}: {reason}")));
    parts.complaints.into_iter().for_each(|message| flow.damaged(message));
    Ok(flow)
}

fn pieces(
    bytes: &[u8],
    parts: &Parts,
    survey: &Survey,
    embedded: HashMap<String, Vec<Piece>>,
) -> (Vec<Piece>, Result<(), String>) {
    let body = Body::new(&parts.styles, &parts.numbering, &parts.notes, survey);
    let mut body = body.with(embedded);
    let ended = xml::walk(bytes, &mut body);
    (body.finish(), ended)
}

/// What headers and footers say, each once; page numbers alone say nothing.
fn running(archive: &mut Archive, main: &str, parts: &mut Parts) -> Result<Vec<Piece>, FlowError> {
    let relations = Relations::of(archive, main)?;
    let (nothing, survey) = (Notes::new(), Survey::default());
    let mut found: Vec<Piece> = Vec::new();
    for path in ["header", "footer"].into_iter().flat_map(|kind| relations.targets(kind)) {
        let mut body = Body::new(&parts.styles, &parts.numbering, &nothing, &survey);
        let outcome = archive.optional(&path)?;
        let ended = outcome.and_then(|bytes| {
            xml::walk(&bytes, &mut body).map_err(|reason| format!("{path}: {reason}"))
        });
        parts.complaints.extend(ended.err());
        for piece in body.finish() {
            let is_new = found.iter().all(|known| known.text != piece.text);
            if is_new && says_something(&piece.text) {
                found.push(Piece { notes: Vec::new(), page_break: false, ..piece });
            }
        }
    }
    Ok(found)
}

fn says_something(text: &str) -> bool {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let is_page = |word: &str| {
        word.chars().all(|c| c.is_ascii_digit())
            || ["page", "of", "第", "页", "共"].contains(&word.to_lowercase().as_str())
    };
    let is_counted = |word: &str| {
        word.starts_with(['第', '共'])
            && word.chars().all(|c| c.is_ascii_digit() || "第页共頁".contains(c))
    };
    words.into_iter().any(|word| !is_page(word) && !is_counted(word))
}

/// A document with a password is a compound file with the encrypted archive inside.
pub(crate) fn refuse_compound(
    source: &Source<'_>,
    expected: &'static str,
) -> Result<(), FlowError> {
    if !source.head(COMPOUND.len())?.starts_with(COMPOUND) {
        return Ok(());
    }
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let bytes = source.bytes()?;
    let path = source.path.to_owned();
    Err(if bytes.windows(name.len()).any(|window| window == name) {
        FlowError::Encrypted { path, scheme: "it has a password" }
    } else {
        FlowError::OtherContent { path, expected }
    })
}

/// What the main document refers to.
struct Parts {
    styles: Styles,
    numbering: Numbering,
    notes: Notes,
    info: DocumentInfo,
    complaints: Vec<String>,
}

impl Parts {
    fn read(archive: &mut Archive, main: &str) -> Result<Self, FlowError> {
        let relations = Relations::of(archive, main)?;
        let mut complaints = Vec::new();
        let mut styles = Styles::default();
        relations.visit(archive, "styles", &mut styles, &mut complaints)?;
        let styles = styles.resolved();
        let mut numbering = Numbering::default();
        relations.visit(archive, "numbering", &mut numbering, &mut complaints)?;
        let (nothing, survey) = (Notes::new(), Survey::default());
        let mut notes = NoteReader::new(&styles, &numbering, &nothing, &survey);
        for kind in notes::KINDS {
            relations.visit(archive, kind.part(), &mut notes, &mut complaints)?;
        }
        let notes = notes.finish();
        let mut properties = Properties::default();
        if let Ok(bytes) = archive.optional("docProps/core.xml")? {
            // Metadata that is damaged is no loss to the text.
            let _ = xml::walk(&bytes, &mut properties);
        }
        Ok(Self { styles, numbering, notes, info: properties.info, complaints })
    }
}

/// Files inside the document, by name.
fn attachments(archive: &Archive) -> Vec<String> {
    let inside = |name: &String| name.strip_prefix("word/embeddings/").map(str::to_owned);
    let mut names: Vec<_> =
        archive.names().iter().filter_map(inside).filter(|n| !n.is_empty()).collect();
    names.sort();
    names
}

/// The value of a switch such as `<w:vanish/>` or `<w:vanish w:val="0"/>`.
fn is_on(element: &BytesStart<'_>) -> bool {
    attribute(element, "val").is_none_or(|value| !matches!(value.as_str(), "0" | "false" | "off"))
}

/// Writes text in which `\n` ends a line of the block.
fn write_lines(builder: &mut Builder, text: &str) {
    for (i, line) in text.split('\n').enumerate() {
        if i > 0 {
            builder.line_break();
        }
        builder.text(line);
    }
}
