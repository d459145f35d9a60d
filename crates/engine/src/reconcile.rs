//! Making the index hold exactly what the store says, after a crash or for a new index.

use crate::Result;
use crate::encoder::EncoderSide;
use std::collections::BTreeSet;
use yinju_core::ports::{IndexEntry, IndexedDocument};
use yinju_core::{DocumentId, DocumentStatus};
use yinju_store::Store;

/// Takes out of the index what the store does not know as searchable, and puts in from the store
/// what is missing. Documents whose vectors are complete become ready here, so that work finished
/// before a crash is never done again.
pub(crate) fn reconcile(store: &Store, side: &EncoderSide) -> Result<()> {
    let ready: BTreeSet<_> =
        store.documents_with_status(DocumentStatus::Ready)?.into_iter().collect();
    let indexed = side.index.census()?;
    let mut stale = Vec::new();
    let mut missing = Vec::new();
    for (document, held) in &indexed {
        if !ready.contains(document) {
            stale.push(*document);
        } else if !holds(held, store, *document)? {
            stale.push(*document);
            missing.push(*document);
        }
    }
    for document in &ready {
        if !indexed.contains_key(document) && !store.passage_ids(*document)?.is_empty() {
            missing.push(*document);
        }
    }
    if !stale.is_empty() {
        tracing::info!(documents = stale.len(), "removing stale documents from the index");
        side.index.remove_documents(&stale)?;
        side.index.commit()?;
    }
    missing.extend(store.documents_with_status(DocumentStatus::Embedded)?);
    restore(store, side, &missing)
}

fn holds(held: &IndexedDocument, store: &Store, document: DocumentId) -> Result<bool> {
    let ids = store.passage_ids(document)?;
    Ok(held.vectors == ids && held.postings == ids)
}

/// Puts documents into the index from the store. One whose vectors are of another encoder goes
/// back to being parsed, to be embedded again.
fn restore(store: &Store, side: &EncoderSide, documents: &[DocumentId]) -> Result<()> {
    for document in documents {
        if store.passages_without_vector(*document, &side.spec.id)?.is_empty() {
            index_document(store, side, *document)?;
        } else {
            store.set_status(*document, DocumentStatus::Parsed, None)?;
        }
    }
    if documents.is_empty() {
        return Ok(());
    }
    side.index.commit()?;
    for document in documents {
        if store.document(*document)?.status == DocumentStatus::Embedded {
            store.set_status(*document, DocumentStatus::Ready, None)?;
        }
    }
    Ok(())
}

/// Hands a document's passages and vectors to the index; not yet committed.
pub(crate) fn index_document(
    store: &Store,
    side: &EncoderSide,
    document: DocumentId,
) -> Result<u32> {
    let about = store.document(document)?;
    let entries: Vec<_> = store
        .passages_with_vectors(document, &side.spec.id)?
        .into_iter()
        .map(|(passage, vector)| IndexEntry {
            passage: passage.id,
            document,
            library: about.library,
            title: about.reference.title.clone(),
            section: passage.draft.section,
            text: passage.draft.reading(),
            vector,
        })
        .collect();
    for batch in entries.chunks(256) {
        side.index.upsert(batch)?;
    }
    Ok(entries.len() as u32)
}
