//! What the typesetter may see: a template, a manuscript with its pictures, fonts. No file system, no network, no clock.

use std::collections::HashMap;
use std::path::PathBuf;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_kit::fonts::FontStore;

/// The world of one compilation.
pub(super) struct Press {
    library: LazyHash<Library>,
    fonts: FontStore,
    template: Source,
    files: HashMap<FileId, Bytes>,
}

impl Press {
    /// With our template.
    pub fn new(fonts: FontStore, manuscript: String) -> Self {
        Self::with_template(fonts, include_str!("../../templates/conversation.typ"), manuscript)
    }

    /// With the picture of a note beside.
    pub fn add_plate(&mut self, number: u32, png: Vec<u8>) {
        self.files.insert(file(&format!("plate-{number}.png")), Bytes::new(png));
    }

    /// With another template.
    pub fn with_template(fonts: FontStore, template: &str, manuscript: String) -> Self {
        Self {
            library: LazyHash::new(Library::default()),
            fonts,
            template: Source::new(file("conversation.typ"), template.to_owned()),
            files: [(file("manuscript.json"), Bytes::from_string(manuscript))].into(),
        }
    }
}

fn file(name: &str) -> FileId {
    let path = VirtualPath::new(name).expect("the names are plain file names");
    FileId::new(RootedPath::new(VirtualRoot::Project, path))
}

fn absent(id: FileId) -> FileError {
    FileError::NotFound(PathBuf::from(id.get().vpath().get_without_slash()))
}

impl World for Press {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        self.fonts.book()
    }

    fn main(&self) -> FileId {
        self.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.template.id() { Ok(self.template.clone()) } else { Err(absent(id)) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.get(&id).cloned().ok_or_else(|| absent(id))
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.font(index)
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
