//! An exported conversation read back: which words it says stand on which page of which file. Not here:
//! whether they do.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;
use yinju_core::{Citation, DocumentRef, PageNumber, Problem, ProblemCode, Region};

/// The `format` of a JSON export.
pub(crate) const FORMAT: &str = "yinju-conversation";

/// The newest `version` of it.
pub(crate) const VERSION: u32 = 1;

/// A quotation and where it is said to stand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// The question it belongs to, from 1.
    pub turn: usize,
    /// The marker that carries it.
    pub marker: u32,
    /// The document, with the SHA-256 of its file and the path it had.
    pub document: DocumentRef,
    /// The page it starts on.
    pub page: PageNumber,
    /// The words.
    pub quote: String,
    /// The boxes said to cover them; none where the export has none.
    pub regions: Vec<Region>,
}

/// Why a file gives no claims.
#[derive(Debug, Error)]
pub enum RereadError {
    /// It is no JSON.
    #[error("the file is not JSON")]
    NotJson(#[source] serde_json::Error),
    /// It is JSON of something else.
    #[error("the file is not an exported conversation")]
    NotAConversation,
    /// A later version of this program wrote it.
    #[error("the file is an export of version {0}; this program reads versions up to {VERSION}")]
    Newer(u64),
    /// A citation does not say what it must.
    #[error("citation {citation} of turn {turn} is damaged")]
    Damaged {
        /// The turn, from 1.
        turn: usize,
        /// The citation, from 1.
        citation: usize,
        /// What is wrong with it.
        source: serde_json::Error,
    },
}

impl From<RereadError> for Problem {
    fn from(error: RereadError) -> Self {
        let (code, hint) = match &error {
            RereadError::NotJson(_) | RereadError::NotAConversation => {
                (ProblemCode::UnsupportedFile, "export the conversation with --format json")
            }
            RereadError::Newer(_) => (ProblemCode::UnsupportedFile, "update Yinju"),
            RereadError::Damaged { .. } => {
                (ProblemCode::DamagedFile, "export the conversation again; the file was changed")
            }
        };
        Self::new(code, error).hint(hint)
    }
}

/// Every citation of an exported conversation, in order. An export without citations has none.
///
/// # Errors
/// [`RereadError`] where the bytes are no JSON export of a conversation, or a damaged one.
pub fn claims(bytes: &[u8]) -> Result<Vec<Claim>, RereadError> {
    let whole: Value = serde_json::from_slice(bytes).map_err(RereadError::NotJson)?;
    let turns = turns(&whole)?;
    let mut claims = vec![];
    for (i, turn) in turns.iter().enumerate() {
        let citations = turn.get("citations").and_then(Value::as_array);
        let citations = citations.ok_or(RereadError::NotAConversation)?;
        for (at, citation) in citations.iter().enumerate() {
            claims.push(claim(i + 1, at + 1, citation)?);
        }
    }
    Ok(claims)
}

fn turns(whole: &Value) -> Result<&Vec<Value>, RereadError> {
    if whole.get("format").and_then(Value::as_str) != Some(FORMAT) {
        return Err(RereadError::NotAConversation);
    }
    let version = whole.get("version").and_then(Value::as_u64).unwrap_or(0);
    if version > u64::from(VERSION) {
        return Err(RereadError::Newer(version));
    }
    whole.get("turns").and_then(Value::as_array).ok_or(RereadError::NotAConversation)
}

fn claim(turn: usize, citation: usize, value: &Value) -> Result<Claim, RereadError> {
    let damaged = |source| RereadError::Damaged { turn, citation, source };
    let Citation { marker, document, page, quote, regions, .. } =
        Citation::deserialize(value).map_err(damaged)?;
    Ok(Claim { turn, marker, document, page, quote, regions })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Conversation, Format, export, sample};

    fn exported() -> Value {
        let turns = vec![sample::answer("a[1]", 1), sample::answer("b[1] c[2]", 2)];
        let conversation = Conversation { turns, ..Conversation::default() };
        serde_json::from_slice(&export(&conversation, Format::Json).unwrap()).unwrap()
    }

    fn check(value: &Value, expected: ProblemCode) {
        let error = claims(value.to_string().as_bytes()).unwrap_err();
        assert_eq!(Problem::from(error).code, expected);
    }

    #[test]
    fn what_was_cited_is_claimed() {
        let claims = claims(exported().to_string().as_bytes()).unwrap();
        let places: Vec<_> = claims.iter().map(|c| (c.turn, c.marker, c.page.get())).collect();
        assert_eq!(places, [(1, 1, 1), (2, 1, 1), (2, 2, 2)]);
        assert_eq!(claims[2].quote, "quote 2");
        assert_eq!(claims[2].document.sha256, "0123abcd".repeat(8));
    }

    #[test]
    fn other_files_are_refused_by_name() {
        check(&serde_json::json!({"turns": []}), ProblemCode::UnsupportedFile);
        check(&serde_json::json!([1]), ProblemCode::UnsupportedFile);
        let mut newer = exported();
        newer["version"] = 2.into();
        check(&newer, ProblemCode::UnsupportedFile);
        let mut damaged = exported();
        damaged["turns"][1]["citations"][0]["page"] = 0.into();
        check(&damaged, ProblemCode::DamagedFile);
        assert!(matches!(claims(b"%PDF-1.7"), Err(RereadError::NotJson(_))));
    }
}
