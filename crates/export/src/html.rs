//! A conversation as one HTML page that needs nothing else: styles inside, no script, no remote content,
//! and a content security policy that forbids both.

use crate::parts::{Cited, Refused, unsupported};
use crate::words::Words;
use crate::{Conversation, ExportError};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Value, context};
use serde::Serialize;
use yinju_core::markup::Block;
use yinju_core::{Answer, Citation};

/// The whole page.
pub(crate) fn write(conversation: &Conversation) -> Result<String, ExportError> {
    let words = Words::of(conversation);
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_template("conversation", include_str!("../templates/conversation.html"))?;
    let turns: Vec<Turn> = conversation
        .turns
        .iter()
        .enumerate()
        .map(|(i, answer)| Turn::of(&words, answer, i + 1))
        .collect();
    let page = environment.get_template("conversation")?.render(context! {
        words => Value::from(Serde(words)),
        title => &conversation.title,
        created => &conversation.created,
        style => Value::from_safe_string(include_str!("../templates/style.css").to_owned()),
        turns => Value::from(Serde(turns)),
        pictures => pictures(conversation),
    })?;
    Ok(page)
}

/// `data:` addresses of each turn's citations; empty ones where there is no picture.
fn pictures(conversation: &Conversation) -> Vec<Vec<Value>> {
    let address = |turn: usize, citation: &Citation| {
        let picture = conversation.pictures.get(&(turn, citation.marker));
        let address = picture.map(|p| format!("data:image/png;base64,{}", BASE64.encode(&p.png)));
        // Base64 and the rest of it need no escapes.
        Value::from_safe_string(address.unwrap_or_default())
    };
    let turns = conversation.turns.iter().enumerate();
    turns.map(|(i, turn)| turn.citations.iter().map(|c| address(i, c)).collect()).collect()
}

#[derive(Serialize)]
struct Turn {
    number: usize,
    question: String,
    blocks: Vec<Block>,
    interrupted: bool,
    citations: Vec<Cited>,
    unsupported: Vec<String>,
    refusal: Option<Refused>,
    model: Option<String>,
}

impl Turn {
    fn of(words: &Words, answer: &Answer, number: usize) -> Self {
        Self {
            number,
            question: answer.question.clone(),
            blocks: answer.blocks.clone(),
            interrupted: answer.interrupted,
            citations: answer.citations.iter().map(|citation| Cited::of(words, citation)).collect(),
            unsupported: unsupported(answer).map(str::to_owned).collect(),
            refusal: answer.refusal.as_ref().map(|refusal| Refused::of(words, refusal)),
            model: words.model_of(answer).map(str::to_owned),
        }
    }
}
