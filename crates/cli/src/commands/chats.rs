//! `yinju chats`, `strictness` and `patience`.

use super::Result;
use crate::args::ChatsCommand;
use crate::output::Output;
use crate::{Outcome, shapes};
use serde_json::json;
use yinju_core::ChatId;
use yinju_engine::{ChatSummary, Engine};

/// Lists conversations, after one was changed or some were looked for.
pub fn run(engine: &Engine, output: &Output, command: Option<ChatsCommand>) -> Result {
    let Some(command) = command else {
        list(output, &engine.chats()?);
        return Ok(Outcome::Done);
    };
    match command {
        ChatsCommand::Find { words } => {
            list(output, &engine.find_chats(&words.join(" "))?);
            return Ok(Outcome::Done);
        }
        ChatsCommand::Show { chat } => return show(engine, output, ChatId(chat)),
        ChatsCommand::Rename { chat, title } => engine.rename_chat(ChatId(chat), &title)?,
        ChatsCommand::Pin { chat } => engine.pin_chat(ChatId(chat), true)?,
        ChatsCommand::Unpin { chat } => engine.pin_chat(ChatId(chat), false)?,
        ChatsCommand::Branch { chat, turns, question } => {
            engine.branch_chat(ChatId(chat), turns, &question)?;
        }
        ChatsCommand::Remove { chat } => engine.remove_chat(ChatId(chat))?,
    }
    list(output, &engine.chats()?);
    Ok(Outcome::Done)
}

fn list(output: &Output, chats: &[ChatSummary]) {
    if output.is_json() {
        let shape = |chat: &ChatSummary| {
            json!({ "id": chat.id.to_string(), "title": chat.title, "pinned": chat.pinned,
                "updated": chat.updated, "turns": chat.turns })
        };
        output.object(&json!({ "chats": chats.iter().map(shape).collect::<Vec<_>>() }));
        return;
    }
    for chat in chats {
        let pin = if chat.pinned { "*" } else { " " };
        let (id, updated, title, turns) = (chat.id, &chat.updated, &chat.title, chat.turns);
        output.line(format!("{id:>4} {pin} {updated}  {title}  ({turns})"));
    }
}

fn show(engine: &Engine, output: &Output, chat: ChatId) -> Result {
    let chat = engine.chat(chat)?;
    if output.is_json() {
        let turns: Vec<_> = chat.turns.iter().map(shapes::answer).collect();
        output.object(&json!({ "id": chat.id.to_string(), "title": chat.title,
            "created": chat.created, "turns": turns }));
        return Ok(Outcome::Done);
    }
    for turn in &chat.turns {
        output.line(format!("> {}\n", turn.question));
        super::ask::show(output, turn, "");
        output.line("");
    }
    Ok(Outcome::Done)
}

/// How readily is refused, after it was set.
pub fn strictness(engine: &Engine, output: &Output, set: Option<f32>) -> Result {
    if let Some(set) = set {
        engine.set_strictness(set)?;
    }
    let strictness = engine.strictness()?;
    if output.is_json() {
        output.object(&json!({ "strictness": strictness }));
    } else {
        output.line(strictness);
    }
    Ok(Outcome::Done)
}

/// How long the first word is waited for, after it was set.
pub fn patience(engine: &Engine, output: &Output, set: Option<f32>) -> Result {
    if let Some(set) = set {
        engine.set_patience(set)?;
    }
    let patience = engine.patience()?;
    if output.is_json() {
        output.object(&json!({ "patience": patience }));
    } else {
        output.line(patience);
    }
    Ok(Outcome::Done)
}
