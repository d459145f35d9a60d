//! A conversation as one HTML page that needs nothing else: styles inside, no script, no remote content,
//! and a content security policy that forbids both. Not here: the answer's own Markdown.

use crate::answer_html::answer_html;
use crate::words::{Words, file_name, page_list, title};
use crate::{Conversation, ExportError};
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Value, context};
use serde::Serialize;
use yinju_core::{Answer, Citation, Hit, Refusal, Support};

/// The whole page.
pub(crate) fn write(conversation: &Conversation) -> Result<String, ExportError> {
    let words = Words::of(conversation);
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_template("conversation", include_str!("../templates/conversation.html"))?;
    let turns: Vec<Turn> = conversation
        .turns
        .iter()
        .enumerate()
        .map(|(i, answer)| Turn::of(&words, answer, i + 1))
        .collect();
    let page = environment.get_template("conversation")?.render(context! {
        words => Value::from(Serde(words)),
        title => &conversation.title,
        created => &conversation.created,
        style => Value::from_safe_string(include_str!("../templates/style.css").to_owned()),
        turns => Value::from(Serde(turns)),
        answers => answers(conversation),
    })?;
    Ok(page)
}

/// The only values the template takes as HTML.
fn answers(conversation: &Conversation) -> Vec<Value> {
    let turns = conversation.turns.iter().enumerate();
    turns.map(|(i, answer)| Value::from_safe_string(answer_html(answer, i + 1))).collect()
}

#[derive(Serialize)]
struct Turn {
    number: usize,
    question: String,
    citations: Vec<Cited>,
    unsupported: Vec<String>,
    refusal: Option<Refused>,
    model: Option<String>,
}

impl Turn {
    fn of(words: &Words, answer: &Answer, number: usize) -> Self {
        let open = answer.sentences.iter().filter(|s| s.support == Support::Unsupported);
        Self {
            number,
            question: answer.question.clone(),
            citations: answer.citations.iter().map(|citation| Cited::of(words, citation)).collect(),
            unsupported: open.map(|sentence| sentence.text.clone()).collect(),
            refusal: answer.refusal.as_ref().map(|refusal| Refused::of(words, refusal)),
            model: words.model_of(answer).map(str::to_owned),
        }
    }
}

#[derive(Serialize)]
struct Cited {
    marker: u32,
    title: String,
    file: String,
    page: String,
    quote: String,
    sha256: String,
}

impl Cited {
    fn of(words: &Words, citation: &Citation) -> Self {
        Self {
            marker: citation.marker,
            title: title(&citation.document),
            file: file_name(&citation.document),
            page: words.page_of(citation),
            quote: citation.quote.clone(),
            sha256: citation.document.sha256.clone(),
        }
    }
}

#[derive(Serialize)]
struct Refused {
    message: &'static str,
    nearest: Vec<Near>,
    unreadable: Vec<(String, String)>,
}

impl Refused {
    fn of(words: &Words, refusal: &Refusal) -> Self {
        let unreadable = refusal.unreadable_pages.iter();
        Self {
            message: words.refusal(refusal.code),
            nearest: refusal.nearest.iter().map(|hit| Near::of(words, hit)).collect(),
            unreadable: unreadable.map(|u| (file_name(&u.document), page_list(&u.pages))).collect(),
        }
    }
}

#[derive(Serialize)]
struct Near {
    file: String,
    pages: String,
    text: String,
}

impl Near {
    fn of(words: &Words, hit: &Hit) -> Self {
        let pages: Vec<String> =
            hit.passage.pages().iter().map(|page| words.page(*page, None)).collect();
        Self {
            file: file_name(&hit.document),
            pages: pages.join(", "),
            text: hit.passage.draft.text.clone(),
        }
    }
}
