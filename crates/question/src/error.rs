//! What can be wrong with typed syntax.

use yinju_core::{Problem, ProblemCode};

/// Why a query cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SyntaxError {
    /// A page that is no number.
    #[error("“{0}” is no page and no range of pages")]
    Page(String),
    /// A year that is no number.
    #[error("“{0}” is no year and no range of years")]
    Year(String),
    /// A kind of document nobody knows.
    #[error("“{0}” is no kind of document that can be told")]
    Kind(String),
    /// A language nobody knows.
    #[error("“{0}” is no language that can be chosen")]
    Language(String),
    /// Places can be chosen, not left out.
    #[error("“-{0}:” does not work: only words, phrases and titles can be left out")]
    Excluded(String),
    /// Everything else is left out.
    #[error("there is nothing to look for, only what to leave out")]
    OnlyExcluded,
}

impl SyntaxError {
    fn hint(&self) -> &'static str {
        match self {
            Self::Page(_) => "page:12 or page:3-9",
            Self::Year(_) => "year:2022 or year:2019-2022",
            Self::Kind(_) => {
                "kind:contract, report, manual, paper, thesis, standard, policy or minutes"
            }
            Self::Language(_) => "lang:zh or lang:en",
            Self::Excluded(_) => "-word, -\"several words\" or -title:word",
            Self::OnlyExcluded => "add a word that should be found",
        }
    }
}

impl From<SyntaxError> for Problem {
    fn from(error: SyntaxError) -> Self {
        Self::new(ProblemCode::QuerySyntax, &error).hint(error.hint())
    }
}
