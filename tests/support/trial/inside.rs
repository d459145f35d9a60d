//! A test run again in namespaces of its own: with a disk that only it sees, or without a network.

use std::process::{Command, Stdio};

/// What of its own the test needs.
#[derive(Clone, Copy, Debug)]
pub enum Own {
    /// Mounts.
    Mounts,
    /// A network, which has no interface.
    Network,
}

impl Own {
    fn flag(self) -> &'static str {
        match self {
            Self::Mounts => "--mount",
            Self::Network => "--net",
        }
    }
}

/// What the asking test is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Its work: it is inside.
    Inside,
    /// Nothing: it was run inside, and went well.
    Done,
    /// Nothing, or what it can do outside: this machine gives no namespaces.
    Outside,
}

/// Set for a test that is inside.
const SIGN: &str = "YINJU_INSIDE";

/// Runs the test of this name inside, unless it is there already.
pub fn inside(own: Own, test: &str) -> Place {
    if std::env::var(SIGN).is_ok_and(|inside| inside == own.flag()) {
        return Place::Inside;
    }
    let Some(flags) = flags(own) else {
        eprintln!("skipped: `unshare {}` is not allowed here", own.flag());
        return Place::Outside;
    };
    let program = std::env::current_exe().unwrap();
    let status = Command::new("unshare")
        .args(flags)
        .arg(program)
        .args([test, "--exact", "--nocapture", "--include-ignored"])
        .env(SIGN, own.flag())
        .status()
        .unwrap();
    assert!(status.success(), "inside: {status}");
    Place::Done
}

/// As root, else as somebody who is root in a namespace of users.
fn flags(own: Own) -> Option<Vec<&'static str>> {
    let ways = [vec![own.flag()], vec!["--user", "--map-root-user", own.flag()]];
    ways.into_iter().find(|flags| {
        let mut command = Command::new("unshare");
        command.args(flags).arg("true").stdout(Stdio::null()).stderr(Stdio::null());
        cfg!(target_os = "linux") && command.status().is_ok_and(|status| status.success())
    })
}
