//! A conversation as `CommonMark`.

use crate::Conversation;
use crate::escape;
use crate::words::{Words, file_name, page_list, title};
use std::fmt::Write as _;
use yinju_core::{Answer, Citation, Hit, Refusal, Support};

/// The whole document.
pub(crate) fn write(conversation: &Conversation) -> String {
    let words = Words::of(conversation);
    let mut out = format!("# {}\n\n", escape::plain(&conversation.title));
    let _ = writeln!(out, "{} · {}\n", words.exported_by, escape::plain(&conversation.created));
    for turn in &conversation.turns {
        write_turn(&mut out, &words, turn);
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

fn write_turn(out: &mut String, words: &Words, answer: &Answer) {
    let _ = writeln!(out, "## {}\n", escape::plain(&answer.question));
    match &answer.refusal {
        Some(refusal) => write_refusal(out, words, refusal),
        None => {
            let _ = writeln!(out, "{}\n", escape::answer(answer.text.trim()).trim_end());
        }
    }
    if answer.interrupted {
        let _ = writeln!(out, "{}\n", words.interrupted);
    }
    write_citations(out, words, &answer.citations);
    write_unsupported(out, words, answer);
    if let Some(model) = words.model_of(answer) {
        let _ = writeln!(out, "{}: {}\n", words.model, escape::plain(model));
    }
}

fn write_citations(out: &mut String, words: &Words, citations: &[Citation]) {
    if citations.is_empty() {
        return;
    }
    let _ = writeln!(out, "### {}\n", words.sources);
    for citation in citations {
        let (file, page) = (file_name(&citation.document), words.page_of(citation));
        let name = escape::plain(&title(&citation.document));
        let _ = writeln!(
            out,
            "\\[{}\\] **{name}** · {} · {}\n",
            citation.marker,
            escape::plain(&file),
            escape::plain(&page)
        );
        let _ = writeln!(
            out,
            "{}\nSHA-256: `{}`\n",
            escape::quotation(&citation.quote),
            hash(&citation.document.sha256)
        );
    }
}

fn write_unsupported(out: &mut String, words: &Words, answer: &Answer) {
    let open: Vec<_> =
        answer.sentences.iter().filter(|s| s.support == Support::Unsupported).collect();
    if open.is_empty() {
        return;
    }
    let _ = writeln!(out, "### {}\n", words.unsupported);
    for sentence in open {
        let _ = writeln!(out, "- {}", escape::plain(&sentence.text));
    }
    out.push('\n');
}

fn write_refusal(out: &mut String, words: &Words, refusal: &Refusal) {
    let _ = writeln!(out, "**{}**\n", words.refusal(refusal.code));
    if !refusal.missing.is_empty() {
        let missing = escape::plain(&refusal.missing.join(", "));
        let _ = writeln!(out, "{}{}{missing}\n", words.missing, words.colon);
    }
    if !refusal.nearest.is_empty() {
        let _ = writeln!(out, "### {}\n", words.nearest);
    }
    for hit in &refusal.nearest {
        write_nearest(out, words, hit);
    }
    if !refusal.unreadable_pages.is_empty() {
        let _ = writeln!(out, "### {}\n", words.unreadable);
        for unreadable in &refusal.unreadable_pages {
            let file = escape::plain(&file_name(&unreadable.document));
            let _ = writeln!(out, "- {file}: {}", page_list(&unreadable.pages));
        }
        out.push('\n');
    }
}

fn write_nearest(out: &mut String, words: &Words, hit: &Hit) {
    let pages: Vec<String> =
        hit.passage.pages().iter().map(|page| words.page(*page, None)).collect();
    let file = escape::plain(&file_name(&hit.document));
    let _ = writeln!(out, "{}. {file} · {}\n", hit.rank, pages.join(", "));
    let _ = writeln!(out, "{}", escape::quotation(&hit.passage.draft.text));
}

/// A hash is hexadecimal; anything else a damaged store may hold is not passed on.
fn hash(sha256: &str) -> String {
    sha256.chars().filter(char::is_ascii_hexdigit).collect()
}
