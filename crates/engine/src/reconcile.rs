//! Making the index hold exactly what the store says, after a crash or for a new index.

use crate::Result;
use crate::encoder::EncoderSide;
use std::collections::BTreeSet;
use yinju_core::ports::{IndexEntry, IndexVector, IndexedDocument};
use yinju_core::{
    Document, DocumentId, DocumentStatus, Language, ModelId, PassageId, PassageIndex,
};
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
        if !holds(held, store, side, document)? {
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

/// Whether the index holds what it should: the words of every passage of a document that is read, with
/// the vectors of one that is whole, and of one that is still being read at most what there is.
fn holds(
    held: &IndexedDocument,
    store: &Store,
    side: &EncoderSide,
    document: &Document,
) -> Result<bool> {
    let id = document.reference.id;
    let passages = store.passage_ids(id)?;
    let are_all = |some: &[PassageId], of: &[PassageId]| {
        some.windows(2).all(|pair| pair[0] < pair[1])
            && some.iter().all(|id| of.binary_search(id).is_ok())
    };
    let has_words = match document.status {
        DocumentStatus::Queued => are_all(&held.postings, &passages),
        _ => held.postings == passages,
    };
    let has_vectors = match document.status {
        DocumentStatus::Ready | DocumentStatus::Embedded => held.vectors == passages,
        _ => {
            let known = store.ids_with_vector(id, &side.spec.id)?;
            are_all(&held.vectors, &known) && are_all(&held.vectors, &held.postings)
        }
    };
    Ok(has_words && has_vectors)
}

/// Puts documents into the index from the store. One that is whole but whose vectors are of another
/// encoder goes back to being parsed, to be embedded again, and is found by its words meanwhile.
fn restore(store: &Store, side: &EncoderSide, documents: &[DocumentId]) -> Result<()> {
    if documents.is_empty() {
        return Ok(());
    }
    for document in documents {
        let passages = store.passage_ids(*document)?;
        let is_queued = store.document(*document)?.status == DocumentStatus::Queued;
        let embedded = store.ids_with_vector(*document, &side.spec.id)?;
        if !is_queued && embedded.len() < passages.len() {
            store.set_status(*document, DocumentStatus::Parsed, None)?;
        }
        put_in(store, &*side.index, &side.spec.id, *document, &passages)?;
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
        put_in(store, index, encoder, document, &store.passage_ids(document)?)?;
    }
    index.commit()
}

/// Hands passages of a document to the index, with their vectors if they have any; not yet committed.
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

/// Hands the vectors of passages to the index whose words it has; not yet committed.
pub(crate) fn put_vectors_in(
    store: &Store,
    index: &dyn PassageIndex,
    encoder: &ModelId,
    document: DocumentId,
    passages: &[PassageId],
) -> Result<()> {
    let library = store.document(document)?.library;
    for ids in passages.chunks(PASSAGES_AT_ONCE) {
        let vectors =
            store.with_vectors(ids, encoder)?.into_iter().filter_map(|(passage, vector)| {
                let language = Language::of(&passage.draft.text);
                Some(IndexVector {
                    passage: passage.id,
                    document,
                    library,
                    language,
                    vector: vector?,
                })
            });
        index.add_vectors(&vectors.collect::<Vec<_>>())?;
    }
    Ok(())
}
