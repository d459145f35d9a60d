//! What typed texts are read as.

use super::*;

fn read(typed: &str) -> Query {
    Query::read(typed).unwrap()
}

fn phrase(text: &str, place: Place) -> Phrase {
    Phrase { text: text.to_owned(), place }
}

#[test]
fn plain_words_are_what_they_are() {
    for typed in ["machine learning", "什么是“一带一路”", "C++ a:b http://x.org", "temperature -5"]
    {
        let query = read(typed);
        assert_eq!(query, Query { text: typed.to_owned(), ..Query::default() });
    }
}

#[test]
fn a_question_keeps_its_quotes_and_dashes() {
    let typed = r#"Who said "to be" and -not that?"#;
    assert_eq!(read(typed), Query { text: typed.to_owned(), ..Query::default() });
}

#[test]
fn in_a_conversation_everything_is_a_question() {
    let query = Query::of_question("explain “to be” -quickly page:3").unwrap();
    assert_eq!(query.text, "explain “to be” -quickly");
    assert!(query.required.is_empty() && query.excluded.is_empty());
    assert_eq!(query.filters.pages, [3..=3]);
}

#[test]
fn phrases_words_to_leave_out_and_titles() {
    let query = read(r#"engine "fuel pump" -diesel title:manual -title:"old edition""#);
    assert_eq!(query.text, "engine fuel pump manual");
    assert_eq!(
        query.required,
        [phrase("fuel pump", Place::Anywhere), phrase("manual", Place::Heading)]
    );
    assert_eq!(
        query.excluded,
        [phrase("diesel", Place::Anywhere), phrase("old edition", Place::Heading)]
    );
}

#[test]
fn curly_quotes_alone_are_a_phrase() {
    assert_eq!(read("“数据出境”").required, [phrase("数据出境", Place::Anywhere)]);
    let query = read("“数据出境” 标题：办法");
    assert_eq!(query.required.len(), 2);
}

#[test]
fn kinds_and_parties_are_places() {
    let query = read("rent kind:contracts party:\"Bright Oak\" 种类:合同");
    assert_eq!(query.filters.kinds, [DocumentKind::Contract, DocumentKind::Contract]);
    assert_eq!(query.filters.parties, ["Bright Oak"]);
    let error = Query::read("rent kind:soup").unwrap_err();
    assert_eq!(error, SyntaxError::Kind("soup".to_owned()));
}

#[test]
fn places_are_read_in_both_languages() {
    let query = read("profit doc:\"annual report\" page:3-9 year:2022 lang:en section:3.1");
    assert_eq!(query.text, "profit");
    assert_eq!(query.filters.documents, ["annual report"]);
    assert_eq!(query.filters.pages, [3..=9]);
    assert_eq!(query.filters.years, [2022..=2022]);
    assert_eq!(query.filters.languages, [Language::En]);
    assert_eq!(query.filters.sections, [SectionName::read("3.1")]);
    let query = read("利润 文档：年报 页:12 语言:中文");
    assert_eq!((query.text.as_str(), &query.filters.pages[..]), ("利润", &[12..=12][..]));
    assert_eq!(query.filters.languages, [Language::Zh]);
}

#[test]
fn an_open_quote_ends_with_the_text() {
    assert_eq!(read("\"fuel pump").required, [phrase("fuel pump", Place::Anywhere)]);
    assert_eq!(read("\"\" x").text, "x");
}

#[test]
fn values_that_make_no_sense_are_told() {
    let check = |typed: &str, expected: SyntaxError| {
        assert_eq!(Query::read(typed), Err(expected), "{typed}");
    };
    check("x page:abc", SyntaxError::Page("abc".to_owned()));
    check("x page:9-3", SyntaxError::Page("9-3".to_owned()));
    check("x page:0", SyntaxError::Page("0".to_owned()));
    check("x year:old", SyntaxError::Year("old".to_owned()));
    check("x lang:klingon", SyntaxError::Language("klingon".to_owned()));
    check("x -doc:y", SyntaxError::Excluded("doc".to_owned()));
    check("-x", SyntaxError::OnlyExcluded);
}
