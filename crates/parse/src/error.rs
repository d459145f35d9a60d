//! What can go wrong before a page is read. What goes wrong on a page is a warning of that page.

use std::path::PathBuf;
use yinju_core::{Problem, ProblemCode};

/// Why a file could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ParseError {
    /// Its bytes cannot be had.
    #[error("{} cannot be read: {reason}", path.display())]
    FileUnreadable {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// The file has no bytes.
    #[error("{} is empty (0 bytes)", .0.display())]
    EmptyFile(PathBuf),
    /// No PDF header stands in the first 1024 bytes, and PDFium sees no PDF either.
    #[error("{} is not a PDF{}", path.display(), kind.map(|k| format!(" but {k}")).unwrap_or_default())]
    NotAPdf {
        /// Which file.
        path: PathBuf,
        /// What it is instead, where that is plain.
        kind: Option<&'static str>,
    },
    /// The header is there, but the rest is beyond repair.
    #[error("{} is damaged: {reason}", path.display())]
    DamagedPdf {
        /// Which file.
        path: PathBuf,
        /// What PDFium says.
        reason: String,
    },
    /// A picture, and its pixels cannot be made out.
    #[error("{} is damaged: {reason}", path.display())]
    DamagedPicture {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The file is locked and no password was given.
    #[error("{} is locked with a password", .0.display())]
    PasswordRequired(PathBuf),
    /// The file is locked and the password given does not open it.
    #[error("the password does not open {}", .0.display())]
    WrongPassword(PathBuf),
    /// The file is locked in a way that no password opens: for the holders of certificates, or by
    /// a publisher's own program.
    #[error("{} is encrypted for a certificate or a program of its own, not with a password", .0.display())]
    UnsupportedEncryption(PathBuf),
    /// The file opens and has no page.
    #[error("{} has no pages", .0.display())]
    NoPages(PathBuf),
    /// PDFium itself could not be loaded.
    #[error("PDFium could not be loaded from {}: {reason}", path.display())]
    PdfiumMissing {
        /// Where it was looked for.
        path: PathBuf,
        /// What the loader says.
        reason: String,
    },
}

impl ParseError {
    fn code(&self) -> ProblemCode {
        match self {
            Self::FileUnreadable { .. } => ProblemCode::FileUnreadable,
            Self::EmptyFile(_) => ProblemCode::EmptyFile,
            Self::NotAPdf { .. } => ProblemCode::NotAPdf,
            Self::DamagedPdf { .. } => ProblemCode::DamagedPdf,
            Self::DamagedPicture { .. } => ProblemCode::DamagedFile,
            Self::PasswordRequired(_) => ProblemCode::PasswordRequired,
            Self::WrongPassword(_) => ProblemCode::WrongPassword,
            Self::UnsupportedEncryption(_) => ProblemCode::UnsupportedEncryption,
            Self::NoPages(_) => ProblemCode::NoPages,
            Self::PdfiumMissing { .. } => ProblemCode::PdfiumMissing,
        }
    }

    fn remedy(&self) -> &'static str {
        match self {
            Self::FileUnreadable { .. } => "check that the disk it is on works",
            Self::EmptyFile(_) => "copy or download the file again",
            Self::NotAPdf { .. } => "choose a PDF, or print the document to PDF first",
            Self::DamagedPdf { .. } | Self::DamagedPicture { .. } => {
                "download the file again, or open it elsewhere and save a new copy"
            }
            Self::PasswordRequired(_) => "give the password that opens the file",
            Self::WrongPassword(_) => "check the password; capital letters count",
            Self::UnsupportedEncryption(_) => {
                "open it in the program it was made for and print it to a new PDF"
            }
            Self::NoPages(_) => "the file holds nothing to read; look for another copy",
            Self::PdfiumMissing { .. } => "run `npm run setup`, or set YINJU_PDFIUM to the library",
        }
    }
}

impl From<ParseError> for Problem {
    fn from(error: ParseError) -> Self {
        Problem::new(error.code(), &error).hint(error.remedy())
    }
}
