//! Whether what an exported conversation quotes still stands where it says: the file is there, it is the
//! same file, and the words are on the page. The files are read again; what the store knows is not asked.

use crate::files::OpenedAt;
use crate::{Engine, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;
use yinju_core::ports::{ReadEvent, ReadRequest};
use yinju_core::text::says;
use yinju_core::{CancelToken, DocumentRef, PageNumber, Problem, ProblemCode};
use yinju_export::reread::{self, Claim};

/// What became of a quotation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// It stands on its page of the same file.
    Stands,
    /// The file is neither where it was nor in this home.
    FileMissing,
    /// There is a file, and it is another.
    FileChanged,
    /// It is the same file, and the words are not on the page.
    NotOnPage,
    /// The file could not be read.
    Unreadable(Problem),
}

/// A quotation that was looked up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verified {
    /// The quotation.
    #[serde(flatten)]
    pub claim: Claim,
    /// What became of it.
    pub finding: Finding,
}

impl Engine {
    /// Looks up every quotation of an export (the bytes of its JSON), in the export's order, in the
    /// files this home knows and those a person names. The export's own paths are not followed: an
    /// export is a foreign file, and a path in it can lead to another machine or to a device.
    pub fn verify_export(
        &self,
        export: &[u8],
        named: &[PathBuf],
        cancel: &CancelToken,
    ) -> Result<Vec<Verified>> {
        let claims = reread::claims(export)?;
        let mut files: BTreeMap<&str, Vec<&Claim>> = BTreeMap::new();
        for claim in &claims {
            files.entry(&claim.document.sha256).or_default().push(claim);
        }
        let mut read = BTreeMap::new();
        for (sha256, claims) in files {
            let pages = self.pages_of(&claims[0].document, &claims, named, cancel)?;
            read.insert(sha256, pages);
        }
        let finding = |claim: &Claim| match &read[claim.document.sha256.as_str()] {
            Ok(pages) => stands(claim, pages),
            Err(finding) => finding.clone(),
        };
        Ok(claims.iter().map(|c| Verified { claim: c.clone(), finding: finding(c) }).collect())
    }

    /// The texts of the pages that are quoted, or why there are none.
    fn pages_of(
        &self,
        document: &DocumentRef,
        claims: &[&Claim],
        named: &[PathBuf],
        cancel: &CancelToken,
    ) -> Result<std::result::Result<BTreeMap<PageNumber, String>, Finding>> {
        let OpenedAt { path, mut file } = match self.file_with(document, named, cancel) {
            Ok(opened) => opened,
            Err(problem) => return finding_of(problem).map(Err),
        };
        let last = claims.iter().map(|claim| claim.page).max();
        let mut pages = BTreeMap::new();
        // Reading ends with the last page that is quoted.
        let enough = CancelToken::new();
        let read = file.read(&ReadRequest::new(path), &enough, &mut |event| {
            if cancel.is_cancelled() {
                return Err(Problem::cancelled());
            }
            if let ReadEvent::Page(page) = event {
                if Some(page.number) >= last {
                    enough.cancel();
                }
                pages.insert(page.number, page.text);
            }
            Ok(())
        });
        match read {
            Err(problem) if cancel.is_cancelled() => Err(problem),
            Err(problem) if !enough.is_cancelled() => Ok(Err(Finding::Unreadable(problem))),
            _ => Ok(Ok(pages)),
        }
    }

    /// A file with this content: where this home knows one, then where it knows another at the export's
    /// path, which has changed since, then among those that were named.
    fn file_with(
        &self,
        document: &DocumentRef,
        named: &[PathBuf],
        cancel: &CancelToken,
    ) -> Result<OpenedAt<'_>> {
        let mut places = self.store().places_of_content(&document.sha256)?;
        if self.document_at(&document.path)?.is_some() {
            places.push(document.path.clone());
        }
        places.extend(named.iter().cloned());
        self.open_first(&places, &document.sha256, cancel)
    }
}

/// What is said of quotations whose file cannot be had.
fn finding_of(problem: Problem) -> Result<Finding> {
    match problem.code {
        ProblemCode::FileNotFound => Ok(Finding::FileMissing),
        ProblemCode::FileChanged => Ok(Finding::FileChanged),
        ProblemCode::FileUnreadable | ProblemCode::FileTooLarge | ProblemCode::WorkerTimedOut => {
            Ok(Finding::Unreadable(problem))
        }
        _ => Err(problem),
    }
}

fn stands(claim: &Claim, pages: &BTreeMap<PageNumber, String>) -> Finding {
    let is_there = |text: &String| says(text, &claim.quote);
    if pages.get(&claim.page).is_some_and(is_there) { Finding::Stands } else { Finding::NotOnPage }
}
