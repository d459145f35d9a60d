//! What becomes of files: `cargo run -p yinju-flow --example reflowable -- [--text] FILE…` prints one line a
//! file, or with `--text` the text of its pages.

use std::path::Path;
use std::time::Instant;
use yinju_core::ports::{ReadEvent, ReadRequest};
use yinju_flow::Kind;

fn main() {
    let (flags, files): (Vec<_>, Vec<_>) =
        std::env::args().skip(1).partition(|word| word == "--text");
    for file in files {
        let path = Path::new(&file);
        let bytes = &mut std::io::Cursor::new(std::fs::read(path).unwrap_or_default());
        let Some(kind) = Kind::of_file(path, bytes) else {
            println!("{file}: of no kind known here");
            continue;
        };
        let (began, mut pages, mut characters, mut warnings) = (Instant::now(), 0, 0, Vec::new());
        let outcome = yinju_flow::read(kind, bytes, &ReadRequest::new(path), None, &mut |event| {
            if let ReadEvent::Page(page) = event {
                pages += 1;
                characters += page.text.chars().filter(|c| !c.is_whitespace()).count();
                warnings.extend(page.warnings);
                if !flags.is_empty() {
                    println!("== {} {:?}\n{}", page.number, page.status, page.text);
                }
            }
            Ok(())
        });
        let seconds = began.elapsed().as_secs_f64();
        match outcome {
            Ok(()) => println!(
                "{file}: {kind:?}, {pages} pages, {characters} characters, {seconds:.3} s {warnings:?}"
            ),
            Err(problem) => println!("{file}: {:?}: {problem}", problem.code),
        }
    }
}
