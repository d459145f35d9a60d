//! Files held over the window and let go. Their paths stay on this side: the window is told how
//! many there are, and the import starts here.

use crate::dto::event::{DROP_HOVER, DropHoverDto};
use crate::shell::Shell;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use tauri::{DragDropEvent, Emitter, WebviewWindow, WindowEvent};

/// Watches the window for files.
pub fn watch(window: &WebviewWindow, shell: Arc<Shell>) {
    let told = window.clone();
    window.on_window_event(move |event| {
        let WindowEvent::DragDrop(drag) = event else { return };
        match drag {
            DragDropEvent::Enter { paths, .. } => hover(&told, true, paths.len()),
            DragDropEvent::Drop { paths, .. } => {
                hover(&told, false, 0);
                import(&shell, paths.clone());
            }
            DragDropEvent::Leave => hover(&told, false, 0),
            _ => {}
        }
    });
}

fn hover(window: &WebviewWindow, over: bool, files: usize) {
    let told = window.emit(DROP_HOVER, DropHoverDto { over, files: files as u32 });
    told.unwrap_or_else(|error| tracing::warn!("{error}"));
}

/// Not on the window's thread: the engine may still be opening.
fn import(shell: &Arc<Shell>, paths: Vec<PathBuf>) {
    let shell = Arc::clone(shell);
    thread::spawn(move || shell.import_or_refuse(paths));
}
