//! Which row of a table is quoted first: the one that the question names, of the document that it
//! speaks of.

#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use support::{evidence, lookup};
use yinju_answer::quotes;
use yinju_core::{Block, BlockKind, CharRange, Page, Table};

/// A page of a line and a table under it, whose first row is its header.
fn with_table(page: &mut Page) {
    let title = page.text.lines().next().unwrap().chars().count();
    let range = CharRange::new(title + 1, page.text.chars().count());
    let rows: Vec<Vec<String>> = page
        .text
        .lines()
        .skip(1)
        .map(|line| line.split('\t').map(str::to_owned).collect())
        .collect();
    let block = |kind, range, table| Block { kind, level: None, range, boxes: Vec::new(), table };
    let table = Table { rows, header_rows: 1, ..Table::default() };
    page.blocks = vec![
        block(BlockKind::Paragraph, CharRange::new(0, title), None),
        block(BlockKind::Table, range, Some(table)),
    ];
}

const FIRST: &str = "The X200 is a regulator. Its input voltage depends on the coil.\n\
                     Parameter\tSymbol\tMin\tMax\n\
                     Input voltage\tVIN\t4.5\t36.0\n\
                     Input voltage, startup\tVST\t5.2\t6.1\n\
                     Supply current, active\tICC\t1.8\t3.6\n\
                     Supply current, standby\tISB\t0.18\t0.36";
const SECOND: &str = "The X210 is a regulator. Its input voltage depends on the coil.\n\
                      Parameter\tSymbol\tMin\tMax\n\
                      Input voltage\tVIN\t4.2\t33.5\n\
                      Input voltage, startup\tVST\t4.8\t5.7\n\
                      Supply current, active\tICC\t1.7\t3.3\n\
                      Supply current, standby\tISB\t0.17\t0.33";

fn first_quotation(question: &str) -> String {
    let (evidence, mut pages) = evidence(&[FIRST, SECOND]);
    pages.iter_mut().for_each(with_table);
    let answer = quotes::answer(question, &evidence, &lookup(&pages));
    answer.citations[0].quote.clone()
}

#[test]
fn the_row_that_is_named_comes_first_in_the_document_that_is_named() {
    for (question, row) in [
        ("What is the maximum input voltage of the X200?", "Input voltage\tVIN\t4.5\t36.0"),
        ("What is the maximum input voltage of the X210?", "Input voltage\tVIN\t4.2\t33.5"),
        (
            "maximum supply current of the X210 in standby",
            "Supply current, standby\tISB\t0.17\t0.33",
        ),
        (
            "What input voltage does the X200 need at least to start up?",
            "Input voltage, startup\tVST\t5.2\t6.1",
        ),
        (
            "How much current does the X210 draw at most when active, minimum supply?",
            "Supply current, active\tICC\t1.7\t3.3",
        ),
    ] {
        assert_eq!(first_quotation(question), row, "{question}");
    }
}

const CODES: &str = "Codes of the pump\n\
                     Code\tMeaning\tLimit\n\
                     E-104\tlow pressure in the line\t43 bar\n\
                     E-105\tbearing worn out\t44 bar\n\
                     E-106\tfuse blown\t45 bar";

#[test]
fn beside_the_row_of_a_code_no_look_alike_is_quoted() {
    let (evidence, mut pages) = evidence(&[CODES]);
    pages.iter_mut().for_each(with_table);
    let rows = |question: &str| -> Vec<String> {
        let answer = quotes::answer(question, &evidence, &lookup(&pages));
        answer.citations.iter().map(|citation| citation.quote.clone()).collect()
    };
    let (low, worn) =
        ("E-104\tlow pressure in the line\t43 bar", "E-105\tbearing worn out\t44 bar");
    let quoted = rows("What does E-104 mean?");
    assert!(quoted.iter().any(|quote| quote == low), "{quoted:?}");
    assert!(!quoted.iter().any(|quote| quote.starts_with("E-105")), "{quoted:?}");
    let both = rows("What do E-104 and E-105 mean?");
    assert!([low, worn].iter().all(|row| both.iter().any(|quote| quote == row)), "{both:?}");
}
