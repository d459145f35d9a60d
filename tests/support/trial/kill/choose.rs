//! Which deed is next.

use super::Subject;
use super::deed::{Deed, ENCODERS, LIBRARIES};
use fastrand::Rng;

const QUESTIONS: [&str; 3] = [
    "How is the kettle descaled?",
    "What is the quillwort of the river valve?",
    "How long is the bridge?",
];
/// Conversations at most; each is looked at after every kill.
const CHATS: usize = 3;

impl Subject {
    /// One that what is there allows.
    pub fn choose(&self, dice: &mut Rng) -> Deed {
        let chat = || self.known.chats.keys().copied().max();
        let document = self.known.documents.keys().nth(dice.usize(..=self.known.documents.len()));
        loop {
            let deed = match dice.u32(..20) {
                0..7 => Some(self.choose_import(dice)),
                7..9 => document.map(|name| Deed::Remove(self.path_of(name))),
                9 if self.known.documents.len() > 12 => Some(self.choose_library(dice)),
                10..12 => Some(Deed::Use(ENCODERS[usize::from(self.known.encoder == ENCODERS[0])])),
                12 => Some(Deed::Drop(ENCODERS[usize::from(self.known.encoder == ENCODERS[0])])),
                13..16 => Some(self.choose_ask(dice)),
                16 => chat().map(|chat| Deed::Rename(chat, format!("name {}", dice.u32(..)))),
                17 => chat().map(|chat| self.choose_chat_deed(chat, dice)),
                18 if self.known.chats.len() > CHATS => chat().map(Deed::RemoveChat),
                19 => Some(Deed::Open),
                _ => None,
            };
            if let Some(deed) = deed {
                return deed;
            }
        }
    }

    fn choose_import(&self, dice: &mut Rng) -> Deed {
        let library = dice.usize(..LIBRARIES.len());
        let files = dice.choose_multiple(self.files_of(library), 4);
        Deed::Import { library, files }
    }

    fn choose_library(&self, dice: &mut Rng) -> Deed {
        let name = dice.choice(self.known.documents.keys()).unwrap();
        Deed::RemoveLibrary(self.library_of(name))
    }

    fn choose_ask(&self, dice: &mut Rng) -> Deed {
        let question = QUESTIONS[dice.usize(..QUESTIONS.len())];
        let is_full = self.known.chats.len() > CHATS;
        let chat = self.known.chats.keys().copied().max().filter(|_| is_full || dice.bool());
        Deed::Ask { question, chat, model: dice.u32(..3) == 0, stream: dice.bool() }
    }

    fn choose_chat_deed(&self, chat: u64, dice: &mut Rng) -> Deed {
        let pinned = self.known.chats[&chat].pinned;
        match dice.u32(..3) {
            0 if self.known.chats.len() <= CHATS => Deed::Branch(chat),
            1 => Deed::RemoveChat(chat),
            _ => Deed::Pin(chat, !pinned),
        }
    }
}
