//! What answers lose with a document, and what stays.

use super::*;
use yinju_core::ports::{Message, Role};
use yinju_core::{
    ArmScores, Citation, DocumentRef, Evidence, PageNumber, Passage, PassageDraft, PassageId,
    Provenance,
};

const LAMP: &str =
    "The keeper of the northern lamp kept forty barrels of whale oil in the eastern cellar.";
const KETTLE: &str = "The kettle boils one litre of water in four minutes.";

fn document(id: u64) -> DocumentRef {
    let title = ["", "Lamp", "Kettle"][id as usize].to_owned();
    DocumentRef { id: DocumentId(id), title, path: "x.md".into(), sha256: "x".into() }
}

fn evidence(marker: u32, id: u64, text: &str) -> Evidence {
    let draft = PassageDraft {
        ordinal: 0,
        text: text.to_owned(),
        spans: Vec::new(),
        section: vec!["Oil".to_owned()],
        tokens: 9,
        markdown: None,
    };
    let passage = Passage { id: PassageId(id), document: DocumentId(id), draft };
    let (rank, score, arms) = (marker, 1.0, ArmScores::default());
    let hit = Hit { rank, score, arms, passage, document: document(id), regions: Vec::new() };
    Evidence { marker, hit }
}

fn citation(marker: u32, id: u64, quote: &str) -> Citation {
    Citation {
        marker,
        document: document(id),
        page: PageNumber::from_index(0),
        label: None,
        quote: quote.to_owned(),
        range: None,
        regions: Vec::new(),
        verified: true,
        doubtful: false,
        figure: None,
    }
}

fn sentence(text: &str, markers: &[u32]) -> Sentence {
    Sentence {
        text: text.to_owned(),
        markers: markers.to_vec(),
        support: Support::Supported,
        origin: Origin::Model,
        range: CharRange::default(),
    }
}

/// From both documents.
fn answer(text: &str, sentences: Vec<Sentence>) -> Answer {
    let messages = vec![Message { role: Role::User, content: format!("{LAMP}\n{KETTLE}") }];
    Answer {
        question: "What?".to_owned(),
        text: text.to_owned(),
        model: Some("a model".to_owned()),
        sentences,
        citations: vec![citation(1, 1, LAMP), citation(2, 2, KETTLE)],
        evidence: vec![evidence(1, 1, LAMP), evidence(2, 2, KETTLE)],
        provenance: Some(Provenance { messages, ..Provenance::default() }),
        ..Answer::default()
    }
}

fn lamp() -> Removed {
    let mut removed = Removed::of([DocumentId(1)]);
    removed.add_title("Lamp");
    removed.words.add(LAMP);
    removed
}

/// What is left after the lamp was removed, without the note that says so.
fn check(mut answer: Answer, expected: &str) -> Answer {
    assert!(forget(&mut answer, &lamp()));
    let note = answer.sentences.last().filter(|s| s.text.contains("was removed")).cloned();
    let note = note.map(|sentence| sentence.text).unwrap_or_default();
    assert_eq!(answer.text.strip_suffix(&note).unwrap().trim_end(), expected);
    let kept = serde_json::to_string(&answer).unwrap();
    for words in ["forty barrels", "whale oil", "eastern cellar"] {
        assert!(!kept.contains(words), "{words}: {kept}");
    }
    assert!(!forget(&mut answer.clone(), &lamp()), "it is forgotten once");
    answer
}

#[test]
fn sentences_that_a_model_wrote_go_and_others_stay() {
    let text = format!("{} [1]. {KETTLE} [2]", LAMP.trim_end_matches('.'));
    let left = check(
        answer(&text, vec![sentence(LAMP, &[1]), sentence(KETTLE, &[2])]),
        &format!("{KETTLE} [2]"),
    );
    assert_eq!(left.citations.len(), 1);
    assert!(left.provenance.unwrap().messages.is_empty());
}

