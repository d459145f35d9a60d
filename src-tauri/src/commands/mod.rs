//! What the window may ask. A command converts, calls one use case, and converts back.

#![allow(clippy::needless_pass_by_value, reason = "Tauri hands commands their arguments by value")]

mod ask;
mod backup;
mod carry;
mod chat;
mod document;
mod export;
mod import;
mod ledger;
mod library;
mod model;
mod own;
mod review;
mod watch;

use crate::dto::event::StartupDto;
use crate::dto::{ProblemDto, Result};
use crate::shell::Shell;
use std::sync::Arc;
use tauri::ipc::Invoke;
use tauri::{Runtime, State, WebviewWindow};

/// The shell as commands receive it.
type Shared<'a> = State<'a, Arc<Shell>>;

/// Every command.
#[allow(clippy::too_many_lines, reason = "one line each")]
pub fn handler<R: Runtime>() -> impl Fn(Invoke<R>) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        startup,
        rename_window,
        ask::ask,
        ask::stop,
        ask::search,
        backup::backups,
        backup::make_backup,
        backup::restore_backup,
        chat::chats,
        chat::chat,
        chat::find_chats,
        chat::rename_chat,
        chat::pin_chat,
        chat::branch_chat,
        chat::remove_turn,
        chat::strictness,
        chat::set_strictness,
        chat::patience,
        chat::set_patience,
        chat::remove_chat,
        export::export_chat,
        export::export_highlighted,
        document::documents,
        document::pages,
        document::page_texts,
        document::attachments,
        document::figure,
        document::bibliography,
        document::set_bibliography,
        document::remove_documents,
        document::reveal_document,
        import::imports,
        import::aim,
        import::pick_files,
        import::pick_folder,
        import::retry,
        import::recognise_pages,
        import::cancel_document,
        import::cancel_imports,
        import::import_gently,
        import::jobs,
        import::drop_jobs,
        import::import_samples,
        import::sample_questions,
        library::libraries,
        library::create_library,
        library::rename_library,
        library::library_words,
        library::set_library_words,
        carry::export_library,
        carry::import_library,
        ledger::ledger,
        ledger::set_air_gapped,
        review::review,
        watch::watched_folders,
        watch::watch_folder,
        watch::unwatch_folder,
        library::remove_library,
        model::models,
        model::compute,
        model::pull_model,
        model::stop_pull,
        own::own_questions,
        own::add_own_question,
        own::remove_own_question,
        own::run_own_questions,
        own::stop_test,
        own::own_runs,
        own::remove_own_run,
        own::compare_own_runs,
        own::encoders,
        own::use_encoder,
        own::drop_encoder,
    ]
}

/// Waits until the home is open, and says whether it could be.
#[tauri::command]
async fn startup(shell: Shared<'_>) -> Result<StartupDto> {
    let shell = Arc::clone(&shell);
    tauri::async_runtime::spawn_blocking(move || {
        let engine = shell.engine();
        StartupDto {
            told: engine.iter().flat_map(|e| e.told()).cloned().map(Into::into).collect(),
            problem: engine.err().map(Into::into),
            version: env!("CARGO_PKG_VERSION").into(),
        }
    })
    .await
    .map_err(ProblemDto::internal)
}

/// Names the window after what it shows.
#[tauri::command]
fn rename_window<R: Runtime>(window: WebviewWindow<R>, title: &str) -> Result<()> {
    window.set_title(title).map_err(ProblemDto::internal)
}

#[cfg(test)]
mod tests;
