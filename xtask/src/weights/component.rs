//! Native libraries that are not models: which build belongs to which system, and installing it out
//! of its package. Not here: loading them.

use super::Report;
use super::archive::{append_member, extract_under};
use super::pip::{PackageRef, PipClient};
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use yinju_catalog::sha256_of_file;
use yinju_core::CancelToken;

/// A library as built for one system.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Build {
    /// `linux`, `macos`, `windows`.
    pub os: String,
    /// `x86_64`, `aarch64`.
    pub arch: String,
    /// The package's platform tag.
    pub platform: String,
    /// The library's path in the package.
    pub member: String,
    /// Its name on this machine.
    pub file: String,
    /// Its hash.
    pub sha256: String,
}

/// A native library the program needs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Component {
    /// Its name, as `pdfium`.
    pub name: String,
    /// Its licence, for whoever reads the file.
    #[serde(rename = "licence")]
    _licence: String,
    /// The package.
    pub package: String,
    /// The package's version.
    pub version: String,
    /// The folder of licence texts in the package.
    pub licences: String,
    /// The builds.
    #[serde(rename = "build")]
    pub builds: Vec<Build>,
}

impl Component {
    /// The build for this system.
    fn build(&self) -> Result<&Build> {
        let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
        self.builds
            .iter()
            .find(|build| build.os == os && build.arch == arch)
            .with_context(|| format!("{} is not there for {os} on {arch}", self.name))
    }

    /// The library in `folder`, if it is there with the right hash.
    pub fn installed(&self, folder: &Path) -> Option<PathBuf> {
        let build = self.build().ok()?;
        let path = folder.join(&build.file);
        let hash = sha256_of_file(&path, &CancelToken::new(), &mut |_| {}).ok()?;
        (hash == build.sha256).then_some(path)
    }

    /// Puts the library into `folder`, with its licences in `folder/licences`.
    pub fn install(&self, folder: &Path, report: Report) -> Result<()> {
        fs::create_dir_all(folder)?;
        let build = self.build()?;
        let scratch = TempDir::with_prefix_in(".fetch-", folder)?;
        let package = PackageRef {
            name: &self.package,
            version: &self.version,
            platform: Some(&build.platform),
        };
        let wheel = PipClient::find()?.download(package, scratch.path(), &mut |done| {
            report("fetching", &self.package, done, None);
        })?;
        let fresh = scratch.path().join("library");
        append_member(&wheel, &build.member, &mut File::create(&fresh)?, &mut |_| {})?;
        let found = sha256_of_file(&fresh, &CancelToken::new(), &mut |_| {})?;
        if found != build.sha256 {
            bail!("{} has the SHA-256 {found}, not {}", build.file, build.sha256);
        }
        extract_under(&wheel, &self.licences, &folder.join("licences"))?;
        Ok(fs::rename(&fresh, folder.join(&build.file))?)
    }
}
