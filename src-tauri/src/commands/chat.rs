//! Conversations.

use super::Shared;
use crate::dto::Result;
use crate::dto::chat::{ChatDto, ChatSummaryDto};
use crate::shell::blocking;
use yinju_core::ChatId;

/// All conversations, the newest first.
#[tauri::command]
pub async fn chats(shell: Shared<'_>) -> Result<Vec<ChatSummaryDto>> {
    blocking(&shell, |_, engine| {
        Ok(engine.chats()?.into_iter().map(ChatSummaryDto::from).collect())
    })
    .await
}

/// A conversation with its answers.
#[tauri::command]
pub async fn chat(shell: Shared<'_>, chat: u64) -> Result<ChatDto> {
    blocking(&shell, move |_, engine| Ok(engine.chat(ChatId(chat))?.into())).await
}

/// Conversations in which every one of some words stands.
#[tauri::command]
pub async fn find_chats(shell: Shared<'_>, words: String) -> Result<Vec<ChatSummaryDto>> {
    blocking(&shell, move |_, engine| {
        Ok(engine.find_chats(&words)?.into_iter().map(ChatSummaryDto::from).collect())
    })
    .await
}

/// Another name for a conversation.
#[tauri::command]
pub async fn rename_chat(shell: Shared<'_>, chat: u64, title: String) -> Result<()> {
    blocking(&shell, move |_, engine| engine.rename_chat(ChatId(chat), &title)).await
}

/// Keeps a conversation at the top, or no longer.
#[tauri::command]
pub async fn pin_chat(shell: Shared<'_>, chat: u64, pinned: bool) -> Result<()> {
    blocking(&shell, move |_, engine| engine.pin_chat(ChatId(chat), pinned)).await
}

/// A new conversation with the first turns of another; its id.
#[tauri::command]
pub async fn branch_chat(
    shell: Shared<'_>,
    chat: u64,
    turns: u32,
    question: String,
) -> Result<u64> {
    blocking(&shell, move |_, engine| Ok(engine.branch_chat(ChatId(chat), turns, &question)?.0))
        .await
}

/// A question with its answer, gone.
#[tauri::command]
pub async fn remove_turn(shell: Shared<'_>, chat: u64, ordinal: u32) -> Result<()> {
    blocking(&shell, move |_, engine| engine.remove_turn(ChatId(chat), ordinal)).await
}

/// How readily questions are refused: -1 to 1.
#[tauri::command]
pub async fn strictness(shell: Shared<'_>) -> Result<f32> {
    blocking(&shell, |_, engine| engine.strictness()).await
}

/// Sets it.
#[tauri::command]
pub async fn set_strictness(shell: Shared<'_>, strictness: f32) -> Result<()> {
    blocking(&shell, move |_, engine| engine.set_strictness(strictness)).await
}

/// Seconds a person waits for the first word of an answer.
#[tauri::command]
pub async fn patience(shell: Shared<'_>) -> Result<f32> {
    blocking(&shell, |_, engine| engine.patience()).await
}

/// Sets them.
#[tauri::command]
pub async fn set_patience(shell: Shared<'_>, seconds: f32) -> Result<()> {
    blocking(&shell, move |_, engine| engine.set_patience(seconds)).await
}

/// A conversation, gone.
#[tauri::command]
pub async fn remove_chat(shell: Shared<'_>, chat: u64) -> Result<()> {
    blocking(&shell, move |_, engine| engine.remove_chat(ChatId(chat))).await
}
