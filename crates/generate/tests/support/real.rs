//! Where the real models are. Names nothing of the crate, so that its unit tests can use it too.

use std::path::PathBuf;

/// A real model's file, or `None` with a line that says what is skipped.
pub fn real_model(id: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("YINJU_MODELS").map_or_else(data_folder, PathBuf::from).join(id);
    let files = std::fs::read_dir(&folder).ok().into_iter().flatten().flatten();
    let found =
        files.map(|file| file.path()).find(|path| path.extension().is_some_and(|e| e == "gguf"));
    if found.is_none() {
        eprintln!("skipped: no GGUF file of {id} in {}", folder.display());
    }
    found
}

fn data_folder() -> PathBuf {
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let data = match std::env::var_os("XDG_DATA_HOME") {
        Some(folder) => PathBuf::from(folder),
        None if cfg!(target_os = "macos") => home.join("Library/Application Support"),
        None => home.join(".local/share"),
    };
    data.join("yinju/models")
}
