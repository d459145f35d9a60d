//! What can be typed.

mod eval;
mod living;

pub use eval::EvalArgs;
pub use living::{LibrariesCommand, Switch, WatchCommand};

use crate::bounds;
use crate::secret::Password;
use clap::{Parser, Subcommand, ValueEnum};
use std::num::NonZeroU32;
use std::path::PathBuf;
use yinju_core::ids::NotAModelId;
use yinju_core::{AskMode, Mode, ModelId, PageNumber};
use yinju_engine::{Rerank, Unit};

/// Ask your own PDFs, and see every answer's words on the page.
#[derive(Parser, Debug)]
#[command(name = "yinju", version, propagate_version = true)]
pub struct Args {
    /// Folder that holds everything the program writes [default: `YINJU_HOME`, else the data folder]
    #[arg(long, global = true, value_name = "DIR")]
    pub home: Option<PathBuf>,
    /// Write JSON only to standard output
    #[arg(long, global = true)]
    pub json: bool,
    #[command(subcommand)]
    pub command: Command,
}

/// Pages as they were named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pages(pub Vec<PageNumber>);

/// More pages than any file has are a slip of the keyboard.
const MOST_PAGES: u32 = 1_000_000;

/// Numbers and ranges, separated by commas.
fn page_numbers(text: &str) -> Result<Pages, String> {
    let mut pages = Vec::new();
    for part in text.split(',').map(str::trim) {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let number = |text: &str| text.trim().parse::<NonZeroU32>().map(NonZeroU32::get);
        match (number(first), number(last)) {
            (Ok(first), Ok(last)) if first <= last && last <= MOST_PAGES => {
                pages.extend((first..=last).filter_map(NonZeroU32::new).map(PageNumber));
            }
            _ => return Err(format!("“{part}” is no page and no range of pages, as 5-9")),
        }
    }
    Ok(Pages(pages))
}

/// The published name of a model, in letters of any case.
fn model_id(text: &str) -> Result<ModelId, NotAModelId> {
    text.trim().to_lowercase().parse()
}

/// A word, or the name of a model.
fn rerank(text: &str) -> Result<Rerank, NotAModelId> {
    Ok(match text {
        "on" => Rerank::On,
        "off" => Rerank::Off,
        id => Rerank::With(model_id(id)?),
    })
}

