//! Throws damaged variants of the files of a folder at the worker and counts what comes of them:
//! `cargo run --release -p yinju-worker --example mutants -- WORKER PDFIUM FOLDER [COUNT] [KEEP]`.
//! Variants that ended the worker or kept it too long are written to the folder KEEP.

#[path = "../tests/support/mutants.rs"]
mod mutants;

use std::path::PathBuf;
use std::time::Duration;
use yinju_supervisor::{WorkerConfig, WorkerReader};

/// Larger files are left out: what is damaged in them is mostly images.
const LARGEST: u64 = 3_000_000;

fn main() {
    let mut args = std::env::args().skip(1);
    let mut next = |what: &str| args.next().unwrap_or_else(|| panic!("{what} is missing"));
    let (worker, pdfium, folder) = (next("WORKER"), next("PDFIUM"), next("FOLDER"));
    let count = args.next().map_or(5_000, |count| count.parse().expect("COUNT is a number"));
    let keep = args.next().map(PathBuf::from);
    let patience = Duration::from_secs(30);
    let config = WorkerConfig {
        page_timeout: patience,
        file_timeout: 4 * patience,
        ..WorkerConfig::new(worker, pdfium)
    };
    let mut bad = 0;
    let reader = WorkerReader::new(config);
    let tally = mutants::throw(&reader, &files(&folder), count, &mut |file, bytes, problem| {
        println!("{}: {:?}: {}", file.display(), problem.code, problem.message);
        if let Some(keep) = &keep {
            std::fs::write(keep.join(format!("{bad}.{}", mutants::extension(file))), bytes)
                .expect("KEEP can be written to");
        }
        bad += 1;
    });
    println!("{tally:?}");
}

fn files(folder: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("FOLDER can be read").flatten();
    let small =
        |path: &PathBuf| path.metadata().is_ok_and(|data| data.is_file() && data.len() <= LARGEST);
    let mut files: Vec<_> = entries.map(|entry| entry.path()).filter(small).collect();
    files.sort();
    files
}
