//! Libraries that are carried as files. Which file, and where the documents' own files go, is chosen in
//! dialogs of this side, as all paths are.

use super::Shared;
use super::export::ask_where;
use crate::dto::Result;
use crate::dto::event;
use crate::dto::library::{CarriedInDto, CarriedOutDto};
use crate::shell::blocking;
use tauri::{AppHandle, Emitter, Runtime};
use tauri_plugin_dialog::DialogExt;
use yinju_core::{CancelToken, LibraryId};
use yinju_engine::LibrarySummary;

/// What a carried library's file ends in.
const EXTENSION: &str = "yinju";

/// Asks where to and writes the library there, with the documents' files if that is wished; nothing where
/// the person thought better of it.
#[tauri::command]
pub async fn export_library<R: Runtime>(
    app: AppHandle<R>,
    shell: Shared<'_>,
    library: u64,
    originals: bool,
) -> Result<Option<CarriedOutDto>> {
    blocking(&shell, move |_, engine| {
        let library = LibraryId(library);
        let known = engine.libraries()?.into_iter().find(|known| known.id == library);
        let name = known.map(|known| known.name).unwrap_or_default();
        let Some(path) = ask_where(&app, &name, EXTENSION) else { return Ok(None) };
        let out = engine.export_library(library, &path, originals, &CancelToken::new())?;
        Ok(Some(CarriedOutDto::of(&path, &out)))
    })
    .await
}

/// Asks for such a file, and where the documents' files go if it holds any, and makes a library of it;
/// nothing where the person thought better of it.
#[tauri::command]
pub async fn import_library<R: Runtime>(
    app: AppHandle<R>,
    shell: Shared<'_>,
) -> Result<Option<CarriedInDto>> {
    blocking(&shell, move |_, engine| {
        let dialog = app.dialog().file().add_filter("Yinju", &[EXTENSION]);
        let picked = dialog.blocking_pick_file();
        let Some(file) = picked.and_then(|file| file.into_path().ok()) else { return Ok(None) };
        let about = engine.carried_library(&file)?;
        // Without a folder, the library comes without them.
        let folder = about.holds_originals.then(|| app.dialog().file().blocking_pick_folder());
        let folder = folder.flatten().and_then(|folder| folder.into_path().ok());
        let name = free_name(&engine.libraries()?, &about.name, about.is_begun);
        let carried =
            engine.import_library(&file, Some(&name), folder.as_deref(), &CancelToken::new())?;
        app.emit(event::LIBRARY_CHANGED, ()).unwrap_or_else(|error| tracing::warn!("{error}"));
        let library = engine.library_named(&carried.library)?;
        Ok(Some(CarriedInDto::of(library, carried)))
    })
    .await
}

/// The name, or with a number where another library has it.
fn free_name(libraries: &[LibrarySummary], name: &str, is_begun: bool) -> String {
    let is_free = |name: &String| libraries.iter().all(|known| known.name != *name);
    let numbered = (2..u32::MAX).map(|number| format!("{name} {number}"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    let found = if is_begun { names.next() } else { names.find(is_free) };
    found.unwrap_or_else(|| name.to_owned())
}
