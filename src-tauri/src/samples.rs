//! The sample library that came with the program: where it lies, and questions it answers.

use crate::dto::question::SampleQuestionDto;
use std::path::{Path, PathBuf};
use tauri::{AppHandle, Manager, Runtime};

/// The folder of the samples, if there is one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Samples {
    /// Holds PDFs and `questions.json`.
    pub folder: Option<PathBuf>,
}

impl Samples {
    /// The folder asked for, else the one among the program's resources.
    pub fn find<R: Runtime>(app: &AppHandle<R>, asked: Option<&Path>) -> Self {
        let bundled = || app.path().resource_dir().ok().map(|folder| folder.join("samples"));
        let folder = asked.map(Path::to_path_buf).or_else(bundled);
        Self { folder: folder.filter(|folder| folder.is_dir()) }
    }

    /// Questions whose answers stand in the samples; none where the file is missing.
    pub fn questions(&self) -> Vec<SampleQuestionDto> {
        let Some(folder) = &self.folder else { return Vec::new() };
        let read = std::fs::read(folder.join("questions.json")).map_err(|e| e.to_string());
        read.and_then(|bytes| serde_json::from_slice(&bytes).map_err(|e| e.to_string()))
            .unwrap_or_else(|error| {
                tracing::warn!("no sample questions: {error}");
                Vec::new()
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_read_and_extra_fields_ignored() {
        let folder = tempfile::tempdir().unwrap();
        let json = r#"[{"lang":"zh","question":"几页？","document":"a.pdf","page":2,"x":1}]"#;
        std::fs::write(folder.path().join("questions.json"), json).unwrap();
        let samples = Samples { folder: Some(folder.path().into()) };
        assert_eq!(samples.questions()[0].page, 2);
        assert!(Samples::default().questions().is_empty());
    }
}
