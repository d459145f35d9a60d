//! Tables and summaries: only the documents' own words, each with a citation that holds.

#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use support::{evidence, lookup};
use yinju_answer::survey::{self, Side};

fn markers(text: &str) -> usize {
    text.matches('[').count()
}

#[test]
fn documents_are_compared_and_the_silent_ones_named() {
    let (evidence, pages) = evidence(&[
        "保修期为12个月。免费换新需要发票。",
        "本产品保修期为12个月，自购买之日算起。",
        "保修期是24个月。",
        "今天下雨。",
    ]);
    let sides: Vec<Side> = (0..4)
        .map(|at| Side {
            document: evidence[at].hit.document.clone(),
            evidence: if at == 3 { vec![] } else { vec![at] },
        })
        .collect();
    let checked = survey::compare("保修期是多久？", &sides, &evidence, &lookup(&pages));
    let lines: Vec<&str> = checked.text.lines().collect();
    assert_eq!(lines.len(), 6, "{}", checked.text);
    assert!(
        lines[2].contains("12个月") && lines[2].contains("与 1 份一致，与 1 份不同"),
        "{}",
        lines[2]
    );
    assert!(lines[4].contains("24个月") && lines[4].contains("与 2 份不同"), "{}", lines[4]);
    assert!(lines[5].contains("未提及"), "{}", lines[5]);
    assert!(checked.citations.iter().all(|citation| citation.verified));
}

#[test]
fn every_place_is_listed_in_order() {
    let (evidence, pages) = evidence(&[
        "The deadline for the report is 3 May 2024. Rain fell | in June.",
        "Payment: the deadline is 9 June 2025. The office is closed.",
    ]);
    let checked =
        survey::extract("List every deadline in these documents", &evidence, &lookup(&pages));
    let lines: Vec<&str> = checked.text.lines().collect();
    assert_eq!(lines.len(), 4, "{}", checked.text);
    assert!(
        lines[2].contains("3 May 2024") && lines[3].contains("9 June 2025"),
        "{}",
        checked.text
    );
    assert_eq!(markers(&checked.text), checked.citations.len());
    let nothing = survey::extract("List every volcano", &evidence, &lookup(&pages));
    assert!(nothing.text.is_empty() && nothing.citations.is_empty());
}

#[test]
fn a_summary_is_made_of_quotations() {
    let (evidence, pages) = evidence(&[
        "The bridge carries two lanes. The bridge was opened in 1950 by the city.",
        "Maintenance of the bridge costs two million a year. Birds nest under it.",
    ]);
    let checked = survey::summary(&evidence, &lookup(&pages), 2);
    assert_eq!(checked.citations.len(), 2, "{}", checked.text);
    assert!(checked.text.lines().filter(|line| line.starts_with("- ")).count() == 2);
}
