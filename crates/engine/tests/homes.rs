//! A home opens whatever became of its store, and says what it lost.

#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use support::{Bench, text_page};
use yinju_core::{AskMode, CancelToken, DocumentStatus, ProblemCode};
use yinju_engine::{AskRequest, Backups, Engine, Reason};

fn bench() -> Bench {
    let page = |index| text_page(index, &format!("this is page {} . ", index + 1).repeat(60));
    let bench = Bench::new((0..30).map(page).collect());
    let engine = bench.open();
    bench.import(&engine).unwrap();
    ask(&engine, "this is page 3 .");
    bench
}

fn ask(engine: &Engine, question: &str) {
    let request = AskRequest { mode: AskMode::Quotes, ..AskRequest::new(question) };
    engine.ask(&request, &CancelToken::new(), &mut |_| {}).unwrap();
}

fn is_whole(engine: &Engine) -> bool {
    let documents = engine.documents(None).unwrap();
    documents.len() == 1
        && documents[0].status == DocumentStatus::Ready
        && documents[0].passages >= 30
        && documents[0].pages == 30
}

#[test]
fn a_hundred_damaged_stores_open_and_are_told() {
    let bench = bench();
    let file = bench.home().join("yinju.db");
    let whole = fs::read(&file).unwrap();
    let mark = fs::read(bench.home().join("home.lock")).unwrap();
    let seed = std::env::var("SEED").map_or(20_251_129, |seed| seed.parse().unwrap());
    let mut random = fastrand::Rng::with_seed(seed);
    let (mut told, mut unseen) = (0, 0);
    for round in 0..100 {
        let mut bytes = whole.clone();
        let at = random.usize(..bytes.len());
        match round % 4 {
            0 => bytes[at] ^= 1 << random.u8(..8),
            1 => bytes[at..].iter_mut().take(16).for_each(|byte| *byte = !*byte),
            2 => bytes.truncate(at),
            _ => bytes[at / 4096 * 4096..].iter_mut().take(4096).for_each(|byte| *byte = 0),
        }
        fs::write(&file, bytes).unwrap();
        fs::write(bench.home().join("home.lock"), &mark).unwrap();
        let engine = bench.open();
        assert!(round % 4 != 2 || !engine.told().is_empty(), "a file that is cut is not told");
        if engine.told().is_empty() {
            // What nobody told of is what nobody can tell: bytes within a text.
            let doctor = engine.doctor();
            let store = doctor.checks.iter().find(|check| check.name == "store").unwrap();
            unseen += u32::from(store.ok);
        } else {
            told += 1;
            let problem = &engine.told()[0];
            assert_eq!(problem.code, ProblemCode::StoreDamaged, "{round}: {problem}");
        }
        // What was lost comes from the copy or is read again.
        bench.import(&engine).unwrap();
        assert!(
            is_whole(&engine),
            "{round} at {at}: {:?} {:?}",
            engine.told(),
            engine.documents(None)
        );
        drop(engine);
        let _ = fs::remove_file(file.with_extension("db-wal"));
    }
    println!("told {told}, seen by nobody {unseen}");
    // A flipped bit in a text leaves a text; most other damage shows.
    assert!(told >= 40, "told {told}");
}

#[test]
fn a_copy_is_used_when_the_home_is_opened_next() {
    let bench = bench();
    let engine = bench.open();
    let made = engine.make_backup().unwrap();
    let chat = engine.chats().unwrap()[0].id;
    engine.remove_chat(chat).unwrap();
    engine.backups().restore_next(made.number).unwrap();
    assert!(engine.chats().unwrap().is_empty());
    let in_use = Backups::of(&bench.home()).restore(made.number).unwrap_err();
    assert_eq!(in_use.code, ProblemCode::HomeInUse);
    drop(engine);
    let engine = bench.open();
    assert_eq!(engine.chats().unwrap().len(), 1);
    assert_eq!(engine.told().len(), 1);
    assert!(engine.backups().list().unwrap().iter().any(|copy| copy.reason == Reason::Restore));
}

#[test]
fn a_home_that_ended_in_the_middle_of_a_recovery_is_recovered() {
    let bench = bench();
    let file = bench.home().join("yinju.db");
    let engine = bench.open();
    engine.make_backup().unwrap();
    drop(engine);
    // The damaged file was set aside, and nothing was put in its place.
    let backups = bench.home().join("backups");
    fs::rename(&file, backups.join("77-damaged-1700000000.db")).unwrap();
    let engine = bench.open();
    assert!(is_whole(&engine));
    assert_eq!(engine.chats().unwrap().len(), 1);
    assert_eq!(engine.told().len(), 1);
}

#[test]
fn a_file_nobody_knows_is_left_alone_where_nothing_tells_of_a_library() {
    let bench = Bench::new(Vec::new());
    fs::create_dir_all(bench.home()).unwrap();
    let file = bench.home().join("yinju.db");
    let foreign = "no database ".repeat(500);
    fs::write(&file, &foreign).unwrap();
    let problem = bench.try_open().err().unwrap();
    assert_eq!(problem.code, ProblemCode::StoreDamaged);
    assert_eq!(fs::read_to_string(&file).unwrap(), foreign);
}
