//! Names of files within a model's folder, as the catalogue and manifests give them. Parsed where
//! they are read: what could lead out of the folder is no name.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::Deref;
use std::path::{Component, Path};

/// The name of a file, without any folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileName(String);

/// A text that names no file of a folder.
#[derive(Debug, thiserror::Error)]
#[error("“{}” is no file's name", .0.escape_debug())]
pub struct NotAFileName(String);

impl TryFrom<String> for FileName {
    type Error = NotAFileName;

    fn try_from(name: String) -> Result<Self, NotAFileName> {
        let mut parts = Path::new(&name).components();
        let alone = matches!(
            (parts.next(), parts.next()),
            (Some(Component::Normal(part)), None) if part == name.as_str()
        );
        // The separators of every system, whichever this is: catalogues and models travel.
        let plain = !name.contains(['/', '\\', ':']) && !name.chars().any(char::is_control);
        if alone && plain && !name.starts_with('.') {
            Ok(Self(name))
        } else {
            Err(NotAFileName(name))
        }
    }
}

impl From<FileName> for String {
    fn from(name: FileName) -> Self {
        name.0
    }
}

impl Deref for FileName {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<Path> for FileName {
    fn as_ref(&self) -> &Path {
        self.0.as_ref()
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_nowhere_else() {
        let check = |name: &str, is_name: bool| {
            assert_eq!(FileName::try_from(name.to_owned()).is_ok(), is_name, "{name:?}");
        };
        check("model.safetensors", true);
        check("模型.gguf", true);
        for name in ["", ".", "..", "../x", "a/b", "/x", "a\\b", "c:x", ".hidden", "a/", "a\n"] {
            check(name, false);
        }
    }
}
