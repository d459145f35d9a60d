//! What may be written, in whatever pieces.

use super::*;
use yinju_core::constraint::Citing;

fn citing() -> Constraint {
    let instead = vec!["The sources do not mention it.".into(), "资料中没有提到。".into()];
    Constraint::Cited(Citing { markers: vec![1, 2, 12], instead })
}

/// How many bytes of a text may be written one by one, and whether it may end there.
fn written(constraint: &Constraint, text: &str) -> (usize, bool) {
    let mut state = Constrained::new(constraint);
    let all = text.bytes().enumerate();
    for (at, byte) in all {
        if !state.permits(&[byte]) {
            return (at, state.may_end());
        }
        state.push(&[byte]);
    }
    (text.len(), state.may_end())
}

fn whole(text: &str) {
    assert_eq!(written(&citing(), text), (text.len(), true), "{text}");
}

/// That a text may be written up to `bar`, and what may end there.
fn stops_at(text: &str, end: bool) {
    let bar = text.find('|').unwrap();
    let text = text.replacen('|', "", 1);
    let (at, may_end) = written(&citing(), &text);
    // A character may be begun that others begin with.
    let at = (0..=at).rev().find(|at| text.is_char_boundary(*at));
    assert_eq!((at, may_end), (Some(bar), end), "{text}");
}

#[test]
fn sentences_that_cite_may_be_written() {
    whole("The ferry was opened in 1871 [1]. It had two wooden boats [1].");
    whole("白沙渡口设于1871年[1]。当时只有两条木船[1][2]。");
    whole("It was opened. [1] It was closed.[2]");
    whole("渡口设于1871年。[12]两条木船。 [1, 2]");
    whole("- two boats [1]\n- three crowns [2, 12]\n");
    whole("1. Two boats [1]\n\n2. Three crowns [2]");
    whole("[1] says that there were two boats.");
    whole("Dr. Smith of St. Ives, e.g. in vol. 3 and in the U.S. Army, wrote 3.14 [2].");
    whole("他说：“好。真的吗？”然后走了[1]。《执事！》是书名[1]。");
    whole("See approx. two boats at site.com [1]");
    whole("Was it opened?! [1] Yes, in full [2]!");
}

#[test]
fn sentences_without_markers_may_not_be_followed() {
    stops_at("The ferry was opened in 1871. |It had two boats [1].", false);
    stops_at("白沙渡口设于1871年。|当时只有两条木船[1]。", false);
    stops_at("The ferry was opened|\nin 1871 [1]", false);
    stops_at("It was opened [1]. It had two boats. |They crossed", false);
    stops_at("渡口设于1871年。 |a", false);
}

#[test]
fn an_answer_ends_behind_its_markers() {
    let ends = |text: &str| written(&citing(), text).1;
    for text in ["", "It was", "It was.", "渡口。", "It was [1]. It had", "It was [1", "\n"] {
        assert!(!ends(text), "{text}");
    }
    for text in ["It was [1]", "It was [1]. ", "It was. [1]\n"] {
        assert!(ends(text), "{text}");
    }
}

#[test]
fn markers_name_what_is_shown() {
    stops_at("It was [|3]", false);
    stops_at("It was [1|3]", false);
    stops_at("It was [2|2]", false);
    stops_at("It was [|0]", false);
    stops_at("It was [1, |3]", false);
    stops_at("It was [|]", false);
    stops_at("It was [|a]", false);
    stops_at("It was |【1】", false);
    stops_at("It was |]", false);
    whole("It was [12].");
}

#[test]
fn an_answer_may_be_one_that_cites_nothing() {
    whole("The sources do not mention it.");
    whole("资料中没有提到。");
    assert!(!written(&citing(), "The sources do not mention it").1);
    whole("The sources do not mention it. [1]");
    stops_at("The sources do not mention it. |But they do.", false);
}

#[test]
fn a_choice_is_one_of_its_texts() {
    let choice = Constraint::OneOf(["yes", "no", "not at all", ""].map(str::to_owned).to_vec());
    for (text, expected) in [
        ("yes", (3, true)),
        ("no", (2, true)),
        ("not", (3, false)),
        ("not at all", (10, true)),
        ("none", (2, true)),
        ("maybe", (0, false)),
        ("yes.", (3, true)),
    ] {
        assert_eq!(written(&choice, text), expected, "{text}");
    }
    assert!(!Constrained::new(&choice).may_end());
}

#[test]
fn however_a_vocabulary_cuts() {
    let text = "设于1871年[1]。两条木船 [2].\nIt was opened [12]. Then closed. [1, 2]";
    for length in 1..12 {
        let mut state = Constrained::new(&citing());
        for piece in text.as_bytes().chunks(length) {
            assert!(state.permits(piece), "{length}");
            state.push(piece);
        }
        assert!(state.may_end());
    }
    let mut state = Constrained::new(&citing());
    state.push(b"It was");
    for (piece, permitted) in [
        (" [1].", true),
        (" [1]. Then", true),
        (" [3].", false),
        (" [", true),
        ("].", false),
        (". The", false),
        (". the", true),
        ("", false),
        ("\n", false),
        (" [1][2]\n\n", true),
    ] {
        assert_eq!(state.permits(piece.as_bytes()), permitted, "{piece}");
    }
}

#[test]
fn bytes_that_are_no_text_do_not_panic() {
    for byte in 0..=255u8 {
        let mut state = Constrained::new(&citing());
        for _ in 0..9 {
            if state.permits(&[byte]) {
                state.push(&[byte]);
            }
        }
        state.push(&[byte, 0xE3, byte, 0x80]);
        state.may_end();
    }
}
