//! `cargo xtask fuzz`: throws bytes at everything that reads foreign bytes on this side of PDFium,
//! each target for a while. What is found stays in `fuzz/artifacts`; what leads somewhere new is
//! added to the kept corpus only on wish, as that changes files of the clone.

use crate::place::Place;
use crate::steps::{program, run};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};

/// The targets and the longest input each is given, in bytes: what leads everywhere in it once.
const TARGETS: [(&str, u32); 12] = [
    ("protocol", 4096),
    ("layout", 8192),
    ("normalise", 1024),
    ("file_look", 16_384),
    ("e5s1", 16_384),
    ("gguf_head", 4096),
    ("flow", 16_384),
    ("picture", 32_768),
    ("ocr_model", 1024),
    ("token_vectors", 2048),
    ("conversation", 8192),
    ("encoder", 4096),
];

/// No input is worth more memory in all, or at once, in MB; so a small file that asks for much is
/// found.
const MEMORY: u32 = 1024;
const ALLOCATION: u32 = 512;
/// An input that takes longer, in seconds, is one that hangs.
const HANG: u32 = 20;

/// What a developer may ask for.
#[derive(clap::Args)]
pub struct Wish {
    /// Seconds for each target.
    #[arg(long, default_value_t = 60)]
    pub seconds: u32,
    /// One target instead of all.
    #[arg(long)]
    pub target: Option<String>,
    /// Adds what leads somewhere new to the kept corpus, at its smallest.
    #[arg(long)]
    pub keep: bool,
}

/// Builds the targets and runs them.
pub fn run_targets(place: &Place, wish: &Wish) -> Result<()> {
    let folder = place.root.join("fuzz");
    // A target folder of its own: what is built here is instrumented.
    let target = place.target.join("fuzz");
    let mut build = program(place, &["cargo", "build", "--release"]);
    run_in(&folder, &target, &mut build)?;
    let wanted = |name: &str| wish.target.as_deref().is_none_or(|target| target == name);
    let mut found = Vec::new();
    for (name, longest) in TARGETS.iter().filter(|(name, _)| wanted(name)) {
        println!("\n-- {name}");
        let attack = Attack { place, folder: &folder, binary: binary(&target, name)?, name };
        if attack.go(*longest, wish.seconds).is_err() {
            found.push(*name);
        } else if wish.keep {
            attack.keep(*longest)?;
        }
    }
    if !found.is_empty() {
        bail!("found something in {}; see fuzz/artifacts", found.join(", "));
    }
    Ok(())
}

fn run_in(folder: &Path, target: &Path, command: &mut std::process::Command) -> Result<()> {
    command.current_dir(folder).env("CARGO_TARGET_DIR", target);
    // These would take the place of the flags in `fuzz/.cargo/config.toml`.
    command.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    let status = command.status().context("cargo cannot be started")?;
    if !status.success() {
        bail!("the fuzz targets cannot be built");
    }
    Ok(())
}

/// Built for a target that is named, so it lies below the name.
fn binary(target: &Path, name: &str) -> Result<PathBuf> {
    let file = format!("release/{name}{}", std::env::consts::EXE_SUFFIX);
    let below = fs::read_dir(target)?.flatten().map(|entry| entry.path().join(&file));
    below.into_iter().find(|path| path.is_file()).with_context(|| format!("{name} is not there"))
}

/// One target under way.
struct Attack<'a> {
    place: &'a Place,
    folder: &'a Path,
    binary: PathBuf,
    name: &'a str,
}

impl Attack<'_> {
    /// From the kept corpus, with a copy of it to write to.
    fn go(&self, longest: u32, seconds: u32) -> Result<()> {
        let grown = self.grown();
        let artifacts = self.folder.join("artifacts").join(self.name);
        fs::create_dir_all(&grown)?;
        // A new target may have no seeds yet; libFuzzer does not begin without the folder.
        fs::create_dir_all(self.kept())?;
        fs::create_dir_all(&artifacts)?;
        let mut command = program(self.place, &[&self.binary.to_string_lossy()]);
        command.args([
            format!("-max_total_time={seconds}"),
            format!("-max_len={longest}"),
            format!("-timeout={HANG}"),
            format!("-rss_limit_mb={MEMORY}"),
            format!("-malloc_limit_mb={ALLOCATION}"),
            format!("-artifact_prefix={}/", artifacts.display()),
            "-verbosity=0".to_owned(),
            "-print_final_stats=1".to_owned(),
        ]);
        command.args([&grown, &self.kept()]);
        run(command)
    }

    /// Merges what was grown into what is kept.
    fn keep(&self, longest: u32) -> Result<()> {
        let mut command = program(self.place, &[&self.binary.to_string_lossy(), "-merge=1"]);
        command.arg(format!("-max_len={longest}")).args([self.kept(), self.grown()]);
        run(command)
    }

    fn kept(&self) -> PathBuf {
        self.folder.join("corpus").join(self.name)
    }

    fn grown(&self) -> PathBuf {
        self.place.target.join("fuzz/grown").join(self.name)
    }
}
