//! Answers for unit tests.

use std::num::NonZeroU32;
use yinju_core::{Answer, Citation, DocumentId, DocumentRef, PageNumber};

/// An answer with citations 1 to `cited`, of as many documents.
pub(crate) fn answer(text: &str, cited: u32) -> Answer {
    let mut answer = Answer {
        question: "问题？".into(),
        text: text.into(),
        citations: (1..=cited).map(citation).collect(),
        ..Answer::default()
    };
    yinju_answer::layout::carry_over(&mut answer);
    answer
}

fn citation(marker: u32) -> Citation {
    let document = DocumentRef {
        id: DocumentId(marker.into()),
        title: format!("Document {marker}"),
        path: format!("/home/someone/{marker}.pdf").into(),
        sha256: "0123abcd".repeat(8),
    };
    let page = PageNumber(NonZeroU32::new(marker).unwrap());
    let quote = format!("quote {marker}");
    Citation {
        marker,
        document,
        page,
        label: None,
        quote,
        range: None,
        regions: vec![],
        verified: true,
        doubtful: false,
        figure: None,
    }
}
