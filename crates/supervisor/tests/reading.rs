//! A reader may crash, hang, eat memory or babble: it costs the file it read, and the next file is
//! read all the same.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

mod support;

use std::path::Path;
use std::time::{Duration, Instant};
use support::{children_of, config, eventually, read, rogue, runs};
use yinju_core::ports::{Mark, MarkRequest, ReadRequest};
use yinju_core::{BBox, CancelToken, DocumentReader, PageNumber, Problem, ProblemCode};
use yinju_supervisor::{WorkerConfig, WorkerReader};

/// Reads a good file, a bad one, and a good one again.
fn check(bad: &str, expected: ProblemCode) -> Problem {
    let patience = if bad == "hang" { 1 } else { 60 };
    let page_timeout = Duration::from_secs(patience);
    check_with(&WorkerReader::new(WorkerConfig { page_timeout, ..config() }), bad, expected)
}

fn check_with(reader: &WorkerReader, bad: &str, expected: ProblemCode) -> Problem {
    assert_eq!(read(reader, "before").unwrap(), ["before"]);
    let problem = read(reader, bad).unwrap_err();
    assert_eq!(problem.code, expected, "{problem:?}");
    assert_eq!(read(reader, "after").unwrap(), ["after"]);
    problem
}

fn check_named(bad: &str, expected: ProblemCode) {
    let problem = check(bad, expected);
    assert!(problem.message.contains(&format!("“{bad}”")), "{problem:?}");
    assert!(problem.hint.is_some());
}

#[test]
fn a_crash_costs_one_file() {
    check_named("crash", ProblemCode::WorkerCrashed);
    check_named("panic", ProblemCode::WorkerCrashed);
    check_named("exit", ProblemCode::WorkerCrashed);
}

#[test]
fn a_page_that_ends_its_process_costs_itself() {
    let reader = WorkerReader::new(config());
    let texts = read(&reader, "loses 1 4 5").unwrap();
    let by = |n: u32, process: u32| format!("{n} by process {process}");
    let left_out = |n: u32| format!("{n} left out");
    let expected =
        [left_out(1), by(2, 1), by(3, 1), left_out(4), left_out(5), by(6, 3), by(7, 3), by(8, 3)];
    assert_eq!(texts, expected);
    let problem = read(&reader, "loses 1 2 3 4 5 6").unwrap_err();
    assert_eq!(problem.code, ProblemCode::WorkerCrashed);
}

#[test]
fn a_hang_is_cut() {
    check_named("hang", ProblemCode::WorkerTimedOut);
}

#[test]
fn a_memory_bomb_is_cut() {
    check_named("bomb", ProblemCode::WorkerOutOfMemory);
}

#[test]
fn nonsense_on_the_pipe_costs_one_file() {
    check_named("babble", ProblemCode::WorkerCrashed);
    check_named("huge frame", ProblemCode::WorkerCrashed);
}

#[test]
fn a_problem_of_the_file_is_passed_on() {
    assert_eq!(check("failed", ProblemCode::DamagedPdf).message, "damaged");
}

#[test]
fn a_file_that_takes_too_long_in_all_is_cut() {
    let reader =
        WorkerReader::new(WorkerConfig { file_timeout: Duration::from_millis(400), ..config() });
    assert_eq!(read(&reader, "slow").unwrap_err().code, ProblemCode::WorkerTimedOut);
    assert_eq!(read(&reader, "after").unwrap(), ["after"]);
}

#[test]
fn the_callers_own_time_does_not_count() {
    let limit = Duration::from_millis(400);
    let config = WorkerConfig { page_timeout: limit, file_timeout: limit, ..config() };
    let reader = WorkerReader::new(config);
    let request = ReadRequest::new("fine");
    let slow = &mut |_| {
        std::thread::sleep(Duration::from_millis(500));
        Ok(())
    };
    reader.read(&request, &CancelToken::new(), slow).unwrap();
}

#[test]
fn cancelling_ends_the_process_at_once() {
    let reader = WorkerReader::new(config());
    let cancel = CancelToken::new();
    let request = ReadRequest::new("hang");
    let before = Instant::now();
    let problem = reader
        .read(&request, &cancel, &mut |_| {
            cancel.cancel();
            Ok(())
        })
        .unwrap_err();
    assert_eq!(problem.code, ProblemCode::Cancelled);
    assert!(before.elapsed() < config().page_timeout);
    assert_eq!(read(&reader, "after").unwrap(), ["after"]);
}

