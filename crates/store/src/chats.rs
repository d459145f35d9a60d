//! Conversations: questions and their checked answers, in order.

use crate::rows::{self, text};
use crate::versions;
use crate::{Result, Store, StoreError};
use rusqlite::{Connection, OptionalExtension, Row};
use serde::{Deserialize, Serialize};
use yinju_core::{Answer, ChatId, Scope};

/// In the place of an answer whose row is damaged.
const UNREADABLE: &str = "This answer was damaged on the disk and cannot be read any more.";

/// Titles are cut here, at a character.
const TITLE_CHARACTERS: usize = 60;

/// A line of the list of conversations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatSummary {
    /// Its id.
    pub id: ChatId,
    /// The first question, shortened, or what the person called it.
    pub title: String,
    /// Whether it is kept at the top.
    pub pinned: bool,
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
    /// The first question, shortened, or what the person called it.
    pub title: String,
    /// When it began (RFC 3339, UTC).
    pub created: String,
    /// Where the last question was looked for.
    pub scope: Scope,
    /// The answers, oldest first.
    pub turns: Vec<Answer>,
}

const REPLACE: &str = "UPDATE turns SET answer = ?3 WHERE chat_id = ?1 AND ordinal = ?2";

impl Store {
    /// Begins a conversation named after its first question.
    pub fn create_chat(&self, first_question: &str) -> Result<ChatId> {
        let connection = self.lock();
        connection.execute("INSERT INTO chats (title) VALUES (?1)", [shortened(first_question)])?;
        Ok(ChatId(connection.last_insert_rowid().unsigned_abs()))
    }

    /// Gives a conversation another name.
    pub fn rename_chat(&self, chat: ChatId, title: &str) -> Result<()> {
        let statement = "UPDATE chats SET title = ?2 WHERE id = ?1";
        touched(self.lock().execute(statement, (chat.0, shortened(title)))?)
    }

    /// Keeps a conversation at the top, or no longer.
    pub fn pin_chat(&self, chat: ChatId, pinned: bool) -> Result<()> {
        touched(
            self.lock().execute("UPDATE chats SET pinned = ?2 WHERE id = ?1", (chat.0, pinned))?,
        )
    }

    /// Keeps where a conversation looks.
    pub fn set_chat_scope(&self, chat: ChatId, scope: &Scope) -> Result<()> {
        let json = serde_json::to_string(scope).map_err(|_| StoreError::Corrupt("scope"))?;
        touched(self.lock().execute("UPDATE chats SET scope = ?2 WHERE id = ?1", (chat.0, json))?)
    }

