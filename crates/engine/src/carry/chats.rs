//! Conversations that go with a library: those that show nothing of any other, and how they name its
//! documents where they come to.

use crate::{Engine, Result};
use std::collections::{BTreeMap, BTreeSet};
use yinju_core::{Answer, Document, DocumentId, LibraryId, PassageId, Scope};
use yinju_store::{CarriedChat, Chat};

impl Engine {
    /// Conversations in which documents are shown, and none but these. What was looked at in another
    /// library is nobody's business where this one goes.
    pub(super) fn chats_about(
        &self,
        library: LibraryId,
        documents: &[Document],
    ) -> Result<Vec<CarriedChat>> {
        let ids: BTreeSet<DocumentId> = documents.iter().map(|d| d.reference.id).collect();
        let mut carried = Vec::new();
        for known in self.store().chats()? {
            let chat = self.store().chat(known.id)?;
            if is_about(&chat, library, &ids) {
                carried.push(CarriedChat {
                    title: chat.title,
                    pinned: known.pinned,
                    created: chat.created,
                    updated: known.updated,
                    scope: chat.scope,
                    turns: chat.turns,
                });
            }
        }
        Ok(carried)
    }
}

/// Whether a conversation shows and looks for these documents alone.
fn is_about(chat: &Chat, library: LibraryId, documents: &BTreeSet<DocumentId>) -> bool {
    let mut shown = chat.turns.iter().flat_map(Answer::documents).peekable();
    let scopes = chat.turns.iter().filter_map(|turn| Some(&turn.provenance.as_ref()?.scope));
    let is_within = |scope: &Scope| {
        scope.libraries.iter().all(|id| *id == library)
            && scope.documents.iter().all(|id| documents.contains(id))
    };
    shown.peek().is_some()
        && shown.all(|document| documents.contains(&document.id))
        && scopes.chain([&chat.scope]).all(is_within)
}

/// Documents by the ids they had.
pub(super) type Renamed = BTreeMap<DocumentId, DocumentId>;

/// Lets a conversation name documents as they are named here. Those that did not come are named by an id
/// that none has.
pub(super) fn rename(chat: &mut CarriedChat, library: LibraryId, documents: &Renamed) {
    let here = |id: DocumentId| documents.get(&id).copied().unwrap_or(DocumentId(0));
    let in_scope = |scope: &mut Scope| {
        scope.libraries = vec![library];
        scope.documents =
            scope.documents.iter().filter_map(|id| documents.get(id).copied()).collect();
    };
    in_scope(&mut chat.scope);
    for turn in &mut chat.turns {
        turn.documents_mut().for_each(|document| document.id = here(document.id));
        for hit in turn.hits_mut() {
            // The passage has another id here; its words are what is shown.
            (hit.passage.id, hit.passage.document) = (PassageId(0), hit.document.id);
        }
        if let Some(provenance) = &mut turn.provenance {
            in_scope(&mut provenance.scope);
        }
    }
}
