//! What stands beside an answer in every laid-out format: citations, refusals, sentences without support.

use crate::words::{Words, file_name, page_list, title};
use serde::Serialize;
use yinju_core::{Answer, Citation, Hit, Refusal, Support};

/// The sentences that nothing supports.
pub(crate) fn unsupported(answer: &Answer) -> impl Iterator<Item = &str> {
    let open = answer.sentences.iter().filter(|s| s.support == Support::Unsupported);
    open.map(|sentence| sentence.text.as_str())
}

#[derive(Serialize)]
pub(crate) struct Cited {
    pub marker: u32,
    pub title: String,
    pub file: String,
    pub page: String,
    pub quote: String,
    pub sha256: String,
}

impl Cited {
    pub fn of(words: &Words, citation: &Citation) -> Self {
        Self {
            marker: citation.marker,
            title: title(&citation.document),
            file: file_name(&citation.document),
            page: words.page_of(citation),
            quote: citation.quote.clone(),
            sha256: citation.document.sha256.clone(),
        }
    }
}

#[derive(Serialize)]
pub(crate) struct Refused {
    pub message: &'static str,
    /// Words of the question that no document holds.
    pub missing: Vec<String>,
    pub nearest: Vec<Near>,
    pub unreadable: Vec<(String, String)>,
}

impl Refused {
    pub fn of(words: &Words, refusal: &Refusal) -> Self {
        let unreadable = refusal.unreadable_pages.iter();
        Self {
            message: words.refusal(refusal.code),
            missing: refusal.missing.clone(),
            nearest: refusal.nearest.iter().map(|hit| Near::of(words, hit)).collect(),
            unreadable: unreadable.map(|u| (file_name(&u.document), page_list(&u.pages))).collect(),
        }
    }
}

#[derive(Serialize)]
pub(crate) struct Near {
    pub file: String,
    pub pages: String,
    pub text: String,
}

impl Near {
    pub fn of(words: &Words, hit: &Hit) -> Self {
        let pages: Vec<String> =
            hit.passage.pages().iter().map(|page| words.page(*page, None)).collect();
        Self {
            file: file_name(&hit.document),
            pages: pages.join(", "),
            text: hit.passage.draft.text.clone(),
        }
    }
}
