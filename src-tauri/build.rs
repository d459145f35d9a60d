//! Reads `tauri.conf.json` and the capability file, and names the commands the window may call.

fn main() {
    tauri_build::build();
}
