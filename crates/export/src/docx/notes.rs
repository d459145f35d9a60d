//! Footnotes, and what `docx-rs` leaves out of them: the number in front of a note, and the rule above
//! the notes, without which Word shows notes unnumbered.

use crate::manuscript::Note;
use crate::words::Words;
use docx_rs::{Footnote, Paragraph, Run};

/// Stands where the number belongs until the part is written; foreign text has none of it.
const NUMBER: &str = "\u{E00F}";

/// Note `number` with its paragraphs.
pub(super) fn footnote(words: &Words, number: u32, note: &Note) -> Footnote {
    let mut footnote = Footnote { id: number as usize, content: vec![] };
    let mark = Run::new().style("FootnoteReference").add_text(NUMBER);
    let paragraph = Paragraph::new().style("FootnoteText").add_run(mark);
    let paragraph = paragraph.add_run(Run::new().add_text(" "));
    let text = |text: String| Run::new().add_text(text);
    match note {
        Note::Again { number } => {
            footnote.add_content(paragraph.add_run(text(format!("{}{number}", words.see_note))));
        }
        Note::Full { title, place, quote, sha256 } => {
            let title = Run::new().bold().add_text(title);
            let place = text(format!(" · {place}"));
            footnote.add_content(paragraph.add_run(title).add_run(place));
            let quote = text(format!("“{quote}”"));
            footnote.add_content(Paragraph::new().style("FootnoteText").add_run(quote));
            let hash = text(format!("SHA-256: {sha256}")).style("FootnoteHash");
            footnote.add_content(Paragraph::new().style("FootnoteText").add_run(hash));
        }
    }
    footnote
}

/// The part of the package with its numbers and rules.
pub(super) fn completed(part: &[u8]) -> Vec<u8> {
    let xml = String::from_utf8_lossy(part);
    let held = format!("<w:t xml:space=\"preserve\">{NUMBER}</w:t>");
    let numbered = xml.replace(&held, "<w:footnoteRef/>");
    numbered.replacen("<w:footnote w:id=", &format!("{RULES}<w:footnote w:id="), 1).into_bytes()
}

const RULES: &str = "<w:footnote w:type=\"separator\" w:id=\"-1\"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>\
                     <w:footnote w:type=\"continuationSeparator\" w:id=\"0\"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>";
