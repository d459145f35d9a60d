//! Where workers are and how much they may use. Which values are chosen is the shells' business.

use std::path::{Path, PathBuf};
use std::time::Duration;

/// How workers are started and limited. [`WorkerConfig::new`] gives the documented defaults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerConfig {
    /// The `yinju-worker` program.
    pub binary: PathBuf,
    /// Builds of it for graphics processors, tried before it for language models. Default: those
    /// that lie beside it, `yinju-worker-cuda` and `yinju-worker-metal`.
    pub accelerated: Vec<PathBuf>,
    /// The PDFium library.
    pub pdfium: PathBuf,
    /// The folder of the model that recognises text in images; without one, scans stay unread.
    pub ocr: Option<PathBuf>,
    /// Files read at once, one process each. Default: half the cores, 1 to 4; PDFium reads some
    /// 300 pages a second and core, so embedding sets the pace of an import, not reading.
    pub read_slots: usize,
    /// A file of more bytes is refused before a byte of it is read. Default: 4 GiB, what PDFium can
    /// address on every system; the largest scanned books have some 2 GiB.
    pub read_file_limit: u64,
    /// A file is given up when nothing comes from its reader for so long. Default: 60 s.
    pub page_timeout: Duration,
    /// A file is given up when its reader has been waited for so long in all. Default: 30 min.
    pub file_timeout: Duration,
    /// Memory a reading process may have for its data, in bytes; enforced on Linux
    /// (`RLIMIT_DATA`: heap and private mappings, not the mapped file or shared libraries).
    /// Default: 2 GiB.
    pub read_memory_limit: u64,
    /// Processor time a reading process may use, enforced on Linux (`RLIMIT_CPU`): the last resort
    /// where nobody waits for it any more. Default: 6 h, room for some 10,000 scanned pages.
    pub read_cpu_limit: Duration,
    /// Memory a model's process may have for its data, in bytes; enforced on Linux as
    /// `read_memory_limit` is, and not for builds that compute on a graphics processor. Weights as
    /// they lie in their file do not count. Default: none; the shells give what all models may
    /// have together.
    pub infer_memory_limit: Option<u64>,
    /// Threads an encoder or a language model computes with. Default: the cores this process may
    /// use.
    pub infer_threads: usize,
    /// A model's process is given up when nothing comes from it for so long: loading from a slow
    /// disk and reading a long prompt on a slow machine take minutes. Default: 15 min.
    pub infer_timeout: Duration,
    /// The vector of a question is waited for so long, from a model that is loaded: it takes
    /// milliseconds, and a person waits for it. As long again for its turn, and once more from a
    /// fresh process. Default: 5 s.
    pub question_timeout: Duration,
    /// A model is loaded so long for a question, and a second more for every 50 MB of it. Default:
    /// 15 s.
    pub question_load_timeout: Duration,
    /// A process must have greeted within this time. Default: 30 s.
    pub start_timeout: Duration,
}

impl WorkerConfig {
    /// The defaults for a program and a PDFium library.
    pub fn new(binary: impl Into<PathBuf>, pdfium: impl Into<PathBuf>) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let binary = binary.into();
        Self {
            accelerated: accelerated(&binary),
            binary,
            pdfium: pdfium.into(),
            ocr: None,
            read_slots: cores.clamp(1, 4),
            read_file_limit: 4 << 30,
            page_timeout: Duration::from_mins(1),
            file_timeout: Duration::from_mins(30),
            read_memory_limit: 2 << 30,
            read_cpu_limit: Duration::from_hours(6),
            infer_memory_limit: None,
            infer_threads: cores,
            infer_timeout: Duration::from_mins(15),
            question_timeout: Duration::from_secs(5),
            question_load_timeout: Duration::from_secs(15),
            start_timeout: Duration::from_secs(30),
        }
    }
}

fn accelerated(binary: &Path) -> Vec<PathBuf> {
    let beside = |device| {
        binary.with_file_name(format!("yinju-worker-{device}{}", std::env::consts::EXE_SUFFIX))
    };
    ["cuda", "metal"].map(beside).into_iter().filter(|build| build.is_file()).collect()
}

/// The `yinju-worker` program in the folder of the running program; a test's program, which cargo
/// puts into `deps`, finds the one in the folder above.
pub fn worker_beside_this_program() -> PathBuf {
    let name = format!("yinju-worker{}", std::env::consts::EXE_SUFFIX);
    let mut folder = std::env::current_exe().unwrap_or_default();
    folder.pop();
    if folder.ends_with("deps") {
        folder.pop();
    }
    folder.join(name)
}
