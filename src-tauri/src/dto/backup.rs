//! Copies of the store.

use serde::Serialize;
use ts_rs::TS;
use yinju_engine::{Backup, Reason};

/// A copy, or a damaged file that was kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "Backup")]
pub struct BackupDto {
    pub number: u32,
    /// When it was made (RFC 3339, UTC).
    pub made: String,
    pub bytes: u64,
    #[ts(type = "'request' | 'regular' | 'migration' | 'restore' | 'removal' | 'damaged'")]
    pub reason: Reason,
}

impl From<Backup> for BackupDto {
    fn from(backup: Backup) -> Self {
        let Backup { number, made, bytes, reason, .. } = backup;
        Self { number, made, bytes, reason }
    }
}