#[derive(Subcommand, Debug)]
pub enum Command {
    /// Import files and folders
    Import {
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// Into which library; made if there is none
        #[arg(long, value_name = "NAME", default_value = "Library")]
        library: String,
        #[command(flatten)]
        password: Password,
        /// Rest as long as it computes: half as fast, cooler, and easier on a battery
        #[arg(long)]
        gentle: bool,
    },
    /// Copies of the home's store: make one, list them, use one
    Backup {
        #[command(subcommand)]
        command: BackupCommand,
    },
    /// List files that wait to be imported, and those that were set aside and why; or drop some
    Jobs {
        #[command(subcommand)]
        command: Option<JobsCommand>,
    },
    /// List libraries, or carry one as a file
    Libraries {
        #[command(subcommand)]
        command: Option<LibrariesCommand>,
    },
    /// Have a library follow a folder
    Watch {
        #[command(subcommand)]
        command: WatchCommand,
    },
    /// Every connection this program ever made: when, where to, why, bytes
    Ledger {
        /// Make none from now on, whatever is asked for, or allow them again
        #[arg(long, value_name = "on|off")]
        air_gapped: Option<Switch>,
    },
    /// Quotations whose words moved, changed or are gone, because their files changed
    Review {
        #[arg(long, value_name = "NAME")]
        library: Option<String>,
    },
    /// List documents with status and coverage
    Documents {
        #[arg(long, value_name = "NAME")]
        library: Option<String>,
    },
    /// What could be read of a document, page by page
    Pages {
        /// Its id, path, or the beginning of its SHA-256
        document: String,
    },
    /// Read pages of a document again, recognising the text of their images
    Recognise {
        /// Its id, path, or the beginning of its SHA-256
        document: String,
        /// Which pages, counted from 1, as `3,5-9`; without, all that could not be read
        #[arg(long, value_name = "PAGES", value_parser = page_numbers)]
        pages: Option<Pages>,
        #[command(flatten)]
        password: Password,
    },
    /// Remove documents, or a library with all of its documents
    Remove {
        #[arg(required_unless_present = "library", conflicts_with = "library")]
        documents: Vec<String>,
        #[arg(long, value_name = "NAME")]
        library: Option<String>,
    },
    /// Find passages
    Search {
        query: String,
        #[arg(long, value_name = "NAME")]
        library: Option<String>,
        /// How many passages
        #[arg(long, default_value = "10", value_parser = bounds::passages())]
        top: usize,
        #[arg(long, value_enum, default_value_t = ModeArg::Hybrid)]
        mode: ModeArg,
        /// Put in order what both arms found: by late interaction (`on`), not at all (`off`), or
        /// the first of it once more by this reranker
        #[arg(long, value_name = "on|off|ID", value_parser = rerank, default_value = "on")]
        rerank: Rerank,
        /// Prefer what is unlike the passages before it and from other documents
        #[arg(long)]
        spread: bool,
        /// Only in these documents
        #[arg(long = "document", value_name = "D")]
        documents: Vec<String>,
    },
    /// Ask a question
    Ask {
        question: String,
        #[arg(long, value_name = "NAME")]
        library: Option<String>,
        /// Only in these, by id, path or the beginning of their SHA-256
        #[arg(long = "document", value_name = "D")]
        documents: Vec<String>,
        /// Go on with a conversation
        #[arg(long, value_name = "ID", value_parser = bounds::id())]
        chat: Option<u64>,
        /// Put the answer in the place of the conversation's last
        #[arg(long, requires = "chat")]
        again: bool,
        /// How readily to refuse, from -1 (hardly ever) to 1; kept with `yinju strictness`
        #[arg(long, value_name = "S", allow_hyphen_values = true, value_parser = bounds::strictness)]
        strictness: Option<f32>,
        /// Which language model
        #[arg(long, value_name = "ID", value_parser = model_id)]
        model: Option<ModelId>,
        /// How many passages are retrieved
        #[arg(long, default_value = "6", value_parser = bounds::passages())]
        top: usize,
        #[arg(long, value_enum, default_value_t = AskModeArg::Answer)]
        mode: AskModeArg,
        #[arg(long, value_parser = bounds::temperature, allow_hyphen_values = true)]
        temperature: Option<f32>,
        #[arg(long)]
        seed: Option<u64>,
        #[arg(long, value_name = "N", value_parser = bounds::tokens())]
        max_tokens: Option<u32>,
        /// Let a model that can do so think before it answers
        #[arg(long)]
        think: bool,
        /// Let the model read documents as they are, with what speaks to it
        #[arg(long)]
        believe: bool,
        /// With --json: one object an update
        #[arg(long)]
        stream: bool,
    },
    /// List conversations, or change one
    Chats {
        #[command(subcommand)]
        command: Option<ChatsCommand>,
    },
    /// How readily questions are refused, from -1 (hardly ever) to 1 (at the least doubt)
    Strictness {
        /// Keep this from now on
        #[arg(allow_hyphen_values = true, value_parser = bounds::strictness)]
        set: Option<f32>,
    },
    /// Seconds to the first word of an answer that are aimed at, from 1 to 600
    Patience {
        /// Keep this from now on
        #[arg(value_parser = bounds::patience)]
        set: Option<f32>,
    },
    /// Write a conversation with its evidence to a file
    Export {
        #[arg(value_parser = bounds::id())]
        chat: u64,
        /// One answer of it alone, counted from 1
        #[arg(long, value_name = "N", value_parser = bounds::turn())]
        turn: Option<u32>,
        /// md, html, docx, pdf, json, bib, ris, csl or gbt7714
        #[arg(long, value_name = "FORMAT")]
        format: String,
        /// With a picture of the place of every quotation (html, docx and pdf)
        #[arg(long)]
        pictures: bool,
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
    },
    /// Copy the PDFs a conversation quotes, with the quoted words highlighted
    Highlight {
        #[arg(value_parser = bounds::id())]
        chat: u64,
        /// What one answer of it quotes alone, counted from 1
        #[arg(long, value_name = "N", value_parser = bounds::turn())]
        turn: Option<u32>,
        #[command(flatten)]
        password: Password,
        /// Where the copies go; nothing there is replaced
        #[arg(short, long, value_name = "FOLDER")]
        output: PathBuf,
    },
    /// List, fetch and check models
    Models {
        #[command(subcommand)]
        command: ModelsCommand,
    },
    /// Which encoder searches use, and whose vectors are kept
    Encoders {
        #[command(subcommand)]
        command: EncodersCommand,
    },
    /// Measure searches of this home by your own questions
    Test {
        #[command(subcommand)]
        command: TestCommand,
    },
    /// Check an export (json) against the files: still there, the same, the words still on the page
    Verify {
        export: PathBuf,
        /// Files to look in besides those of this home; paths in the export are not followed
        files: Vec<PathBuf>,
    },
    /// How a document stands in lists of references
    Reference {
        /// The document's id, path, or the beginning of its SHA-256
        document: String,
        /// Correct a field: kind, title, authors (parted by `;`), date, container, volume, issue, pages,
        /// publisher, place, edition, number, doi, isbn or url
        #[arg(long, value_name = "FIELD=VALUE")]
        set: Vec<String>,
    },
    /// A library's own words: names no dictionary knows, and other names of the same thing
    Words {
        #[arg(long, value_name = "NAME")]
        library: String,
        /// Add a line: a word, or names of one thing as `LLM = large language model`
        #[arg(long, value_name = "LINE")]
        add: Vec<String>,
        /// Take the whole list from a file instead
        #[arg(long, value_name = "FILE", conflicts_with = "add")]
        set: Option<PathBuf>,
    },
    /// Read a file and print its pages; nothing is stored
    Parse {
        file: PathBuf,
        #[command(flatten)]
        password: Password,
        /// Do not recognise page images
        #[arg(long)]
        no_ocr: bool,
    },
    /// Measure retrieval on a set of questions, in a temporary home
    Eval(EvalArgs),
    /// Measure this program on this machine; prints JSON
    Bench {
        #[command(subcommand)]
        command: BenchCommand,
    },
    /// What is there, what is missing, and how to get it
    Doctor,
}

