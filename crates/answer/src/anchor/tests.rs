//! Words that are followed into another version of their document.

use super::*;

fn new(pages: &[&str]) -> VersionText {
    let numbered = pages.iter().enumerate();
    VersionText::of(numbered.map(|(n, text)| (PageNumber::from_index(n), (*text).to_owned())))
}

/// What becomes of words that were quoted from page 1.
fn fate(old: &str, quote: &str, pages: &[&str]) -> (&'static str, u32, String) {
    let start = old[..old.find(quote).unwrap()].chars().count();
    let range = Some(CharRange::new(start, start + quote.chars().count()));
    let quoted = Quoted { quote, page: PageNumber::from_index(0), range };
    let (before, new) = (new(&[old]), new(pages));
    let of = |kind, spans: Vec<Span>| {
        let words = spans.iter().map(|span| new.words(span)).collect::<Vec<_>>().join("|");
        (kind, spans[0].page.get(), words)
    };
    match follow(&quoted, Some(&before), &new) {
        Fate::Stand(spans) => of("stand", spans),
        Fate::Changed(spans) => of("changed", spans),
        Fate::Gone => ("gone", 0, String::new()),
    }
}

const CRANE: &str = "Chapter 2. The harbour crane was built in 1962.\nThe crane lifts ninety tonnes. \
    It is driven by two men.\nThe quay is 300 metres long.";

#[test]
fn words_are_found_on_another_page_and_in_other_lines() {
    let reset = "It was raining.\n\nThe crane lifts ninety ton-\nnes. It is driven by two men.";
    let found = fate(CRANE, "The crane lifts ninety tonnes.", &["A new cover.", reset]);
    assert_eq!(found, ("stand", 2, "The crane lifts ninety ton-\nnes.".to_owned()));
}

#[test]
fn a_changed_number_is_a_change_and_shown_whole() {
    let now = CRANE.replace("ninety", "ninety-five");
    let found = fate(CRANE, "The crane lifts ninety tonnes.", &[&now]);
    assert_eq!(found, ("changed", 1, "The crane lifts ninety-five tonnes.".to_owned()));
    let found = fate(
        "Contact card\n\nName: Example Person\nTel: unknown",
        "Tel: unknown",
        &["Contact card\n\nName: Example Person\nTel: 114514"],
    );
    assert_eq!((found.0, found.2.contains("114514")), ("changed", true));
}

#[test]
fn a_like_sentence_elsewhere_is_not_the_one_that_was_taken_out() {
    let old = "6.1 The buyer pays within 30 days of the invoice. Interest is due after that.\n\
        7.1 Either side may give notice within 60 days of the year's end. It is given in writing.";
    let now =
        "7.1 Either side may give notice within 60 days of the year's end. It is given in writing.";
    assert_eq!(fate(old, "The buyer pays within 30 days of the invoice.", &[now]).0, "gone");
}

#[test]
fn rows_that_say_the_same_are_told_apart_by_what_stands_around_them() {
    let row = |name: &str| format!("{name}\nTotal 100\nof which paid 40\n");
    let old = [row("North"), row("South"), row("East")].concat();
    let quoted = "South\nTotal 100";
    let quote = "Total 100";
    let start = old[..old.find(quoted).unwrap()].chars().count() + "South\n".len();
    let range = Some(CharRange::new(start, start + quote.len()));
    let quoted = Quoted { quote, page: PageNumber::from_index(0), range };
    let now = [row("East"), row("North"), row("South")].concat();
    let text = new(&[&now]);
    let Fate::Stand(spans) = follow(&quoted, Some(&new(&[&old])), &text) else {
        panic!("it stands there")
    };
    let before = &now[..spans[0].range.start as usize];
    assert!(before.ends_with("South\n"), "{before}");
}

#[test]
fn chinese_words_are_followed_through_a_change() {
    let old = "第五条 付款期限。买方应当在收到发票之日起三十日内付清全部货款。逾期按日计息。";
    let now = "第六条 付款期限。买方应当在收到发票之日起十五日内付清全部货款。逾期按日计息。";
    let found = fate(old, "买方应当在收到发票之日起三十日内付清全部货款。", &["封面", now]);
    let expected = "买方应当在收到发票之日起十五日内付清全部货款。";
    assert_eq!(found, ("changed", 2, expected.to_owned()));
}

#[test]
fn short_words_in_other_surroundings_are_not_the_same() {
    let old = "The board met in May. The answer was no. Nothing else was decided that day at all.";
    let now = "Minutes of the harbour works. Asked whether the crane could be moved, \
        the answer was no. The quay is to be mended first, said the engineer from Bremen.";
    assert_eq!(fate(old, "The answer was no.", &[now]).0, "gone");
}
