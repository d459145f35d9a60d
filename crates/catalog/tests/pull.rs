//! Pulling models from a hub that behaves and from hubs that do not. Not here: real hubs, which a test
//! must not need.

#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use support::{Served, TestHub};
use tempfile::TempDir;
use yinju_catalog::{Catalog, CatalogError, ModelsFolder, PullProgress, PullStage, Verdict};
use yinju_core::{CancelToken, ModelDescription, ModelId, Pooling, Problem, ProblemCode};

const ID: &str = "tiny";

fn body(length: usize) -> Vec<u8> {
    (0..length).map(|i| (i * 31 % 251) as u8).collect()
}

fn sha256(bytes: &[u8]) -> String {
    yinju_catalog::hexadecimal(&Sha256::digest(bytes))
}

/// A catalogue of one model of one file with hubs at these roots.
fn catalog(roots: &[&str], sha256: Option<&str>) -> Catalog {
    let mut text = "schema = 1\n".to_owned();
    for (n, root) in roots.iter().enumerate() {
        let _ = write!(
            text,
            "[[hub]]\nname = 'hub{n}'\nurl = '{root}/{{repo}}/{{revision}}/{{file}}'\nrevision = 'main'\n"
        );
    }
    let names: Vec<_> = (0..roots.len()).map(|n| format!("'hub{n}'")).collect();
    let hash = sha256.map(|hash| format!(", sha256 = '{hash}'")).unwrap_or_default();
    let _ = write!(
        text,
        "[[model]]\nid = '{ID}'\nkind = 'generator'\ntitle = 'Tiny'\nlicence = 'MIT'\nparameters_millions = 1\nlanguages = ['en']\n\
         [[model.variant]]\nname = 'q4'\nfiles = [{{ name = 'tiny.gguf'{hash} }}]\n\
         sources = [{{ hubs = [{}], repo = 'owner/tiny' }}]\n",
        names.join(", ")
    );
    Catalog::from_toml(&text).unwrap()
}

const PATH: &str = "/owner/tiny/main/tiny.gguf";

struct Case {
    home: TempDir,
    models: ModelsFolder,
}

impl Case {
    fn new(catalog: Catalog) -> Self {
        let home = tempfile::tempdir().unwrap();
        let models = ModelsFolder::with_catalog(home.path(), catalog);
        Self { home, models }
    }

    fn pull(&self) -> Result<(), CatalogError> {
        self.pull_with(&CancelToken::new(), &mut |_| {})
    }

    fn pull_with(
        &self,
        cancel: &CancelToken,
        report: &mut dyn FnMut(PullProgress),
    ) -> Result<(), CatalogError> {
        let entry = self.models.catalog().entry(&ModelId::from_static(ID)).unwrap();
        self.models.pull(entry, cancel, report)
    }

    fn installed(&self) -> Vec<u8> {
        fs::read(self.home.path().join(ID).join("tiny.gguf")).unwrap()
    }
}

fn served(body: &[u8]) -> Served {
    Served { body: body.to_vec(), ..Served::default() }
}

#[test]
fn a_pulled_model_is_there_and_whole() {
    let bytes = body(700_000);
    let hub = TestHub::start(&[(PATH, served(&bytes))]);
    let case = Case::new(catalog(&[&hub.root], Some(&sha256(&bytes))));
    case.pull().unwrap();
    assert_eq!(case.installed(), bytes);
    let model = &case.models.installed()[0];
    assert_eq!((model.id.as_str(), model.source.as_str(), model.whole), (ID, "hub0", true));
    assert!(case.models.verify().iter().all(|v| v.verdict == Verdict::Good));
    assert!(case.models.generator(&ModelId::from_static(ID)).unwrap().gguf.is_file());
    case.pull().unwrap();
    assert_eq!(hub.asked().len(), 1, "a whole model is not asked for again");
}

#[test]
fn a_broken_connection_goes_on_where_it_stopped() {
    let bytes = body(900_000);
    let broken = Served { break_after: vec![300_000, 100_000], ..served(&bytes) };
    let hub = TestHub::start(&[(PATH, broken)]);
    let case = Case::new(catalog(&[&hub.root], Some(&sha256(&bytes))));
    case.pull().unwrap();
    assert_eq!(case.installed(), bytes);
    let starts: Vec<_> = hub.asked().iter().map(|(_, start)| *start).collect();
    assert_eq!(starts, [None, Some(300_000), Some(400_000)]);
}

