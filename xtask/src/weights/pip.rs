//! Fetches packages by name and version through Python's own client, which knows the registry, its
//! mirrors, proxies and credentials of this machine. It runs isolated (`-I`) and in a folder of its
//! own: nothing that lies in the current folder, and no `PYTHON…` variable, decides what runs. No
//! address of a registry stands here.

use anyhow::{Context, Result};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How the client is called on different systems, in the order of trying.
const KNOWN_AS: [&str; 3] = ["python3", "python", "py"];
/// How often the download's progress is looked at.
const LOOK: Duration = Duration::from_millis(100);
/// How much of the client's last words is shown.
const LAST_LINES: usize = 3;

/// The registry's client on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PipClient {
    python: PathBuf,
    options: Vec<String>,
}

/// Which package.
#[derive(Clone, Copy, Debug)]
pub struct PackageRef<'a> {
    pub name: &'a str,
    pub version: &'a str,
    /// The platform tag to ask for; absent means this machine's.
    pub platform: Option<&'a str>,
}

impl PackageRef<'_> {
    fn requirement(&self) -> String {
        format!("{}=={}", self.name, self.version)
    }
}

impl PipClient {
    /// Adds options to every download, as `--no-index`.
    #[cfg(test)]
    pub fn options(mut self, options: &[&str]) -> Self {
        self.options.extend(options.iter().map(ToString::to_string));
        self
    }

    /// The client of this machine.
    pub fn find() -> Result<Self> {
        KNOWN_AS
            .iter()
            .filter_map(|name| on_path(name))
            .map(|python| Self { python, options: Vec::new() })
            .find(Self::answers)
            .context("Python's pip is not here (Debian: apt install python3-pip)")
    }

    fn answers(&self) -> bool {
        self.answers_in(&std::env::temp_dir())
    }

    /// Whether the client answers when it is started in a folder.
    pub fn answers_in(&self, folder: &Path) -> bool {
        self.call(folder)
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    }

    fn call(&self, folder: &Path) -> Command {
        let mut call = Command::new(&self.python);
        call.args(["-I", "-m", "pip"]).current_dir(folder).stdin(Stdio::null());
        call
    }

    /// Downloads a package into an empty folder and returns its file. `on_bytes` is told how many
    /// bytes are there.
    pub fn download(
        &self,
        package: PackageRef,
        folder: &Path,
        on_bytes: &mut dyn FnMut(u64),
    ) -> Result<PathBuf> {
        let folder = std::path::absolute(folder)?;
        let words = folder.join("words");
        let scratch = folder.join("scratch");
        let wheels = folder.join("wheels");
        for each in [&scratch, &wheels] {
            fs::create_dir_all(each).with_context(|| each.display().to_string())?;
        }
        let mut child = self.start(package, &wheels, &scratch, File::create(&words)?)?;
        while child.try_wait()?.is_none() {
            on_bytes(bytes_under(&wheels) + bytes_under(&scratch));
            std::thread::sleep(LOOK);
        }
        let got = only_file(&wheels).filter(|_| child.wait().is_ok_and(|end| end.success()));
        got.with_context(|| failure(package, &words))
    }

    fn start(
        &self,
        package: PackageRef,
        wheels: &Path,
        scratch: &Path,
        log: File,
    ) -> Result<Child> {
        let mut call = self.call(scratch);
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
            .stdout(Stdio::null())
            .stderr(Stdio::from(log));
        call.spawn().with_context(|| self.python.display().to_string())
    }
}

/// A program in one of the folders of `PATH`; those that are relative would be other folders
/// elsewhere.
fn on_path(name: &str) -> Option<PathBuf> {
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let path = std::env::var_os("PATH")?;
    let mut places = std::env::split_paths(&path).filter(|folder| folder.is_absolute());
    places.find_map(|folder| Some(folder.join(&file)).filter(|program| program.is_file()))
}

fn failure(package: PackageRef, words: &Path) -> String {
    let said = fs::read_to_string(words).unwrap_or_default();
    let mut last: Vec<_> = said.lines().rev().filter(|l| !l.trim().is_empty()).collect();
    last.truncate(LAST_LINES);
    last.reverse();
    format!("pip could not download {}: {}", package.requirement(), last.join(" "))
}

fn only_file(folder: &Path) -> Option<PathBuf> {
    fs::read_dir(folder).ok()?.filter_map(std::result::Result::ok).map(|entry| entry.path()).next()
}

fn bytes_under(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    entries
        .filter_map(std::result::Result::ok)
        .map(|entry| match entry.metadata() {
            Ok(meta) if meta.is_dir() => bytes_under(&entry.path()),
            Ok(meta) => meta.len(),
            Err(_) => 0,
        })
        .sum()
}
