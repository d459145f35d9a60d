//! The formats and their names on the command line.

use crate::error::ExportError;
use std::str::FromStr;

/// What a conversation can be exported as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// `md`: `CommonMark`.
    Markdown,
    /// `html`: one self-contained page.
    Html,
    /// `json`: the shapes of `cli.md`.
    Json,
}

impl Format {
    /// Every format this version writes.
    pub const ALL: [Self; 3] = [Self::Markdown, Self::Html, Self::Json];

    /// The name on the command line, which is the file name's extension too.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Markdown => "md",
            Self::Html => "html",
            Self::Json => "json",
        }
    }
}

/// Named in `cli.md`, written by a later version.
const LATER: [&str; 6] = ["docx", "pdf", "bib", "ris", "csl", "gbt7714"];

impl FromStr for Format {
    type Err = ExportError;

    fn from_str(name: &str) -> Result<Self, ExportError> {
        if let Some(format) = Self::ALL.into_iter().find(|format| format.extension() == name) {
            return Ok(format);
        }
        Err(if LATER.contains(&name) {
            ExportError::Later(name.to_owned())
        } else {
            ExportError::Unknown(name.to_owned())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use yinju_core::{Problem, ProblemCode};

    #[test]
    fn names_of_the_command_line() {
        for format in Format::ALL {
            assert_eq!(format.extension().parse::<Format>().unwrap(), format);
        }
    }

    #[test]
    fn other_names_are_unsupported_and_say_why() {
        let docx = Problem::from("docx".parse::<Format>().unwrap_err());
        assert_eq!(docx.code, ProblemCode::UnsupportedFormat);
        assert!(docx.hint.unwrap().contains("later"));
        let odd = Problem::from("exe".parse::<Format>().unwrap_err());
        assert_eq!(odd.code, ProblemCode::UnsupportedFormat);
    }
}
