//! `yinju-desktop`, the window: parses the command line, composes the engine, hands both to Tauri.
//! Deliberately not here: any decision about documents, answers or wording.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod commands;
mod drop;
mod dto;
mod imports;
mod options;
mod pdf;
mod samples;
mod shell;
mod window;

use clap::Parser;
use options::Options;
use shell::Shell;
use std::sync::Arc;
use tauri::{Manager, RunEvent};
use tracing_subscriber::EnvFilter;

fn main() {
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::from_env("YINJU_LOG"))
        .with_writer(std::io::stderr)
        .init();
    let options = Options::parse();
    if let Err(error) = run(options) {
        eprintln!("yinju-desktop: {error}");
        std::process::exit(3);
    }
}

fn run(options: Options) -> tauri::Result<()> {
    tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_opener::init())
        .register_asynchronous_uri_scheme_protocol(pdf::SCHEME, |context, request, responder| {
            pdf::serve(context.app_handle().state::<Arc<Shell>>().inner(), request, responder);
        })
        .invoke_handler(commands::handler())
        .setup(move |app| {
            let shell = Shell::start(app.handle().clone(), &options);
            app.manage(Arc::clone(&shell));
            // A session that ends, as a window that is closed: all is closed in order.
            let handle = app.handle().clone();
            if let Err(error) = ctrlc::set_handler(move || handle.exit(0)) {
                tracing::warn!(%error, "a signal ends the program at once");
            }
            let main = window::open(app, &options)?;
            drop::watch(&main, shell);
            Ok(())
        })
        .build(tauri::generate_context!())?
        .run(|app, event| {
            if let RunEvent::Exit = event {
                app.state::<Arc<Shell>>().close();
            }
        });
    Ok(())
}
