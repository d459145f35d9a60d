//! Paths where only Unicode can stand: a file's name on Linux is bytes, and JSON has no place for
//! those. Where a path has to lead back to its file it is kept as the system has it (`yinju-store`).

use serde::Serializer;
use std::path::Path;

/// Serialises a path with U+FFFD for what is not Unicode, where `PathBuf` itself would fail.
pub fn lossy<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&path.to_string_lossy())
}

#[cfg(test)]
mod tests {
    #[cfg(unix)]
    #[test]
    fn a_name_that_is_not_unicode_is_shown_and_not_refused() {
        use std::os::unix::ffi::OsStrExt;
        #[derive(serde::Serialize)]
        struct Named(#[serde(serialize_with = "super::lossy")] std::path::PathBuf);
        let path = std::path::Path::new(std::ffi::OsStr::from_bytes(b"a\xff.pdf"));
        let json = serde_json::to_string(&Named(path.to_owned())).unwrap();
        assert_eq!(json, "\"a\u{fffd}.pdf\"");
    }
}
