//! Model files that are not what they should be.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use yinju_tests::{Home, Run, directory_of_models, model, root, run};

/// A GGUF header that names an architecture and holds nothing else.
fn gguf(architecture: &str) -> Vec<u8> {
    let mut bytes = b"GGUF".to_vec();
    bytes.extend(3_u32.to_le_bytes());
    bytes.extend(0_u64.to_le_bytes());
    bytes.extend(1_u64.to_le_bytes());
    let key = "general.architecture";
    bytes.extend((key.len() as u64).to_le_bytes());
    bytes.extend(key.as_bytes());
    bytes.extend(8_u32.to_le_bytes());
    bytes.extend((architecture.len() as u64).to_le_bytes());
    bytes.extend(architecture.as_bytes());
    bytes
}

/// Runs on a models folder of its own.
fn with_models(home: &Home, models: &Path, words: &[&str]) -> Run {
    run(home.command(words).env("YINJU_MODELS", models))
}

#[cfg(unix)]
#[test]
fn an_unknown_architecture_is_named_when_it_is_asked() {
    let home = Home::new();
    let models = tempfile::tempdir().unwrap();
    let encoder = "multilingual-e5-small";
    std::os::unix::fs::symlink(directory_of_models().join(encoder), models.path().join(encoder))
        .unwrap();
    let file = models.path().join("strange.gguf");
    fs::write(&file, gguf("no-such-architecture")).unwrap();
    with_models(&home, models.path(), &["models", "import", file.to_str().unwrap()]).done();
    let sample = root().join("assets/samples/tea-handbook-zh.pdf");
    with_models(&home, models.path(), &["import", sample.to_str().unwrap()]).done();
    let words = ["ask", "红茶的保质期是多久？", "--model", "strange"];
    let asked = with_models(&home, models.path(), &words);
    assert_eq!((asked.status, asked.code()), (3, "model_unsupported"), "{}", asked.words);
    assert!(asked.words.contains("no-such-architecture"));
}

#[test]
fn a_file_that_is_no_model_is_refused() {
    let home = Home::new();
    let models = tempfile::tempdir().unwrap();
    let file = models.path().join("no.gguf");
    fs::write(&file, "not a model").unwrap();
    let import = with_models(&home, models.path(), &["models", "import", file.to_str().unwrap()]);
    assert_eq!((import.status, import.code()), (3, "model_damaged"), "{}", import.words);
}

#[test]
fn without_an_encoder_the_way_to_get_one_is_named() {
    let home = Home::new();
    let models = tempfile::tempdir().unwrap();
    let sample = root().join("assets/samples/tea-handbook-zh.pdf");
    let import = with_models(&home, models.path(), &["import", sample.to_str().unwrap()]);
    assert_eq!((import.status, import.code()), (3, "model_missing"));
    assert!(import.last()["error"]["hint"].as_str().unwrap().contains("models pull"));
    // The file waits for the model: nothing has to be dropped again.
    let again = home.yinju(&["import", sample.to_str().unwrap()]).done();
    assert_eq!(again.last()["summary"]["failed"], 0);
}

#[test]
fn a_changed_model_file_is_found_out() {
    let home = Home::new();
    let models = tempfile::tempdir().unwrap();
    let installed = home.yinju(&["models", "list"]).done();
    let here = |id: &str| {
        let models = installed.last()["models"].as_array().unwrap().clone();
        models.iter().any(|m| m["id"] == id && m["installed"] == true)
    };
    let Some(from) = model("smollm2-135m-instruct") else { return };
    assert!(here("smollm2-135m-instruct"));
    let to = models.path().join("smollm2-135m-instruct");
    fs::create_dir(&to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
    let sound = with_models(&home, models.path(), &["models", "verify"]);
    assert_eq!(sound.status, 0, "{}", sound.words);
    let gguf = fs::read_dir(&to).unwrap().map(|e| e.unwrap().path());
    let gguf = gguf.into_iter().find(|p| p.extension().is_some_and(|e| e == "gguf")).unwrap();
    let mut bytes = fs::read(&gguf).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xFF;
    fs::write(&gguf, bytes).unwrap();
    let damaged = with_models(&home, models.path(), &["models", "verify"]);
    assert_eq!(damaged.status, 1, "{:?}", damaged.objects);
}
