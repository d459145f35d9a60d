//! What a conversation promises: it goes on, is asked again, branches, is found, and loses nothing when
//! the program ends.

#![allow(clippy::unwrap_used)]

mod support;

use support::{Bench, printed_page};
use yinju_core::ports::Role;
use yinju_core::{Answer, AskMode, CancelToken, ChatId, ModelId, ProblemCode};
use yinju_engine::{AskRequest, Engine, ExportRequest, Finding, Format};

/// A file of two pages, read.
fn library() -> (Bench, Engine) {
    let texts = ["The red boat sails in 1871 .", "The green boat sinks in 1902 ."];
    let pages = texts.iter().enumerate().map(|(index, text)| printed_page(index, text)).collect();
    let bench = Bench::new(pages);
    let engine = bench.open();
    bench.import(&engine).unwrap();
    bench.scribe.will_write(&["The red boat ", "sails in 1871 [1]."]);
    (bench, engine)
}

fn question(text: &str, chat: Option<ChatId>) -> AskRequest {
    let strictness = Some(-1.0);
    AskRequest {
        chat,
        strictness,
        model: Some(ModelId::from_static("scribe")),
        ..AskRequest::new(text)
    }
}

fn ask(engine: &Engine, request: &AskRequest) -> Answer {
    engine.ask(request, &CancelToken::new(), &mut |_| {}).unwrap()
}

#[test]
fn an_answer_says_how_it_came_about() {
    let (_bench, engine) = library();
    let answer = ask(&engine, &question("red boat", None));
    assert_eq!(answer.citations.len(), 1, "{answer:?}");
    let provenance = answer.provenance.unwrap();
    let model = provenance.model.unwrap();
    assert_eq!((model.id.as_str(), model.quantization.as_deref()), ("scribe", Some("q4_k_m")));
    assert!(model.sha256.unwrap().starts_with("e3b0"));
    assert_eq!(provenance.searched, ["red boat"]);
    assert_eq!(provenance.draft.as_deref(), Some("The red boat sails in 1871 [1]."));
    assert_eq!(provenance.messages.last().unwrap().role, Role::User);
    assert!(provenance.relevance.is_some() && provenance.sampling.is_some());
}

#[test]
fn a_follow_up_goes_on_from_what_the_model_has_read() {
    let (bench, engine) = library();
    let first = ask(&engine, &question("red boat", None));
    bench.scribe.will_write(&["The green boat sinks in 1902 [2]."]);
    let second = ask(&engine, &question("green boat", first.chat));
    let requests = bench.scribe.requests.lock().unwrap();
    let (before, after) = (&requests[0].messages, &requests[1].messages);
    assert_eq!(after[..before.len()], before[..], "what was read is read again");
    assert_eq!(after[before.len()].content, "The red boat sails in 1871 [1].");
    assert_eq!(after.len(), before.len() + 2);
    assert_eq!(second.citations[0].page.get(), 2, "{second:?}");
    let markers: Vec<u32> = second.evidence.iter().map(|evidence| evidence.marker).collect();
    assert!(markers.contains(&1) && markers.contains(&2), "{markers:?}");
}

#[test]
fn asking_again_replaces_the_last_answer() {
    let (bench, engine) = library();
    let first = ask(&engine, &question("red boat", None));
    let chat = first.chat.unwrap();
    bench.scribe.will_write(&["Red boat: 1871 [1]."]);
    ask(&engine, &AskRequest { again: true, ..question("red boat", Some(chat)) });
    let turns = engine.chat(chat).unwrap().turns;
    assert_eq!(turns.len(), 1);
    assert!(turns[0].text.starts_with("Red boat"), "{}", turns[0].text);
}

#[test]
fn a_branch_leaves_the_conversation_as_it_is() {
    let (_bench, engine) = library();
    let chat = ask(&engine, &question("red boat", None)).chat.unwrap();
    ask(&engine, &question("red boat", Some(chat)));
    let branch = engine.branch_chat(chat, 1, "What of the green boat?").unwrap();
    assert_eq!(engine.chat(branch).unwrap().turns.len(), 1);
    assert_eq!(engine.chat(branch).unwrap().title, "What of the green boat?");
    assert_eq!(engine.chat(chat).unwrap().turns.len(), 2);
    engine.remove_turn(chat, 0).unwrap();
    ask(&engine, &question("red boat", Some(chat)));
    assert_eq!(engine.chat(chat).unwrap().turns.len(), 2);
}

