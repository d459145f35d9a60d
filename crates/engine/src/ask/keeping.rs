//! Answers in their conversation: begun, kept while they are written, finished, and found again after
//! the program ended in between.

use super::fill;
use super::request::AskRequest;
use crate::page_cache::PageCache;
use crate::{Engine, Result};
use std::time::{Duration, Instant};
use yinju_answer::{check, layout};
use yinju_core::{Answer, ChatId};
use yinju_store::Store;

/// The setting that says that all answers are laid out, which earlier versions did not do.
const LAID_OUT: &str = "answers_laid_out";

/// Conversations whose answers are laid out and kept together.
const CARRIED_AT_ONCE: usize = 50;

/// How often what a model has written is kept.
const EVERY: Duration = Duration::from_millis(300);

/// Where an answer belongs.
pub(super) struct ChatPlace {
    pub(super) chat: ChatId,
    /// The answers there before this one.
    pub(super) turns: Vec<Answer>,
    /// Whether the last of them is replaced.
    replaces: bool,
    /// Whether the conversation was begun for this answer.
    is_new: bool,
}

impl Engine {
    /// The conversation an answer belongs to, begun if need be.
    pub(super) fn begin(&self, request: &AskRequest) -> Result<ChatPlace> {
        let store = self.store();
        let (chat, mut turns) = match request.chat {
            Some(chat) => (chat, store.chat(chat)?.turns),
            None => (store.create_chat(&request.question)?, Vec::new()),
        };
        store.set_chat_scope(chat, &request.scope)?;
        let replaces = request.again && turns.pop().is_some();
        Ok(ChatPlace { chat, turns, replaces, is_new: request.chat.is_none() })
    }

    /// Puts the answer into its conversation.
    pub(super) fn keep(&self, place: &ChatPlace, answer: &mut Answer) -> Result<()> {
        let ordinal = place.turns.len() as u32;
        if place.replaces {
            self.store().replace_turn(place.chat, ordinal, answer)?;
            self.store().drop_draft(place.chat)?;
        } else {
            self.store().add_turn(place.chat, answer)?;
        }
        // A document that was removed just now was still there when the answer was looked through.
        self.forget_kept(place.chat, ordinal, answer)
    }

    /// There is no answer: a conversation begun for it goes.
    pub(super) fn give_up(&self, place: &ChatPlace) -> Result<()> {
        if place.is_new {
            return Ok(self.store().remove_chat(place.chat)?);
        }
        Ok(self.store().drop_draft(place.chat)?)
    }

    /// Lays out the answers that an earlier version kept, once.
    pub(crate) fn carry_over_answers(&self) -> Result<()> {
        if self.store().setting(LAID_OUT)?.is_some_and(|kept| !kept.is_empty()) {
            return Ok(());
        }
        for chats in self.store().chats()?.chunks(CARRIED_AT_ONCE) {
            let mut laid_out = Vec::new();
            for chat in chats {
                for (ordinal, mut turn) in (0..).zip(self.store().chat(chat.id)?.turns) {
                    if turn.blocks.is_empty() && !turn.text.is_empty() {
                        layout::carry_over(&mut turn);
                        laid_out.push((chat.id, ordinal, turn));
                    }
                }
            }
            self.store().replace_turns(&laid_out)?;
        }
        Ok(self.store().set_setting(LAID_OUT, "1")?)
    }

    /// Puts answers into their conversations that were being written when the program ended, with
    /// what there is of them, checked.
    pub(crate) fn recover_drafts(&self) -> Result<()> {
        for (chat, mut answer) in self.store().drafts()? {
            self.forget_removed(&mut answer)?;
            let mut cache = PageCache::new(self.store());
            cache.fill(&answer.evidence)?;
            let pages = |document, page| cache.held(document, page).cloned();
            let checked =
                check::check_answer(&answer.question, &answer.text, &answer.evidence, &pages);
            fill(&mut answer, checked);
            answer.interrupted = true;
            self.store().add_turn(chat, &answer)?;
        }
        Ok(self.store().remove_empty_chats()?)
    }
}

/// An answer on its way.
pub(super) struct Draft<'a> {
    store: &'a Store,
    chat: ChatId,
    answer: Answer,
    kept: Option<Instant>,
}

impl<'a> Draft<'a> {
    /// Nothing written yet.
    pub(super) fn new(store: &'a Store, place: &ChatPlace, answer: &Answer) -> Self {
        Self { store, chat: place.chat, answer: answer.clone(), kept: None }
    }

    /// Keeps what is written so far, unless it was kept a moment ago. Failing to is no reason to stop
    /// writing.
    pub(super) fn keep(&mut self, text: &str) {
        if self.kept.is_some_and(|at| at.elapsed() < EVERY) {
            return;
        }
        if !self.is_whole() {
            return;
        }
        text.clone_into(&mut self.answer.text);
        if let Err(error) = self.store.put_draft(self.chat, &self.answer) {
            tracing::warn!(%error, "a draft was not kept");
        }
        self.kept = Some(Instant::now());
    }

    /// Whether all documents it is written from are still there: of one that was removed nothing may
    /// be kept, and the finished answer will be looked through.
    fn is_whole(&self) -> bool {
        let mut evidence = self.answer.evidence.iter();
        evidence.all(|evidence| self.store.has_document(evidence.hit.document.id).unwrap_or(true))
    }
}
