//! A store with something in it, and what of it counts as kept.

#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

pub mod vfs;

use std::path::Path;
use yinju_core::ports::{Embedding, TokenVectors};
use yinju_core::{
    Answer, CharRange, ChatId, DocumentId, DocumentStatus, ModelId, Page, PageNumber, PageStatus,
    PassageDraft, Span,
};
use yinju_store::{NewDocument, Result, Store, TextHash};

pub fn page(number: usize, text: &str) -> Page {
    Page {
        number: PageNumber::from_index(number - 1),
        label: None,
        width: 595.0,
        height: 842.0,
        status: PageStatus::Text,
        text: text.to_owned(),
        blocks: Vec::new(),
        lines: Vec::new(),
        warnings: Vec::new(),
    }
}

pub fn draft(ordinal: u32, text: &str) -> PassageDraft {
    let range = CharRange::new(0, text.chars().count());
    let spans = vec![Span { page: PageNumber::from_index(ordinal as usize), range }];
    PassageDraft {
        ordinal,
        text: text.to_owned(),
        spans,
        section: Vec::new(),
        tokens: 3,
        markdown: None,
    }
}

/// The text of a page, long enough that a few fill a block and some need several.
pub fn words(name: &str, page: u32) -> String {
    format!("{name}, page {page}, says something. ").repeat(5 + (page as usize * 37) % 150)
}

/// A document's row, still to be read.
pub fn begin(store: &Store, name: &str) -> Result<DocumentId> {
    let new = NewDocument {
        library: store.ensure_library("a")?,
        sha256: format!("{name:0>64}"),
        path: format!("/nowhere/{name}.pdf").into(),
        title: name.to_owned(),
        bytes: 9,
    };
    Ok(store.ensure_document(&new)?.0)
}

/// Reads and embeds all of a document, page by page. It is not ready yet.
pub fn fill(store: &Store, id: DocumentId, name: &str, pages: u32) -> Result<()> {
    store.begin_reading(id)?;
    for number in 0..pages {
        let text = words(name, number + 1);
        store.add_read(id, &[page(number as usize + 1, &text)], &[draft(number, &text)])?;
    }
    store.end_reading(id, Some(PageNumber::from_index(pages as usize - 1)))?;
    let e5 = ModelId::from_static("e5");
    for (at, passage) in store.ids_at(id, 0..pages)?.into_iter().enumerate() {
        let mut hash = [at as u8; 32];
        hash[..8].copy_from_slice(&id.0.to_le_bytes());
        let tokens = TokenVectors(vec![at as u8; 700]);
        let embedding = Embedding { vector: vec![at as f32; 32], tokens };
        store.add_vectors(&e5, &[(passage, TextHash(hash), embedding)])?;
    }
    Ok(())
}

/// A document that is ready.
pub fn ready(store: &Store, name: &str, pages: u32) -> Result<DocumentId> {
    let id = begin(store, name)?;
    fill(store, id, name, pages)?;
    store.set_status(id, DocumentStatus::Ready, None)?;
    Ok(id)
}

pub fn answer(question: &str) -> Answer {
    let text = format!("What is said of {question}. ").repeat(60);
    Answer { question: question.to_owned(), text, ..Answer::default() }
}

/// What a person was told is there: answers by conversation, and documents that are ready with their
/// passages and vectors.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    pub answers: Vec<(u64, Vec<String>)>,
    pub documents: Vec<(String, Vec<String>, usize)>,
}

impl Kept {
    pub fn of(store: &Store) -> Result<Self> {
        let mut chats = store.chats()?;
        chats.sort_by_key(|chat| chat.id.0);
        let questions = |id: ChatId| -> Result<Vec<String>> {
            Ok(store.chat(id)?.turns.into_iter().map(|turn| turn.question).collect())
        };
        let answers = chats.iter().map(|chat| Ok((chat.id.0, questions(chat.id)?)));
        let answers = answers.collect::<Result<Vec<_>>>()?;
        let mut documents = Vec::new();
        for document in store.documents(None)? {
            if document.status != DocumentStatus::Ready {
                continue;
            }
            let id = document.reference.id;
            let texts = store.passages(id)?.into_iter().map(|passage| passage.draft.text);
            let vectors = store.ids_with_vector(id, &ModelId::from_static("e5"))?.len();
            documents.push((document.reference.title, texts.collect(), vectors));
        }
        let answered = answers.into_iter().filter(|(_, turns): &(_, Vec<_>)| !turns.is_empty());
        Ok(Self { answers: answered.collect(), documents })
    }
}

/// What a person does in the program, step by step; `done` is told what is kept after each that
/// returned.
pub fn live(path: &Path, done: &mut dyn FnMut(Kept)) -> Result<()> {
    let store = Store::open(path)?;
    done(Kept::of(&store)?);
    for (round, name) in ["tea", "coffee", "water"].into_iter().enumerate() {
        ready(&store, name, 6)?;
        done(Kept::of(&store)?);
        let chat = store.create_chat(name)?;
        for turn in 0..3 {
            store.put_draft(chat, &answer("unfinished"))?;
            store.add_turn(chat, &answer(&format!("{name} {turn}")))?;
            done(Kept::of(&store)?);
        }
        store.replace_turn(chat, 1, &answer("again"))?;
        done(Kept::of(&store)?);
        if round == 1 {
            let first = store.documents(None)?[0].reference.id;
            store.remove_documents(&[first], &[])?;
            store.shrink()?;
            done(Kept::of(&store)?);
        }
    }
    Ok(())
}

/// Random numbers from a seed.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end.max(1)
    }
}
