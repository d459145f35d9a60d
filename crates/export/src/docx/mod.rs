//! A manuscript as a Word file: headings, paragraphs, lists and tables in named styles, every marker a
//! real footnote, page numbers in the footer. Not here: what stands in it, and reading Word files.

mod body;
mod notes;
mod styles;

use crate::ExportError;
use crate::manuscript::Manuscript;
use body::{Body, Piece};
use docx_rs::{AlignmentType, Docx, Footer, NumPages, PageMargin, PageNum, Paragraph, Run};
use std::io::Cursor;

/// Twentieths of a point, the unit of lengths in Word.
const POINT: i32 = 20;

/// The whole file.
pub(crate) fn write(manuscript: &Manuscript) -> Result<Vec<u8>, ExportError> {
    let mut body = Body::new(manuscript);
    body.write();
    let mut docx = styles::styled(&manuscript.words);
    for (id, ordered_from) in body.lists.iter().enumerate() {
        docx = styles::add_list(docx, id + 1, *ordered_from);
    }
    docx = body.pieces.into_iter().fold(docx, |docx, piece| match piece {
        Piece::Paragraph(paragraph) => docx.add_paragraph(*paragraph),
        Piece::Table(table) => docx.add_table(*table),
    });
    if let Some(time) = &manuscript.created {
        docx = docx.created_at(time).updated_at(time);
    }
    pack(paged(docx))
}

/// A4 with margins of an inch, `n / N` at the foot.
fn paged(docx: Docx) -> Docx {
    let inch = 72 * POINT;
    let margin =
        PageMargin::new().top(inch).bottom(inch).left(inch + 9 * POINT).right(inch + 9 * POINT);
    let number = Paragraph::new()
        .style("Footer")
        .align(AlignmentType::Center)
        .add_page_num(PageNum::new())
        .add_run(Run::new().add_text(" / "))
        .add_num_pages(NumPages::new());
    docx.page_size(11906, 16838).page_margin(margin).footer(Footer::new().add_paragraph(number))
}

fn pack(docx: Docx) -> Result<Vec<u8>, ExportError> {
    let mut parts = docx.build();
    parts.footnotes = notes::completed(&parts.footnotes);
    // The library has no way to name an author.
    let core = String::from_utf8_lossy(&parts.doc_props.core);
    parts.doc_props.core = core.replace(">unknown<", ">Yinju<").into_bytes();
    let mut bytes = Cursor::new(vec![]);
    parts.pack(&mut bytes).map_err(|error| ExportError::Packing(error.to_string()))?;
    Ok(bytes.into_inner())
}
