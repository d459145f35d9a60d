//! Data that may be absent: public test data, installed models, PDFium. A test that wants something which
//! is not here is skipped in a line that says so; where the environment says `YINJU_REQUIRE=all`, it
//! fails, so that a run meant to be whole is not green for want of its data.

use std::fmt::Display;
use std::path::{Path, PathBuf};

/// Says what a test is skipped for.
///
/// # Panics
/// Where the environment requires all.
pub fn absent<T>(what: impl Display) -> Option<T> {
    let required = std::env::var_os("YINJU_REQUIRE").is_some_and(|value| value == "all");
    assert!(!required, "not here, and YINJU_REQUIRE=all: {what}");
    eprintln!("skipped: not here: {what}");
    None
}

/// A file or folder, if it is there.
pub fn there(path: impl Into<PathBuf>) -> Option<PathBuf> {
    let path = path.into();
    if path.exists() { Some(path) } else { absent(path.display()) }
}

/// The workspace's folder.
pub fn root() -> PathBuf {
    // Asked when a test runs: clones may share a target folder, and then the test programs too.
    let own = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap());
    own.ancestors().find(|folder| folder.join("Cargo.lock").exists()).unwrap_or(&own).to_owned()
}

/// A file or folder of public test data: below `YINJU_SHARED`, else beside the clone.
pub fn shared(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("YINJU_SHARED").map(PathBuf::from);
    there(folder.unwrap_or_else(|| root().join("../shared")).join(name))
}

/// The folder of an installed model.
pub fn model(id: &str) -> Option<PathBuf> {
    there(directory_of_models().join(id))
}

/// The one file of an installed model that ends like this.
pub fn model_file(id: &str, extension: &str) -> Option<PathBuf> {
    let folder = model(id)?;
    let files = std::fs::read_dir(&folder).ok().into_iter().flatten().flatten();
    let found = files.map(|file| file.path()).find(|path| has_extension(path, extension));
    found.or_else(|| absent(format!("a .{extension} in {}", folder.display())))
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found == extension)
}

/// The `PDFium` library: what `YINJU_PDFIUM` names, else where `npm run setup` puts it.
pub fn pdfium() -> Option<PathBuf> {
    there(pdfium_path())
}

/// Where it would be.
pub fn pdfium_path() -> PathBuf {
    given("YINJU_PDFIUM").unwrap_or_else(|| data().join("pdfium/libpdfium.so"))
}

/// Where models are: what `YINJU_MODELS` names, else where `npm run setup` puts them.
pub fn directory_of_models() -> PathBuf {
    given("YINJU_MODELS").unwrap_or_else(|| data().join("models"))
}

fn given(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).filter(|path| !path.is_empty()).map(PathBuf::from)
}

/// The platform's data folder of the program.
fn data() -> PathBuf {
    let home = || std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let data = match given("XDG_DATA_HOME") {
        Some(folder) => folder,
        None if cfg!(target_os = "macos") => home().join("Library/Application Support"),
        None => home().join(".local/share"),
    };
    data.join("yinju")
}
