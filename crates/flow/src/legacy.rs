//! Word and PowerPoint of 1997 to 2003 (DOC, PPT): `office_oxide` writes them anew as Office Open XML in
//! memory, and the readers of those read that. Deliberately not here: what it makes up, such as the
//! titles of slides without one, and automatic numbers, of which it keeps that there were some and not how
//! they look; a wrong number is worse than none.

use crate::error::FlowError;
use crate::flow::Flow;
use crate::source::Source;
use crate::{docx, pptx};
use office_oxide::create::create_from_ir_to_writer;
use office_oxide::ir::{DocumentIR, Element, List};
use office_oxide::{Document, DocumentFormat};
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// How both begin (MS-CFB 2.2).
pub(crate) const COMPOUND: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

pub(crate) fn doc(source: &Source<'_>) -> Result<Flow, FlowError> {
    let expected = "a Word document of 1997 to 2003";
    let (bytes, has_numbers) = anew(source, DocumentFormat::Doc, DocumentFormat::Docx, expected)?;
    let mut flow = docx::read(Source::new(source.path, &mut Cursor::new(bytes))?)?;
    if has_numbers {
        flow.incomplete("the automatic numbers of its paragraphs are not read");
    }
    Ok(flow)
}

pub(crate) fn ppt(source: &Source<'_>) -> Result<Flow, FlowError> {
    let expected = "a presentation of 1997 to 2003";
    let (bytes, _) = anew(source, DocumentFormat::Ppt, DocumentFormat::Pptx, expected)?;
    let mut flow = pptx::read(Source::new(source.path, &mut Cursor::new(bytes))?)?;
    flow.incomplete("the speaker's notes, if there are any, are not read");
    Ok(flow)
}

/// The file in its later form, and whether something in it was numbered.
fn anew(
    source: &Source<'_>,
    from: DocumentFormat,
    to: DocumentFormat,
    expected: &'static str,
) -> Result<(Vec<u8>, bool), FlowError> {
    let path = || source.path.to_owned();
    let bytes = source.bytes()?;
    if !bytes.starts_with(COMPOUND) {
        return Err(FlowError::OtherContent { path: path(), expected });
    }
    let damaged = |reason: String| FlowError::Damaged { path: path(), reason };
    let written = || {
        let document = Document::from_reader(Cursor::new(bytes), from)?;
        let mut read = document.to_ir();
        let has_numbers = without_what_is_made_up(&mut read);
        let mut anew = Cursor::new(Vec::new());
        create_from_ir_to_writer(&read, to, &mut anew)?;
        Ok((anew.into_inner(), has_numbers))
    };
    // Whatever the bytes are, they end no more than their file.
    let written = catch_unwind(AssertUnwindSafe(written));
    let written = written.map_err(|_| damaged("its records cannot be made out".to_owned()))?;
    written.map_err(|error: office_oxide::OfficeError| {
        let reason = error.to_string();
        if reason.to_lowercase().contains("encrypt") || reason.to_lowercase().contains("password") {
            FlowError::Encrypted { path: path(), scheme: "it has a password" }
        } else {
            damaged(reason)
        }
    })
}

/// Drops titles of slides that are no words of theirs, and makes every numbered list one of points;
/// whether there was one.
fn without_what_is_made_up(read: &mut DocumentIR) -> bool {
    let mut has_numbers = false;
    read.metadata.title.take_if(|title| title == "Slide 1");
    for (section, number) in read.sections.iter_mut().zip(1..) {
        section.title.take_if(|title| *title == format!("Slide {number}"));
        has_numbers |= unnumbered(&mut section.elements);
    }
    has_numbers
}

/// Trees may be deeper than a stack.
fn unnumbered(elements: &mut [Element]) -> bool {
    let mut has_numbers = false;
    let mut left: Vec<&mut Element> = elements.iter_mut().collect();
    let mut lists: Vec<&mut List> = Vec::new();
    loop {
        if let Some(list) = lists.pop() {
            has_numbers |= std::mem::take(&mut list.ordered);
            for item in &mut list.items {
                left.extend(&mut item.content);
                lists.extend(&mut item.nested);
            }
            continue;
        }
        match left.pop() {
            Some(Element::List(list)) => lists.push(list),
            Some(Element::TextBox(inside)) => left.extend(&mut inside.content),
            Some(Element::Table(table)) => {
                let cells = table.rows.iter_mut().flat_map(|row| &mut row.cells);
                left.extend(cells.flat_map(|cell| &mut cell.content));
            }
            Some(_) => {}
            None => return has_numbers,
        }
    }
}
