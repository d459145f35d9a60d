//! The shapes the window receives and sends. They mirror the engine's nouns but carry no path: a
//! file is named to the window by its id and file name. TypeScript gets them from `bindings.rs`.

pub mod answer;
pub mod backup;
pub mod bibliography;
pub mod chat;
pub mod document;
pub mod event;
pub mod import;
pub mod library;
pub mod markup;
pub mod model;
pub mod own;
pub mod page;
pub mod problem;
pub mod question;

#[cfg(test)]
mod bindings;

pub use problem::{ProblemDto, Result};

/// The serde name of a unit variant, as `not_in_documents`.
pub fn wire_name(value: impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wire_names_are_serde_names() {
        assert_eq!(wire_name(yinju_core::DocumentStatus::NoText), "no_text");
    }
}
