//! What is found, in which order, and with which scores.
#![allow(clippy::unwrap_used)]

mod support;

use support::{contents, entry, found, lexical, open, request, vector};
use yinju_core::ports::{Conditions, PassageIndex};
use yinju_core::{DocumentId, Language, LibraryId, Mode, PassageId, Phrase, Place, ProblemCode};
use yinju_index::HybridIndex;

fn library() -> (tempfile::TempDir, HybridIndex) {
    let folder = tempfile::tempdir().unwrap();
    let index = open(folder.path());
    index
        .upsert(&[
            entry(1, 1, "引据按照 GB/T 7714-2015 著录参考文献。"),
            entry(2, 1, "公司2023年第三季度营业收入为12,500万元。"),
            entry(3, 2, "The committee elected Marie Curie as its president in 1911."),
            entry(4, 2, "在歐洲，梵語的學術研究由德國學者開創。"),
        ])
        .unwrap();
    index.commit().unwrap();
    (folder, index)
}

#[test]
fn words_numbers_and_identifiers_find_their_passage() {
    let (_folder, index) = library();
    for (question, passage) in [
        ("参考文献怎么著录", 1),
        ("GB/T7714-2015", 1),
        ("营业收入是多少？", 2),
        ("12500", 2),
        ("Who was elected by the committees?", 3),
        ("梵语的学术研究", 4),
    ] {
        assert_eq!(found(&lexical(&index, question)).first(), Some(&passage), "{question}");
    }
}

#[test]
fn a_scope_holds_in_every_mode() {
    let (_folder, index) = library();
    for mode in [Mode::Hybrid, Mode::Dense, Mode::Lexical] {
        let mut asked = request("学术研究 营业收入 president", mode, Some(vector(2)));
        asked.scope.documents = vec![DocumentId(2)];
        let hits = index.search(&asked).unwrap();
        assert!(!hits.is_empty() && hits.iter().all(|h| h.document == DocumentId(2)), "{mode:?}");
        asked.scope.libraries = vec![LibraryId(2)];
        assert!(index.search(&asked).unwrap().is_empty(), "both must hold: {mode:?}");
        asked.scope.documents.clear();
        let hits = index.search(&asked).unwrap();
        assert!(hits.iter().all(|h| h.document == DocumentId(1)), "{mode:?}");
    }
}

#[test]
fn words_are_as_rare_as_they_are_where_one_asks() {
    let folder = tempfile::tempdir().unwrap();
    let index = open(folder.path());
    let mut entries: Vec<_> = (1..6)
        .map(|passage| {
            entry(passage, 1, "Contoso and Contoso alone: Contoso streams what Contoso films.")
        })
        .collect();
    entries.push(entry(
        6,
        1,
        "What the plan owes is the pension of those who left the company long ago.",
    ));
    entries
        .extend((7..60).map(|passage| entry(passage, passage, "A pension is paid every month.")));
    index.upsert(&entries).unwrap();
    index.commit().unwrap();
    let mut asked = request("Contoso pension", Mode::Lexical, None);
    assert_ne!(
        found(&index.search(&asked).unwrap())[0],
        6,
        "pensions are everywhere, Contoso is not"
    );
    asked.scope.documents = vec![DocumentId(1)];
    let hits = index.search(&asked).unwrap();
    assert_eq!(found(&hits)[0], 6, "in its own document the name tells nothing");
    assert!(hits[0].arms.coverage > hits[1].arms.coverage, "{hits:?}");
}

fn phrase(text: &str, place: Place) -> Phrase {
    Phrase { text: text.to_owned(), place }
}

#[test]
fn conditions_hold_in_every_mode_and_change_no_score() {
    let (_folder, index) = library();
    let free = lexical(&index, "学术研究 营业收入 president 1911");
    for mode in [Mode::Hybrid, Mode::Dense, Mode::Lexical] {
        let check = |conditions: Conditions, expected: &[u64]| {
            let mut asked = request("学术研究 营业收入 president 1911", mode, Some(vector(2)));
            asked.conditions = conditions.clone();
            let hits = index.search(&asked).unwrap();
            let mut passages = found(&hits);
            passages.sort_unstable();
            assert_eq!(passages, expected, "{mode:?} {conditions:?}");
            for hit in hits.iter().filter(|_| mode == Mode::Lexical) {
                let same = free.iter().find(|other| other.passage == hit.passage).unwrap();
                assert!((same.score - hit.score).abs() < 1e-4);
            }
        };
        let required = |text| Conditions {
            required: vec![phrase(text, Place::Anywhere)],
            ..Conditions::default()
        };
        check(required("President"), &[3]);
        check(required("学术研究"), &[4]);
        check(required("nowhere"), &[]);
        let excluded =
            Conditions { excluded: vec![phrase("president", Place::Anywhere)], ..required("1911") };
        check(excluded, &[]);
        let only = Conditions { only: Some(vec![PassageId(4)]), ..Conditions::default() };
        check(only, &[4]);
    }
    let heading =
        Conditions { required: vec![phrase("文件 1", Place::Heading)], ..Conditions::default() };
    let mut asked = request("营业收入 学术研究", Mode::Lexical, None);
    asked.conditions = heading;
    assert_eq!(found(&index.search(&asked).unwrap()), [2]);
}

