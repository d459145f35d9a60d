//! Where things are: the clone, what is built, the shared data and the cache of this machine.

use anyhow::{Context, Result};
use std::env;
use std::path::{Path, PathBuf};

/// Places of one run.
#[derive(Clone, Debug)]
pub struct Place {
    /// The clone.
    pub root: PathBuf,
    /// What cargo builds.
    pub target: PathBuf,
    /// Installed models; shared by every home.
    pub models: PathBuf,
    /// The folder of the `PDFium` library; shared by every home.
    pub pdfium: PathBuf,
    /// Tools that outlive the clone.
    pub tools: PathBuf,
}

impl Place {
    /// The places of this machine; `YINJU_MODELS`, `YINJU_PDFIUM` and `CARGO_TARGET_DIR` override.
    pub fn find() -> Result<Self> {
        // Asked when it runs: clones may share a target folder, and then this program too.
        let own = env::var("CARGO_MANIFEST_DIR").context("start this with `cargo xtask`")?;
        let root = Path::new(&own).parent().context("xtask has a parent")?;
        let dirs = directories::BaseDirs::new().context("this account has no home folder")?;
        let data = dirs.data_local_dir().join("yinju");
        let given = |name: &str| env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
        let pdfium = given("YINJU_PDFIUM").and_then(|file| file.parent().map(Path::to_owned));
        Ok(Self {
            root: root.to_owned(),
            target: root.join(given("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into())),
            models: given("YINJU_MODELS").unwrap_or_else(|| data.join("models")),
            pdfium: pdfium.unwrap_or_else(|| data.join("pdfium")),
            tools: dirs.cache_dir().join("yinju").join("tools"),
        })
    }

    /// A program that was built in the development profile.
    pub fn built(&self, name: &str) -> PathBuf {
        self.target.join("debug").join(format!("{name}{}", env::consts::EXE_SUFFIX))
    }

    /// `PATH` with the tools of this project first.
    pub fn path_variable(&self) -> std::ffi::OsString {
        let own = self.tools.join("bin");
        let rest = env::var_os("PATH").unwrap_or_default();
        env::join_paths(std::iter::once(own).chain(env::split_paths(&rest))).unwrap_or(rest)
    }
}