#[test]
fn a_cancelled_pull_resumes_later() {
    let bytes = body(3_000_000);
    let hub = TestHub::start(&[(PATH, served(&bytes))]);
    let case = Case::new(catalog(&[&hub.root], Some(&sha256(&bytes))));
    let cancel = CancelToken::new();
    let error = case.pull_with(&cancel, &mut |progress| {
        if progress.stage == PullStage::Downloading && progress.done > 500_000 {
            cancel.cancel();
        }
    });
    assert!(matches!(error, Err(CatalogError::Cancelled)));
    assert!(case.models.installed().is_empty(), "nothing half-done is shown");
    case.pull().unwrap();
    assert_eq!(case.installed(), bytes);
    assert!(hub.asked()[1].1.is_some_and(|start| start > 0), "{:?}", hub.asked());
}

#[test]
fn a_server_without_ranges_is_read_from_the_start() {
    let bytes = body(400_000);
    let hub = Served { break_after: vec![100_000], no_ranges: true, ..served(&bytes) };
    let hub = TestHub::start(&[(PATH, hub)]);
    let case = Case::new(catalog(&[&hub.root], Some(&sha256(&bytes))));
    case.pull().unwrap();
    assert_eq!(case.installed(), bytes);
}

#[test]
fn wrong_bytes_are_set_aside_and_named() {
    let hub = TestHub::start(&[(PATH, served(b"not the model"))]);
    let case = Case::new(catalog(&[&hub.root], Some(&"0".repeat(64))));
    let error = case.pull().unwrap_err();
    let CatalogError::HashMismatch { file, found, .. } = &error else { panic!("{error}") };
    assert_eq!(fs::read(file).unwrap(), b"not the model");
    assert_eq!(*found, sha256(b"not the model"));
    assert!(case.models.installed().is_empty());
    let problem = Problem::from(error);
    assert_eq!(problem.code, ProblemCode::ModelHashMismatch);
    assert!(problem.hint.is_some());
}

#[test]
fn the_next_hub_is_tried_after_404_wrong_bytes_and_silence() {
    let bytes = body(50_000);
    let absent = TestHub::start(&[]);
    let wrong = TestHub::start(&[(PATH, served(b"wrong"))]);
    let good = TestHub::start(&[(PATH, served(&bytes))]);
    let dead = dead();
    let roots = [dead.as_str(), &absent.root, &wrong.root, &good.root];
    let case = Case::new(catalog(&roots, Some(&sha256(&bytes))));
    case.pull().unwrap();
    assert_eq!(case.installed(), bytes);
    assert_eq!(case.models.installed()[0].source, "hub3");
}

#[test]
fn a_mirror_goes_first_and_needs_no_place_in_the_catalogue() {
    let bytes = body(50_000);
    let path = "/hf/owner/tiny/resolve/main/tiny.gguf";
    let mirror = TestHub::start(&[(path, served(&bytes))]);
    let hub = TestHub::start(&[(PATH, served(&bytes))]);
    let mut case = Case::new(catalog(&[&hub.root], Some(&sha256(&bytes))));
    case.models = case.models.with_mirror(Some(format!("{}/hf", mirror.root)));
    case.pull().unwrap();
    assert_eq!(case.installed(), bytes);
    assert_eq!(case.models.installed()[0].source, "mirror");
    assert!(hub.asked().is_empty());
}

#[test]
fn hubs_that_cannot_be_reached_are_told_from_those_that_refuse() {
    let case = Case::new(catalog(&[&dead()], Some(&"0".repeat(64))));
    let problem = Problem::from(case.pull().unwrap_err());
    assert_eq!(problem.code, ProblemCode::HubsUnreachable);
    assert!(problem.hint.unwrap().contains("YINJU_MIRROR"));
    let problem = Problem::from(case.pull().unwrap_err());
    assert_eq!(problem.code, ProblemCode::HubsUnreachable, "remembered");
}

/// Where nothing listens: the port was free a moment ago.
fn dead() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