#[test]
fn an_error_of_the_caller_ends_the_reading() {
    let reader = WorkerReader::new(config());
    let request = ReadRequest::new("slow");
    let full = || Problem::new(ProblemCode::DiskFull, "full");
    let problem = reader.read(&request, &CancelToken::new(), &mut |_| Err(full())).unwrap_err();
    assert_eq!(problem, full());
    assert_eq!(read(&reader, "after").unwrap(), ["after"]);
}

#[test]
fn as_many_files_are_read_at_once_as_there_are_slots() {
    let reader = WorkerReader::new(WorkerConfig { read_slots: 3, ..config() });
    let texts: Vec<_> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..9)
            .map(|n| {
                scope.spawn({
                    let reader = &reader;
                    move || read(reader, &format!("file {n}"))
                })
            })
            .collect();
        all.into_iter().map(|thread| thread.join().unwrap().unwrap()).collect()
    });
    assert_eq!(texts.len(), 9);
    assert_eq!(reader.slots(), 3);
}

#[test]
fn a_worker_gets_no_secrets_no_files_and_little_priority() {
    let secret = std::env::vars_os().next().expect("cargo sets variables").0;
    let open = std::fs::File::open("/dev/zero").unwrap();
    let text = read(&WorkerReader::new(config()), "environment").unwrap().remove(0);
    drop(open);
    assert!(text.contains("nice 10"), "{text}");
    assert!(
        !text.contains("CARGO") && !text.contains("HOME") && !text.contains("/dev/zero"),
        "{text}"
    );
    assert!(std::env::var_os(secret).is_some());
}

#[test]
fn a_process_that_a_file_took_over_reaches_that_file_alone() {
    let reader = WorkerReader::new(config());
    support::check_attempts(&|attempt, file| {
        let named = file.with_file_name(format!("try {attempt}"));
        std::fs::rename(file, &named).unwrap();
        let said = read(&reader, named.to_str().unwrap()).unwrap().remove(0);
        std::fs::rename(&named, file).unwrap();
        said
    });
}

#[test]
fn a_file_that_computes_for_ever_is_ended_by_the_system_too() {
    let config = WorkerConfig { read_cpu_limit: Duration::from_secs(1), ..config() };
    check_with(&WorkerReader::new(config), "spin", ProblemCode::WorkerTimedOut);
}

#[test]
fn a_program_that_is_missing_is_named() {
    let reader = WorkerReader::new(WorkerConfig::new("nowhere/yinju-worker", "none"));
    let problem = read(&reader, "any").unwrap_err();
    assert_eq!(problem.code, ProblemCode::WorkerMissing);
    assert!(problem.message.contains("nowhere/yinju-worker"));
}

#[test]
fn another_build_is_refused() {
    let with = |pdfium: &str| {
        let start_timeout = Duration::from_secs(1);
        let config = WorkerConfig { pdfium: pdfium.into(), start_timeout, ..config() };
        read(&WorkerReader::new(config), "any").unwrap_err()
    };
    assert_eq!(with("newer").code, ProblemCode::ProtocolMismatch);
    // Stopped, or no worker at all: all that is known is that nothing was said.
    assert_eq!(with("mute").code, ProblemCode::WorkerTimedOut);
    let stillborn = with("stillborn");
    assert_eq!(stillborn.code, ProblemCode::WorkerCrashed);
    assert!(stillborn.message.contains("libsomething.so"), "{stillborn:?}");
    let cat = WorkerReader::new(WorkerConfig::new("/bin/cat", "none"));
    assert!(read(&cat, "any").is_err());
}

#[test]
fn every_file_has_a_process_of_its_own() {
    let reader = WorkerReader::new(config());
    let pids: Vec<u32> =
        (0..2).map(|_| read(&reader, "pid").unwrap()[0].parse().unwrap()).collect();
    assert_ne!(pids[0], pids[1]);
    assert!(eventually(|| pids.iter().all(|pid| !runs(*pid))));
    assert!(pids.iter().all(|pid| !children_of(std::process::id()).contains(pid)));
}

