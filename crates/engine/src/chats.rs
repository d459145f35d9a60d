//! Conversations: kept, listed, exported. How they lose documents that are removed stands in `forget`.

use crate::search::check_question;
use crate::{Engine, Result};
use std::collections::BTreeMap;
use yinju_core::{Answer, Bibliography, CancelToken, ChatId, DocumentId, Problem, ProblemCode};
use yinju_export::{Conversation, Format};
use yinju_store::{Chat, ChatSummary};

/// What is to be exported, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExportRequest {
    /// Which conversation.
    pub chat: ChatId,
    /// One answer of it alone, counted from 0.
    pub turn: Option<u32>,
    /// As what.
    pub format: Format,
    /// With a picture of the place of every quotation, where the format can hold one.
    pub pictures: bool,
}

impl ExportRequest {
    /// A whole conversation without pictures.
    pub fn new(chat: ChatId, format: Format) -> Self {
        Self { chat, turn: None, format, pictures: false }
    }
}

impl Engine {
    /// All conversations, the latest first.
    pub fn chats(&self) -> Result<Vec<ChatSummary>> {
        Ok(self.store().chats()?)
    }

    /// One conversation.
    pub fn chat(&self, id: ChatId) -> Result<Chat> {
        Ok(self.store().chat(id)?)
    }

    /// Removes a conversation.
    pub fn remove_chat(&self, id: ChatId) -> Result<()> {
        Ok(self.store().remove_chat(id)?)
    }

    /// Conversations in which every word of a text stands, the pinned ones first; all for no words.
    pub fn find_chats(&self, text: &str) -> Result<Vec<ChatSummary>> {
        let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        Ok(self.store().find_chats(&words)?)
    }

    /// Gives a conversation another name.
    pub fn rename_chat(&self, id: ChatId, title: &str) -> Result<()> {
        if title.trim().is_empty() {
            return Err(Problem::new(ProblemCode::BadUsage, "a conversation needs a name"));
        }
        Ok(self.store().rename_chat(id, title)?)
    }

    /// Keeps a conversation at the top of the list, or no longer.
    pub fn pin_chat(&self, id: ChatId, pinned: bool) -> Result<()> {
        Ok(self.store().pin_chat(id, pinned)?)
    }

    /// Begins a conversation with the first turns of another, to ask something else from there on. The
    /// other stays as it is.
    pub fn branch_chat(&self, from: ChatId, turns: u32, question: &str) -> Result<ChatId> {
        check_question(question)?;
        Ok(self.store().branch_chat(from, turns, question)?)
    }

    /// Removes a question with its answer.
    pub fn remove_turn(&self, chat: ChatId, ordinal: u32) -> Result<()> {
        Ok(self.store().remove_turn(chat, ordinal)?)
    }

    /// A conversation with its evidence, as a file's bytes.
    pub fn export(&self, request: &ExportRequest, cancel: &CancelToken) -> Result<Vec<u8>> {
        let Chat { title, created, .. } = self.store().chat(request.chat)?;
        let turns = self.turns(request.chat, request.turn)?;
        let references = self.references_of(&turns)?;
        let is_pictured = request.pictures && request.format.holds_pictures();
        let pictures =
            if is_pictured { self.pictures_of(&turns, cancel)? } else { BTreeMap::new() };
        let conversation = Conversation { title, created, turns, references, pictures };
        Ok(yinju_export::export(&conversation, request.format)?)
    }

    /// The answers of a conversation, at least one; that one alone where its number is given.
    pub(crate) fn turns(&self, id: ChatId, turn: Option<u32>) -> Result<Vec<Answer>> {
        let turns = self.store().chat(id)?.turns;
        let nothing = |message: String| Problem::new(ProblemCode::NothingToExport, message);
        match turn {
            None if turns.is_empty() => Err(nothing("the conversation is empty".to_owned())),
            None => Ok(turns),
            Some(turn) => match turns.into_iter().nth(turn as usize) {
                Some(answer) => Ok(vec![answer]),
                None => Err(nothing(format!("the conversation has no answer {}", turn + 1))
                    .hint("answers are counted from 1")),
            },
        }
    }

    /// How a document stands in a list of references: as it was corrected, else as its file says.
    pub fn bibliography(&self, id: DocumentId) -> Result<Bibliography> {
        if let Some(corrected) = self.store().bibliography(id)? {
            return Ok(corrected);
        }
        let document = self.store().document(id)?.reference;
        let info = self.store().info(id)?.unwrap_or_default();
        Ok(Bibliography::guess(&document.title, &info))
    }

    /// Corrects how a document stands in a list of references.
    pub fn set_bibliography(&self, id: DocumentId, corrected: &Bibliography) -> Result<()> {
        Ok(self.store().set_bibliography(id, corrected)?)
    }

    /// The references of all cited documents that are still there.
    fn references_of(&self, turns: &[Answer]) -> Result<BTreeMap<DocumentId, Bibliography>> {
        let mut references = BTreeMap::new();
        for id in turns.iter().flat_map(|turn| &turn.citations).map(|c| c.document.id) {
            if let std::collections::btree_map::Entry::Vacant(new) = references.entry(id) {
                new.insert(self.bibliography(id)?);
            }
        }
        Ok(references)
    }
}
