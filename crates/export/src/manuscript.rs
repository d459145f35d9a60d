//! A conversation as a manuscript: what stands on pages, in order, with numbered notes and a list of
//! references. The two paged formats lay it out; neither decides what is in it.

use crate::line::{joined, line, lines};
use crate::parts::{Cited, Refused, unsupported};
use crate::references::{Style, listed};
use crate::words::Words;
use crate::works::cited;
use crate::{Conversation, ExportError};
use serde::Serialize;
use std::collections::HashMap;
use yinju_core::markup::{Block, BlockKind, Inline, Item, Row, Run};
use yinju_core::ports::PagePicture;
use yinju_core::{Answer, CharRange, Citation};

/// The whole of it, of text that every format can hold.
#[derive(Serialize)]
pub(crate) struct Manuscript {
    pub words: Words,
    pub title: String,
    pub byline: String,
    /// When the conversation began, where that is a time at all.
    pub created: Option<String>,
    pub sections: Vec<Section>,
    /// In the order of their places in the text; the first is number 1.
    pub notes: Vec<Note>,
    /// Whether the references have numbers.
    pub numbered: bool,
    pub references: Vec<Vec<Run>>,
    /// In the order of the notes.
    pub plates: Vec<Plate>,
}

/// The place of a note's quotation on its page.
#[derive(Serialize)]
pub(crate) struct Plate {
    /// The note's.
    pub number: u32,
    pub caption: String,
    #[serde(skip)]
    pub picture: PagePicture,
}

/// A question with its answer.
#[derive(Serialize)]
pub(crate) struct Section {
    pub question: String,
    /// Every marker is the number of a note.
    pub blocks: Vec<Block>,
    /// Whether the answer breaks off.
    pub interrupted: bool,
    /// Notes of citations that have no place in the text.
    pub also: Vec<Inline>,
    pub refusal: Option<Refused>,
    pub unsupported: Vec<String>,
    pub model: Option<String>,
}

/// A note.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Note {
    /// A citation: what the document is called, which file and page it is, and the words there.
    Full { title: String, place: String, quote: String, sha256: String },
    /// A citation that an earlier note holds.
    Again { number: u32 },
}

impl Manuscript {
    /// Lays nothing out yet.
    pub fn of(conversation: &Conversation) -> Result<Self, ExportError> {
        let words = Words::of(conversation);
        let numbered = words.language == "zh";
        let style = if numbered { Style::Gbt7714 } else { Style::AuthorDate };
        let references = match cited(conversation) {
            Ok(list) => listed(&list, style)?,
            Err(ExportError::NothingCited) => vec![],
            Err(other) => return Err(other),
        };
        let (mut notes, mut plates) = (vec![], vec![]);
        let mut sections = vec![];
        for (index, turn) in conversation.turns.iter().enumerate() {
            let picture = |marker| conversation.pictures.get(&(index, marker));
            let (section, first) = Section::of(&words, turn, &mut notes);
            plates.extend(first.into_iter().filter_map(|(marker, number)| {
                let citation = turn.citations.iter().find(|c| c.marker == marker)?;
                Some(plate(&words, citation, number, picture(marker)?.clone()))
            }));
            sections.push(section);
        }
        plates.sort_by_key(|plate| plate.number);
        Ok(Self {
            title: line(&conversation.title),
            byline: format!("{} · {}", words.exported_by, line(&conversation.created)),
            created: Some(&conversation.created).filter(|time| is_time(time)).cloned(),
            sections,
            notes,
            numbered,
            references,
            plates,
            words,
        })
    }
}

impl Section {
    /// With the note that each marker's citation came to stand in.
    fn of(words: &Words, answer: &Answer, notes: &mut Vec<Note>) -> (Self, HashMap<u32, u32>) {
        let mut placing =
            Placing { words, citations: &answer.citations, notes, first: HashMap::new() };
        let blocks = if answer.refusal.is_some() { vec![] } else { placing.blocks(&answer.blocks) };
        let unplaced = answer.citations.iter().map(|citation| citation.marker);
        let unplaced: Vec<u32> =
            unplaced.filter(|marker| !placing.first.contains_key(marker)).collect();
        let section = Self {
            question: joined(&answer.question),
            blocks,
            interrupted: answer.interrupted,
            also: parted(unplaced.into_iter().filter_map(|marker| placing.note(marker))),
            refusal: answer.refusal.as_ref().map(|refusal| clean(Refused::of(words, refusal))),
            unsupported: unsupported(answer).map(joined).collect(),
            model: words.model_of(answer).map(line),
        };
        (section, placing.first)
    }
}

