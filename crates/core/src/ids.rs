//! Identifiers. Numbers are SQLite row ids that are never used twice, so a stale id finds nothing.

use crate::problem::{Problem, ProblemCode};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

macro_rules! row_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

row_id!(
    /// A named set of documents.
    LibraryId
);
row_id!(
    /// One file's content in one library.
    DocumentId
);
row_id!(
    /// A stretch of a document that is embedded, indexed and cited as a unit.
    PassageId
);
row_id!(
    /// A conversation.
    ChatId
);

/// A model's published name in lower case, as `multilingual-e5-small`.
///
/// Models and indexes lie in folders of this name, so it is parsed at every door and can be no path:
/// at most [`LONGEST`](Self::LONGEST) bytes of letters and digits of any script, `.`, `_` and `-`, the first and
/// the last of them a letter or digit, and no name that Windows keeps for devices.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ModelId(String);

/// A text that names no model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{}” is no name of a model", .0.escape_debug())]
pub struct NotAModelId(String);

impl ModelId {
    /// The most bytes of an id: files named after it get endings, and file systems allow 255.
    pub const LONGEST: usize = 128;

    /// The id that a name written in this program stands for.
    ///
    /// # Panics
    /// Where the text is no id, as [`str::parse`] tells of texts that come from elsewhere.
    pub fn from_static(id: &'static str) -> Self {
        id.parse().expect("a name written in the program is an id")
    }

    /// The id most like a name: what an id cannot hold becomes `-`, and a name without letters and
    /// digits `model`.
    pub fn like(name: &str) -> Self {
        let kept: String = name
            .to_lowercase()
            .chars()
            .map(|c| if is_allowed(c) { c } else { '-' })
            .scan(0, |bytes, c| {
                *bytes += c.len_utf8();
                (*bytes <= Self::LONGEST).then_some(c)
            })
            .collect();
        let trimmed = kept.trim_matches(|c| !is_letter(c));
        trimmed.parse().unwrap_or_else(|_| Self("model".to_owned()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A letter or digit that has no other form in lower case: file systems that ignore case must not
/// take two ids for one.
fn is_letter(c: char) -> bool {
    c.is_alphanumeric() && c.to_lowercase().eq([c])
}

fn is_allowed(c: char) -> bool {
    is_letter(c) || matches!(c, '.' | '_' | '-')
}

/// Windows opens a device for such a name, whatever its ending.
fn is_device(id: &str) -> bool {
    let stem = id.split('.').next().unwrap_or_default();
    let numbered = stem.strip_prefix("com").or(stem.strip_prefix("lpt"));
    matches!(stem, "con" | "prn" | "aux" | "nul")
        || numbered.is_some_and(|n| n.len() == 1 && n.chars().all(|c| c.is_ascii_digit()))
}

impl FromStr for ModelId {
    type Err = NotAModelId;

    fn from_str(text: &str) -> Result<Self, NotAModelId> {
        let is_id = text.len() <= Self::LONGEST
            && text.chars().all(is_allowed)
            && text.starts_with(is_letter)
            && text.ends_with(is_letter)
            && !is_device(text);
        if is_id { Ok(Self(text.to_owned())) } else { Err(NotAModelId(shortened(text))) }
    }
}

/// Enough of a text to know it by.
fn shortened(text: &str) -> String {
    text.chars().take(80).collect()
}

impl TryFrom<String> for ModelId {
    type Error = NotAModelId;

    fn try_from(text: String) -> Result<Self, NotAModelId> {
        text.parse()
    }
}

impl From<ModelId> for String {
    fn from(id: ModelId) -> Self {
        id.0
    }
}

impl From<NotAModelId> for Problem {
    fn from(error: NotAModelId) -> Self {
        Self::new(ProblemCode::ModelUnknown, error).hint("`yinju models list` lists what there is")
    }
}

impl fmt::Display for ModelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, is_id: bool) {
        assert_eq!(text.parse::<ModelId>().is_ok(), is_id, "{text:?}");
        let json = serde_json::to_string(text).unwrap();
        assert_eq!(serde_json::from_str::<ModelId>(&json).is_ok(), is_id, "{text:?} in JSON");
    }

    #[test]
    fn an_id_cannot_be_a_path() {
        for text in ["multilingual-e5-small", "qwen2.5-7b-instruct.q4_k_m", "我的-模型", "a"] {
            check(text, true);
        }
        for text in [
            "",
            ".",
            "..",
            "../..",
            "/",
            "/etc",
            "a/b",
            "a\\b",
            "c:",
            "c:x",
            "~",
            ".hidden",
            "a.",
            "-a",
            "a\0b",
            "a\nb",
            "a b",
            "A",
            "nul",
            "con.txt",
            "com1",
            "\u{1b}[2j",
            "a\u{202e}b",
        ] {
            check(text, false);
        }
        check(&"a".repeat(ModelId::LONGEST), true);
        check(&"a".repeat(ModelId::LONGEST + 1), false);
    }

    #[test]
    fn names_become_ids() {
        let check = |name: &str, expected: &str| assert_eq!(ModelId::like(name).0, expected);
        check("Qwen2.5-7B-Instruct.Q4_K_M", "qwen2.5-7b-instruct.q4_k_m");
        check("我的 模型", "我的-模型");
        check("../..", "model");
        check("nul", "model");
        check(&"长".repeat(200), &"长".repeat(ModelId::LONGEST / 3));
    }
}
