//! A worker that misbehaves on demand, for the tests: what a file is called, or what a text says,
//! decides how. It speaks the real protocol through the real child side. `rogue parent` is a
//! supervisor that reads a file that never ends, to be killed.

mod attempts;

use attempts::try_to;
use std::fs::File;
use std::io::Write;
use std::mem::ManuallyDrop;
use std::os::fd::FromRawFd;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;
use yinju_core::document::DocumentInfo;
use yinju_core::ports::{
    Embedding, FinishReason, GenerateOutcome, GeneratorProfile, Hashing, MarkRequest, PagePicture,
    ReadEvent, ReadRequest,
};
use yinju_core::{
    CancelToken, CharRange, DocumentReader, FileContent, ModelDescription, Page, PageNumber,
    PageStatus, PassageDraft, Problem, ProblemCode, Span,
};
use yinju_supervisor::child::{
    Devices, Inbox, Job, Outbox, Pipes, confine, confine_to, confine_to_model,
};
use yinju_supervisor::launch::Launch;
use yinju_supervisor::protocol::{Call, Hello, Reply, Side, VERSION};
use yinju_supervisor::{WorkerConfig, WorkerReader};

fn main() -> ExitCode {
    let args: Vec<_> = std::env::args_os().skip(1).collect();
    if args.first().is_some_and(|role| role == "parent") {
        return be_parent();
    }
    let launch = Launch::parse(args).expect("the supervisor writes what can be parsed");
    confine(&launch, Devices::None).expect("limits can be set");
    match launch.pdfium.as_deref().and_then(Path::to_str) {
        Some("newer") => {
            let hello = Hello { version: VERSION + 1, ..Hello::new(launch.role) };
            hello.write(Side::Worker, &mut std::io::stdout()).expect("the pipe is open");
            hang()
        }
        Some("mute") => hang(),
        Some("stillborn") => {
            eprintln!("libsomething.so: cannot open shared object file");
            return ExitCode::from(127);
        }
        _ => {}
    }
    let mut pipes = Pipes::take().expect("the pipes are open");
    pipes.greet(launch.role).expect("the supervisor is of this build");
    println!("chatter that must not reach the protocol");
    let (from_supervisor, outbox) = pipes.split();
    for job in Inbox::listen(from_supervisor).expect("a thread can be started") {
        answer(&job, &outbox);
    }
    ExitCode::SUCCESS
}

#[allow(clippy::too_many_lines, reason = "one arm a call")]
fn answer(job: &Job, outbox: &Outbox) {
    let say = |reply| outbox.reply(job.id, reply).expect("the supervisor listens");
    match &job.call {
        Call::Open(file) => open(Path::new(&file.path), &say),
        Call::Read(file) => {
            let request = ReadRequest::from(file.clone());
            say(Reply::Event(ReadEvent::Opened(DocumentInfo::default())));
            let name = request.path.file_name().and_then(|name| name.to_str());
            match name.unwrap_or_default() {
                "environment" => say(Reply::Event(ReadEvent::Page(page(&environment())))),
                name if name.starts_with("try ") => {
                    confine_to(&request.path, None);
                    let outcome = try_to(&name["try ".len()..], &request.path);
                    say(Reply::Event(ReadEvent::Page(page(&outcome))));
                }
                "pid" => {
                    say(Reply::Event(ReadEvent::Page(page(&std::process::id().to_string()))));
                }
                "failed" => {
                    return say(Reply::Failed(Problem::new(ProblemCode::DamagedPdf, "damaged")));
                }
                "slow" => (0..20).for_each(|_| {
                    std::thread::sleep(Duration::from_millis(50));
                    say(Reply::Event(ReadEvent::Page(page("slow"))));
                }),
                name if name.contains("loses ") => lose(name, &request, &say),
                name => {
                    misbehave(name);
                    say(Reply::Event(ReadEvent::Page(page(name))));
                }
            }
            say(Reply::ReadDone);
        }
        Call::Highlight(file) | Call::Picture(file) => {
            let request = MarkRequest::from(file.clone());
            let name = request.path.file_name().and_then(|name| name.to_str());
            misbehave(name.unwrap_or_default());
            for mark in &request.marks {
                say(match &job.call {
                    Call::Highlight(_) => Reply::Bytes(mark.note.clone().into_bytes()),
                    _ => Reply::Picture(PagePicture::default()),
                });
            }
            say(Reply::ReadDone);
        }
        Call::Inspect(path) => {
            misbehave(&Path::new(path).file_name().unwrap_or_default().to_string_lossy());
            say(Reply::Described(ModelDescription::Reranker { max_tokens: 7 }));
        }
        Call::LoadSplitter { .. } => say(Reply::SplitterLoaded),
        Call::Split { document, page, .. } => split(*document, page.as_ref(), &say),
        Call::LoadEncoder { .. } => say(Reply::EncoderLoaded),
        Call::Embed { texts, .. } => embed(texts, &say),
        Call::FindDevice => say(Reply::Device { name: "processor".to_owned(), reason: None }),
        Call::LoadGenerator { spec, .. } => {
            let architecture = if let Some(attempt) = spec.id.as_str().strip_prefix("try-") {
                confine_to_model(&spec.gguf, Devices::None);
                try_to(&attempt.replace('-', " "), &spec.gguf)
            } else {
                misbehave(spec.id.as_str());
                std::process::id().to_string()
            };
            say(Reply::GeneratorLoaded(GeneratorProfile { architecture, context_tokens: 8 }));
        }
        Call::CountTokens { texts } => {
            say(Reply::Counts(texts.iter().map(|text| text.len() as u32).collect()));
        }
        Call::LoadReranker { .. } => say(Reply::RerankerLoaded),
        Call::Rerank { passages, .. } => rerank(passages, &say),
        Call::Generate { messages, .. } => write(&messages[0].content, job, &say),
    }
}

