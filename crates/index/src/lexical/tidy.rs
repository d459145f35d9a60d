//! Which segments are rewritten after a commit. Done by us and not by tantivy's merge threads, so
//! that after a commit nothing moves, and what was taken out is gone from the disk.

use tantivy::IndexWriter;
use tantivy::index::{SegmentId, SegmentMeta};
use tantivy::merge_policy::{LogMergePolicy, MergePolicy};

/// Merges what is due and deletes files no longer used.
pub fn tidy(writer: &mut IndexWriter) -> tantivy::Result<()> {
    let mut due = due(&writer.index().searchable_segment_metas()?);
    if due.is_empty() {
        return Ok(());
    }
    while let Some(segments) = due.pop() {
        writer.merge(&segments).wait()?;
    }
    writer.garbage_collect_files().wait().map(drop)
}

/// Segments that hold something deleted, each alone; otherwise those of like size once there are
/// eight of them (tantivy's logarithmic policy).
fn due(segments: &[SegmentMeta]) -> Vec<Vec<SegmentId>> {
    let with_deletes = segments.iter().filter(|s| s.has_deletes());
    let mut due: Vec<Vec<SegmentId>> = with_deletes.map(|s| vec![s.id()]).collect();
    if due.is_empty() {
        let merges = LogMergePolicy::default().compute_merge_candidates(segments);
        due.extend(merges.into_iter().map(|candidate| candidate.0));
    }
    due
}
