//! The citations of an answer as they are collected: numbered from 1 in the order they are first
//! shown, equal quotations under one number, each verified again on its page before it counts.
//! Deliberately not here: what is worth citing.

use crate::sources::Candidate;
use yinju_core::text::fold_whitespace;
use yinju_core::{CharRange, Citation, DocumentId, Evidence, PageNumber, Region};

/// Citations and the numbers they are shown under.
pub(crate) struct Cited<'a> {
    evidence: &'a [Evidence],
    citations: Vec<Citation>,
    places: Vec<(DocumentId, PageNumber, CharRange)>,
}

impl<'a> Cited<'a> {
    /// None yet.
    pub fn new(evidence: &'a [Evidence]) -> Self {
        Self { evidence, citations: Vec::new(), places: Vec::new() }
    }

    /// The number a candidate is shown under, or `None` where it cannot be verified.
    pub fn number(&mut self, candidate: &Candidate) -> Option<u32> {
        let hit = &self.evidence.get(candidate.evidence)?.hit;
        let place = (hit.passage.document, candidate.page.number, candidate.range);
        if let Some(known) = self.places.iter().position(|p| *p == place) {
            return Some(self.citations[known].marker);
        }
        let marker = self.citations.len() as u32 + 1;
        let citation = cite(marker, candidate, &self.evidence[candidate.evidence]);
        if !citation.verified {
            return None;
        }
        self.places.push(place);
        self.citations.push(citation);
        Some(marker)
    }

    /// All of them, in order of their numbers.
    pub fn into_citations(self) -> Vec<Citation> {
        self.citations
    }
}

fn cite(marker: u32, candidate: &Candidate, evidence: &Evidence) -> Citation {
    let page = &candidate.page;
    let quote = candidate.text().to_owned();
    let boxes = page.boxes_of(candidate.range);
    let folded = fold_whitespace(&quote);
    let stands = |text: &str| fold_whitespace(text).contains(&folded);
    let verified = !folded.is_empty()
        && !boxes.is_empty()
        && stands(&page.text)
        && stands(&evidence.hit.passage.draft.text);
    Citation {
        marker,
        document: evidence.hit.document.clone(),
        page: page.number,
        label: page.label.clone(),
        quote,
        range: Some(candidate.range),
        regions: vec![Region { page: page.number, boxes }],
        verified,
        doubtful: page.is_doubtful(candidate.range),
        figure: page
            .figure_of(candidate.range)
            .map(|figure| Region { page: page.number, boxes: vec![figure] }),
    }
}
