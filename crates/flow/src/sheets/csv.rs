//! Tables in plain text: values parted by commas, semicolons, tabs or bars (RFC 4180 and its relatives).

use super::regions;
use crate::FlowError;
use crate::decode;
use crate::flow::Flow;
use crate::source::Source;
use crate::text::encoding_warning;
use yinju_core::document::DocumentInfo;

/// What may part values; where two part all lines alike, the first: commas stand within numbers.
const DELIMITERS: [u8; 4] = [b'\t', b';', b'|', b','];
/// Lines that are looked at to find out which does.
const LINES: usize = 50;

pub(crate) fn read(source: &Source<'_>) -> Result<Flow, FlowError> {
    let decoded = decode::plain(&source.bytes()?);
    if decoded.is_binary() {
        return Err(FlowError::OtherContent { path: source.path.to_owned(), expected: "text" });
    }
    let mut flow = Flow::single(DocumentInfo::default(), regions::pieces(rows(&decoded.text), &[]));
    flow.warnings.extend(encoding_warning(&decoded));
    Ok(flow)
}

fn rows(text: &str) -> Vec<Vec<String>> {
    // Excel's own first line that says what parts the values.
    let (stated, text) = match text.strip_prefix("sep=") {
        Some(rest) => (rest.bytes().next(), rest.split_once('\n').map_or("", |(_, text)| text)),
        None => (None, text),
    };
    let mut reader = ::csv::ReaderBuilder::new()
        .delimiter(stated.unwrap_or_else(|| delimiter(text)))
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let records = reader.records().map_while(Result::ok);
    records.map(|record| record.iter().map(regions::cell).collect()).collect()
}

/// The one that parts most lines into the same number of values, more than one.
fn delimiter(text: &str) -> u8 {
    let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).take(LINES).collect();
    let score = |delimiter: &u8| {
        let counts: Vec<usize> = lines
            .iter()
            .map(|line| line.bytes().filter(|byte| byte == delimiter).count())
            .collect();
        let most = counts.iter().copied().max().unwrap_or(0);
        let alike = |count: usize| counts.iter().filter(|other| **other == count).count();
        (1..=most).map(alike).max().unwrap_or(0)
    };
    let best = DELIMITERS.iter().rev().max_by_key(|delimiter| score(delimiter));
    best.copied().unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_parts_values_is_seen() {
        let first = |text: &str| rows(text).remove(0);
        assert_eq!(first("a,b\n1,2"), ["a", "b"]);
        assert_eq!(first("a;b,c\n1;2,5\n3;4,5"), ["a", "b,c"]);
        assert_eq!(first("a\tb\n\"1, 2\"\t3"), ["a", "b"]);
        assert_eq!(first("sep=|\na|b,c"), ["a", "b,c"]);
        assert_eq!(rows("名,值\n\"多\n行\",\"1,200\"")[1], ["多 行", "1,200"]);
    }
}