#[test]
fn when_every_source_fails_each_is_named() {
    let absent = TestHub::start(&[]);
    let case = Case::new(catalog(&[&absent.root], Some(&"0".repeat(64))));
    let error = case.pull().unwrap_err();
    assert!(error.to_string().contains("404"), "{error}");
    assert_eq!(Problem::from(error).code, ProblemCode::DownloadFailed);
}

#[test]
fn a_hash_the_hub_states_is_held_against_the_file() {
    let bytes = body(10_000);
    let check = |stated: &str, good: bool| {
        let redirect = Served {
            stated_sha256: Some(stated.to_owned()),
            redirect: Some("/store/x".to_owned()),
            ..Served::default()
        };
        let hub = TestHub::start(&[(PATH, redirect), ("/store/x", served(&bytes))]);
        let case = Case::new(catalog(&[&hub.root], None));
        let result = case.pull();
        assert_eq!(result.is_ok(), good, "{result:?}");
        if !good {
            assert!(matches!(result, Err(CatalogError::HashMismatch { .. })));
        }
    };
    check(&sha256(&bytes), true);
    check(&"0".repeat(64), false);
}

#[test]
fn a_changed_file_is_noticed_before_it_is_used_and_pulled_anew() {
    let bytes = body(20_000);
    let hub = TestHub::start(&[(PATH, served(&bytes))]);
    let case = Case::new(catalog(&[&hub.root], Some(&sha256(&bytes))));
    case.pull().unwrap();
    let path = case.home.path().join(ID).join("tiny.gguf");
    let mut damaged = bytes.clone();
    damaged[7] ^= 1;
    fs::write(&path, &damaged).unwrap();
    let id = ModelId::from_static(ID);
    assert!(matches!(case.models.generator(&id), Err(CatalogError::HashMismatch { .. })));
    assert!(matches!(case.models.verify()[0].verdict, Verdict::Changed { .. }));
    case.pull().unwrap();
    assert_eq!(case.installed(), bytes);
    fs::write(&path, &bytes).unwrap();
    case.models.generator(&id).unwrap();
    assert!(case.models.installed()[0].whole, "a touched file with the right hash is recorded");
}

#[test]
fn other_bytes_of_the_same_length_and_time_are_noticed() {
    let bytes = body(20_000);
    let hub = TestHub::start(&[(PATH, served(&bytes))]);
    let case = Case::new(catalog(&[&hub.root], Some(&sha256(&bytes))));
    case.pull().unwrap();
    let path = case.home.path().join(ID).join("tiny.gguf");
    let time = fs::metadata(&path).unwrap().modified().unwrap();
    let mut other = bytes.clone();
    other[7] ^= 1;
    fs::write(&path, &other).unwrap();
    fs::File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
    let used = case.models.generator(&ModelId::from_static(ID));
    assert_eq!(matches!(used, Err(CatalogError::HashMismatch { .. })), cfg!(unix), "{used:?}");
}

#[test]
fn files_that_lie_there_already_are_taken_if_they_are_right() {
    let bytes = body(20_000);
    let check = |on_disk: &[u8], taken: bool| {
        let known = format!("{}', bytes = {}, path = 'tiny.gguf", sha256(&bytes), bytes.len());
        let case = Case::new(catalog(&[], Some(&known)));
        fs::create_dir(case.home.path().join(ID)).unwrap();
        fs::write(case.home.path().join(ID).join("tiny.gguf"), on_disk).unwrap();
        assert_eq!(case.pull().is_ok(), taken);
        assert_eq!(case.models.installed().len(), usize::from(taken));
    };
    check(&bytes, true);
    check(&body(20_001)[1..], false);
}

#[test]
fn a_removed_model_leaves_nothing() {
    let bytes = body(20_000);
    let hub = TestHub::start(&[(PATH, served(&bytes))]);
    let case = Case::new(catalog(&[&hub.root], Some(&sha256(&bytes))));
    case.pull().unwrap();
    let id = ModelId::from_static(ID);
    case.models.remove(&id).unwrap();
    assert!(!case.home.path().join(ID).exists());
    assert!(matches!(case.models.generator(&id), Err(CatalogError::NotInstalled(_))));
    assert!(matches!(case.models.remove(&id), Err(CatalogError::NotInstalled(_))));
}

fn generator(name: Option<&str>) -> ModelDescription {
    ModelDescription::Generator { name: name.map(str::to_owned) }
}

