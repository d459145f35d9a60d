//! The command line of the window: where its home is, and files to import at once.

use clap::Parser;
use std::path::PathBuf;
use yinju_compose::Places;
use yinju_core::Problem;

/// Answers questions from your own PDFs and proves each sentence on a page.
#[derive(Clone, Debug, Parser)]
#[command(name = "yinju-desktop", version)]
pub struct Options {
    /// Holds everything the program writes; default: `YINJU_HOME`, else the
    /// platform's data folder.
    #[arg(long, value_name = "DIR")]
    pub home: Option<PathBuf>,
    /// The sample PDFs and their questions; default: those that came with the program.
    #[arg(long, value_name = "DIR")]
    pub samples: Option<PathBuf>,
    /// Files and folders to import at once.
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
}

impl Options {
    /// Where everything is.
    pub fn places(&self) -> Result<Places, Problem> {
        Places::find(self.home.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_follow_the_options() {
        let options = Options::parse_from(["yinju-desktop", "--home", "h", "a.pdf", "b"]);
        assert_eq!(options.home, Some("h".into()));
        assert_eq!(options.paths, [PathBuf::from("a.pdf"), "b".into()]);
    }
}
