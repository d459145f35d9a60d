//! What a person's own model is, before it is taken among the models.

use std::path::Path;
use yinju_core::{ModelDescription, Problem};
use yinju_supervisor::child::confine_to;

/// Looks into a GGUF file, or the folder of an encoder or a reranker, which is all that can be opened
/// from now on.
pub fn inspect(path: &Path) -> Result<ModelDescription, Problem> {
    confine_to(path, None);
    let described = if path.is_dir() {
        yinju_embed::describe(path).map_err(Problem::from)
    } else {
        yinju_generate::describe(path).map_err(Problem::from)
    };
    described.map_err(|problem| {
        problem.hint(
            "a GGUF file, or a folder with config.json, model.safetensors and tokenizer.json, can be imported",
        )
    })
}
