//! Making the index hold exactly what the store says, after a crash or for a new index.

use crate::Result;
use crate::encoder::EncoderSide;
use std::collections::BTreeSet;
use yinju_core::ports::{IndexEntry, IndexedDocument};
use yinju_core::{DocumentId, DocumentStatus, Language, ModelId, PassageId, PassageIndex};
use yinju_store::Store;

/// Passages handed to the index at once.
const PASSAGES_AT_ONCE: usize = 256;

/// Takes out of the index what the store does not know as searchable, and puts in from the store
/// what is missing. Documents whose vectors are complete become ready here, so that work finished
/// before a crash is never done again; of documents that are still being read, what was found
/// before still is.
pub(crate) fn reconcile(store: &Store, side: &EncoderSide) -> Result<()> {
    let indexed = side.index.census()?;
    let mut stale = Vec::new();
    let mut missing = Vec::new();
    for document in store.documents(None)?.iter().filter(|d| d.status.is_searched()) {
        let id = document.reference.id;
        let nothing = IndexedDocument::default();
        let held = indexed.get(&id).unwrap_or(&nothing);
        let is_whole = matches!(document.status, DocumentStatus::Ready | DocumentStatus::Embedded);
        if !holds(held, store, side, id, is_whole)? {
            stale.extend(indexed.contains_key(&id).then_some(id));
            missing.push(id);
        } else if document.status == DocumentStatus::Embedded {
            store.set_status(id, DocumentStatus::Ready, None)?;
        }
    }
    let searched: BTreeSet<_> = searched(store)?;
    stale.extend(indexed.keys().filter(|document| !searched.contains(document)));
    if !stale.is_empty() {
        tracing::info!(documents = stale.len(), "removing stale documents from the index");
        side.index.remove_documents(&stale)?;
        side.index.commit()?;
    }
    restore(store, side, &missing)
}

fn searched(store: &Store) -> Result<BTreeSet<DocumentId>> {
    let documents = store.documents(None)?.into_iter();
    Ok(documents.filter(|d| d.status.is_searched()).map(|d| d.reference.id).collect())
}

/// Whether the index holds what it should: every passage of a document that is whole, and of one
/// that is not at most those that have a vector.
fn holds(
    held: &IndexedDocument,
    store: &Store,
    side: &EncoderSide,
    document: DocumentId,
    is_whole: bool,
) -> Result<bool> {
    if held.vectors != held.postings {
        return Ok(false);
    }
    if is_whole {
        return Ok(held.vectors == store.passage_ids(document)?);
    }
    let known = store.ids_with_vector(document, &side.spec.id)?;
    Ok(held.vectors.iter().all(|id| known.binary_search(id).is_ok()))
}

/// Puts documents into the index from the store. One that is whole but whose vectors are of another
/// encoder goes back to being parsed, to be embedded again.
fn restore(store: &Store, side: &EncoderSide, documents: &[DocumentId]) -> Result<()> {
    if documents.is_empty() {
        return Ok(());
    }
    for document in documents {
        let known = store.ids_with_vector(*document, &side.spec.id)?;
        let is_queued = store.document(*document)?.status == DocumentStatus::Queued;
        if !is_queued && known.len() < store.passage_ids(*document)?.len() {
            store.set_status(*document, DocumentStatus::Parsed, None)?;
        }
        put_in(store, &*side.index, &side.spec.id, *document, &known)?;
    }
    side.index.commit()?;
    for document in documents {
        if store.document(*document)?.status == DocumentStatus::Embedded {
            store.set_status(*document, DocumentStatus::Ready, None)?;
        }
    }
    Ok(())
}

/// Puts everything that may be searched into an empty index.
pub(crate) fn fill(store: &Store, index: &dyn PassageIndex, encoder: &ModelId) -> Result<()> {
    for document in searched(store)? {
        put_in(store, index, encoder, document, &store.ids_with_vector(document, encoder)?)?;
    }
    index.commit()
}

/// Hands passages of a document with their vectors to the index; not yet committed.
pub(crate) fn put_in(
    store: &Store,
    index: &dyn PassageIndex,
    encoder: &ModelId,
    document: DocumentId,
    passages: &[PassageId],
) -> Result<()> {
    let about = store.document(document)?;
    for ids in passages.chunks(PASSAGES_AT_ONCE) {
        let entries =
            store.with_vectors(ids, encoder)?.into_iter().map(|(passage, vector)| IndexEntry {
                passage: passage.id,
                language: Language::of(&passage.draft.text),
                document,
                library: about.library,
                title: about.reference.title.clone(),
                text: passage.draft.reading(),
                section: passage.draft.section,
                vector,
            });
        index.upsert(&entries.collect::<Vec<_>>())?;
    }
    Ok(())
}
