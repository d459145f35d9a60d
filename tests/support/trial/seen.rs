//! What a home holds, as the program tells it.

use super::damage::files;
use super::papers::name_of;
use super::program::{complaint, say};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// A conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chat {
    /// Its name.
    pub title: String,
    /// Whether it is kept at the top.
    pub pinned: bool,
    /// Question and answer of each turn.
    pub turns: Vec<(String, String)>,
}

/// What a home holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Status and passages of every document by its file's name.
    pub documents: BTreeMap<String, (String, u64)>,
    /// Conversations by their numbers.
    pub chats: BTreeMap<u64, Chat>,
    /// The encoder in use.
    pub encoder: String,
    /// Encoders that vectors are kept of, that one first.
    pub encoders: Vec<String>,
}

impl Seen {
    /// Looks. What must not be, whatever was done before, is an error: a complaint about a run, a
    /// document that is there twice, a conversation without a turn.
    pub fn of(home: &Path) -> Result<Self, String> {
        let mut seen = Self::default();
        for document in list(home, &["documents"], "documents")? {
            let name = name_of(document["path"].as_str().unwrap_or_default());
            let status = text(&document, "status");
            let passages = document["passages"].as_u64().unwrap_or_default();
            if seen.documents.insert(name.clone(), (status, passages)).is_some() {
                return Err(format!("{name} is there twice"));
            }
        }
        for chat in list(home, &["chats"], "chats")? {
            let id = text(&chat, "id");
            let turns = turns(home, &id)?;
            if turns.is_empty() {
                return Err(format!("conversation {id} has no turn"));
            }
            let title = text(&chat, "title");
            let pinned = chat["pinned"].as_bool().unwrap_or_default();
            seen.chats.insert(id.parse().unwrap_or_default(), Chat { title, pinned, turns });
        }
        let encoders = list(home, &["encoders", "list"], "encoders")?;
        seen.encoders = encoders.iter().map(|encoder| text(encoder, "id")).collect();
        let in_use = encoders.iter().find(|encoder| encoder["in_use"] == true);
        seen.encoder = in_use.map(|encoder| text(encoder, "id")).unwrap_or_default();
        Ok(seen)
    }

    /// Documents that are searchable whole, with their passages.
    pub fn ready(&self) -> impl Iterator<Item = (&String, u64)> {
        let documents = self.documents.iter();
        documents.filter(|(_, (status, _))| status == "ready").map(|(name, (_, n))| (name, *n))
    }
}

fn turns(home: &Path, chat: &str) -> Result<Vec<(String, String)>, String> {
    let turns = list(home, &["chats", "show", chat], "turns")?;
    Ok(turns.iter().map(|turn| (text(turn, "question"), text(turn, "answer"))).collect())
}

fn text(object: &Value, field: &str) -> String {
    object[field].as_str().unwrap_or_default().to_owned()
}

/// What one of the lists holds.
pub fn list(home: &Path, words: &[&str], field: &str) -> Result<Vec<Value>, String> {
    let ended = say(home, words);
    if let Some(wrong) = complaint(&ended) {
        return Err(wrong);
    }
    if !ended.is_done() {
        return Err(format!("`{}`: {} {}", ended.words, ended.code(), ended.said.trim()));
    }
    Ok(ended.last()[field].as_array().cloned().unwrap_or_default())
}

/// What `doctor` says is not as it should be, apart from what is so in any home here.
pub fn unwell(home: &Path, besides: &[String]) -> Result<Vec<String>, String> {
    let ended = say(home, &["doctor"]);
    if let Some(wrong) = complaint(&ended) {
        return Err(wrong);
    }
    let Some(checks) = ended.last()["checks"].as_array() else {
        return Err(format!("`doctor`: {} {}", ended.code(), ended.said.trim()));
    };
    let bad = checks.iter().filter(|check| check["ok"] != true);
    let named = bad.filter(|c| !besides.iter().any(|name| c["name"] == name.as_str()));
    Ok(named.map(|check| format!("{}: {}", check["name"], check["detail"])).collect())
}

/// What `doctor` says of any home of this machine.
pub fn unwell_anywhere(home: &crate::Home) -> Vec<String> {
    let doctor = home.yinju(&["doctor"]);
    let checks = doctor.last()["checks"].as_array().cloned().unwrap_or_default();
    let bad = checks.iter().filter(|check| check["ok"] != true);
    bad.map(|check| text(check, "name")).collect()
}

/// Temporary files, and in the home what has the name of a file that was being written, are an error.
pub fn no_strays(temporary: &Path, home: &Path) -> Result<(), String> {
    let mut strays = files(temporary);
    strays.extend(files(home).into_iter().filter(|file| is_unfinished(file)));
    if strays.is_empty() { Ok(()) } else { Err(format!("files are left: {strays:?}")) }
}

fn is_unfinished(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    // The mark of a folder that the program made stays as long as the folder.
    let is_mark = name == ".yinju-folder";
    [".tmp", ".yinju-"].iter().any(|start| name.starts_with(start) && !is_mark)
        || [".tmp", ".part", ".partial", ".new", ".old"].iter().any(|end| name.ends_with(end))
}
