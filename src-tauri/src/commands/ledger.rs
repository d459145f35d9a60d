//! The connections this machine made for the program.

use super::Shared;
use crate::dto::Result;
use crate::dto::model::LedgerDto;
use crate::shell::blocking;

/// Every connection that was made, the latest first, and whether any may be.
#[tauri::command]
pub async fn ledger(shell: Shared<'_>) -> Result<LedgerDto> {
    blocking(&shell, |_, engine| LedgerDto::of(engine.models())).await
}

/// From now on no connection is made, or they may be again.
#[tauri::command]
pub async fn set_air_gapped(shell: Shared<'_>, air_gapped: bool) -> Result<LedgerDto> {
    blocking(&shell, move |_, engine| {
        engine.models().set_air_gapped(air_gapped)?;
        LedgerDto::of(engine.models())
    })
    .await
}