#[derive(Subcommand, Debug)]
pub enum JobsCommand {
    /// Take files off the list; those of them that were read stay
    Drop {
        #[arg(required = true)]
        ids: Vec<u64>,
    },
}

#[derive(Subcommand, Debug)]
pub enum ModelsCommand {
    /// The catalogue, and what is here
    List,
    /// Download a model
    Pull {
        #[arg(value_parser = model_id)]
        id: ModelId,
    },
    /// Take a GGUF file, or an encoder's or a reranker's folder, from this machine
    Import { file: PathBuf },
    /// Remove a model's files
    Remove {
        #[arg(value_parser = model_id)]
        id: ModelId,
    },
    /// Check every file against its SHA-256
    Verify,
}

#[derive(Subcommand, Debug)]
pub enum EncodersCommand {
    /// Those that vectors are kept of
    List,
    /// Make the vectors of another one, beside those in use
    Prepare {
        #[arg(value_parser = model_id)]
        id: ModelId,
    },
    /// Search by another one from now on
    Use {
        #[arg(value_parser = model_id)]
        id: ModelId,
    },
    /// Forget the vectors of one that is not in use
    Drop {
        #[arg(value_parser = model_id)]
        id: ModelId,
    },
}

#[derive(Subcommand, Debug)]
pub enum ChatsCommand {
    /// List those in which every one of some words stands
    Find { words: Vec<String> },
    /// Print a conversation
    Show {
        #[arg(value_parser = bounds::id())]
        chat: u64,
    },
    /// Give one another name
    Rename {
        #[arg(value_parser = bounds::id())]
        chat: u64,
        title: String,
    },
    /// Keep one at the top
    Pin {
        #[arg(value_parser = bounds::id())]
        chat: u64,
    },
    /// Keep it there no longer
    Unpin {
        #[arg(value_parser = bounds::id())]
        chat: u64,
    },
    /// Begin another with its first turns, to ask something else from there on
    Branch {
        #[arg(value_parser = bounds::id())]
        chat: u64,
        /// How many turns are taken over
        #[arg(long, value_name = "N")]
        turns: u32,
        /// What is asked then, which is its name
        question: String,
    },
    /// Remove one
    Remove {
        #[arg(value_parser = bounds::id())]
        chat: u64,
    },
}

#[derive(Subcommand, Debug)]
pub enum TestCommand {
    /// List the questions
    Questions,
    /// Keep a question with the pages that answer it
    Add {
        question: String,
        /// The document's id, path, or the beginning of its SHA-256
        #[arg(long, value_name = "D")]
        document: String,
        /// Its pages with the answer, as `3` or `3-4`
        #[arg(long, value_name = "PAGES", value_parser = page_numbers)]
        pages: Pages,
    },
    /// Remove a question
    Remove {
        #[arg(value_parser = bounds::id())]
        id: u64,
    },
    /// Ask every question, and keep what came of it
    Run {
        /// By the vectors of another encoder, made first where they are missing
        #[arg(long, value_name = "ID", value_parser = model_id)]
        encoder: Option<ModelId>,
        #[arg(long, value_enum, default_value_t = ModeArg::Hybrid)]
        mode: ModeArg,
        /// As for `search`
        #[arg(long, value_name = "on|off|ID", value_parser = rerank, default_value = "on")]
        rerank: Rerank,
    },
    /// List the runs
    Runs,
    /// By how much the second run is better than the first
    Compare {
        #[arg(value_parser = bounds::id())]
        first: u64,
        #[arg(value_parser = bounds::id())]
        second: u64,
    },
}

