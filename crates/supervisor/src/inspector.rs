//! A person's own models are looked into by a process of their own, before a byte of them is taken in:
//! what stands in them is as foreign as any document.

use crate::config::WorkerConfig;
use crate::conversation::{Patience, ask, unexpected};
use crate::error::Task;
use crate::process::WorkerProcess;
use crate::protocol::{Call, Reply, WorkerRole};
use crate::reader::absolute;
use std::path::Path;
use yinju_core::{CancelToken, ModelDescription, ModelInspector, Problem};

/// Looks into models in `yinju-worker read` processes.
pub struct WorkerInspector(WorkerConfig);

impl WorkerInspector {
    /// Starts nothing yet.
    pub fn new(config: WorkerConfig) -> Self {
        Self(config)
    }
}

impl ModelInspector for WorkerInspector {
    fn inspect(&self, path: &Path) -> Result<ModelDescription, Problem> {
        let limit = self.0.page_timeout;
        let patience = Patience { reply: limit, call: limit, stop: None };
        let task = Task::Reading(path.to_owned());
        let mut process = WorkerProcess::start(&self.0, WorkerRole::Read)?;
        let call = Call::Inspect(absolute(path).into());
        match ask(&mut process, call, &task, patience, &CancelToken::new())?? {
            Reply::Described(description) => Ok(description),
            other => Err(unexpected(&task, &other).into()),
        }
    }
}
