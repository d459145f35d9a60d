//! Conversations: questions and their checked answers, in order.

use crate::{Result, Store, StoreError};
use rusqlite::OptionalExtension;
use serde::{Deserialize, Serialize};
use yinju_core::{Answer, ChatId};

/// Titles are cut here, at a character.
const TITLE_CHARACTERS: usize = 60;

/// A line of the list of conversations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatSummary {
    /// Its id.
    pub id: ChatId,
    /// The first question, shortened.
    pub title: String,
    /// When it was last added to (RFC 3339, UTC).
    pub updated: String,
    /// Questions asked.
    pub turns: u32,
}

/// A conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chat {
    /// Its id.
    pub id: ChatId,
    /// The first question, shortened.
    pub title: String,
    /// When it began (RFC 3339, UTC).
    pub created: String,
    /// The answers, oldest first.
    pub turns: Vec<Answer>,
}

impl Store {
    /// Begins a conversation named after its first question.
    pub fn create_chat(&self, first_question: &str) -> Result<ChatId> {
        let title: String = first_question.trim().chars().take(TITLE_CHARACTERS).collect();
        let connection = self.lock();
        connection.execute("INSERT INTO chats (title) VALUES (?1)", [title])?;
        Ok(ChatId(connection.last_insert_rowid().unsigned_abs()))
    }

    /// Adds an answer to a conversation.
    pub fn add_turn(&self, chat: ChatId, answer: &Answer) -> Result<()> {
        let json = serde_json::to_string(answer).map_err(|_| StoreError::Corrupt("answer"))?;
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let touched = transaction.execute(
            "UPDATE chats SET updated = strftime('%Y-%m-%dT%H:%M:%SZ', 'now') WHERE id = ?1",
            [chat.0],
        )?;
        if touched == 0 {
            return Err(StoreError::NotFound("conversation"));
        }
        transaction.execute(
            "INSERT INTO turns (chat_id, ordinal, answer)
             SELECT ?1, coalesce(max(ordinal) + 1, 0), ?2 FROM turns WHERE chat_id = ?1",
            (chat.0, json),
        )?;
        Ok(transaction.commit()?)
    }

    /// Puts another answer in the place of one.
    pub fn replace_turn(&self, chat: ChatId, ordinal: u32, answer: &Answer) -> Result<()> {
        let json = serde_json::to_string(answer).map_err(|_| StoreError::Corrupt("answer"))?;
        let statement = "UPDATE turns SET answer = ?3 WHERE chat_id = ?1 AND ordinal = ?2";
        self.lock().execute(statement, (chat.0, ordinal, json))?;
        Ok(())
    }

    /// All conversations, the latest first.
    pub fn chats(&self) -> Result<Vec<ChatSummary>> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT id, title, updated, (SELECT count(*) FROM turns WHERE chat_id = chats.id)
             FROM chats ORDER BY updated DESC, id DESC",
        )?;
        let rows = statement.query_map([], |row| {
            Ok(ChatSummary {
                id: ChatId(row.get(0)?),
                title: row.get(1)?,
                updated: row.get(2)?,
                turns: row.get(3)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// One conversation.
    pub fn chat(&self, id: ChatId) -> Result<Chat> {
        let connection = self.lock();
        let (title, created) = connection
            .query_row("SELECT title, created FROM chats WHERE id = ?1", [id.0], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?
            .ok_or(StoreError::NotFound("conversation"))?;
        let mut statement = connection
            .prepare_cached("SELECT answer FROM turns WHERE chat_id = ?1 ORDER BY ordinal")?;
        let rows = statement.query_map([id.0], |row| row.get::<_, String>(0))?;
        let turns = rows
            .map(|json| serde_json::from_str(&json?).map_err(|_| StoreError::Corrupt("answer")))
            .collect::<Result<_>>()?;
        Ok(Chat { id, title, created, turns })
    }

    /// Removes a conversation.
    pub fn remove_chat(&self, id: ChatId) -> Result<()> {
        match self.lock().execute("DELETE FROM chats WHERE id = ?1", [id.0])? {
            0 => Err(StoreError::NotFound("conversation")),
            _ => Ok(()),
        }
    }
}