/// `stopped`: with threads that cannot hear the end of standard input.
fn check_killed_parent(stopped: bool) {
    let mut parent = std::process::Command::new(rogue())
        .arg("parent")
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = [0];
    std::io::Read::read_exact(parent.stdout.as_mut().unwrap(), &mut said).unwrap();
    let children = children_of(parent.id());
    assert!(!children.is_empty());
    for child in children.iter().filter(|_| stopped) {
        let kill = std::process::Command::new("kill").args(["-STOP", &child.to_string()]).status();
        assert!(kill.unwrap().success());
    }
    parent.kill().unwrap();
    parent.wait().unwrap();
    assert!(eventually(|| children.iter().all(|pid| !runs(*pid))));
}

#[test]
fn a_killed_parent_leaves_no_children() {
    check_killed_parent(false);
    check_killed_parent(true);
}

#[test]
fn a_process_that_understood_nothing_opens_one_file_after_the_other() {
    let reader = WorkerReader::new(config());
    let open = |name: &str| reader.open(Path::new(name), &CancelToken::new(), &mut |_| {});
    let pid = |name: &str| open(name).map(|file| file.content().sha256.clone());
    let (first, second) = (pid("changes 1").unwrap(), pid("changes 2").unwrap());
    assert_eq!(first, second);
    assert_eq!(open("no file").map(|_| ()).unwrap_err().code, ProblemCode::FileUnreadable);
    // The one that reads is the one that hashed, and no other file is opened by it.
    let read = read(&reader, "pid").unwrap();
    assert_eq!(read, std::slice::from_ref(&first));
    let after = pid("changes 3").unwrap();
    assert_ne!(after, first);
    reader.rest();
    assert!(eventually(|| !runs(after.parse().unwrap())));
}

#[test]
fn a_file_that_does_not_answer_is_given_up() {
    let page_timeout = Duration::from_secs(1);
    let reader = WorkerReader::new(WorkerConfig { page_timeout, ..config() });
    let mut told = Vec::new();
    let path = Path::new("hang at once");
    let opened = reader.open(path, &CancelToken::new(), &mut |hashing| told.push(hashing.done));
    let problem = opened.map(|_| ()).unwrap_err();
    assert_eq!((problem.code, told), (ProblemCode::WorkerTimedOut, vec![1]));
    assert!(problem.hint.unwrap().contains("does not answer"));
    assert_eq!(read(&reader, "after").unwrap(), ["after"]);
}

#[test]
fn a_file_that_is_another_for_the_next_process_is_not_read_on() {
    let reader = WorkerReader::new(config());
    let problem = read(&reader, "changes and loses 2").unwrap_err();
    assert_eq!(problem.code, ProblemCode::FileChanged);
    assert_eq!(read(&reader, "loses 2").unwrap().len(), 8);
}

/// A file whose words are marked, by a process of its own.
fn marked(name: &str) -> (Result<Vec<u8>, Problem>, Result<usize, Problem>) {
    let mark = |note: &str| Mark {
        page: PageNumber::from_index(0),
        boxes: vec![BBox::new(0.1, 0.1, 0.2, 0.2)],
        beside: Vec::new(),
        note: note.to_owned(),
    };
    let marks = vec![mark("one "), mark("two")];
    let request = MarkRequest { path: name.into(), password: None, marks };
    let (reader, cancel) = (WorkerReader::new(config()), CancelToken::new());
    let mut copy = Vec::new();
    let open = || reader.open(&request.path, &cancel, &mut |_| {}).unwrap();
    let copied = open().highlighted(&request, &cancel, &mut |bytes| {
        copy.extend_from_slice(bytes);
        Ok(())
    });
    let pictures = open().pictures(&request, &cancel);
    (copied.map(|()| copy), pictures.map(|pictures| pictures.len()))
}

#[test]
fn copies_and_pictures_come_from_a_process_of_their_own() {
    let (copy, pictures) = marked("good");
    assert_eq!(copy.unwrap(), b"one two");
    assert_eq!(pictures.unwrap(), 2);
    let (copy, pictures) = marked("crash");
    assert_eq!(copy.unwrap_err().code, ProblemCode::WorkerCrashed);
    assert_eq!(pictures.unwrap_err().code, ProblemCode::WorkerCrashed);
}