#[test]
fn a_gguf_is_imported_once_under_a_name_of_its_own() {
    let case = Case::new(catalog(&[], Some(&"0".repeat(64))));
    let shop = tempfile::tempdir().unwrap();
    let path = shop.path().join("My Model.Q4.gguf");
    fs::write(&path, "GGUF, a model").unwrap();
    let id = case.models.import(&path, &generator(None)).unwrap();
    assert_eq!(id.as_str(), "my-model.q4");
    assert_eq!(case.models.import(&path, &generator(None)).unwrap(), id);
    assert!(case.models.generator(&id).unwrap().gguf.is_file());
    fs::write(&path, "GGUF, another").unwrap();
    assert_eq!(case.models.import(&path, &generator(None)).unwrap().as_str(), "my-model.q4-2");
}

#[test]
fn a_foreign_title_is_one_short_line() {
    let case = Case::new(catalog(&[], Some(&"0".repeat(64))));
    let path = case.home.path().join("a.gguf");
    fs::write(&path, b"GGUF").unwrap();
    let title = format!("a\u{1b}[31m\n{}", "b".repeat(1000));
    case.models.import(&path, &generator(Some(&title))).unwrap();
    let shown = &case.models.installed()[0].title;
    assert!(shown.starts_with("a[31mbb") && shown.chars().count() == 120, "{shown:?}");
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_not_read() {
    let case = Case::new(catalog(&[], Some(&"0".repeat(64))));
    let pipe = case.home.path().join("pipe.gguf");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let refused = case.models.import(&pipe, &generator(None)).unwrap_err();
    assert_eq!(Problem::from(refused).code, ProblemCode::FileUnreadable);
}

#[test]
fn an_encoders_folder_brings_its_settings() {
    let case = Case::new(catalog(&[], Some(&"0".repeat(64))));
    let shop = tempfile::tempdir().unwrap();
    let folder = folder_of_model(shop.path(), "My-Encoder");
    let description = ModelDescription::Encoder {
        dimensions: 8,
        max_tokens: 512,
        pooling: Pooling::Cls,
        query_prefix: "q: ".to_owned(),
        passage_prefix: String::new(),
    };
    let id = case.models.import(&folder, &description).unwrap();
    let spec = case.models.encoder(&id).unwrap();
    assert_eq!((spec.dimensions, spec.max_tokens, spec.pooling), (8, 512, Pooling::Cls));
    assert_eq!(spec.query_prefix, "q: ");
    assert!(matches!(case.models.generator(&id), Err(CatalogError::WrongKind(..))));
}

/// A folder of a model; the weights are the longest file, since their hash counts.
fn folder_of_model(shop: &Path, name: &str) -> std::path::PathBuf {
    let folder = shop.join(name);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("config.json"), "{}").unwrap();
    fs::write(folder.join("model.safetensors"), name.repeat(200)).unwrap();
    fs::write(folder.join("tokenizer.json"), "{}").unwrap();
    folder
}

#[test]
fn a_rerankers_folder_brings_its_settings() {
    let case = Case::new(catalog(&[], Some(&"0".repeat(64))));
    let shop = tempfile::tempdir().unwrap();
    let folder = folder_of_model(shop.path(), "Judge");
    let description = ModelDescription::Reranker { max_tokens: 512 };
    let id = case.models.import(&folder, &description).unwrap();
    let spec = case.models.reranker(&id).unwrap();
    assert_eq!((spec.id.as_str(), spec.max_tokens), ("judge", 512));
    assert!(spec.folder.join("model.safetensors").is_file());
    assert!(matches!(case.models.encoder(&id), Err(CatalogError::WrongKind(..))));
}

#[test]
fn a_reranker_that_is_not_here_is_told_from_what_is_none() {
    let home = tempfile::tempdir().unwrap();
    let models = ModelsFolder::new(home.path());
    let ask = |id: &'static str| models.reranker(&ModelId::from_static(id)).unwrap_err();
    assert!(matches!(ask("bge-reranker-v2-m3"), CatalogError::NotInstalled(_)));
    assert!(matches!(ask("bge-m3"), CatalogError::WrongKind(..)));
    assert!(matches!(ask("no-such-model"), CatalogError::UnknownModel(_)));
}
