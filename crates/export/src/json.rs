//! A conversation as JSON: `title`, `created`, and `turns`, each in `cli.md`'s shape of `ask`. This is the
//! format made to be read back, so it keeps the files' paths.

use crate::{Conversation, ExportError, reread};
use serde::Serialize;
use yinju_core::answer::UnreadablePages;
use yinju_core::{
    Answer, ChatId, Citation, DocumentRef, Evidence, Hit, PageNumber, PassageId, Provenance,
    Refusal, RefusalCode, Region, Sentence, Timings, TokenCounts,
};

/// The whole document, indented, with a newline at its end.
pub(crate) fn write(conversation: &Conversation) -> Result<Vec<u8>, ExportError> {
    let whole = Exported {
        format: reread::FORMAT,
        version: reread::VERSION,
        title: &conversation.title,
        created: &conversation.created,
        turns: conversation.turns.iter().map(Turn::of).collect(),
    };
    let mut bytes = serde_json::to_vec_pretty(&whole)?;
    bytes.push(b'\n');
    Ok(bytes)
}

#[derive(Serialize)]
struct Exported<'a> {
    format: &'static str,
    version: u32,
    title: &'a str,
    created: &'a str,
    turns: Vec<Turn<'a>>,
}

/// An answer; the nouns in it serialise as `cli.md` has them, but for hits.
#[derive(Serialize)]
struct Turn<'a> {
    question: &'a str,
    answer: &'a str,
    refused: bool,
    refusal: Option<Refused<'a>>,
    model: Option<&'a str>,
    citations: &'a [Citation],
    sentences: &'a [Sentence],
    evidence: Vec<Numbered<'a>>,
    removed_markers: &'a [u32],
    timings_ms: Timings,
    tokens: TokenCounts,
    chat: Option<ChatId>,
    interrupted: bool,
    provenance: Option<&'a Provenance>,
}

impl<'a> Turn<'a> {
    fn of(answer: &'a Answer) -> Self {
        Self {
            question: &answer.question,
            answer: &answer.text,
            refused: answer.refused,
            refusal: answer.refusal.as_ref().map(Refused::of),
            model: answer.model.as_deref(),
            citations: &answer.citations,
            sentences: &answer.sentences,
            evidence: answer.evidence.iter().map(Numbered::of).collect(),
            removed_markers: &answer.removed_markers,
            timings_ms: answer.timings,
            tokens: answer.tokens,
            chat: answer.chat,
            interrupted: answer.interrupted,
            provenance: answer.provenance.as_ref(),
        }
    }
}

#[derive(Serialize)]
struct Refused<'a> {
    code: RefusalCode,
    nearest: Vec<Found<'a>>,
    missing: &'a [String],
    unreadable_pages: &'a [UnreadablePages],
}

impl<'a> Refused<'a> {
    fn of(refusal: &'a Refusal) -> Self {
        Self {
            code: refusal.code,
            nearest: refusal.nearest.iter().map(Found::of).collect(),
            missing: &refusal.missing,
            unreadable_pages: &refusal.unreadable_pages,
        }
    }
}

/// A passage shown to the model.
#[derive(Serialize)]
struct Numbered<'a> {
    marker: u32,
    #[serde(flatten)]
    hit: Found<'a>,
}

impl<'a> Numbered<'a> {
    fn of(evidence: &'a Evidence) -> Self {
        Self { marker: evidence.marker, hit: Found::of(&evidence.hit) }
    }
}

/// A hit as `search` prints it.
#[derive(Serialize)]
struct Found<'a> {
    rank: u32,
    score: f32,
    passage_id: PassageId,
    document: &'a DocumentRef,
    pages: Vec<PageNumber>,
    section: &'a [String],
    text: &'a str,
    regions: &'a [Region],
}

impl<'a> Found<'a> {
    fn of(hit: &'a Hit) -> Self {
        Self {
            rank: hit.rank,
            score: hit.score,
            passage_id: hit.passage.id,
            document: &hit.document,
            pages: hit.passage.pages(),
            section: &hit.passage.draft.section,
            text: &hit.passage.draft.text,
            regions: &hit.regions,
        }
    }
}
