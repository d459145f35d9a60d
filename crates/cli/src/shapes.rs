//! The JSON of `cli.md`, made from the nouns of `core`.

use serde_json::{Value, json};
use std::path::PathBuf;
use yinju_core::{Answer, Document, DocumentRef, Evidence, Hit, Page, Refusal};
use yinju_engine::{ImportProgress, Job, LibrarySummary, PageSummary, SearchResult};

/// `{id, title, path, sha256}`.
pub fn document_ref(document: &DocumentRef) -> Value {
    json!({
        "id": document.id.to_string(),
        "title": document.title,
        "path": document.path.to_string_lossy(),
        "sha256": document.sha256,
    })
}

/// A passage that was found.
pub fn hit(hit: &Hit) -> Value {
    let passage = &hit.passage;
    json!({
        "rank": hit.rank,
        "score": hit.score,
        "scores": hit.arms,
        "passage_id": passage.id.to_string(),
        "document": document_ref(&hit.document),
        "pages": passage.pages(),
        "section": passage.draft.section,
        "text": passage.draft.text,
        "regions": hit.regions,
    })
}

/// The result of a search.
pub fn search(result: &SearchResult) -> Value {
    let mut value = json!({
        "query": result.query,
        "mode": result.mode,
        "took_ms": result.took_ms,
        "hits": result.hits.iter().map(hit).collect::<Vec<_>>(),
    });
    if let Some(narrowed) = &result.narrowed {
        let documents = narrowed.documents.iter().map(document_ref).collect::<Vec<_>>();
        value["narrowed"] = json!({
            "documents": documents, "passages": narrowed.passages, "nowhere": narrowed.nowhere,
        });
    }
    if let Some(waiting) = &result.waiting {
        value["waiting"] = json!(waiting);
    }
    if !result.warnings.is_empty() {
        value["warnings"] = json!(result.warnings);
    }
    value
}

/// A passage as the model was shown it.
pub fn evidence(evidence: &Evidence) -> Value {
    let mut value = hit(&evidence.hit);
    value["marker"] = json!(evidence.marker);
    value
}

/// Why nothing was answered.
pub fn refusal(refusal: &Refusal) -> Value {
    let unreadable = refusal.unreadable_pages.iter().map(|unreadable| {
        json!({ "document": document_ref(&unreadable.document), "pages": unreadable.pages })
    });
    json!({
        "code": refusal.code,
        "nearest": refusal.nearest.iter().map(hit).collect::<Vec<_>>(),
        "missing": refusal.missing,
        "unreadable_pages": unreadable.collect::<Vec<_>>(),
    })
}

/// A checked answer.
pub fn answer(answer: &Answer) -> Value {
    let citations = answer.citations.iter().map(|citation| {
        json!({
            "marker": citation.marker,
            "document": document_ref(&citation.document),
            "page": citation.page,
            "quote": citation.quote,
            "range": citation.range,
            "regions": citation.regions,
            "verified": citation.verified,
            "doubtful": citation.doubtful,
            "figure": citation.figure,
        })
    });
    json!({
        "question": answer.question,
        "answer": answer.text,
        "refused": answer.refused,
        "refusal": answer.refusal.as_ref().map(refusal),
        "model": answer.model,
        "citations": citations.collect::<Vec<_>>(),
        "sentences": answer.sentences,
        "evidence": answer.evidence.iter().map(evidence).collect::<Vec<_>>(),
        "removed_markers": answer.removed_markers,
        "timings_ms": answer.timings,
        "tokens": answer.tokens,
        "chat": answer.chat.map(|id| id.to_string()),
        "reasoning": answer.reasoning,
        "interrupted": answer.interrupted,
        "provenance": answer.provenance,
    })
}

/// A page as it was read.
pub fn page(page: &Page) -> Value {
    let blocks = page.blocks.iter().map(|block| {
        let mut value = json!({
            "kind": block.kind,
            "text": page.slice(block.range),
            "boxes": block.boxes,
        });
        if let Some(level) = block.level {
            value["level"] = json!(level);
        }
        if let Some(table) = &block.table {
            value["rows"] = json!(table.rows);
            value["header_rows"] = json!(table.header_rows);
            value["spans"] = json!(table.spans);
            value["continues"] = json!(table.continues);
        }
        value
    });
    json!({
        "page": page.number,
        "label": page.label,
        "width": page.width,
        "height": page.height,
        "status": page.status,
        "text": page.text,
        "blocks": blocks.collect::<Vec<_>>(),
        "confidence": page.confidence().map(|c| f32::from(c) / 100.0),
        "warnings": page.warnings,
    })
}

/// A line of a document's X-ray.
pub fn page_summary(page: &PageSummary) -> Value {
    json!({
        "page": page.number,
        "label": page.label,
        "status": page.status,
        "characters": page.characters,
        "confidence": page.confidence.map(|c| f32::from(c) / 100.0),
        "warnings": page.warnings,
    })
}

/// A document with its status and coverage, and all places of its file. A name that is not Unicode comes
/// with U+FFFD for what is not.
pub fn document(document: &Document, places: &[PathBuf]) -> Value {
    let mut value = document_ref(&document.reference);
    value["library"] = json!(document.library.to_string());
    value["status"] = json!(document.status);
    value["bytes"] = json!(document.bytes);
    value["pages"] = json!(document.pages);
    value["passages"] = json!(document.passages);
    value["coverage"] = json!(document.coverage);
    value["unread"] = json!(document.coverage.unread());
    value["error"] = json!(document.problem);
    value["places"] = places.iter().map(|place| place.to_string_lossy()).collect();
    value
}

/// A library and how much is in it.
pub fn library(library: &LibrarySummary) -> Value {
    json!({
        "id": library.id.to_string(),
        "name": library.name,
        "documents": library.documents,
        "ready": library.ready,
        "pages": library.pages,
        "passages": library.passages,
    })
}

/// A step of an import; the last of a document says how many pages nobody could read.
pub fn progress(progress: &ImportProgress, unread: Option<u32>) -> Value {
    let mut value = json!({
        "document": progress.document.map(|id| id.to_string()),
        "path": progress.path.to_string_lossy(),
        "stage": progress.stage,
        "done": progress.done,
        "total": progress.total,
        "error": progress.error,
    });
    if let Some(unread) = unread {
        value["unread"] = json!(unread);
    }
    if let Some(hashing) = progress.hashing {
        value["hashing"] = json!(hashing);
    }
    value
}

/// A file on the queue.
pub fn job(job: &Job) -> Value {
    json!({
        "id": job.id.to_string(),
        "path": job.path.to_string_lossy(),
        "library": job.library.to_string(),
        "state": if job.set_aside.is_some() { "set_aside" } else { "waiting" },
        "attempts": job.attempts,
        "reason": job.set_aside.as_ref().map(|problem| &problem.message),
    })
}