#[test]
fn a_language_holds_in_every_mode() {
    let (_folder, index) = library();
    for mode in [Mode::Hybrid, Mode::Dense, Mode::Lexical] {
        let mut asked = request("学术研究 营业收入 president", mode, Some(vector(2)));
        asked.scope.languages = vec![Language::En];
        assert_eq!(found(&index.search(&asked).unwrap()), [3], "{mode:?}");
    }
}

#[test]
fn hybrid_hits_carry_the_scores_of_both_arms() {
    let (_folder, index) = library();
    let hits = index.search(&request("营业收入", Mode::Hybrid, Some(vector(2)))).unwrap();
    let best = hits[0];
    assert_eq!(best.passage.0, 2);
    assert!((best.arms.cosine.unwrap() - 1.0).abs() < 1e-3);
    assert!(best.arms.bm25.unwrap() > 0.0);
    assert!((best.arms.coverage.unwrap() - 1.0).abs() < 1e-6);
    assert!(hits[1].arms.bm25 == Some(0.0) && hits[1].arms.cosine.is_some());
    assert!(hits.windows(2).all(|pair| pair[0].score >= pair[1].score));
}

#[test]
fn a_passage_found_by_words_alone_still_gets_its_cosine() {
    let (_folder, index) = library();
    let hits = index.search(&request("营业收入", Mode::Lexical, Some(vector(2)))).unwrap();
    assert!((hits[0].arms.cosine.unwrap() - 1.0).abs() < 1e-3);
    assert!(lexical(&index, "营业收入")[0].arms.cosine.is_none());
}

#[test]
fn coverage_falls_with_what_no_passage_names() {
    let (_folder, index) = library();
    let coverage = |question: &str| lexical(&index, question)[0].arms.coverage.unwrap();
    let whole = coverage("第三季度营业收入是多少");
    let half = coverage("第三季度净利润率与研发投入是多少");
    assert!(whole > 0.99 && half < 0.6, "{whole} {half}");
    assert!(coverage("Who was the president?") > 0.99);
    assert!(coverage("Which president married Lavoisier?") < 0.6);
}

#[test]
fn an_accidental_word_does_not_spoil_what_the_vectors_found() {
    let (_folder, index) = library();
    let asked = request("quarterly operating revenue committee", Mode::Hybrid, Some(vector(2)));
    assert_eq!(found(&index.search(&asked).unwrap()).first(), Some(&2));
}

#[test]
fn odd_questions_are_answered_or_refused_politely() {
    let (_folder, index) = library();
    assert!(lexical(&index, "").is_empty());
    assert!(lexical(&index, "？！…").is_empty());
    assert!(lexical(&index, "зимний дворец").is_empty());
    assert!(!lexical(&index, &"营业收入".repeat(25_000)).is_empty());
    let without = index.search(&request("x", Mode::Hybrid, None)).unwrap_err();
    assert_eq!(without.code, ProblemCode::Internal);
    let short = index.search(&request("x", Mode::Dense, Some(vec![1.0]))).unwrap_err();
    assert_eq!(short.code, ProblemCode::Internal);
    let mut none = request("营业收入", Mode::Hybrid, Some(vector(1)));
    none.limit = 0;
    assert!(index.search(&none).unwrap().is_empty());
}

#[test]
fn an_empty_index_finds_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let index = open(folder.path());
    assert!(index.search(&request("引据", Mode::Hybrid, Some(vector(1)))).unwrap().is_empty());
    assert!(contents(&index).is_empty());
}

#[test]
fn searches_run_beside_writing() {
    let (_folder, index) = library();
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            for _ in 0..50 {
                let hits =
                    index.search(&request("营业收入", Mode::Hybrid, Some(vector(2)))).unwrap();
                assert_eq!(hits[0].passage.0, 2);
            }
        });
        for n in 0..10 {
            index.upsert(&[entry(100 + n, 50 + n, "另一份文件的内容")]).unwrap();
            index.commit().unwrap();
        }
        reader.join().unwrap();
    });
    assert_eq!(lexical(&index, "另一份文件").len(), 10);
}