#[test]
fn conversations_are_named_pinned_and_found() {
    let (_bench, engine) = library();
    let first = ask(&engine, &question("red boat", None)).chat.unwrap();
    let second = ask(&engine, &question("boat", None)).chat.unwrap();
    engine.pin_chat(first, true).unwrap();
    engine.rename_chat(second, "渡口的问题").unwrap();
    let ids = |text: &str| -> Vec<ChatId> {
        engine.find_chats(text).unwrap().into_iter().map(|chat| chat.id).collect()
    };
    assert_eq!(ids(""), [first, second]);
    assert_eq!(ids("渡口"), [second]);
    assert_eq!(ids("RED 1871"), [first, second], "answers are looked into");
    assert!(ids("nothing like it").is_empty());
    assert_eq!(engine.rename_chat(first, " ").unwrap_err().code, ProblemCode::BadUsage);
}

#[test]
fn what_was_written_when_the_program_ended_is_there_again() {
    let (bench, engine) = library();
    let chat = ask(&engine, &question("red boat", None)).chat.unwrap();
    bench.scribe.will_write(&["The green boat sinks in 1902 [2]. ", "And "]);
    *bench.scribe.after.lock().unwrap() =
        Some(Box::new(|piece| assert!(piece != "And ", "the program ends here")));
    let crashing = engine.clone();
    let asked = std::thread::spawn(move || ask(&crashing, &question("green boat", Some(chat))));
    assert!(asked.join().is_err());
    drop(engine);
    *bench.scribe.after.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = None;
    let engine = bench.open();
    let turns = engine.chat(chat).unwrap().turns;
    assert_eq!(turns.len(), 2);
    assert!(turns[1].interrupted && turns[1].text.contains("1902"), "{:?}", turns[1]);
    assert_eq!(turns[1].citations.len(), 1, "what there is of it is checked");
}

#[test]
fn a_document_removed_while_its_answer_is_written_leaves_none_of_its_words() {
    let (bench, engine) = library();
    bench.scribe.will_write(&["The red boat ", "sails in 1871 [1]. ", "The green boat sinks [2]."]);
    let document = engine.documents(None).unwrap()[0].reference.id;
    let (remover, once) = (engine.clone(), std::sync::Once::new());
    *bench.scribe.after.lock().unwrap() = Some(Box::new(move |_| {
        once.call_once(|| {
            remover.remove_documents(&[document]).unwrap();
        });
    }));
    let answer = ask(&engine, &question("red boat", None));
    assert!(answer.evidence.is_empty() && answer.citations.is_empty(), "{answer:?}");
    let kept = engine.chat(answer.chat.unwrap()).unwrap();
    let kept = serde_json::to_string(&kept.turns[0].provenance).unwrap();
    assert!(!kept.contains("1902"), "{kept}");
    *bench.scribe.after.lock().unwrap() = None;
}

#[test]
fn a_model_that_repeats_itself_is_stopped() {
    let (bench, engine) = library();
    bench.scribe.will_write(&["The red boat sails in 1871. "; 400]);
    let answer = ask(&engine, &question("red boat", None));
    assert!(answer.text.chars().count() < 400, "{}", answer.text);
    assert!(!answer.interrupted && answer.citations.len() == 1, "{answer:?}");
}

#[test]
fn a_stopped_answer_keeps_what_was_written() {
    let (bench, engine) = library();
    bench.scribe.will_write(&["The red boat sails in 1871 [1]. ", "It ", "never"]);
    let cancel = CancelToken::new();
    let stop = cancel.clone();
    *bench.scribe.after.lock().unwrap() = Some(Box::new(move |piece| {
        if piece == "It " {
            stop.cancel();
        }
    }));
    let answer = engine.ask(&question("red boat", None), &cancel, &mut |_| {}).unwrap();
    assert!(answer.interrupted && !answer.text.contains("never"), "{answer:?}");
    assert_eq!(engine.chat(answer.chat.unwrap()).unwrap().turns.len(), 1);
}

#[test]
fn a_removed_document_leaves_no_words_in_how_an_answer_came_about() {
    let (_bench, engine) = library();
    let chat = ask(&engine, &question("red boat", None)).chat.unwrap();
    let document = engine.documents(None).unwrap()[0].reference.id;
    engine.remove_documents(&[document]).unwrap();
    let provenance = engine.chat(chat).unwrap().turns.remove(0).provenance.unwrap();
    assert!(provenance.messages.is_empty() && provenance.draft.is_none());
}

