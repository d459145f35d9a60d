//! `yinju search` and `ask`.

use super::{Result, scope};
use crate::args::Command;
use crate::output::Output;
use crate::{Outcome, shapes};
use serde_json::{Value, json};
use std::io::IsTerminal as _;
use yinju_core::{Answer, AnswerUpdate, CancelToken, ChatId, Waiting};
use yinju_engine::{AskRequest, Engine, SearchQuery};

/// Ranked passages.
pub fn search(engine: &Engine, output: &Output, command: Command) -> Result {
    let Command::Search { query, library, top, mode, documents, rerank, spread } = command else {
        return Ok(Outcome::Done);
    };
    let scope = scope(engine, library.as_deref(), &documents)?;
    let query = SearchQuery {
        text: query,
        scope,
        mode: mode.into(),
        limit: top,
        rerank,
        spread,
        ..SearchQuery::default()
    };
    let result = engine.search(&query)?;
    result.warnings.iter().for_each(|warning| output.note(warning));
    note_waiting(output, result.waiting);
    if output.is_json() {
        output.object(&shapes::search(&result));
        return Ok(Outcome::Done);
    }
    if result.narrowed.as_ref().is_some_and(|narrowed| narrowed.nowhere) {
        output.note("nothing is there: no document, page or chapter is called so");
    } else if result.hits.is_empty() {
        output.note("no passage was found");
    }
    for hit in &result.hits {
        let pages: Vec<_> = hit.passage.pages().iter().map(ToString::to_string).collect();
        output.line(format!("{}. {}, p. {}", hit.rank, hit.document.title, pages.join("–")));
        output.line(format!("   {}\n", yinju_core::text::unwrap_lines(&hit.passage.draft.text)));
    }
    Ok(Outcome::Done)
}

/// What could not be looked at as a whole yet.
fn note_waiting(output: &Output, waiting: Option<Waiting>) {
    if let Some(Waiting { to_be_read, to_be_embedded }) = waiting {
        output.note(format!(
            "{to_be_read} documents are still to be read, and {to_be_embedded} are found by their words alone"
        ));
    }
}

/// A cited answer.
#[allow(clippy::too_many_lines, reason = "one line for each option")]
pub fn ask(engine: &Engine, output: &Output, command: Command) -> Result {
    let Command::Ask {
        question,
        library,
        documents,
        chat,
        again,
        strictness,
        model,
        top,
        mode,
        temperature,
        seed,
        max_tokens,
        think,
        believe,
        stream,
    } = command
    else {
        return Ok(Outcome::Done);
    };
    let chat = chat.map(ChatId);
    // A conversation goes on where it looked, unless a library is named.
    let scope = match (chat, &library) {
        (Some(chat), None) if documents.is_empty() => engine.chat(chat)?.scope,
        _ => scope(engine, library.as_deref(), &documents)?,
    };
    let request = AskRequest {
        scope,
        chat,
        again,
        strictness,
        model,
        mode: mode.into(),
        top,
        temperature,
        seed,
        max_tokens,
        thinks: think,
        believes: believe,
        ..AskRequest::new(question)
    };
    let streams = output.is_json() && stream;
    let watched = !output.is_json() && std::io::stdout().is_terminal();
    let mut shown = String::new();
    let answer = engine.ask(&request, &CancelToken::new(), &mut |update| match update {
        AnswerUpdate::Failed { .. } => {}
        update if streams => output.object(&shape_of(&update)),
        AnswerUpdate::Token { text } if watched => {
            output.piece(&text);
            shown.push_str(&text);
        }
        _ => {}
    })?;
    note_waiting(output, answer.provenance.as_ref().and_then(|provenance| provenance.waiting));
    if !output.is_json() {
        if !shown.is_empty() {
            output.line("");
        }
        show(output, &answer, &shown);
    } else if !stream {
        output.object(&shapes::answer(&answer));
    }
    Ok(Outcome::Done)
}

/// An update of the answer's union.
fn shape_of(update: &AnswerUpdate) -> Value {
    match update {
        AnswerUpdate::Retrieving => json!({ "type": "retrieving" }),
        AnswerUpdate::Evidence { evidence } => {
            let all: Vec<_> = evidence.iter().map(shapes::evidence).collect();
            json!({ "type": "evidence", "evidence": all })
        }
        AnswerUpdate::Refused { refusal } => {
            json!({ "type": "refused", "refusal": shapes::refusal(refusal) })
        }
        AnswerUpdate::Done { answer } => {
            let mut value = shapes::answer(answer);
            value["type"] = json!("done");
            value
        }
        AnswerUpdate::Progress { .. }
        | AnswerUpdate::Reasoning { .. }
        | AnswerUpdate::Token { .. }
        | AnswerUpdate::Citation { .. }
        | AnswerUpdate::Failed { .. } => {
            json!(update)
        }
    }
}

/// The answer and its citations. The text is left out where the very same was shown as it came;
/// where checking moved or took out a marker, it is shown again as it stands now.
pub(super) fn show(output: &Output, answer: &Answer, shown: &str) {
    if let Some(refusal) = &answer.refusal {
        output.line("Not in these documents. The nearest passages:");
        for hit in &refusal.nearest {
            let text = yinju_core::text::unwrap_lines(&hit.passage.draft.text);
            let start: String = text.chars().take(80).collect();
            let page = hit.passage.pages().first().map(ToString::to_string).unwrap_or_default();
            output.line(format!("  {}, p. {page}: {start}…", hit.document.title));
        }
        if !refusal.missing.is_empty() {
            output.line(format!("In no document: {}", refusal.missing.join(", ")));
        }
    } else {
        if shown.trim() != answer.text.trim() {
            output.line(format!("{}{}", if shown.is_empty() { "" } else { "\n" }, answer.text));
        }
        output.line("");
        for citation in &answer.citations {
            let quote = yinju_core::text::unwrap_lines(&citation.quote);
            let (title, page) = (&citation.document.title, citation.page);
            let doubt = if citation.doubtful { " (recognised, may be wrong)" } else { "" };
            output.line(format!("[{}] {title}, p. {page}: “{quote}”{doubt}", citation.marker));
        }
    }
    if let Some(chat) = answer.chat {
        output.note(format!("conversation {chat}"));
    }
}
