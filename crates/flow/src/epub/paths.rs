//! References between the parts of a book.

use percent_encoding::percent_decode_str;

/// The path in the archive that a reference in the part `from` means, with its fragment if it has one.
pub(super) fn resolve(from: &str, reference: &str) -> String {
    let decoded = percent_decode_str(reference.trim()).decode_utf8_lossy();
    let (path, fragment) = match decoded.split_once('#') {
        Some((path, fragment)) => (path, Some(fragment)),
        None => (&*decoded, None),
    };
    let mut parts: Vec<&str> = from.split('/').collect();
    // Without a path it is a place in the same part.
    if !path.is_empty() {
        parts.pop();
        if path.starts_with('/') {
            parts.clear();
        }
    }
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let path = parts.join("/");
    fragment.map_or(path.clone(), |fragment| format!("{path}#{fragment}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(from: &str, reference: &str, expected: &str) {
        assert_eq!(resolve(from, reference), expected);
    }

    #[test]
    fn references_are_relative_to_their_part() {
        check("OEBPS/content.opf", "text/a.xhtml", "OEBPS/text/a.xhtml");
        check("OEBPS/nav/toc.xhtml", "../a%20b.xhtml#c", "OEBPS/a b.xhtml#c");
        check("OEBPS/toc.xhtml", "#c", "OEBPS/toc.xhtml#c");
        check("", "content.opf", "content.opf");
        check("a/b", "/c", "c");
        check("a", "../../../etc/passwd", "etc/passwd");
    }
}