/// `2026-11-23T19:41:14Z`, as far as a field that knows no other text must be sure.
fn is_time(text: &str) -> bool {
    let digits = |at: std::ops::Range<usize>| {
        text.get(at).is_some_and(|part| part.bytes().all(|b| b.is_ascii_digit()))
    };
    text.len() >= 20
        && digits(0..4)
        && text.get(10..11) == Some("T")
        && text.bytes().all(|b| b.is_ascii_digit() || b"-:.TZ+".contains(&b))
}

fn clean(mut refused: Refused) -> Refused {
    for near in &mut refused.nearest {
        near.file = line(&near.file);
        near.text = lines(&near.text);
    }
    for word in &mut refused.missing {
        *word = line(word);
    }
    for (file, _) in &mut refused.unreadable {
        *file = line(file);
    }
    refused
}

/// Turns the markers of one answer into notes of the whole.
struct Placing<'a> {
    words: &'a Words,
    citations: &'a [Citation],
    notes: &'a mut Vec<Note>,
    /// The note that holds a marker's citation.
    first: HashMap<u32, u32>,
}

impl Placing<'_> {
    fn blocks(&mut self, blocks: &[Block]) -> Vec<Block> {
        let placed = blocks.iter();
        placed.map(|block| Block { range: block.range, kind: self.kind(&block.kind) }).collect()
    }

    fn kind(&mut self, kind: &BlockKind) -> BlockKind {
        match kind {
            BlockKind::Paragraph { text } => BlockKind::Paragraph { text: self.text(text) },
            BlockKind::Heading { level, text } => {
                BlockKind::Heading { level: *level, text: self.text(text) }
            }
            BlockKind::Quote { blocks } => BlockKind::Quote { blocks: self.blocks(blocks) },
            BlockKind::List { start, items } => {
                let items = items.iter();
                let items =
                    items.map(|item| Item { range: item.range, blocks: self.blocks(&item.blocks) });
                BlockKind::List { start: *start, items: items.collect() }
            }
            BlockKind::Table { aligns, rows } => {
                let rows = rows.iter().map(|row| Row {
                    range: row.range,
                    cells: row.cells.iter().map(|cell| self.text(cell)).collect(),
                });
                BlockKind::Table { aligns: aligns.clone(), rows: rows.collect() }
            }
            BlockKind::Code { text, sentence } => {
                BlockKind::Code { text: lines(text), sentence: *sentence }
            }
            BlockKind::Rule => BlockKind::Rule,
        }
    }

    fn text(&mut self, text: &[Inline]) -> Vec<Inline> {
        let noted = text.iter().filter_map(|inline| match inline {
            Inline::Marker { marker, .. } => self.note(*marker),
            Inline::Run(run) => Some(Inline::Run(Run { text: lines(&run.text), ..run.clone() })),
            Inline::Break => Some(Inline::Break),
        });
        parted(noted)
    }

    /// The place of a new note for a marker.
    fn note(&mut self, marker: u32) -> Option<Inline> {
        let citation = self.citations.iter().find(|citation| citation.marker == marker)?;
        let number = self.notes.len() as u32 + 1;
        let first = *self.first.entry(marker).or_insert(number);
        self.notes.push(if first == number {
            full(self.words, citation)
        } else {
            Note::Again { number: first }
        });
        Some(Inline::Marker { marker: number, range: CharRange::default(), sentence: None })
    }
}

/// Notes 1 and 2 side by side are not note 12: a narrow space parts them.
fn parted(inlines: impl Iterator<Item = Inline>) -> Vec<Inline> {
    let mut out: Vec<Inline> = vec![];
    for inline in inlines {
        let marker = matches!(inline, Inline::Marker { .. });
        if marker && matches!(out.last(), Some(Inline::Marker { .. })) {
            out.push(Inline::Run(Run { text: "\u{202F}".into(), ..Run::default() }));
        }
        out.push(inline);
    }
    out
}

fn plate(words: &Words, citation: &Citation, number: u32, picture: PagePicture) -> Plate {
    let cited = Cited::of(words, citation);
    let caption = format!("{} · {}", line(&cited.title), line(&cited.page));
    Plate { number, caption, picture }
}

fn full(words: &Words, citation: &Citation) -> Note {
    let Cited { title, file, page, quote, sha256, .. } = Cited::of(words, citation);
    let (title, file, page) = (line(&title), line(&file), line(&page));
    Note::Full {
        place: if file == title { page } else { format!("{file} · {page}") },
        title,
        quote: joined(&quote),
        sha256: sha256.chars().filter(char::is_ascii_hexdigit).collect(),
    }
}
