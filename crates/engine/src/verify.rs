//! Whether what an exported conversation quotes still stands where it says: the file is there, it is the
//! same file, and the words are on the page. The files are read again; what the store knows is not asked.

use crate::import::reading::hash;
use crate::{Engine, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use yinju_core::ports::{ReadEvent, ReadRequest};
use yinju_core::text::fold_whitespace;
use yinju_core::{CancelToken, DocumentRef, PageNumber, Problem};
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
        let mut files: BTreeMap<String, Vec<&Claim>> = BTreeMap::new();
        for claim in &claims {
            files.entry(claim.document.sha256.clone()).or_default().push(claim);
        }
        let mut findings = BTreeMap::new();
        for (sha256, claims) in files {
            let pages = self.pages_of(&claims[0].document, &claims, named, cancel)?;
            for claim in claims {
                let finding = match &pages {
                    Ok(pages) => stands(claim, pages),
                    Err(finding) => finding.clone(),
                };
                findings.insert((sha256.clone(), claim.turn, claim.marker), finding);
            }
        }
        let finding = |claim: &Claim| {
            let key = (claim.document.sha256.clone(), claim.turn, claim.marker);
            findings.get(&key).cloned().unwrap_or(Finding::FileMissing)
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
        let path = match self.file_with(document, named)? {
            Ok(path) => path,
            Err(finding) => return Ok(Err(finding)),
        };
        let last = claims.iter().map(|claim| claim.page).max();
        let mut pages = BTreeMap::new();
        // Reading ends with the last page that is quoted.
        let enough = CancelToken::new();
        let read = self.0.adapters.reader.read(&ReadRequest::new(path), &enough, &mut |event| {
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

    /// Where a file with this content is. A known file at the export's path that is another one, or
    /// one that was named and is not it, is told as changed.
    fn file_with(
        &self,
        document: &DocumentRef,
        named: &[PathBuf],
    ) -> Result<std::result::Result<PathBuf, Finding>> {
        let known = self.store().documents(None)?.into_iter().map(|known| known.reference);
        let same =
            |known: &DocumentRef| known.sha256 == document.sha256 || known.path == document.path;
        let known = known.filter(same).map(|known| known.path);
        let mut seen = false;
        for path in known.chain(named.iter().cloned()) {
            if !path.is_file() {
                continue;
            }
            seen = true;
            if has_content(&path, &document.sha256) {
                return Ok(Ok(path));
            }
        }
        Ok(Err(if seen { Finding::FileChanged } else { Finding::FileMissing }))
    }
}

fn has_content(path: &Path, sha256: &str) -> bool {
    hash(path).is_ok_and(|(found, _)| found == sha256)
}

fn stands(claim: &Claim, pages: &BTreeMap<PageNumber, String>) -> Finding {
    let quote = fold_whitespace(&claim.quote);
    let is_there = |text: &String| !quote.is_empty() && fold_whitespace(text).contains(&quote);
    if pages.get(&claim.page).is_some_and(is_there) { Finding::Stands } else { Finding::NotOnPage }
}
