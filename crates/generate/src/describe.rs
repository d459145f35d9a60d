//! What a person's own language model is, by the head of its file.

use crate::error::GenerateError;
use crate::head::read_head;
use std::path::Path;
use yinju_core::ModelDescription;

/// Says what a GGUF file is; one that is none, or a part of one, is an error.
pub fn describe(path: &Path) -> Result<ModelDescription, GenerateError> {
    let head = read_head(path).map_err(|reason| GenerateError::damaged(path, reason))?;
    if head.files.is_some_and(|count| count > 1) {
        let what = "its other files: it is split into several; join them first".to_owned();
        return Err(GenerateError::UnsupportedFeature { what });
    }
    if head.architecture.is_none() {
        return Err(GenerateError::damaged(path, "it does not name its architecture"));
    }
    Ok(ModelDescription::Generator { name: head.name })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The head of a file of one text and one number.
    fn head(key: &str, text: &str, files: u16) -> Vec<u8> {
        let string =
            |text: &str| [&(text.len() as u64).to_le_bytes()[..], text.as_bytes()].concat();
        let mut bytes = b"GGUF".to_vec();
        bytes.extend(3u32.to_le_bytes());
        bytes.extend(0u64.to_le_bytes());
        bytes.extend(2u64.to_le_bytes());
        bytes.extend([string(key), 8u32.to_le_bytes().to_vec(), string(text)].concat());
        bytes.extend([string("split.count"), 2u32.to_le_bytes().to_vec()].concat());
        bytes.extend(files.to_le_bytes());
        bytes
    }

    #[test]
    fn one_whole_file_that_names_its_architecture_is_a_model() {
        let check = |bytes: Vec<u8>| {
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), bytes).unwrap();
            describe(file.path())
        };
        let model = check(head("general.architecture", "qwen2", 1));
        assert_eq!(model.unwrap(), ModelDescription::Generator { name: None });
        let part = check(head("general.architecture", "qwen2", 3));
        assert!(matches!(part, Err(GenerateError::UnsupportedFeature { .. })));
        let nameless = check(head("general.name", "x", 1));
        assert!(matches!(nameless, Err(GenerateError::Damaged { .. })));
    }
}
