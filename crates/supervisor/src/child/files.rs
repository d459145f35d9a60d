//! Which files a worker can open, should what it reads take it over. Landlock rules them; threads
//! inherit it and it cannot be taken back. A kernel that lacks it goes without, as old ones must be
//! able to read too. Not here: which system calls there are (`calls`).
//!
//! Landlock: <https://docs.kernel.org/userspace-api/landlock.html>.

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, Ruleset, RulesetAttr, RulesetCreatedAttr,
    RulesetError, RulesetStatus, Scope, path_beneath_rules,
};
use std::path::Path;

/// The newest rules asked for; a kernel that knows fewer keeps those it knows.
const RULES: ABI = ABI::V6;

/// Where PDFium looks for a font that a file names and does not hold.
const FONTS: [&str; 3] = ["/usr/share/fonts", "/usr/share/X11/fonts", "/usr/local/share/fonts"];

/// From now on files can be read and nothing else; for the whole process, so it must still have
/// one thread.
pub(super) fn read_only() {
    note("reading", restrict(&[(Path::new("/"), reading())]));
}

/// The same for a process that also drives devices.
pub(super) fn read_and_drive_devices() {
    let devices = AccessFs::ReadFile | AccessFs::ReadDir | AccessFs::WriteFile | AccessFs::IoctlDev;
    note("reading", restrict(&[(Path::new("/"), reading()), (Path::new("/dev"), devices)]));
}

/// From now on the calling thread opens one file, a folder of Yinju's own, and fonts.
pub(super) fn document(file: &Path, own: Option<&Path>) {
    only(FONTS.iter().map(Path::new).chain([file]).chain(own));
}

/// From now on the calling thread opens this file, or what is in this folder.
pub(super) fn model(files: &Path) {
    only([files]);
}

/// From now on the calling thread opens nothing.
pub(super) fn nothing() {
    only([]);
}

fn only<'p>(readable: impl IntoIterator<Item = &'p Path>) {
    let rules: Vec<_> = readable.into_iter().map(|path| (path, reading())).collect();
    note("its files", restrict(&rules));
}

/// Neither running programs nor anything that changes.
fn reading() -> BitFlags<AccessFs> {
    AccessFs::from_read(RULES) & !BitFlags::from(AccessFs::Execute)
}

fn note(what: &str, outcome: Result<RulesetStatus, RulesetError>) {
    match outcome {
        Ok(RulesetStatus::FullyEnforced) => {}
        Ok(status) => tracing::debug!(what, ?status, "the kernel confines in part"),
        Err(error) => eprintln!("worker: not confined to {what}: {error}"),
    }
}

/// What is not there can be passed over: it cannot be opened either.
fn restrict(rules: &[(&Path, BitFlags<AccessFs>)]) -> Result<RulesetStatus, RulesetError> {
    let mut ruleset = Ruleset::default()
        .handle_access(AccessFs::from_all(RULES))?
        .handle_access(AccessNet::from_all(RULES))?
        .scope(Scope::from_all(RULES))?
        .create()?;
    for (path, access) in rules {
        ruleset = ruleset.add_rules(path_beneath_rules([path], *access))?;
    }
    Ok(ruleset.restrict_self()?.ruleset)
}