    /// Begins a conversation with the first answers of another.
    pub fn branch_chat(&self, from: ChatId, turns: u32, title: &str) -> Result<ChatId> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let branch = "INSERT INTO chats (title, scope) SELECT ?2, scope FROM chats WHERE id = ?1";
        touched(transaction.execute(branch, (from.0, shortened(title)))?)?;
        let id = transaction.last_insert_rowid();
        transaction.execute(
            "INSERT INTO turns (chat_id, ordinal, answer)
             SELECT ?2, ordinal, answer FROM turns WHERE chat_id = ?1 AND ordinal < ?3",
            (from.0, id, turns),
        )?;
        transaction.commit()?;
        Ok(ChatId(id.unsigned_abs()))
    }

    /// Adds an answer to a conversation, in the place of its draft.
    pub fn add_turn(&self, chat: ChatId, answer: &Answer) -> Result<()> {
        let json = json_of(answer)?;
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let update =
            "UPDATE chats SET updated = strftime('%Y-%m-%dT%H:%M:%SZ', 'now') WHERE id = ?1";
        touched(transaction.execute(update, [chat.0])?)?;
        transaction.execute(
            "INSERT INTO turns (chat_id, ordinal, answer)
             SELECT ?1, coalesce(max(ordinal) + 1, 0), ?2 FROM turns WHERE chat_id = ?1",
            (chat.0, json),
        )?;
        transaction.execute("DELETE FROM drafts WHERE chat_id = ?1", [chat.0])?;
        Ok(transaction.commit()?)
    }

    /// Keeps what is written of an answer; a conversation has one such answer at a time.
    pub fn put_draft(&self, chat: ChatId, answer: &Answer) -> Result<()> {
        let statement = "INSERT INTO drafts (chat_id, answer) VALUES (?1, ?2)
             ON CONFLICT (chat_id) DO UPDATE SET answer = excluded.answer";
        self.bulk().execute(statement, (chat.0, json_of(answer)?))?;
        Ok(())
    }

    /// Forgets an unfinished answer, if there is one.
    pub fn drop_draft(&self, chat: ChatId) -> Result<()> {
        self.lock().execute("DELETE FROM drafts WHERE chat_id = ?1", [chat.0])?;
        Ok(())
    }

    /// Every unfinished answer that reads back.
    pub fn drafts(&self) -> Result<Vec<(ChatId, Answer)>> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached("SELECT chat_id, answer FROM drafts")?;
        let rows = statement.query_map([], |row| Ok((ChatId(row.get(0)?), text(row, 1)?)))?;
        let drafts = rows::all(rows)?.into_iter();
        let reads_back = |(chat, json): (_, String)| {
            Some((chat, rows::decoded("draft", serde_json::from_str(&json))?))
        };
        Ok(drafts.filter_map(reads_back).collect())
    }

    /// Removes conversations in which nothing was answered, and nothing is about to be.
    pub fn remove_empty_chats(&self) -> Result<()> {
        let statement = "DELETE FROM chats WHERE id NOT IN (SELECT chat_id FROM turns)
             AND id NOT IN (SELECT chat_id FROM drafts)";
        self.lock().execute(statement, [])?;
        Ok(())
    }

    /// Puts another answer in the place of one.
    pub fn replace_turn(&self, chat: ChatId, ordinal: u32, answer: &Answer) -> Result<()> {
        self.lock().execute(REPLACE, (chat.0, ordinal, json_of(answer)?))?;
        Ok(())
    }

    /// Puts other answers in the places of some, all or none.
    pub fn replace_turns(&self, turns: &[(ChatId, u32, Answer)]) -> Result<()> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        for (chat, ordinal, answer) in turns {
            transaction.execute(REPLACE, (chat.0, ordinal, json_of(answer)?))?;
        }
        Ok(transaction.commit()?)
    }

    /// Removes an answer with its question; those after it move up.
    pub fn remove_turn(&self, chat: ChatId, ordinal: u32) -> Result<()> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let remove = "DELETE FROM turns WHERE chat_id = ?1 AND ordinal = ?2";
        touched(transaction.execute(remove, (chat.0, ordinal))?)?;
        // One by one upwards, since no two may have a number even for a moment.
        let after =
            "SELECT ordinal FROM turns WHERE chat_id = ?1 AND ordinal > ?2 ORDER BY ordinal";
        let later: Vec<u32> = transaction
            .prepare(after)?
            .query_map((chat.0, ordinal), |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        for number in later {
            transaction.execute(
                "UPDATE turns SET ordinal = ordinal - 1 WHERE chat_id = ?1 AND ordinal = ?2",
                (chat.0, number),
            )?;
        }
        versions::prune(&transaction)?;
        Ok(transaction.commit()?)
    }

    /// All conversations: the pinned ones, then the others, each the latest first.
    pub fn chats(&self) -> Result<Vec<ChatSummary>> {
        let connection = self.lock();
        let mut statement = connection
            .prepare_cached(&format!("{SUMMARY} ORDER BY pinned DESC, updated DESC, id DESC"))?;
        let rows = statement.query_map([], summary)?;
        rows::all(rows)
    }

    /// Conversations in which each of some words stands, in the title, a question or an answer; in
    /// the order of [`Self::chats`]. Case counts for nothing in Latin letters.
    pub fn find_chats(&self, words: &[String]) -> Result<Vec<ChatSummary>> {
        let connection = self.lock();
        let holds = words.iter().map(|_| {
            "AND (instr(lower(title), ?) > 0 OR EXISTS (SELECT 1 FROM turns WHERE chat_id = chats.id
             AND (instr(lower(iif(json_valid(answer), answer, '{}') ->> '$.question'), ?) > 0
                  OR instr(lower(iif(json_valid(answer), answer, '{}') ->> '$.answer'), ?) > 0)))"
        });
        let query = format!(
            "{SUMMARY} WHERE true {} ORDER BY pinned DESC, updated DESC, id DESC",
            holds.collect::<Vec<_>>().join(" ")
        );
        let thrice = words.iter().flat_map(|word| std::iter::repeat_n(word.to_lowercase(), 3));
        let mut statement = connection.prepare(&query)?;
        let rows = statement.query_map(rusqlite::params_from_iter(thrice), summary)?;
        rows::all(rows)
    }

    /// One conversation.
    pub fn chat(&self, id: ChatId) -> Result<Chat> {
        let connection = self.lock();
        let about = "SELECT title, created, scope FROM chats WHERE id = ?1";
        let (title, created, scope): (_, _, Option<String>) = connection
            .query_row(about, [id.0], |row| Ok((text(row, 0)?, text(row, 1)?, row.get(2).ok())))
            .optional()?
            .ok_or(StoreError::NotFound("conversation"))?;
        let scope = scope.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default();
        let turns = turns(&connection, id)?;
        Ok(Chat { id, title, created, scope, turns })
    }

    /// Removes a conversation.
    pub fn remove_chat(&self, id: ChatId) -> Result<()> {
        let connection = self.lock();
        touched(connection.execute("DELETE FROM chats WHERE id = ?1", [id.0])?)?;
        versions::prune(&connection)
    }
}

