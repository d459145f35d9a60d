//! Where things lie on this machine, and the one wiring that both shells use.
//!
//! Shells choose: which home, which models, which limits. What they choose from stands here, so
//! that the window and the command line cannot differ. Not here: use cases (`engine`).

use std::path::{Path, PathBuf};
use std::sync::Arc;
use yinju_core::{EncoderSpec, PassageIndex, Problem, ProblemCode};
use yinju_engine::{Adapters, Check, Doctor, Engine, EngineConfig, Models};
use yinju_index::{HybridIndex, IndexConfig};
use yinju_supervisor::{
    Scheduler, WorkerConfig, WorkerEmbedder, WorkerGenerator, WorkerInspector, WorkerReader,
    WorkerReranker, WorkerSplitter,
};

/// Where everything is.
#[derive(Clone, Debug)]
pub struct Places {
    /// Everything the program writes.
    pub home: PathBuf,
    /// The models, shared by all homes.
    pub models: PathBuf,
    /// The PDFium library.
    pub pdfium: PathBuf,
    /// The `yinju-worker` program.
    pub worker: PathBuf,
}

impl Places {
    /// The home named, else `YINJU_HOME`, else the platform's data folder; models and PDFium by
    /// `YINJU_MODELS` and `YINJU_PDFIUM`, else in the platform's data folder; the worker beside
    /// the running program.
    pub fn find(home: Option<PathBuf>) -> Result<Self, Problem> {
        let data = data_folder()?;
        // One that is set to nothing is not set: it would name the folder the program is in.
        let from_env =
            |name| std::env::var_os(name).filter(|path| !path.is_empty()).map(PathBuf::from);
        let library =
            format!("{}pdfium{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
        let pdfium = from_env("YINJU_PDFIUM").unwrap_or_else(|| data.join("pdfium").join(library));
        Ok(Self {
            home: home.or_else(|| from_env("YINJU_HOME")).unwrap_or_else(|| data.clone()),
            models: from_env("YINJU_MODELS").unwrap_or_else(|| data.join("models")),
            // A name alone would be looked for wherever the system keeps libraries.
            pdfium: std::path::absolute(&pdfium).unwrap_or(pdfium),
            worker: yinju_supervisor::worker_beside_this_program(),
        })
    }

    /// The models of this machine.
    pub fn models(&self) -> Models {
        Models::new(&self.models, memory(), cores()).with_mirror(mirror())
    }

    /// What looks into a person's own models.
    pub fn inspector(&self) -> WorkerInspector {
        WorkerInspector::new(self.workers())
    }

    /// What reads files, without an engine.
    pub fn reader(&self) -> WorkerReader {
        WorkerReader::new(self.workers())
    }

    /// Opens the engine on the home.
    pub fn engine(&self) -> Result<Engine, Problem> {
        let workers = self.workers();
        let scheduler = scheduler();
        let for_splitter = workers.clone();
        let for_embedder = (workers.clone(), scheduler.clone());
        let adapters = Adapters {
            reader: Arc::new(WorkerReader::new(workers.clone())),
            splitter: Box::new(move |spec| {
                Arc::new(WorkerSplitter::new(for_splitter.clone(), spec))
            }),
            embedder: Box::new(move |spec| {
                let (workers, scheduler) = &for_embedder;
                Arc::new(WorkerEmbedder::new(workers.clone(), scheduler, spec))
            }),
            index: Box::new(open_index),
            reranker: Arc::new(WorkerReranker::new(workers.clone(), &scheduler)),
            generator: Arc::new(WorkerGenerator::new(workers, &scheduler)),
        };
        let config = EngineConfig::new(self.home.clone(), self.models.clone(), memory(), cores());
        Engine::open(EngineConfig { mirror: mirror(), ..config }, adapters)
    }

    /// An index without an engine, for vectors of this length; for measuring.
    pub fn index(folder: &Path, dimensions: usize) -> Result<HybridIndex, Problem> {
        Ok(HybridIndex::open(folder, dimensions, IndexConfig::default())?)
    }

    /// An encoder without an engine, computing with so many threads; for measuring.
    pub fn embedder(&self, spec: EncoderSpec, threads: usize) -> WorkerEmbedder {
        let workers = WorkerConfig { infer_threads: threads, ..self.workers() };
        WorkerEmbedder::new(workers, &scheduler(), spec)
    }

    /// A language model likewise.
    pub fn generator(&self, threads: usize) -> WorkerGenerator {
        let workers = WorkerConfig { infer_threads: threads, ..self.workers() };
        WorkerGenerator::new(workers, &scheduler())
    }

    /// Everything an answer needs, looked at.
    pub fn doctor(&self, engine: &Engine) -> Doctor {
        let mut report = engine.doctor();
        report.checks.push(present("PDFium", &self.pdfium));
        report.checks.push(present("worker", &self.worker));
        report.ok = report.checks.iter().all(|check| check.ok);
        report
    }

    fn workers(&self) -> WorkerConfig {
        let ocr = Some(self.models.join(OCR_MODEL)).filter(|folder| folder.is_dir());
        let infer_memory_limit = Some(memory_for_models());
        WorkerConfig { ocr, infer_memory_limit, ..WorkerConfig::new(&self.worker, &self.pdfium) }
    }
}

/// The model of the catalogue that recognises text in images.
const OCR_MODEL: &str = "pp-ocrv6-small";

fn present(name: &str, file: &Path) -> Check {
    let ok = file.is_file();
    Check {
        name: name.to_owned(),
        ok,
        detail: file.display().to_string(),
        hint: (!ok).then(|| "`npm run setup` puts it there".to_owned()),
    }
}

fn open_index(folder: &Path, spec: &EncoderSpec) -> Result<Arc<dyn PassageIndex>, Problem> {
    Ok(Arc::new(Places::index(folder, spec.dimensions)?))
}

fn scheduler() -> Arc<Scheduler> {
    Scheduler::new(memory_for_models())
}

/// Models may have three quarters of the memory together; all of it where the system does not tell
/// how much there is.
fn memory_for_models() -> u64 {
    let memory = memory();
    if memory == 0 { u64::MAX } else { memory / 4 * 3 }
}

/// A mirror of the model hubs, where these cannot be reached: `YINJU_MIRROR`.
fn mirror() -> Option<String> {
    std::env::var("YINJU_MIRROR").ok().filter(|address| !address.trim().is_empty())
}

fn data_folder() -> Result<PathBuf, Problem> {
    let folders = directories::BaseDirs::new().ok_or_else(|| {
        Problem::new(ProblemCode::HomeUnusable, "this account has no home folder")
            .hint("name one with --home")
    })?;
    Ok(folders.data_local_dir().join("yinju"))
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Memory of this machine in bytes; 0 where the system does not tell, which chooses small models.
fn memory() -> u64 {
    let Ok(mut system) = sysinfo::System::new() else { return 0 };
    system.refresh_memory();
    system.total_memory()
}
