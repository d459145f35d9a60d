//! What became of quotations whose files changed.

use super::Shared;
use crate::dto::Result;
use crate::dto::answer::ReviewedDto;
use crate::shell::blocking;

/// Quotations that no longer stand as they were shown, conversation by conversation.
#[tauri::command]
pub async fn review(shell: Shared<'_>) -> Result<Vec<ReviewedDto>> {
    blocking(&shell, |_, engine| {
        Ok(engine.review(None)?.into_iter().map(ReviewedDto::from).collect())
    })
    .await
}
