//! What a home holds against what it must hold, after something was done to it and ended at a moment.

use super::Subject;
use super::deed::Deed;
use crate::trial::papers::{self, name_of};
use crate::trial::program::Ended;
use crate::trial::seen::{Chat, Seen};
use std::collections::{BTreeMap, BTreeSet};

impl Subject {
    /// What is there now that must not be, or is not and must.
    pub fn compare(&self, deed: &Deed, ended: &Ended, now: &Seen) -> Vec<String> {
        let mut wrong = self.compare_documents(deed, ended, now);
        wrong.extend(self.compare_chats(deed, ended, now));
        let may_be = |id: &str| matches!(deed, Deed::Use(other) if *other == id);
        if now.encoder != self.known.encoder && !may_be(&now.encoder) {
            wrong.push(format!("the encoder was {}, now {}", self.known.encoder, now.encoder));
        }
        wrong.extend(self.left_of_encoder(deed, now));
        if let Deed::Use(id) = deed
            && ended.is_done()
            && now.encoder != *id
        {
            wrong.push(format!("{id} was reported to be in use"));
        }
        wrong
    }

    /// An encoder whose vectors are gone has no index either.
    fn left_of_encoder(&self, deed: &Deed, now: &Seen) -> Option<String> {
        let Deed::Drop(id) = deed else { return None };
        let is_kept = |seen: &Seen| seen.encoders.iter().any(|kept| kept == id);
        let was_dropped = is_kept(&self.known) && !is_kept(now);
        let is_left = self.home.path().join("index").join(id).exists();
        (was_dropped && is_left).then(|| format!("the index of {id} is left"))
    }

    fn compare_documents(&self, deed: &Deed, ended: &Ended, now: &Seen) -> Vec<String> {
        let mut wrong = Vec::new();
        let reported = reported(ended);
        let ready: BTreeMap<_, _> = now.ready().collect();
        for (name, _) in self.known.ready() {
            let may_go = self.may_remove(deed, name);
            let is_there = now.documents.contains_key(name);
            if !(ready.contains_key(name) || may_go && !is_there) {
                wrong.push(format!("{name} was ready: {:?}", now.documents.get(name)));
            }
            if may_go && ended.is_done() && is_there {
                wrong.push(format!("{name} was reported removed"));
            }
        }
        for name in reported.iter().filter(|name| !ready.contains_key(name)) {
            wrong.push(format!("{name} was reported done: {:?}", now.documents.get(name)));
        }
        for (name, (status, _)) in &now.documents {
            let is_meant = self.known.documents.contains_key(name)
                || self.pending.contains(name)
                || matches!(deed, Deed::Import { files, .. }
                    if files.iter().any(|file| name_of(file.to_str().unwrap()) == *name));
            if !is_meant || matches!(status.as_str(), "failed" | "no_text") {
                wrong.push(format!("{name} is {status}"));
            }
        }
        for (name, count) in ready {
            if !self.papers.may_have(name, count) {
                wrong.push(format!("{name} has {count} passages, and never undisturbed"));
            }
        }
        wrong
    }

    fn may_remove(&self, deed: &Deed, name: &str) -> bool {
        match deed {
            Deed::Remove(document) => name_of(document) == name,
            Deed::RemoveLibrary(library) => self.library_of(name) == *library,
            _ => false,
        }
    }

    fn compare_chats(&self, deed: &Deed, ended: &Ended, now: &Seen) -> Vec<String> {
        let mut wrong = Vec::new();
        for (id, before) in &self.known.chats {
            let after = now.chats.get(id);
            let is_same = after == Some(before);
            if deed.chat() != Some(*id) && !is_same && !deed.forgets() {
                wrong.push(format!("conversation {id} was {before:?}, is {after:?}"));
            } else if deed.chat() == Some(*id) && !is_same && !became(deed, before, after) {
                wrong.push(format!("conversation {id} was {before:?}, became {after:?}"));
            }
        }
        let new: Vec<_> =
            now.chats.iter().filter(|(id, _)| !self.known.chats.contains_key(id)).collect();
        let may_begin = matches!(deed, Deed::Ask { chat: None, .. } | Deed::Branch(_));
        if new.len() > usize::from(may_begin) {
            wrong.push(format!("new conversations: {new:?}"));
        }
        wrong.extend(kept_answer(ended, now));
        wrong
    }

    /// Every passage of every document that is ready is found once by both arms, with its text.
    pub fn compare_passages(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        for mode in ["lexical", "dense"] {
            match papers::passages(self.home.path(), mode) {
                Ok(found) => {
                    for (name, _) in self.known.ready() {
                        if !self.papers.may_be(name, found.get(name)) {
                            wrong.push(format!("{mode} does not find {name} as undisturbed"));
                        }
                    }
                    let gone =
                        found.keys().filter(|name| !self.known.documents.contains_key(*name));
                    wrong.extend(gone.map(|name| format!("{mode} finds {name}, which is gone")));
                }
                Err(what) => wrong.push(what),
            }
        }
        wrong
    }
}

/// What a deed may make of a conversation.
fn became(deed: &Deed, before: &Chat, after: Option<&Chat>) -> bool {
    match (deed, after) {
        (Deed::RemoveChat(_), after) => after.is_none(),
        (Deed::Rename(_, title), Some(after)) => {
            *after == Chat { title: title.clone(), ..before.clone() }
        }
        (Deed::Pin(_, pin), Some(after)) => *after == Chat { pinned: *pin, ..before.clone() },
        (Deed::Ask { question, .. }, Some(after)) => {
            let (last, others) = after.turns.split_last().unwrap();
            others == before.turns && last.0 == *question
        }
        _ => false,
    }
}

/// Files that an import said were searchable.
fn reported(ended: &Ended) -> BTreeSet<String> {
    // `unchanged` says that the content is known, which may still be on its way.
    let done = |stage: &str| stage == "done";
    let objects = ended.objects.iter();
    objects
        .filter(|object| object["stage"].as_str().is_some_and(done))
        .map(|object| name_of(object["path"].as_str().unwrap_or_default()))
        .collect()
}

/// An answer that was given with its conversation stands in it.
fn kept_answer(ended: &Ended, now: &Seen) -> Option<String> {
    let answer = ended.objects.iter().rfind(|object| object["chat"].is_string())?;
    let id: u64 = answer["chat"].as_str()?.parse().ok()?;
    let text = answer["answer"].as_str()?;
    let kept = now.chats.get(&id).and_then(|chat| chat.turns.last());
    (kept.map(|(_, kept)| kept.as_str()) != Some(text))
        .then(|| format!("the answer of conversation {id} was given and is {kept:?}"))
}
