//! Conversations to export.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::PathBuf;
use yinju_core::answer::UnreadablePages;
use yinju_core::ports::PagePicture;
use yinju_core::{
    Answer, ArmScores, BBox, Bibliography, CharRange, ChatId, Citation, DocumentId, DocumentRef,
    Evidence, Hit, PageNumber, Passage, PassageDraft, PassageId, Refusal, RefusalCode, Region,
    Span, Support, Timings, TokenCounts, WorkKind,
};
use yinju_export::{Conversation, Format, export};

pub fn page(number: u32) -> PageNumber {
    PageNumber(NonZeroU32::new(number).unwrap())
}

pub fn document(path: &str, title: &str) -> DocumentRef {
    DocumentRef {
        id: DocumentId(path.len() as u64),
        title: title.into(),
        path: PathBuf::from(path),
        sha256: "0123abcd".repeat(8),
    }
}

pub fn citation(marker: u32, document: DocumentRef, label: Option<&str>, quote: &str) -> Citation {
    let boxes = vec![BBox::new(0.125, 0.25, 0.5, 0.75)];
    Citation {
        marker,
        document,
        page: page(12),
        label: label.map(Into::into),
        quote: quote.into(),
        range: None,
        regions: vec![Region { page: page(12), boxes }],
        verified: true,
        doubtful: false,
        figure: None,
    }
}

pub fn hit(document: DocumentRef, text: &str) -> Hit {
    let spans = vec![Span { page: page(3), range: CharRange::new(0, text.chars().count()) }];
    let draft = PassageDraft {
        ordinal: 0,
        text: text.into(),
        spans,
        section: vec!["2 方法".into()],
        tokens: 9,
        markdown: None,
    };
    let passage = Passage { id: PassageId(7), document: document.id, draft };
    Hit { rank: 1, score: 0.5, arms: ArmScores::default(), passage, document, regions: vec![] }
}

pub fn answer(question: &str, text: &str, citations: Vec<Citation>) -> Answer {
    let mut answer = Answer {
        question: question.into(),
        text: text.into(),
        refused: false,
        refusal: None,
        model: Some("qwen2.5-coder-0.5b-instruct".into()),
        citations,
        evidence: vec![],
        removed_markers: vec![],
        timings: Timings::default(),
        tokens: TokenCounts::default(),
        chat: Some(ChatId(4)),
        ..Answer::default()
    };
    yinju_answer::layout::carry_over(&mut answer);
    for sentence in answer.sentences.iter_mut().filter(|s| s.text.starts_with("没有依据")) {
        sentence.support = Support::Unsupported;
    }
    answer
}

pub fn refused(question: &str, nearest: Vec<Hit>) -> Answer {
    let unreadable = UnreadablePages {
        document: document("/home/某人/扫描件.pdf", "扫描件"),
        pages: vec![page(2), page(5)],
    };
    let refusal = Refusal {
        code: RefusalCode::NotInDocuments,
        nearest,
        missing: vec!["首席执行官".into()],
        unreadable_pages: vec![unreadable],
    };
    let mut answer = answer(question, "", vec![]);
    answer.sentences.clear();
    Answer { refused: true, refusal: Some(refusal), model: None, ..answer }
}

pub fn conversation() -> Conversation {
    let report = document("/home/某人/合同/年度报告 2025.pdf", "年度报告");
    let windows = document(r"C:\Users\someone\paper.pdf", r"C:\Users\someone\paper.docx");
    let citations = vec![
        citation(1, report.clone(), Some("xii"), "营业收入为 3.5 亿元，\n同比增长 *12%*。"),
        citation(2, windows, Some("12"), "Revenue rose [3] by 12 %."),
    ];
    let mut first = answer(
        "收入是多少？",
        "营业收入为 **3.5 亿元**[1]，增长 12%[2]。\n\n- `a[1]` 是代码\n- 没有依据的。",
        citations,
    );
    first.evidence =
        vec![Evidence { marker: 1, hit: hit(report.clone(), "营业收入为 3.5 亿元。") }];
    Conversation {
        title: "收入 <与> 增长".into(),
        created: "2026-11-23T19:41:14Z".into(),
        turns: vec![first, refused("首席执行官是谁？", vec![hit(report, "董事会\n由九人组成。")])],
        references: BTreeMap::new(),
        pictures: BTreeMap::new(),
    }
}

/// With a picture of the place of the first turn's quotations.
pub fn pictured(conversation: Conversation) -> Conversation {
    let png = include_bytes!("words.png").to_vec();
    let picture = PagePicture { width: 40, height: 20, png };
    let markers = conversation.turns[0].citations.iter().map(|citation| citation.marker);
    let pictures = markers.map(|marker| ((0, marker), picture.clone())).collect();
    Conversation { pictures, ..conversation }
}

pub fn text(conversation: &Conversation, format: Format) -> String {
    String::from_utf8(export(conversation, format).unwrap()).unwrap()
}

/// The same text in every place that holds text.
pub fn filled_with(hostile: &str) -> Conversation {
    let document = document(&format!("/tmp/{}", hostile.replace('/', ":")), hostile);
    let mut turn =
        answer(hostile, hostile, vec![citation(1, document.clone(), Some(hostile), hostile)]);
    turn.model = Some(hostile.into());
    for sentence in &mut turn.sentences {
        sentence.support = Support::Unsupported;
    }
    Conversation {
        title: hostile.into(),
        created: hostile.into(),
        references: BTreeMap::from([(document.id, hostile_record(hostile))]),
        pictures: BTreeMap::new(),
        turns: vec![turn, refused(hostile, vec![hit(document, hostile)])],
    }
}

fn hostile_record(hostile: &str) -> Bibliography {
    let text = || hostile.to_owned();
    Bibliography {
        kind: WorkKind::Article,
        title: text(),
        authors: vec![text(), format!("{hostile}, Ann"), "Ann Other".into()],
        date: text(),
        container: text(),
        volume: text(),
        issue: text(),
        pages: text(),
        publisher: text(),
        place: text(),
        edition: text(),
        number: text(),
        doi: text(),
        isbn: text(),
        url: text(),
    }
}

/// Works of every kind, in Chinese and English, each cited; the first twice.
pub fn library() -> Conversation {
    let records: Vec<Bibliography> = serde_json::from_str(include_str!("records.json")).unwrap();
    let documents: Vec<DocumentRef> = (0u64..)
        .zip(&records)
        .map(|(n, record)| DocumentRef {
            id: DocumentId(n + 1),
            ..document(&format!("/home/某人/{n}.pdf"), &record.title)
        })
        .collect();
    let markers = (1u32..).zip(&documents);
    let mut citations: Vec<Citation> =
        markers.map(|(n, document)| citation(n, document.clone(), None, "原文")).collect();
    citations.push(Citation { page: page(3), ..citation(99, documents[0].clone(), None, "again") });
    let sentences: Vec<String> =
        citations.iter().map(|c| format!("句子[{}]。", c.marker)).collect();
    Conversation {
        title: "文献".into(),
        created: "2026-11-23T19:41:14Z".into(),
        turns: vec![answer("有哪些文献？", &sentences.concat(), citations)],
        references: documents.iter().map(|document| document.id).zip(records).collect(),
        pictures: BTreeMap::new(),
    }
}
