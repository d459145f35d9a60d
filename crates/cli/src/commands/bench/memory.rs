//! How much memory this process and its workers held at most.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

/// How often is looked.
const EVERY: Duration = Duration::from_millis(40);

/// Looks at the memory of this process and its descendants until dropped.
pub struct Peak {
    bytes: Arc<AtomicU64>,
    over: Arc<AtomicBool>,
    watcher: Option<JoinHandle<()>>,
}

impl Peak {
    /// Begins to look.
    pub fn watch() -> Self {
        let (bytes, over) = (Arc::<AtomicU64>::default(), Arc::<AtomicBool>::default());
        let (most, stop) = (Arc::clone(&bytes), Arc::clone(&over));
        let watcher = thread::spawn(move || {
            let Ok(mut system) = System::new() else { return };
            while !stop.load(Ordering::Relaxed) {
                most.fetch_max(resident(&mut system), Ordering::Relaxed);
                thread::sleep(EVERY);
            }
        });
        Self { bytes, over, watcher: Some(watcher) }
    }

    /// The most seen so far, in megabytes.
    pub fn megabytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed) / 1_000_000
    }
}

impl Drop for Peak {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        drop(self.watcher.take().map(JoinHandle::join));
    }
}

/// Resident memory of this process and its descendants together, in bytes.
fn resident(system: &mut System) -> u64 {
    let what = ProcessRefreshKind::nothing().with_memory();
    system.refresh_processes_specifics(ProcessesToUpdate::All, true, what);
    let parents: HashMap<Pid, Pid> = system
        .processes()
        .iter()
        .filter(|(_, process)| process.thread_kind().is_none())
        .filter_map(|(id, process)| Some((*id, process.parent()?)))
        .collect();
    let Ok(own) = sysinfo::get_current_pid() else { return 0 };
    let is_ours = |id: &&Pid| {
        let mut line = std::iter::successors(Some(**id), |id| parents.get(id).copied());
        line.any(|ancestor| ancestor == own)
    };
    let ids = parents.keys().filter(is_ours);
    ids.filter_map(|id| system.process(*id)).map(sysinfo::Process::memory).sum()
}
