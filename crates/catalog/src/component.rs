//! Native libraries that are not models: which build belongs to which system, and installing it out
//! of its package. Not here: loading them.

use crate::archive::{append_member, extract_under};
use crate::error::{Attempt, CatalogError};
use crate::hash::sha256_of_file;
use crate::pip::{PackageRef, PipClient};
use crate::progress::{PullProgress, PullStage, Reporter};
use crate::staging::{make_folder, rename};
use serde::Deserialize;
use std::fs::File;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use yinju_core::{CancelToken, ModelId};

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
    /// Its length.
    pub bytes: u64,
    /// Its hash.
    pub sha256: String,
}

/// A native library the program needs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Component {
    /// Its name, as `pdfium`.
    pub name: String,
    /// Its licence.
    pub licence: String,
    /// Which registry holds its package.
    pub registry: String,
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
    pub fn build(&self) -> Result<&Build, CatalogError> {
        let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
        self.builds
            .iter()
            .find(|build| build.os == os && build.arch == arch)
            .ok_or_else(|| CatalogError::NoBuild(format!("{} ({os}, {arch})", self.name)))
    }

    /// The library in `folder`, if it is there with the right hash.
    pub fn installed(&self, folder: &Path) -> Option<PathBuf> {
        let build = self.build().ok()?;
        let path = folder.join(&build.file);
        let hash = sha256_of_file(&path, &CancelToken::new(), &mut |_| {}).ok()?;
        (hash == build.sha256).then_some(path)
    }

    /// Puts the library into `folder`, with its licences in `folder/licences`, unless it is there.
    pub fn install(
        &self,
        folder: &Path,
        cancel: &CancelToken,
        on_progress: &mut dyn FnMut(PullProgress),
    ) -> Result<PathBuf, CatalogError> {
        if let Some(path) = self.installed(folder) {
            return Ok(path);
        }
        make_folder(folder)?;
        let id = ModelId::like(&self.name);
        let mut reporter = Reporter::new(&id, on_progress);
        reporter.source(&self.registry);
        self.fetch(folder, cancel, &mut reporter).map_err(|error| match error {
            error @ (CatalogError::PipFailed { .. } | CatalogError::Package { .. }) => {
                let reason = error.to_string();
                let attempts = vec![Attempt { source: self.registry.clone(), reason }];
                CatalogError::NoSource { model: id.clone(), attempts }
            }
            other => other,
        })
    }

    fn fetch(
        &self,
        folder: &Path,
        cancel: &CancelToken,
        reporter: &mut Reporter,
    ) -> Result<PathBuf, CatalogError> {
        let build = self.build()?;
        let scratch =
            TempDir::with_prefix_in(".fetch-", folder).map_err(|e| CatalogError::io(folder, e))?;
        let package = PackageRef {
            name: &self.package,
            version: &self.version,
            platform: Some(&build.platform),
        };
        let pip = PipClient::find()?;
        let wheel = pip.download(package, scratch.path(), cancel, &mut |done| {
            reporter.tell(&self.package, PullStage::Downloading, done, None);
        })?;
        let fresh = scratch.path().join("library");
        let mut file = File::create(&fresh).map_err(|e| CatalogError::io(&fresh, e))?;
        append_member(&wheel, &build.member, &mut file, &fresh, cancel, &mut |_| {})?;
        let found = sha256_of_file(&fresh, cancel, &mut |_| {})?;
        if found != build.sha256 {
            let aside = folder.join(format!("{}.rejected", build.file));
            rename(&fresh, &aside)?;
            let expected = build.sha256.clone();
            return Err(CatalogError::HashMismatch { file: aside, expected, found });
        }
        extract_under(&wheel, &self.licences, &folder.join("licences"))?;
        let path = folder.join(&build.file);
        rename(&fresh, &path)?;
        Ok(path)
    }
}