/// Files hold nothing here; one of them something else for every process.
fn open(path: &Path, say: &dyn Fn(Reply)) {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    if name == "hang at once" {
        say(Reply::Hashed(Hashing { done: 1, total: 2 }));
        hang();
    }
    if name == "no file" {
        return say(Reply::Failed(Problem::new(ProblemCode::FileUnreadable, "a pipe")));
    }
    let changes = name.starts_with("changes ");
    let sha256 = if changes { std::process::id().to_string() } else { String::new() };
    say(Reply::Opened(FileContent {
        sha256,
        bytes: u64::from(std::process::id()) * u64::from(changes),
    }));
}

/// Eight pages, some of which end the process: `loses 2 5`. Each says which process read it.
fn lose(name: &str, request: &ReadRequest, say: &dyn Fn(Reply)) {
    let fatal: Vec<usize> = name.split(' ').filter_map(|word| word.parse().ok()).collect();
    for index in 0..8 {
        let number = PageNumber::from_index(index);
        let text = if request.skip.contains(&number) {
            format!("{number} left out")
        } else {
            say(Reply::Event(ReadEvent::Begun(number)));
            if fatal.contains(&(index + 1)) {
                std::process::abort();
            }
            format!("{number} by process {}", request.skip.len())
        };
        say(Reply::Event(ReadEvent::Page(Page { number, ..page(&text) })));
    }
}

/// A page a passage, in a section that names the document; `forge` has other words than its page.
fn split(document: u64, page: Option<&Page>, say: &dyn Fn(Reply)) {
    let passage = page.map(|page| {
        misbehave(&page.text);
        let range = CharRange::new(0, page.text.chars().count());
        PassageDraft {
            ordinal: 0,
            text: page.text.replace("forge", "forged"),
            spans: vec![Span { page: page.number, range }],
            section: vec![document.to_string()],
            tokens: 1,
            markdown: None,
        }
    });
    say(Reply::Passages(passage.into_iter().collect()));
}

/// Two numbers a text: its length and this process's id.
fn embed(texts: &[String], say: &dyn Fn(Reply)) {
    let mut embeddings = Vec::new();
    for text in texts {
        dawdle_or_die(text);
        let vector = vec![text.len() as f32, std::process::id() as f32];
        embeddings.push(Embedding { vector, ..Embedding::default() });
    }
    say(Reply::Embeddings(embeddings));
}

