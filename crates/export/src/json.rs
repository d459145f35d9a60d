//! A conversation as JSON: `title`, `created`, and `turns`, each in `cli.md`'s shape of `ask`. This is the
//! format made to be read back, so it keeps the files' paths.

use crate::{Conversation, ExportError};
use serde::Serialize;
use serde_json::Value;
use yinju_core::{Answer, DocumentRef, Evidence, Hit, PageNumber, PassageId, Region};

/// The whole document, indented, with a newline at its end.
pub(crate) fn write(conversation: &Conversation) -> Result<Vec<u8>, ExportError> {
    let turns: Result<Vec<Value>, _> = conversation.turns.iter().map(turn).collect();
    let whole = Exported {
        format: "yinju-conversation",
        version: 1,
        title: &conversation.title,
        created: &conversation.created,
        turns: turns?,
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
    turns: Vec<Value>,
}

/// The nouns serialise as `cli.md` has them, but for hits.
fn turn(answer: &Answer) -> Result<Value, serde_json::Error> {
    let mut value = serde_json::to_value(answer)?;
    let evidence: Vec<Numbered> = answer.evidence.iter().map(Numbered::of).collect();
    value["evidence"] = serde_json::to_value(evidence)?;
    if let Some(refusal) = &answer.refusal {
        let nearest: Vec<Found> = refusal.nearest.iter().map(Found::of).collect();
        value["refusal"]["nearest"] = serde_json::to_value(nearest)?;
    }
    Ok(value)
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
