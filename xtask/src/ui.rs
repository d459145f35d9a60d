//! The window's packages and its build: done again only when what they come from has changed.

use crate::place::Place;
use crate::say;
use crate::steps::{program, run};
use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::path::Path;
use std::time::SystemTime;
use walkdir::WalkDir;
use yinju_catalog::hexadecimal;

/// Beside the packages stands the hash of the lock file they were installed by.
const PACKAGES_STAMP: &str = "ui/node_modules/.yinju-packages";
/// The hash of the sources the build was made of; it goes when the packages go.
const BUILD_STAMP: &str = "ui/node_modules/.yinju-build";

/// Installs the window's packages if the lock file is another.
pub fn packages(place: &Place) -> Result<()> {
    if !place.root.join("ui/package.json").exists() {
        return Ok(());
    }
    let hash = hash_of(&place.root, &["ui/package.json", "ui/package-lock.json"])?;
    if is_stamped(place, PACKAGES_STAMP, &hash) {
        say::there("UI packages");
        return Ok(());
    }
    // Not `npm ci`: it refuses a lock file without the optional packages of other systems, and some
    // registries do not carry those. The versions are the lock file's here too.
    let words = ["npm", "install", "--no-save", "--prefix", "ui", "--no-audit", "--no-fund"];
    say::doing("UI packages (npm)", || {
        run(program(place, &words))?;
        stamp(place, PACKAGES_STAMP, &hash)
    })
}

/// Builds the window if its sources are others; cargo is told by the build script's time, since it
/// does not look into `ui/dist`.
pub fn build(place: &Place) -> Result<()> {
    let sources = ["ui/src", "ui/index.html", "ui/package-lock.json", "ui/vite.config.ts"];
    let hash = hash_of(&place.root, &sources)?;
    let built = place.root.join("ui/dist/index.html").exists();
    if built && is_stamped(place, BUILD_STAMP, &hash) {
        say::there("UI build");
        return Ok(());
    }
    say::doing("UI build", || {
        run(program(place, &["npm", "run", "--silent", "build", "--prefix", "ui"]))?;
        let script = place.root.join("src-tauri/build.rs");
        File::options().append(true).open(&script)?.set_modified(SystemTime::now())?;
        stamp(place, BUILD_STAMP, &hash)
    })
}

fn is_stamped(place: &Place, name: &str, hash: &str) -> bool {
    fs::read_to_string(place.root.join(name)).is_ok_and(|found| found == hash)
}

fn stamp(place: &Place, name: &str, hash: &str) -> Result<()> {
    let path = place.root.join(name);
    fs::write(&path, hash).with_context(|| format!("{} cannot be written", path.display()))
}

/// One hash over files and folders: of each name and content, in order. What is absent counts as
/// empty.
fn hash_of(root: &Path, names: &[&str]) -> Result<String> {
    let mut hasher = Sha256::new();
    for name in names {
        let files = WalkDir::new(root.join(name)).sort_by_file_name().into_iter();
        for file in files.filter_map(Result::ok).filter(|e| e.file_type().is_file()) {
            hasher.update(file.path().strip_prefix(root)?.to_string_lossy().as_bytes());
            hasher.update(fs::read(file.path())?);
        }
    }
    Ok(hexadecimal(&hasher.finalize()))
}