/// The length of each passage; of some, this process's id or what is no score.
fn rerank(passages: &[String], say: &dyn Fn(Reply)) {
    let score = |passage: &String| {
        dawdle_or_die(passage);
        match passage.as_str() {
            "pid" => std::process::id() as f32,
            "nothing" => f32::NAN,
            passage => passage.len() as f32,
        }
    };
    say(Reply::Scores(passages.iter().map(score).collect()));
}

/// A text may hold the id of the process that dies of it; so a crash happens once.
fn dawdle_or_die(text: &str) {
    if text.strip_prefix("crash in ").is_some_and(|id| id == std::process::id().to_string()) {
        std::process::abort();
    }
    if let Some(ms) = text.strip_prefix("slow ") {
        std::thread::sleep(Duration::from_millis(ms.parse().expect("a number")));
    }
    misbehave(text);
}

/// Repeats a word until it is cancelled or has done so ten times.
fn write(word: &str, job: &Job, say: &dyn Fn(Reply)) {
    let times = if word == "endless" { u32::MAX } else { 10 };
    let outcome = |finish, generated_tokens| {
        let nothing = GenerateOutcome::nothing(finish);
        Reply::Finished(GenerateOutcome { prompt_tokens: 1, generated_tokens, ..nothing })
    };
    for n in 0..times {
        if job.cancel.is_cancelled() {
            return say(outcome(FinishReason::Cancelled, n));
        }
        say(Reply::Text(word.to_owned()));
        std::thread::sleep(Duration::from_millis(5));
        misbehave(word);
    }
    say(outcome(FinishReason::Stop, times));
}

fn misbehave(how: &str) {
    match how {
        "crash" => std::process::abort(),
        "panic" => panic!("the worker panics"),
        "exit" => std::process::exit(0),
        "hang" => hang(),
        "spin" => loop {
            std::hint::spin_loop();
        },
        "bomb" => eat_memory(),
        "babble" => babble(b"this is not a frame at all"),
        "huge frame" => babble(&u32::MAX.to_le_bytes()),
        _ => {}
    }
}

fn hang() -> ! {
    loop {
        std::thread::sleep(Duration::from_hours(1));
    }
}

fn eat_memory() {
    let mut eaten: Vec<Vec<u8>> = Vec::new();
    loop {
        eaten.push(vec![1; 16 << 20]);
    }
}

/// Writes past the outbox: standard output is redirected, the pipe itself is the lowest file after
/// the standard ones that can be written to.
fn babble(bytes: &[u8]) {
    for entry in std::fs::read_dir("/proc/self/fd").expect("Linux").flatten() {
        let is_pipe = std::fs::read_link(entry.path())
            .is_ok_and(|target| target.to_string_lossy().starts_with("pipe:"));
        let number: i32 = entry.file_name().to_string_lossy().parse().unwrap_or(0);
        if is_pipe && number > 2 {
            // SAFETY: the file is open, and this process ends before anybody closes it.
            let mut pipe = ManuallyDrop::new(unsafe { File::from_raw_fd(number) });
            let _ = pipe.write_all(bytes);
        }
    }
    hang()
}

/// What this process was given, as text.
fn environment() -> String {
    let names: Vec<_> = std::env::vars_os().map(|(name, _)| name).collect();
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let nice = stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(16));
    let mut files: Vec<_> = std::fs::read_dir("/proc/self/fd")
        .map(|all| all.flatten().filter_map(|f| std::fs::read_link(f.path()).ok()).collect())
        .unwrap_or_default();
    files.sort();
    format!("names {names:?} nice {} files {files:?}", nice.unwrap_or("?"))
}

fn page(text: &str) -> Page {
    Page {
        number: PageNumber::from_index(0),
        label: None,
        width: 1.0,
        height: 1.0,
        status: PageStatus::Text,
        text: text.to_owned(),
        blocks: Vec::new(),
        lines: Vec::new(),
        warnings: Vec::new(),
    }
}

fn be_parent() -> ExitCode {
    let binary = std::env::current_exe().expect("this program has a place");
    let reader = WorkerReader::new(WorkerConfig::new(binary, "none"));
    let request = ReadRequest::new("hang");
    let done = reader.read(&request, &CancelToken::new(), &mut |_| {
        println!("reading");
        Ok(())
    });
    println!("{done:?}");
    ExitCode::FAILURE
}
