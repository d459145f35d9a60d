//! `cargo xtask gpu`: a build of the worker for a graphics processor, put beside the others.

use crate::place::Place;
use crate::steps::{self, program};
use anyhow::{Context, Result};
use clap::ValueEnum;
use std::env::consts::EXE_SUFFIX;
use std::fs;

/// What there are builds for.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Gpu {
    /// NVIDIA; needs `nvcc` of the CUDA toolkit.
    Cuda,
    /// Apple.
    Metal,
}

/// Builds `yinju-worker` for it and lays it beside the one for the processor, which is used where
/// this one does not start. A folder of its own, so that the ordinary build is not undone.
pub fn run(place: &Place, gpu: Gpu) -> Result<()> {
    let device = match gpu {
        Gpu::Cuda => "cuda",
        Gpu::Metal => "metal",
    };
    let folder = place.target.join(device);
    let mut cargo = program(place, &["cargo", "build", "--locked", "--release"]);
    cargo.args(["--package", "yinju-worker", "--features", device]);
    cargo.env("CARGO_TARGET_DIR", &folder);
    steps::run(cargo)?;
    let built = folder.join("release").join(format!("yinju-worker{EXE_SUFFIX}"));
    for profile in ["debug", "release"] {
        let beside = place.target.join(profile);
        if beside.is_dir() {
            let to = beside.join(format!("yinju-worker-{device}{EXE_SUFFIX}"));
            fs::copy(&built, &to).with_context(|| format!("cannot write {}", to.display()))?;
            println!("{}", to.display());
        }
    }
    Ok(())
}