#[test]
fn words_go_whoever_they_are_ascribed_to() {
    let ascribed = "It kept forty barrels of whale oil in the eastern cellar.";
    let text = format!("{ascribed} [2] {KETTLE} [2]");
    let sentences = vec![sentence(ascribed, &[2]), sentence(KETTLE, &[2])];
    check(answer(&text, sentences), &format!("{KETTLE} [2]"));
    let text = format!("{ascribed} {KETTLE} [2]");
    let sentences = vec![sentence(ascribed, &[]), sentence(KETTLE, &[2])];
    check(answer(&text, sentences), &format!("{KETTLE} [2]"));
}

#[test]
fn a_sentence_of_both_keeps_what_the_other_says() {
    let both = "The house has oil and a kettle";
    let text = format!("{both} [1][2].");
    let left =
        check(answer(&text, vec![sentence(both, &[1, 2])]), "The house has oil and a kettle [2].");
    assert_eq!(left.sentences[0].markers, [2]);
}

#[test]
fn rows_go_with_their_document_and_a_table_without_rows_goes_too() {
    let head = "| Document | What it says |\n| --- | --- |";
    let text = format!("{head}\n| Lamp | {LAMP} [1] |\n| Kettle | {KETTLE} [2] |");
    let sentences = || vec![sentence(LAMP, &[1]), sentence(KETTLE, &[2])];
    check(answer(&text, sentences()), &format!("{head}\n| Kettle | {KETTLE} [2] |"));
    let silent = format!("{head}\n| Kettle | {KETTLE} [2] |\n| Lamp | says nothing of it |");
    check(answer(&silent, sentences()), &format!("{head}\n| Kettle | {KETTLE} [2] |"));
    let alone = format!("{head}\n| Lamp | {LAMP} [1] |\n\n{KETTLE} [2]");
    check(answer(&alone, sentences()), &format!("{KETTLE} [2]"));
}

#[test]
fn headings_go_with_the_last_point_below_them() {
    let text = format!("### Oil\n\n- {LAMP} [1]\n\n### Water\n\n- {KETTLE} [2]");
    let sentences = vec![sentence(LAMP, &[1]), sentence(KETTLE, &[2])];
    check(answer(&text, sentences), &format!("### Water\n\n- {KETTLE} [2]"));
}

#[test]
fn an_answer_from_nothing_else_goes_whole() {
    let mut alone = answer("It is dark. It kept oil [1].", vec![sentence("It kept oil", &[1])]);
    alone.citations.pop();
    alone.evidence.pop();
    let left = check(alone, "");
    assert_eq!(left.sentences.len(), 1, "the note");
}

#[test]
fn nearest_passages_of_a_refusal_go_and_it_says_what_it_said() {
    let refusal = yinju_core::Refusal {
        code: yinju_core::RefusalCode::NotInDocuments,
        nearest: vec![evidence(1, 1, LAMP).hit, evidence(2, 2, KETTLE).hit],
        missing: Vec::new(),
        unreadable_pages: Vec::new(),
    };
    let refused = Answer { refused: true, refusal: Some(refusal), ..Answer::default() };
    let left = check(refused, "");
    assert_eq!(left.refusal.unwrap().nearest.len(), 1);
}

#[test]
fn what_a_model_repeats_from_earlier_goes_although_nothing_is_named() {
    let mut later = answer(&format!("As said: {LAMP} {KETTLE} [2]"), Vec::new());
    later.sentences = vec![sentence(&format!("As said: {LAMP}"), &[]), sentence(KETTLE, &[2])];
    later.citations.remove(0);
    later.evidence.remove(0);
    check(later, &format!("{KETTLE} [2]"));
}

#[test]
fn a_twin_that_stays_keeps_its_words() {
    let mut twins = answer(&format!("{LAMP} [2]"), vec![sentence(LAMP, &[2])]);
    twins.citations = vec![citation(2, 2, LAMP)];
    twins.evidence = vec![evidence(2, 2, LAMP)];
    twins.provenance = None;
    assert!(!forget(&mut twins, &lamp()));
}
