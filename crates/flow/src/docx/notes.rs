//! Footnotes, endnotes and comments: each has a number, and the text refers to it.

use super::body::{Body, Survey};
use super::numbering::Numbering;
use super::styles::Styles;
use crate::flow::Piece;
use crate::numbering::Format;
use crate::xml::{Visitor, attribute};
use quick_xml::events::BytesStart;
use std::collections::HashMap;
use yinju_core::BlockKind;

/// A kind of note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum NoteKind {
    Footnote,
    Endnote,
    Comment,
}

pub(super) const KINDS: [NoteKind; 3] = [NoteKind::Footnote, NoteKind::Endnote, NoteKind::Comment];

impl NoteKind {
    /// The relationship's and the part's name.
    pub(super) fn part(self) -> &'static str {
        match self {
            Self::Footnote => "footnotes",
            Self::Endnote => "endnotes",
            Self::Comment => "comments",
        }
    }

    /// The kind an element of the text refers to.
    pub(super) fn referred_to_by(element: &str) -> Option<Self> {
        match element {
            "footnoteReference" => Some(Self::Footnote),
            "endnoteReference" => Some(Self::Endnote),
            "commentReference" => Some(Self::Comment),
            _ => None,
        }
    }

    fn of_element(element: &str) -> Option<Self> {
        KINDS.into_iter().find(|kind| kind.part().strip_suffix('s') == Some(element))
    }

    fn block(self) -> BlockKind {
        if self == Self::Comment { BlockKind::Annotation } else { BlockKind::Footnote }
    }
}

/// The text of every note.
pub(super) type Notes = HashMap<(NoteKind, String), Vec<Piece>>;

/// How many notes of a kind were referred to.
#[derive(Default)]
pub(super) struct Marks {
    footnotes: u32,
    endnotes: u32,
}

impl Marks {
    /// What stands at the place that refers to the next one, as Word counts where nothing else is said:
    /// 1, 2, 3 for footnotes, i, ii, iii for endnotes. Comments have none.
    pub(super) fn next(&mut self, kind: NoteKind) -> Option<String> {
        let (count, format) = match kind {
            NoteKind::Footnote => (&mut self.footnotes, Format::Decimal),
            NoteKind::Endnote => (&mut self.endnotes, Format::LowerRoman),
            NoteKind::Comment => return None,
        };
        *count += 1;
        Some(format.write(*count))
    }
}

/// A note as it stands below the text: its mark, then its words.
pub(super) fn marked(note: Option<&Vec<Piece>>, mark: &str) -> Vec<Piece> {
    let mut pieces = note.cloned().unwrap_or_default();
    if let (Some(first), false) = (pieces.first_mut(), mark.is_empty()) {
        first.text = format!("{mark} {}", first.text);
    }
    pieces
}

/// Reads the notes of one part after the other.
pub(super) struct NoteReader<'a> {
    styles: &'a Styles,
    numbering: &'a Numbering,
    nothing: &'a Notes,
    survey: &'a Survey,
    open: Option<(NoteKind, String, Body<'a>)>,
    found: Notes,
}

impl<'a> NoteReader<'a> {
    pub(super) fn new(
        styles: &'a Styles,
        numbering: &'a Numbering,
        nothing: &'a Notes,
        survey: &'a Survey,
    ) -> Self {
        Self { styles, numbering, nothing, survey, open: None, found: Notes::new() }
    }

    pub(super) fn finish(self) -> Notes {
        self.found
    }
}

impl Visitor for NoteReader<'_> {
    fn open(&mut self, name: &str, element: &BytesStart<'_>) {
        if let Some((_, _, body)) = &mut self.open {
            body.open(name, element);
        } else if let Some(kind) = NoteKind::of_element(name) {
            // Separators are drawn, not read.
            let is_text = attribute(element, "type").is_none_or(|of| of == "normal");
            if let (true, Some(id)) = (is_text, attribute(element, "id")) {
                let body = Body::new(self.styles, self.numbering, self.nothing, self.survey)
                    .within(kind.block());
                self.open = Some((kind, id, body));
            }
        }
    }

    fn close(&mut self, name: &str) {
        if let Some((kind, id, body)) =
            self.open.take_if(|(kind, ..)| NoteKind::of_element(name) == Some(*kind))
        {
            self.found.insert((kind, id), body.finish());
        } else if let Some((_, _, body)) = &mut self.open {
            body.close(name);
        }
    }

    fn text(&mut self, text: &str) {
        if let Some((_, _, body)) = &mut self.open {
            body.text(text);
        }
    }
}
