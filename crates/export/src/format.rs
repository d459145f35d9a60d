//! The formats, their names on the command line and their files' extensions.

use crate::error::ExportError;
use std::str::FromStr;

/// What a conversation can be exported as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// `md`: `CommonMark`.
    Markdown,
    /// `html`: one self-contained page.
    Html,
    /// `docx`: Office Open XML, every marker a footnote.
    Docx,
    /// `pdf`: set pages, every marker a footnote.
    Pdf,
    /// `json`: the shapes of `cli.md`.
    Json,
    /// `bib`: the cited works as `BibTeX`.
    Bib,
    /// `ris`: the cited works as RIS.
    Ris,
    /// `csl`: the cited works as CSL-JSON.
    Csl,
    /// `gbt7714`: the cited works as a list after GB/T 7714-2015.
    Gbt7714,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 9] = [
        Self::Markdown,
        Self::Html,
        Self::Docx,
        Self::Pdf,
        Self::Json,
        Self::Bib,
        Self::Ris,
        Self::Csl,
        Self::Gbt7714,
    ];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Markdown => "md",
            Self::Html => "html",
            Self::Docx => "docx",
            Self::Pdf => "pdf",
            Self::Json => "json",
            Self::Bib => "bib",
            Self::Ris => "ris",
            Self::Csl => "csl",
            Self::Gbt7714 => "gbt7714",
        }
    }

    /// Whether it can hold pictures of pages.
    pub fn holds_pictures(self) -> bool {
        matches!(self, Self::Html | Self::Docx | Self::Pdf)
    }

    /// The extension of a file in this format.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csl => "json",
            Self::Gbt7714 => "txt",
            other => other.name(),
        }
    }
}

impl FromStr for Format {
    type Err = ExportError;

    fn from_str(name: &str) -> Result<Self, ExportError> {
        let named = Self::ALL.into_iter().find(|format| format.name() == name);
        named.ok_or_else(|| ExportError::Unknown(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use yinju_core::{Problem, ProblemCode};

    #[test]
    fn names_of_the_command_line() {
        for format in Format::ALL {
            assert_eq!(format.name().parse::<Format>().unwrap(), format);
        }
        assert_eq!(Format::Csl.extension(), "json");
        assert_eq!(Format::Gbt7714.extension(), "txt");
    }

    #[test]
    fn other_names_are_unsupported_and_say_what_is_supported() {
        let odd = Problem::from("exe".parse::<Format>().unwrap_err());
        assert_eq!(odd.code, ProblemCode::UnsupportedFormat);
        assert!(odd.hint.unwrap().contains("gbt7714"));
    }
}
