//! What became of quotations whose documents changed since: the words are looked up in what is there now.
//! Not here: how they are followed (`answer`).

use crate::{Engine, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use yinju_answer::anchor::{Fate, Quoted, Span, VersionText, follow};
use yinju_core::{
    ChatId, Citation, DocumentId, DocumentRef, DocumentStatus, LibraryId, Page, PageNumber, Region,
};

/// Pages read from the store at once.
const PAGES_AT_ONCE: usize = 64;
/// Shares of a page by which a box may differ and still be where it was.
const SAME_PLACE: f32 = 0.01;

/// What became of a quotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuoteState {
    /// The words stand elsewhere.
    Moved,
    /// They were altered, or others stand in their place.
    Changed,
    /// They are nowhere.
    Gone,
}

/// A quotation that no longer stands as it was shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reviewed {
    /// The conversation.
    pub chat: ChatId,
    /// The answer, from 1.
    pub turn: u32,
    /// The number of the citation in it.
    pub marker: u32,
    /// What became of it.
    pub state: QuoteState,
    /// The document as it is now.
    pub document: DocumentRef,
    /// The page it was quoted from.
    pub page: PageNumber,
    /// The words as they were.
    pub quote: String,
    /// What stands there now; none where they are gone.
    pub now: Option<NowThere>,
}

/// What stands there now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NowThere {
    /// The page it begins on.
    pub page: PageNumber,
    /// The words.
    pub quote: String,
    /// Where they stand.
    pub regions: Vec<Region>,
}

/// A document and its text as it is now.
struct Current {
    document: DocumentRef,
    text: VersionText,
}

impl Engine {
    /// Quotations of one library's documents, or of all, that no longer stand as they were shown, because
    /// the files changed; conversation by conversation. Those of a document that is being read wait until
    /// it is.
    pub fn review(&self, library: Option<LibraryId>) -> Result<Vec<Reviewed>> {
        let mut reviewed = Vec::new();
        for id in self.store().documents_with_versions()? {
            let document = self.store().document(id)?;
            let is_read = !matches!(document.status, DocumentStatus::Queued);
            if is_read && library.is_none_or(|library| library == document.library) {
                reviewed.extend(self.review_document(id, document.reference)?);
            }
        }
        reviewed.sort_by_key(|reviewed| (reviewed.chat, reviewed.turn, reviewed.marker));
        Ok(reviewed)
    }

    fn review_document(&self, id: DocumentId, document: DocumentRef) -> Result<Vec<Reviewed>> {
        let turns = self.store().turns_citing(id)?;
        let is_old = |citation: &&Citation| {
            citation.document.id == id && citation.document.sha256 != document.sha256
        };
        if !turns.iter().flat_map(|(_, _, answer)| &answer.citations).any(|c| is_old(&c)) {
            return Ok(Vec::new());
        }
        let current = Current { text: self.new_text_of(id)?, document };
        let mut before: BTreeMap<String, Option<VersionText>> = BTreeMap::new();
        let mut reviewed = Vec::new();
        for (chat, ordinal, answer) in &turns {
            for citation in answer.citations.iter().filter(|citation| {
                citation.document.id == id && citation.document.sha256 != current.document.sha256
            }) {
                let sha256 = &citation.document.sha256;
                if !before.contains_key(sha256) {
                    let texts = self.store().version_texts(id, sha256)?;
                    before.insert(sha256.clone(), texts.map(VersionText::of));
                }
                let old = before[sha256].as_ref();
                let Some((state, now)) = self.look_up(citation, old, &current)? else { continue };
                reviewed.push(Reviewed {
                    chat: *chat,
                    turn: ordinal + 1,
                    marker: citation.marker,
                    state,
                    document: current.document.clone(),
                    page: citation.page,
                    quote: citation.quote.clone(),
                    now,
                });
            }
        }
        Ok(reviewed)
    }

    /// None where the words stand where they stood.
    fn look_up(
        &self,
        citation: &Citation,
        old: Option<&VersionText>,
        Current { document, text }: &Current,
    ) -> Result<Option<(QuoteState, Option<NowThere>)>> {
        let Citation { quote, page, range, .. } = citation;
        let quoted = Quoted { quote, page: *page, range: *range };
        let (state, spans) = match follow(&quoted, old, text) {
            Fate::Stand(spans) => (QuoteState::Moved, spans),
            Fate::Changed(spans) => (QuoteState::Changed, spans),
            Fate::Gone => return Ok(Some((QuoteState::Gone, None))),
        };
        let now = self.now_there(document.id, text, &spans)?;
        let stands = state == QuoteState::Moved && is_where_it_was(citation, &now);
        Ok((!stands).then_some((state, Some(now))))
    }

    fn now_there(
        &self,
        document: DocumentId,
        text: &VersionText,
        spans: &[Span],
    ) -> Result<NowThere> {
        let mut regions = Vec::new();
        for Span { page, range } in spans {
            let boxes = self.store().page(document, *page)?.map(|page| page.boxes_of(*range));
            regions.push(Region { page: *page, boxes: boxes.unwrap_or_default() });
        }
        let words: Vec<String> = spans.iter().map(|span| text.words(span)).collect();
        let page = spans.first().map_or(PageNumber::from_index(0), |span| span.page);
        Ok(NowThere { page, quote: words.join("\n"), regions })
    }

    fn new_text_of(&self, document: DocumentId) -> Result<VersionText> {
        let mut texts = Vec::new();
        let mut last = None;
        loop {
            let pages: Vec<Page> = self.store().pages_after(document, last, PAGES_AT_ONCE)?;
            let Some(page) = pages.last() else { return Ok(VersionText::of(texts)) };
            last = Some(page.number);
            texts.extend(pages.into_iter().map(|page| (page.number, page.text)));
        }
    }
}

fn is_where_it_was(citation: &Citation, now: &NowThere) -> bool {
    let edges = |regions: &[Region]| {
        let boxes = regions.iter().flat_map(|region| &region.boxes);
        boxes.flat_map(|b| [b.x0, b.y0, b.x1, b.y1]).collect::<Vec<f32>>()
    };
    let (before, after) = (edges(&citation.regions), edges(&now.regions));
    citation.page == now.page
        && before.len() == after.len()
        && before.iter().zip(&after).all(|(a, b)| (a - b).abs() <= SAME_PLACE)
}
