//! The commands over Tauri's mock runtime: what goes over the wire, without a display or an engine.

use super::handler;
use crate::samples::Samples;
use crate::shell::Shell;
use serde_json::{Value, json};
use std::sync::Arc;
use tauri::WebviewWindow;
use tauri::test::{
    INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder, mock_context, noop_assets,
};
use tauri::webview::InvokeRequest;
use yinju_core::{Problem, ProblemCode};

fn window(samples: Samples) -> (tauri::App<MockRuntime>, WebviewWindow<MockRuntime>) {
    let shell = Shell::closed(samples);
    shell.opened(Err(Problem::new(ProblemCode::HomeInUse, "another window has it")));
    let app = mock_builder()
        .manage(Arc::new(shell))
        .invoke_handler(handler())
        .build(mock_context(noop_assets()))
        .unwrap();
    let window =
        tauri::WebviewWindowBuilder::new(&app, "main", tauri::WebviewUrl::default()).build();
    (app, window.unwrap())
}

fn call(window: &WebviewWindow<MockRuntime>, command: &str, body: Value) -> Result<Value, Value> {
    let request = InvokeRequest {
        cmd: command.into(),
        callback: tauri::ipc::CallbackFn(0),
        error: tauri::ipc::CallbackFn(1),
        url: "tauri://localhost".parse().unwrap(),
        body: body.into(),
        headers: tauri::http::HeaderMap::default(),
        invoke_key: INVOKE_KEY.to_string(),
    };
    get_ipc_response(window, request).map(|body| body.deserialize().unwrap())
}

#[test]
fn a_home_in_use_is_told_by_its_code() {
    let (_app, window) = window(Samples::default());
    let startup = call(&window, "startup", json!({})).unwrap();
    assert_eq!(startup["problem"]["code"], "home_in_use");
    let refused = call(&window, "documents", json!({})).unwrap_err();
    assert_eq!(refused["code"], "home_in_use");
}

#[test]
fn the_queue_is_empty_at_first() {
    let (_app, window) = window(Samples::default());
    let state = call(&window, "imports", json!({})).unwrap();
    assert_eq!(state["running"], false);
    assert_eq!(state["active"], json!([]));
}

#[test]
fn sample_questions_cross_the_wire() {
    let folder = tempfile::tempdir().unwrap();
    let questions = json!([{"lang": "en", "question": "?", "document": "a.pdf", "page": 1}]);
    std::fs::write(folder.path().join("questions.json"), questions.to_string()).unwrap();
    let (_app, window) = window(Samples { folder: Some(folder.path().into()) });
    assert_eq!(call(&window, "sample_questions", json!({})).unwrap(), questions);
}
