//! The real worker splits as the splitter itself does, and says of a tokenizer that is none that it is
//! damaged.

#![allow(clippy::unwrap_used)]

use std::path::Path;
use yinju_core::{
    Block, BlockKind, CharRange, EncoderSpec, ModelId, Page, PageNumber, PageStatus, PassageDraft,
    PassageSplitter, Pooling, Problem, ProblemCode,
};
use yinju_split::{SplitConfig, Splitter};
use yinju_supervisor::{WorkerConfig, WorkerSplitter};

/// One token a word.
const TOKENIZER: &str = r#"{
    "version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": null,
    "pre_tokenizer": {"type": "Whitespace"}, "post_processor": null, "decoder": null,
    "model": {"type": "WordLevel", "vocab": {"[UNK]": 0}, "unk_token": "[UNK]"}
}"#;

fn worker(folder: &Path) -> WorkerSplitter {
    let spec = EncoderSpec {
        id: ModelId::from_static("made"),
        folder: folder.to_owned(),
        dimensions: 2,
        max_tokens: 8,
        pooling: Pooling::Mean,
        normalize: false,
        query_prefix: String::new(),
        passage_prefix: String::new(),
        late_interaction: false,
    };
    WorkerSplitter::new(WorkerConfig::new(env!("CARGO_BIN_EXE_yinju-worker"), "none"), spec)
}

/// Paragraphs of different lengths, the last of which runs on to the next page, and a footnote.
fn page(index: usize) -> Page {
    let mut text = String::new();
    let mut blocks = Vec::new();
    for paragraph in 0..4 {
        let start = text.chars().count();
        text.push_str(&format!("第{index} page {paragraph} ").repeat(30 + 40 * paragraph));
        text.push_str("\n\n");
        let kind = if paragraph == 0 { BlockKind::Footnote } else { BlockKind::Paragraph };
        let range = CharRange::new(start, text.chars().count());
        blocks.push(Block { kind, level: None, range, boxes: Vec::new(), table: None });
    }
    Page {
        number: PageNumber::from_index(index),
        label: None,
        width: 595.0,
        height: 842.0,
        status: PageStatus::Text,
        text,
        blocks,
        lines: Vec::new(),
        warnings: Vec::new(),
    }
}

fn split(splitter: &dyn PassageSplitter, pages: &[Page]) -> Result<Vec<PassageDraft>, Problem> {
    let mut splitting = splitter.begin(&[]);
    let mut passages = Vec::new();
    for page in pages {
        passages.extend(splitting.push(page)?);
    }
    passages.extend(splitting.finish()?);
    Ok(passages)
}

#[test]
fn a_worker_splits_as_the_splitter_does() {
    let folder = tempfile::tempdir().unwrap();
    let tokenizer = folder.path().join("tokenizer.json");
    std::fs::write(&tokenizer, TOKENIZER).unwrap();
    let here = Splitter::from_file(&tokenizer, SplitConfig::default()).unwrap();
    let there = worker(folder.path());
    for count in [0, 1, 20] {
        let pages: Vec<_> = (0..count).map(page).collect();
        let passages = split(&there, &pages).unwrap();
        assert_eq!(passages, split(&here, &pages).unwrap());
        assert_eq!(passages.is_empty(), pages.is_empty());
    }
}

#[test]
fn a_tokenizer_that_is_none_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let code = || split(&worker(folder.path()), &[page(0)]).unwrap_err().code;
    assert_eq!(code(), ProblemCode::ModelDamaged);
    for text in ["", "{}", "[[[[", r#"{"version":"1.0","model":{"type":"BPE"}}"#] {
        std::fs::write(folder.path().join("tokenizer.json"), text).unwrap();
        assert_eq!(code(), ProblemCode::ModelDamaged, "{text}");
    }
}
