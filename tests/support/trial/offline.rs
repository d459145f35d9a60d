//! What the program says to the network: nothing. Each command is run without a network where the
//! system allows it, and watched for calls that would leave the machine.

use crate::{Home, command, root};
use std::fs;
use std::process::{Command, Stdio};

/// The calls that name where to.
const CALLS: &str = "trace=connect,sendto,sendmsg,sendmmsg,bind";

/// A session of everything but fetching models; what was called, and what of it would have left.
pub fn run() {
    let home = Home::new();
    let watch = Watch::new();
    let samples = root().join("assets/samples");
    let file = |name: &str| samples.join(name).to_str().unwrap().to_owned();
    let out = tempfile::tempdir().unwrap();
    let to = |name: &str| out.path().join(name).to_str().unwrap().to_owned();
    let question = "How do I descale the kettle?";
    watch.run(&home, &["import", &file("kettle-manual-en.pdf"), &file("tea-handbook-zh.pdf")]);
    watch.run(&home, &["search", "citric acid"]);
    watch.run(&home, &["ask", question, "--mode", "quotes"]);
    watch.run(&home, &["ask", question, "--max-tokens", "8", "--top", "2"]);
    for format in ["md", "html", "docx", "pdf", "json", "bib"] {
        watch
            .run(&home, &["export", "1", "--format", format, "-o", &to(&format!("chat.{format}"))]);
    }
    fs::create_dir(to("marked")).unwrap();
    watch.run(&home, &["highlight", "1", "-o", &to("marked")]);
    watch.run(&home, &["verify", &to("chat.json")]);
    watch.run(&home, &["models", "list"]);
    watch.run(&home, &["models", "verify"]);
    watch.run(&home, &["doctor"]);
    watch.run(&home, &["remove", "--library", "Library"]);
    watch.end();
}

/// A trace of calls, where there is a program that makes one.
struct Watch {
    folder: tempfile::TempDir,
    has_strace: bool,
}

impl Watch {
    fn new() -> Self {
        let mut strace = Command::new("strace");
        strace.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
        let has_strace = strace.status().is_ok_and(|status| status.success());
        if !has_strace {
            eprintln!("skipped: calls are not watched, since there is no strace");
        }
        Self { folder: tempfile::tempdir().unwrap(), has_strace }
    }

    /// Runs a command to its end; nothing less than all of it is done without a network.
    fn run(&self, home: &Home, words: &[&str]) {
        let plain = command(home.path(), words);
        let mut run = if self.has_strace { self.traced(&plain) } else { plain };
        crate::run(&mut run).done();
    }

    fn traced(&self, plain: &Command) -> Command {
        let count = fs::read_dir(self.folder.path()).unwrap().count();
        let mut strace = Command::new("strace");
        strace.args(["-f", "-qq", "-e", CALLS, "-e", "signal=none", "-o"]);
        strace.arg(self.folder.path().join(format!("{count}.trace")));
        strace.arg(plain.get_program()).args(plain.get_args());
        strace
    }

    fn end(&self) {
        let traces = fs::read_dir(self.folder.path()).unwrap();
        let traces: Vec<_> =
            traces.map(|trace| fs::read_to_string(trace.unwrap().path()).unwrap()).collect();
        let calls: Vec<_> = traces.iter().flat_map(|trace| calls(trace)).collect();
        let beyond: Vec<_> = calls.iter().filter(|call| leaves_the_machine(call)).collect();
        println!(
            "offline: {} calls that name a place, {} beyond this machine",
            calls.len(),
            beyond.len()
        );
        assert!(beyond.is_empty(), "{beyond:#?}");
    }
}

/// The calls of a trace that name a place.
pub fn calls(trace: &str) -> Vec<&str> {
    trace.lines().filter(|line| line.contains("sa_family=")).collect()
}

/// Whether a traced call names an address of a network that is not this machine's own.
pub fn leaves_the_machine(call: &str) -> bool {
    let names_network = call.contains("sa_family=AF_INET");
    let is_own =
        ["inet_addr(\"127.", "\"::1\"", "\"::ffff:127."].iter().any(|own| call.contains(own));
    names_network && !is_own
}