/// A line of the list of conversations, without an order.
const SUMMARY: &str = "SELECT id, title, pinned, updated,
    (SELECT count(*) FROM turns WHERE chat_id = chats.id) FROM chats";

fn summary(row: &Row<'_>) -> rusqlite::Result<ChatSummary> {
    Ok(ChatSummary {
        id: ChatId(row.get(0)?),
        title: text(row, 1)?,
        pinned: row.get(2)?,
        updated: text(row, 3)?,
        turns: row.get(4)?,
    })
}

fn turns(connection: &Connection, chat: ChatId) -> Result<Vec<Answer>> {
    let mut statement = connection
        .prepare_cached("SELECT answer FROM turns WHERE chat_id = ?1 ORDER BY ordinal")?;
    let rows = statement.query_map([chat.0], |row| text(row, 0))?;
    let jsons: Vec<String> = rows.collect::<rusqlite::Result<_>>()?;
    Ok(jsons.iter().map(|json| answer_of(json, chat)).collect())
}

fn json_of(answer: &Answer) -> Result<String> {
    serde_json::to_string(answer).map_err(|_| StoreError::Corrupt("answer"))
}

/// An answer that does not read back keeps its place, with what was asked where that can be told:
/// the others go by their numbers.
fn answer_of(json: &str, chat: ChatId) -> Answer {
    rows::decoded("answer", serde_json::from_str(json)).unwrap_or_else(|| Answer {
        question: question_in(json).unwrap_or_default(),
        text: UNREADABLE.to_owned(),
        chat: Some(chat),
        interrupted: true,
        ..Answer::default()
    })
}

/// The question is the first field of what is written.
pub(crate) fn question_in(json: &str) -> Option<String> {
    let value = json.strip_prefix("{\"question\":")?;
    serde_json::Deserializer::from_str(value).into_iter::<String>().next()?.ok()
}

fn shortened(title: &str) -> String {
    title.trim().chars().take(TITLE_CHARACTERS).collect()
}

fn touched(rows: usize) -> Result<()> {
    if rows == 0 { Err(StoreError::NotFound("conversation")) } else { Ok(()) }
}
