//! What is there, what is missing, and how to get it.

use crate::Engine;
use serde::{Deserialize, Serialize};
use yinju_core::ports::Compute;
use yinju_core::{DocumentStatus, PassageIndex, Problem};

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What.
    pub name: String,
    /// Whether it is as it should be.
    pub ok: bool,
    /// What was seen.
    pub detail: String,
    /// How to mend it.
    pub hint: Option<String>,
}

/// Everything that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doctor {
    /// Whether every check is.
    pub ok: bool,
    /// Cores of this machine.
    pub cores: usize,
    /// Memory of this machine in bytes.
    pub memory_bytes: u64,
    /// What language models are computed on.
    pub device: String,
    /// The checks.
    pub checks: Vec<Check>,
}

impl Engine {
    /// Looks at everything an answer needs, and at every index whole. Nothing is changed, but that an
    /// index that is damaged is made again.
    pub fn doctor(&self) -> Doctor {
        let (device, compute) = self.compute_check();
        let checks = vec![
            self.home_check(),
            self.store_check(),
            self.backup_check(),
            self.encoder_check(),
            self.generator_check(),
            compute,
            self.index_check(),
            self.content_check(),
        ];
        Doctor {
            ok: checks.iter().all(|check| check.ok),
            cores: self.0.config.cores,
            memory_bytes: self.0.config.memory,
            device,
            checks,
        }
    }

    /// What language models are computed on.
    pub fn compute(&self) -> Result<Compute, Problem> {
        self.0.adapters.generator.compute()
    }

    fn home_check(&self) -> Check {
        passed("home", self.0.home.folder().display())
    }

    /// Every row of the store is looked at.
    fn store_check(&self) -> Check {
        let health = match self.store().health() {
            Ok(health) => health,
            Err(error) => return failed("store", error.into()),
        };
        let mut found = health.structure;
        found.extend(
            health
                .unreadable
                .iter()
                .map(|kind| format!("{} {} cannot be read", kind.rows, kind.what)),
        );
        if health.orphans > 0 {
            found.push(format!("{} rows belong to nothing", health.orphans));
        }
        found.extend(self.told().iter().map(|told| told.message.clone()));
        if found.is_empty() {
            return passed("store", "every row reads back");
        }
        Check {
            name: "store".to_owned(),
            ok: false,
            detail: format!("store_damaged: {}", found.join("; ")),
            hint: Some(
                "start again: what can be read is recovered; `yinju backup restore N` uses a copy"
                    .to_owned(),
            ),
        }
    }

    fn backup_check(&self) -> Check {
        match self.backups().list() {
            Ok(backups) => match backups.last() {
                Some(last) => {
                    passed("backups", format!("{}, the last one of {}", backups.len(), last.made))
                }
                None => passed("backups", "none yet: one is made after an import, and weekly"),
            },
            Err(problem) => failed("backups", problem),
        }
    }

    fn encoder_check(&self) -> Check {
        match self.encoder_in_use().and_then(|id| self.models().encoder_named(&id)) {
            Ok(spec) => passed("encoder", format!("{}, {} dimensions", spec.id, spec.dimensions)),
            Err(problem) => failed("encoder", problem),
        }
    }

    fn generator_check(&self) -> Check {
        match self.models().generator(None) {
            Ok(spec) => passed("language model", spec.id),
            Err(problem) => failed("language model", problem),
        }
    }

    /// A build for a graphics processor that was passed over is said, and no failure: answers come
    /// all the same.
    fn compute_check(&self) -> (String, Check) {
        match self.compute() {
            Ok(Compute { device, passed_over }) if passed_over.is_empty() => {
                (device.clone(), passed("compute", device))
            }
            Ok(Compute { device, passed_over }) => {
                let detail = format!("{device}; not used: {}", passed_over.join("; "));
                (device, passed("compute", detail))
            }
            Err(problem) => ("none".to_owned(), failed("compute", problem)),
        }
    }

    /// Counts in the store and in the index, which must agree.
    fn index_check(&self) -> Check {
        match self.index_counts() {
            Ok((ready, indexed)) if ready == indexed => {
                passed("index", format!("{ready} passages in store, vectors and postings"))
            }
            Ok((ready, indexed)) => Check {
                name: "index".to_owned(),
                ok: false,
                detail: format!("{ready} passages in the store, {indexed} in the index"),
                hint: Some("start again: indexes are mended at start".to_owned()),
            },
            Err(problem) => failed("index", problem),
        }
    }

    /// Every file of every index read again, and every vector held against the store's.
    fn content_check(&self) -> Check {
        const NAME: &str = "index content";
        let (mut vectors, mut mended) = (0, Vec::new());
        for id in self.indexed_encoders().unwrap_or_default() {
            match self.check_index(&id, &mut || Ok(())) {
                Ok(checked) => {
                    vectors += checked.vectors;
                    mended.extend(checked.mended.then(|| id.to_string()));
                }
                // Without its model nothing is searched with it.
                Err(problem) if crate::is_about_a_model(&problem) => {}
                Err(problem) => return failed(NAME, problem),
            }
        }
        let detail = format!("{vectors} vectors are the store's");
        if mended.is_empty() {
            return passed(NAME, detail);
        }
        passed(NAME, format!("{detail}; damaged and made again: {}", mended.join(", ")))
    }

    /// Documents that are being imported are counted on neither side.
    fn index_counts(&self) -> Result<(usize, usize), Problem> {
        let (mut ready, mut under_way) = (0, Vec::new());
        for document in self.store().documents(None)? {
            if document.status == DocumentStatus::Ready {
                ready += self.store().passage_ids(document.reference.id)?.len();
            } else if document.status.is_searched() {
                under_way.push(document.reference.id);
            }
        }
        let mut census = self.encoder()?.index.census()?;
        census.retain(|document, _| !under_way.contains(document));
        let vectors: usize = census.values().map(|held| held.vectors.len()).sum();
        let postings: usize = census.values().map(|held| held.postings.len()).sum();
        let farthest = [vectors, postings].into_iter().max_by_key(|n| n.abs_diff(ready));
        Ok((ready, farthest.unwrap_or(0)))
    }
}

fn passed(name: &str, detail: impl std::fmt::Display) -> Check {
    Check { name: name.to_owned(), ok: true, detail: detail.to_string(), hint: None }
}

fn failed(name: &str, problem: Problem) -> Check {
    Check { name: name.to_owned(), ok: false, detail: problem.message, hint: problem.hint }
}