#[test]
fn a_refusal_says_which_words_stand_nowhere() {
    let (_bench, engine) = library();
    let request = AskRequest { strictness: Some(1.0), ..question("purple boat", None) };
    let refusal = ask(&engine, &request).refusal.unwrap();
    assert_eq!(refusal.missing, ["purple"]);
    assert!(engine.strictness().unwrap().abs() < 1e-6);
    engine.set_strictness(7.0).unwrap();
    assert!((engine.strictness().unwrap() - 1.0).abs() < 1e-6, "there is nothing stricter");
}

#[test]
fn an_export_is_verified_against_the_files() {
    let (bench, engine) = library();
    let chat = ask(&engine, &question("red boat", None)).chat.unwrap();
    let export =
        engine.export(&ExportRequest::new(chat, Format::Json), &CancelToken::new()).unwrap();
    let finding =
        || engine.verify_export(&export, &[], &CancelToken::new()).unwrap().remove(0).finding;
    assert_eq!(finding(), Finding::Stands);
    bench.reader.script.lock().unwrap().pages[0] = printed_page(0, "Another text .");
    assert_eq!(finding(), Finding::NotOnPage);
    std::fs::write(bench.file(), "other bytes").unwrap();
    assert_eq!(finding(), Finding::FileChanged);
    let elsewhere = bench.file().with_file_name("elsewhere.pdf");
    std::fs::rename(bench.file(), &elsewhere).unwrap();
    assert_eq!(finding(), Finding::FileMissing);
    // A path in an export is a stranger's word.
    let text = String::from_utf8(export.clone()).unwrap();
    let led = text.replace("file.pdf", "elsewhere.pdf");
    let verify = |export: &[u8], named: &[std::path::PathBuf]| {
        engine.verify_export(export, named, &CancelToken::new()).unwrap().remove(0).finding
    };
    assert_ne!(led, text);
    assert_eq!(verify(led.as_bytes(), &[]), Finding::FileMissing);
    assert_eq!(verify(&export, &[elsewhere]), Finding::FileChanged);
    let no_export = engine.verify_export(b"{}", &[], &CancelToken::new()).unwrap_err();
    assert_eq!(no_export.code, ProblemCode::UnsupportedFile);
}

#[test]
fn references_are_guessed_and_corrected() {
    let (_bench, engine) = library();
    let chat = ask(&engine, &question("red boat", None)).chat.unwrap();
    let document = engine.documents(None).unwrap()[0].reference.id;
    let mut reference = engine.bibliography(document).unwrap();
    assert_eq!(reference.title, "file");
    "Boats".clone_into(&mut reference.title);
    "1066-10".clone_into(&mut reference.date);
    engine.set_bibliography(document, &reference).unwrap();
    assert_eq!(support::found(&engine, "boat year:1066").len(), 2, "a corrected date counts");
    assert!(support::found(&engine, "boat year:1067").is_empty());
    let bib = String::from_utf8(
        engine.export(&ExportRequest::new(chat, Format::Bib), &CancelToken::new()).unwrap(),
    )
    .unwrap();
    assert!(bib.contains("Boats"), "{bib}");
    let missing = engine
        .export(
            &ExportRequest { turn: Some(4), ..ExportRequest::new(chat, Format::Markdown) },
            &CancelToken::new(),
        )
        .unwrap_err();
    assert_eq!(missing.code, ProblemCode::NothingToExport);
}

#[test]
fn documents_are_compared_listed_and_summarised_without_a_model() {
    let (bench, engine) = library();
    let survey = |mode| ask(&engine, &AskRequest { mode, ..question("boat", None) });
    let compared = survey(AskMode::Compare);
    assert!(compared.text.starts_with("| Document |") && compared.text.contains("[1]"));
    let listed = survey(AskMode::Extract);
    assert_eq!(listed.citations.len(), 2, "{}", listed.text);
    assert_eq!(listed.citations[1].page.get(), 2);
    let summarised = survey(AskMode::Summary);
    assert!(summarised.text.contains("- The red boat sails in 1871"), "{}", summarised.text);
    assert!(bench.scribe.requests.lock().unwrap().is_empty());
    let nothing = ask(&engine, &AskRequest { mode: AskMode::Extract, ..question("volcano", None) });
    assert!(nothing.refused && nothing.text.is_empty());
}

#[test]
fn an_answer_ends_where_it_says_a_thing_again() {
    let (bench, engine) = library();
    let sentence = "The red boat sails in 1871 [1]. ";
    bench.scribe.will_write(&[sentence; 20]);
    let answer = ask(&engine, &question("red boat", None));
    assert_eq!(answer.sentences.len(), 1, "{}", answer.text);
    assert!(!answer.interrupted && answer.text.ends_with('.'), "{}", answer.text);
}
