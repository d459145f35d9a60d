//! What is typed about libraries that are carried, folders that are followed and connections.

use clap::Subcommand;
use std::path::PathBuf;

#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switch {
    On,
    Off,
}

#[derive(Subcommand, Debug)]
pub enum LibrariesCommand {
    /// Write a library as one file, to be opened on another machine without computing anything again
    Export {
        name: String,
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
        /// With the documents' files
        #[arg(long)]
        originals: bool,
    },
    /// Make a library of such a file; what was broken off goes on when it is said again
    Import {
        file: PathBuf,
        /// Put the documents' files there, where the file holds them
        #[arg(long, value_name = "FOLDER")]
        originals: Option<PathBuf>,
        /// Call it so here
        #[arg(long = "as", value_name = "NAME")]
        name: Option<String>,
    },
}

#[derive(Subcommand, Debug)]
pub enum WatchCommand {
    /// From now on the library follows the folder; `run` looks at it
    Add {
        folder: PathBuf,
        #[arg(long, value_name = "NAME", default_value = "Library")]
        library: String,
        /// What is left out, as a shell writes it: *.tmp, drafts/**
        #[arg(long = "ignore", value_name = "PATTERN")]
        ignored: Vec<String>,
    },
    /// Folders that are followed, and files that are gone from them
    List,
    /// Follow a folder no longer; its documents stay
    Remove { folder: PathBuf },
    /// Bring libraries in line with their folders, and go on doing so
    Run {
        /// Once, and end
        #[arg(long)]
        once: bool,
    },
}
