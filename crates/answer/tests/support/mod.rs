//! Evidence with pages under it, as the reader and the splitter would make them. Shared by the tests
//! beside the code and those in this folder. Not here: any corpus.

use std::num::NonZeroU32;
use std::path::PathBuf;
use yinju_core::{
    ArmScores, BBox, CharRange, DocumentId, DocumentRef, Evidence, Hit, Line, Page, PageNumber,
    PageStatus, Passage, PassageDraft, PassageId, Span,
};

/// One document a text, one page each; passage and page have the same text.
pub fn evidence(texts: &[&str]) -> (Vec<Evidence>, Vec<Page>) {
    let pages: Vec<Page> = texts.iter().map(|text| page(1, text)).collect();
    let spans = |page: &Page| vec![Span { page: page.number, range: whole(page) }];
    let items =
        pages.iter().enumerate().map(|(i, page)| item(i, &page.text, spans(page))).collect();
    (items, pages)
}

/// The passage of document `index` with marker `index + 1`.
pub fn item(index: usize, text: &str, spans: Vec<Span>) -> Evidence {
    let rank = index as u32 + 1;
    let document = DocumentId(u64::from(rank));
    let draft = PassageDraft {
        ordinal: 0,
        text: text.into(),
        spans,
        section: vec![],
        tokens: 1,
        markdown: None,
    };
    Evidence {
        marker: rank,
        hit: Hit {
            rank,
            score: 1.0 / f32::from(rank as u16),
            arms: ArmScores::default(),
            passage: Passage { id: PassageId(u64::from(rank)), document, draft },
            document: DocumentRef {
                id: document,
                title: format!("Document {rank}"),
                path: PathBuf::from(format!("document-{rank}.pdf")),
                sha256: format!("{rank:064x}"),
            },
            regions: vec![],
        },
    }
}

/// A page whose every line has a box.
pub fn page(number: u32, text: &str) -> Page {
    Page {
        number: PageNumber(NonZeroU32::new(number).unwrap()),
        label: None,
        width: 595.0,
        height: 842.0,
        status: PageStatus::Text,
        text: text.to_owned(),
        blocks: vec![],
        lines: lines(text),
        warnings: vec![],
    }
}

fn lines(text: &str) -> Vec<Line> {
    let (mut lines, mut start) = (Vec::new(), 0);
    for (row, line) in text.split('\n').enumerate() {
        let len = line.chars().count();
        let top = (row as f32 * 0.02).min(0.9);
        let edges = (0..len).map(|i| [(i * 60) as u16, (i * 60 + 50) as u16]).collect();
        let range = CharRange::new(start, start + len);
        lines.push(Line {
            range,
            bbox: BBox::new(0.0, top, 1.0, top + 0.015),
            edges,
            vertical: false,
            confidence: None,
        });
        start += len + 1;
    }
    lines
}

/// All of a page's text.
pub fn whole(page: &Page) -> CharRange {
    CharRange::new(0, page.text.chars().count())
}

#[allow(dead_code, reason = "the unit tests need evidence alone")]
/// Looks pages of [`evidence`] up: document `n` is page list entry `n - 1`.
pub fn lookup(pages: &[Page]) -> impl Fn(DocumentId, PageNumber) -> Option<Page> + '_ {
    |document, number| {
        pages.get(document.0 as usize - 1).filter(|page| page.number == number).cloned()
    }
}
