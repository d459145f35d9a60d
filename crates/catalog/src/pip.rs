//! Fetches packages by name and version through Python's own client, which knows the registry, its
//! mirrors, proxies and credentials of this machine. No address of a registry stands here.

use crate::error::CatalogError;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use yinju_core::CancelToken;

/// How the client is called on different systems, in the order of trying.
const KNOWN_AS: [&[&str]; 5] = [
    &["python3", "-m", "pip"],
    &["python", "-m", "pip"],
    &["pip3"],
    &["pip"],
    &["py", "-m", "pip"],
];
/// How often the download's progress is looked at.
const LOOK: Duration = Duration::from_millis(100);
/// How much of the client's last words is shown.
const LAST_LINES: usize = 3;

/// The registry's client on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PipClient {
    command: Vec<String>,
    options: Vec<String>,
}

/// Which package.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PackageRef<'a> {
    pub(crate) name: &'a str,
    pub(crate) version: &'a str,
    /// The platform tag to ask for; absent means this machine's.
    pub(crate) platform: Option<&'a str>,
}

impl PackageRef<'_> {
    fn requirement(&self) -> String {
        format!("{}=={}", self.name, self.version)
    }
}

impl PipClient {
    /// A client that is called with this command.
    pub fn new(command: &[&str]) -> Self {
        Self { command: command.iter().map(ToString::to_string).collect(), options: Vec::new() }
    }

    /// Adds options to every download, as `--no-index`.
    #[must_use]
    pub fn options(mut self, options: &[&str]) -> Self {
        self.options.extend(options.iter().map(ToString::to_string));
        self
    }

    /// The client of this machine.
    pub fn find() -> Result<Self, CatalogError> {
        KNOWN_AS
            .iter()
            .map(|command| Self::new(command))
            .find(Self::answers)
            .ok_or_else(|| CatalogError::NoPip(KNOWN_AS.map(|c| c.join(" ")).join(", ")))
    }

    fn answers(&self) -> bool {
        self.call()
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .stdin(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    }

    fn call(&self) -> Command {
        let mut call = Command::new(&self.command[0]);
        call.args(&self.command[1..]);
        call
    }

    /// Downloads a package into an empty folder and returns its file. `on_bytes` is told how many
    /// bytes are there.
    pub(crate) fn download(
        &self,
        package: PackageRef,
        folder: &Path,
        cancel: &CancelToken,
        on_bytes: &mut dyn FnMut(u64),
    ) -> Result<PathBuf, CatalogError> {
        let words = folder.join("words");
        let scratch = folder.join("scratch");
        let wheels = folder.join("wheels");
        for each in [&scratch, &wheels] {
            fs::create_dir_all(each).map_err(|e| CatalogError::io(each, e))?;
        }
        let log = File::create(&words).map_err(|e| CatalogError::io(&words, e))?;
        let mut child = self.start(package, &wheels, &scratch, log)?;
        let success = watch(&mut child, cancel, &mut || {
            on_bytes(bytes_under(&wheels) + bytes_under(&scratch));
        })?;
        if !success {
            return Err(failure(package, &words));
        }
        only_file(&wheels).ok_or_else(|| failure(package, &words))
    }

    fn start(
        &self,
        package: PackageRef,
        wheels: &Path,
        scratch: &Path,
        log: File,
    ) -> Result<Child, CatalogError> {
        let mut call = self.call();
        call.args(["download", "--no-deps", "--no-input", "--quiet", "--no-cache-dir"])
            .args(["--disable-pip-version-check", "--ignore-requires-python"])
            .args(["--only-binary", ":all:"])
            .args(package.platform.iter().flat_map(|platform| ["--platform", platform]))
            .args(&self.options)
            .arg("--dest")
            .arg(wheels)
            .arg(package.requirement())
            .env("TMPDIR", scratch)
            .env("TEMP", scratch)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::from(log));
        call.spawn().map_err(|e| CatalogError::NoPip(format!("{}: {e}", self.command.join(" "))))
    }
}

/// Waits for the end; a stop kills the child.
fn watch(
    child: &mut Child,
    cancel: &CancelToken,
    on_look: &mut dyn FnMut(),
) -> Result<bool, CatalogError> {
    let lost = |e| CatalogError::PipFailed { package: String::new(), reason: format!("{e}") };
    loop {
        if let Some(status) = child.try_wait().map_err(lost)? {
            return Ok(status.success());
        }
        if cancel.is_cancelled() {
            // It may have ended by itself in between.
            let _ = child.kill();
            child.wait().map_err(lost)?;
            return Err(CatalogError::Cancelled);
        }
        on_look();
        std::thread::sleep(LOOK);
    }
}

fn failure(package: PackageRef, words: &Path) -> CatalogError {
    let said = fs::read_to_string(words).unwrap_or_default();
    if said.contains("No space left on device") {
        return CatalogError::DiskFull { path: words.with_file_name("wheels") };
    }
    let mut last: Vec<_> = said.lines().rev().filter(|l| !l.trim().is_empty()).collect();
    last.truncate(LAST_LINES);
    last.reverse();
    CatalogError::PipFailed { package: package.requirement(), reason: last.join(" ") }
}

fn only_file(folder: &Path) -> Option<PathBuf> {
    fs::read_dir(folder).ok()?.filter_map(Result::ok).map(|entry| entry.path()).next()
}

fn bytes_under(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    entries
        .filter_map(Result::ok)
        .map(|entry| match entry.metadata() {
            Ok(meta) if meta.is_dir() => bytes_under(&entry.path()),
            Ok(meta) => meta.len(),
            Err(_) => 0,
        })
        .sum()
}
