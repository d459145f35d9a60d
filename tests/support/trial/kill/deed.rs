//! What is done to a home under trial, and what it may change there.

use super::Papers;
use std::path::PathBuf;

/// Encoders it changes between.
pub const ENCODERS: [&str; 2] = ["all-minilm-l6-v2", "multilingual-e5-small"];
/// Libraries, each with files of its own.
pub const LIBRARIES: [&str; 2] = ["upper", "lower"];

/// Something that changes a home.
#[derive(Clone, Debug)]
pub enum Deed {
    Import {
        library: usize,
        files: Vec<PathBuf>,
    },
    Remove(String),
    RemoveLibrary(usize),
    Use(&'static str),
    Drop(&'static str),
    Ask {
        question: &'static str,
        chat: Option<u64>,
        model: bool,
        stream: bool,
    },
    Rename(u64, String),
    Pin(u64, bool),
    Branch(u64),
    RemoveChat(u64),
    /// Nothing but opening it, which mends what the last kill left.
    Open,
}

impl Deed {
    /// Its name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Import { .. } => "import",
            Self::Remove(_) => "remove",
            Self::RemoveLibrary(_) => "remove --library",
            Self::Use(_) => "encoders use",
            Self::Drop(_) => "encoders drop",
            Self::Ask { model: true, .. } => "ask",
            Self::Ask { .. } => "ask --mode quotes",
            Self::Rename(..) => "chats rename",
            Self::Pin(..) => "chats pin",
            Self::Branch(_) => "chats branch",
            Self::RemoveChat(_) => "chats remove",
            Self::Open => "libraries",
        }
    }

    /// What is typed for it.
    pub fn words(&self) -> Vec<String> {
        let typed = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
        match self {
            Self::Import { library, files } => typed(&Papers::import(files, LIBRARIES[*library])),
            Self::Remove(document) => typed(&["remove", document]),
            Self::RemoveLibrary(library) => typed(&["remove", "--library", LIBRARIES[*library]]),
            Self::Use(id) => typed(&["encoders", "use", id]),
            Self::Drop(id) => typed(&["encoders", "drop", id]),
            Self::Ask { question, chat, model, stream } => asked(question, *chat, *model, *stream),
            Self::Rename(chat, title) => typed(&["chats", "rename", &chat.to_string(), title]),
            Self::Pin(chat, pin) => {
                typed(&["chats", if *pin { "pin" } else { "unpin" }, &chat.to_string()])
            }
            Self::Branch(chat) => {
                typed(&["chats", "branch", &chat.to_string(), "--turns", "1", "And then?"])
            }
            Self::RemoveChat(chat) => typed(&["chats", "remove", &chat.to_string()]),
            Self::Open => typed(&["libraries"]),
        }
    }

    /// Words of removed documents are taken out of conversations.
    pub fn forgets(&self) -> bool {
        matches!(self, Self::Remove(_) | Self::RemoveLibrary(_))
    }

    /// The conversation it changes, if it is one that is there.
    pub fn chat(&self) -> Option<u64> {
        match self {
            Self::Ask { chat, .. } => *chat,
            Self::Rename(chat, _) | Self::Pin(chat, _) | Self::RemoveChat(chat) => Some(*chat),
            _ => None,
        }
    }
}

fn asked(question: &str, chat: Option<u64>, model: bool, stream: bool) -> Vec<String> {
    let mut words = vec!["ask".to_owned(), question.to_owned()];
    if model {
        let limits = ["--model", "smollm2-135m-instruct", "--max-tokens", "24", "--top", "2"];
        words.extend(limits.map(str::to_owned));
    } else {
        words.extend(["--mode", "quotes"].map(str::to_owned));
    }
    words.extend(chat.map(|chat| format!("--chat={chat}")));
    words.extend(stream.then(|| "--stream".to_owned()));
    words
}
