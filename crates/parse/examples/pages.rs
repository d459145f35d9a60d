//! Prints the pages of a PDF as JSON Lines, as `yinju-worker` hands them on: for looking at what
//! the reader makes of a file. `pages PDFIUM_LIBRARY FILE [PASSWORD]`.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use yinju_core::Problem;
use yinju_core::ports::ReadRequest;
use yinju_parse::PdfiumReader;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [library, file, password @ ..] = arguments.as_slice() else {
        eprintln!("usage: pages PDFIUM_LIBRARY FILE [PASSWORD]");
        return ExitCode::from(2);
    };
    match print(Path::new(library), file.into(), password.first().cloned()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{}: {problem}", problem.code.as_str());
            ExitCode::from(3)
        }
    }
}

fn print(library: &Path, path: PathBuf, password: Option<String>) -> Result<(), Problem> {
    let reader = PdfiumReader::load(library)?;
    let file = std::fs::read(&path).map_err(Problem::internal)?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let request = ReadRequest { password, ..ReadRequest::new(path) };
    reader.read(&std::io::Cursor::new(file), &request, None, &mut |event| {
        let line = serde_json::to_string(&event).map_err(Problem::internal)?;
        writeln!(out, "{line}").map_err(Problem::internal)
    })
}