#[derive(Subcommand, Debug)]
pub enum BenchCommand {
    /// How many passages an encoder turns into vectors in a second
    Embed {
        #[arg(long, value_name = "ID", value_parser = model_id, default_value = "multilingual-e5-small")]
        model: ModelId,
        /// Length of each passage
        #[arg(long, default_value = "300", value_parser = bounds::length())]
        tokens: usize,
        /// Passages asked for together
        #[arg(long, default_value = "16", value_parser = bounds::few())]
        batch: usize,
        #[arg(long, default_value = "2", value_parser = bounds::few())]
        threads: usize,
    },
    /// How fast a language model is loaded, reads and writes
    Generate {
        #[arg(long, value_name = "ID", value_parser = model_id, conflicts_with = "gguf")]
        model: Option<ModelId>,
        /// A model file
        #[arg(long, value_name = "FILE")]
        gguf: Option<PathBuf>,
        /// Lengths of prompts in tokens
        #[arg(long, value_delimiter = ',', default_value = "512,2048", value_parser = bounds::length())]
        prompt: Vec<usize>,
        /// Tokens written after each
        #[arg(long, default_value = "64", value_parser = bounds::tokens())]
        decode: u32,
        #[arg(long, default_value = "2", value_parser = bounds::few())]
        threads: usize,
    },
    /// How fast an index of so many made-up passages is built and searched
    Search {
        #[arg(long, default_value = "10000", value_parser = bounds::many())]
        passages: usize,
        /// Length of a vector
        #[arg(long, default_value = "384", value_parser = bounds::length())]
        dim: usize,
        /// Keep the index in this folder, and only search where it is there: what searching alone takes
        #[arg(long)]
        index: Option<PathBuf>,
    },
    /// Import into a home of its own
    Ingest {
        #[arg(required = true)]
        paths: Vec<PathBuf>,
    },
}

#[derive(Subcommand, Clone, Copy, Debug)]
pub enum BackupCommand {
    /// Make a copy now; one is made weekly and before the schema changes
    Create,
    /// List the copies, and damaged files that were kept
    List,
    /// Put a copy in the store's place; what is there now is kept as a copy of its own
    Restore {
        /// Its number, as `yinju backup list` gives it
        number: u32,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum ModeArg {
    Hybrid,
    Dense,
    Lexical,
}

impl From<ModeArg> for Mode {
    fn from(mode: ModeArg) -> Self {
        match mode {
            ModeArg::Hybrid => Self::Hybrid,
            ModeArg::Dense => Self::Dense,
            ModeArg::Lexical => Self::Lexical,
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum AskModeArg {
    /// A language model writes
    Answer,
    /// Verbatim sentences alone
    Quotes,
    /// What each document says, as a table
    Compare,
    /// Every place that says it, as a table
    Extract,
    /// What the documents, or a chapter that is named, are about
    Summary,
    /// The same in a language model's words, each checked
    Digest,
}

impl From<AskModeArg> for AskMode {
    fn from(mode: AskModeArg) -> Self {
        match mode {
            AskModeArg::Answer => Self::Answer,
            AskModeArg::Quotes => Self::Quotes,
            AskModeArg::Compare => Self::Compare,
            AskModeArg::Extract => Self::Extract,
            AskModeArg::Summary => Self::Summary,
            AskModeArg::Digest => Self::Digest,
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum UnitArg {
    Passage,
    Page,
    Document,
}

impl From<UnitArg> for Unit {
    fn from(unit: UnitArg) -> Self {
        match unit {
            UnitArg::Passage => Self::Passage,
            UnitArg::Page => Self::Page,
            UnitArg::Document => Self::Document,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&[u32]>) {
        let pages = page_numbers(text).ok();
        let pages = pages.map(|pages| pages.0.iter().map(|page| page.get()).collect::<Vec<_>>());
        assert_eq!(pages.as_deref(), expected, "{text}");
    }

    #[test]
    fn what_is_no_word_names_a_reranker() {
        assert_eq!(rerank("on"), Ok(Rerank::On));
        assert_eq!(rerank("off"), Ok(Rerank::Off));
        let named = Rerank::With(ModelId::from_static("bge-reranker-base"));
        assert_eq!(rerank("BGE-Reranker-base"), Ok(named));
    }

    #[test]
    fn pages_are_numbers_and_ranges() {
        check("3", Some(&[3]));
        check("3, 5-7", Some(&[3, 5, 6, 7]));
        check("0", None);
        check("7-5", None);
        check("1-99999999", None);
        check("a", None);
    }
}
