//! What is posted of a passage. Nothing is stored and no positions are kept: a third of the size,
//! and no text of a removed document to hunt down.

use crate::text::tokenizer::{NAME, PassageTokenizer};
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::{Index, TantivyDocument, Term};
use yinju_core::ports::IndexEntry;
use yinju_core::{DocumentId, Language, LibraryId, PassageId};

/// The fields of the index.
#[derive(Clone, Copy, Debug)]
pub struct Fields {
    /// The passage's id, unique among live documents.
    pub passage: Field,
    /// Its document's.
    pub document: Field,
    /// Its library's.
    pub library: Field,
    /// What it is written in.
    pub language: Field,
    /// Title and headings.
    pub heading: Field,
    /// The text.
    pub body: Field,
}

/// The schema and its fields; the same each time.
pub fn build() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let text = TextFieldIndexing::default()
        .set_tokenizer(NAME)
        .set_index_option(IndexRecordOption::WithFreqs);
    let text = TextOptions::default().set_indexing_options(text);
    let fields = Fields {
        passage: schema.add_u64_field("passage", INDEXED | FAST),
        document: schema.add_u64_field("document", INDEXED | FAST),
        library: schema.add_u64_field("library", INDEXED | FAST),
        language: schema.add_u64_field("language", INDEXED | FAST),
        heading: schema.add_text_field("heading", text.clone()),
        body: schema.add_text_field("body", text),
    };
    (schema.build(), fields)
}

/// Makes the analysis known; tantivy keeps its name only.
pub fn register_tokenizer(index: &Index) {
    index.tokenizers().register(NAME, PassageTokenizer);
}

impl Fields {
    /// An entry as tantivy takes it.
    pub fn document(&self, entry: &IndexEntry) -> TantivyDocument {
        let mut document = TantivyDocument::default();
        document.add_u64(self.passage, entry.passage.0);
        document.add_u64(self.document, entry.document.0);
        document.add_u64(self.library, entry.library.0);
        document.add_u64(self.language, language_code(entry.language));
        document.add_text(self.heading, heading(entry));
        document.add_text(self.body, &entry.text);
        document
    }

    /// Finds a passage by id.
    pub fn passage_term(&self, passage: PassageId) -> Term {
        Term::from_field_u64(self.passage, passage.0)
    }

    /// Finds the passages of a document.
    pub fn document_term(&self, document: DocumentId) -> Term {
        Term::from_field_u64(self.document, document.0)
    }

    /// Finds the passages in a language.
    pub fn language_term(&self, language: Language) -> Term {
        Term::from_field_u64(self.language, language_code(language))
    }

    /// Finds the passages of a library.
    pub fn library_term(&self, library: LibraryId) -> Term {
        Term::from_field_u64(self.library, library.0)
    }
}

/// The language that is posted so.
pub fn language_of(code: u64) -> Language {
    if code == language_code(Language::Zh) { Language::Zh } else { Language::En }
}

/// How a language is posted; the vectors' payload has the same.
pub fn language_code(language: Language) -> u64 {
    match language {
        Language::En => 0,
        Language::Zh => 1,
    }
}

fn heading(entry: &IndexEntry) -> String {
    let mut heading = entry.title.clone();
    for part in &entry.section {
        heading.push('\n');
        heading.push_str(part);
    }
    heading
}
