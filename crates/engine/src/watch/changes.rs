//! That something changed in folders, as the system tells it; what, is looked up. Where a system tells
//! nothing, as of more folders than it follows, they are looked at from time to time.

use notify_debouncer_full::notify::{RecommendedWatcher, RecursiveMode};
use notify_debouncer_full::{DebounceEventResult, Debouncer, RecommendedCache, new_debouncer};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;
use yinju_store::Watch;

/// Changes are told once nothing more came for so long: a program saves a file in several steps.
const SETTLED: Duration = Duration::from_secs(2);

/// Hears of changes.
#[derive(Default)]
pub(super) struct Changes {
    watching: Option<Watching>,
}

struct Watching {
    debouncer: Debouncer<RecommendedWatcher, RecommendedCache>,
    changes: Receiver<()>,
    folders: BTreeSet<PathBuf>,
}

impl Changes {
    /// From now on these folders are followed.
    pub(super) fn follow(&mut self, watches: &[Watch]) {
        let wanted: BTreeSet<PathBuf> = watches.iter().map(|watch| watch.folder.clone()).collect();
        if self.watching.is_none() {
            self.watching = Watching::begin();
        }
        let Some(watching) = &mut self.watching else { return };
        for folder in watching.folders.difference(&wanted) {
            // One that is gone is followed no more by itself.
            drop(watching.debouncer.unwatch(folder));
        }
        let mut followed: BTreeSet<PathBuf> =
            watching.folders.intersection(&wanted).cloned().collect();
        for folder in wanted {
            if followed.contains(&folder) {
                continue;
            }
            match watching.debouncer.watch(&folder, RecursiveMode::Recursive) {
                Ok(()) => drop(followed.insert(folder)),
                Err(error) => {
                    tracing::info!(%error, folder = %folder.display(), "looked at now and then");
                }
            }
        }
        watching.folders = followed;
    }

    /// Whether something changed, or does within this time.
    pub(super) fn came(&self, within: Duration) -> bool {
        let Some(watching) = &self.watching else {
            std::thread::sleep(within);
            return false;
        };
        let came = watching.changes.recv_timeout(within).is_ok();
        // All that was told so far is looked up together.
        came.then(|| watching.changes.try_iter().count()).is_some()
    }
}

impl Watching {
    fn begin() -> Option<Self> {
        let (tell, changes) = channel();
        let on_events = move |events: DebounceEventResult| {
            let is_news =
                events.map_or(true, |events| events.iter().any(|event| !event.kind.is_access()));
            if is_news {
                // Nobody listens once folders are followed no more.
                let _ = tell.send(());
            }
        };
        match new_debouncer(SETTLED, None, on_events) {
            Ok(debouncer) => Some(Self { debouncer, changes, folders: BTreeSet::new() }),
            Err(error) => {
                tracing::warn!(%error, "the system does not tell of changes");
                None
            }
        }
    }
}
