//! Passwords that are not on the command line, which others on the machine can list.

use std::io::{self, IsTerminal};
use yinju_core::{Problem, ProblemCode};

/// What opens locked files.
#[derive(clap::Args, Debug, Default)]
pub struct Password {
    /// Opens locked files; `-` reads it from standard input. Whoever may list this machine's processes sees
    /// one that is typed here
    #[arg(long, value_name = "PASSWORD", conflicts_with = "ask_password")]
    password: Option<String>,
    /// Ask for what opens locked files, without showing it
    #[arg(long)]
    ask_password: bool,
}

impl Password {
    /// What was typed, here or elsewhere; nothing where none is needed.
    pub fn read(self) -> Result<Option<String>, Problem> {
        let unreadable = |error: std::io::Error| {
            Problem::new(ProblemCode::BadUsage, format!("no password could be read: {error}"))
                .hint("type it at a terminal, or pass it on standard input with `--password -`")
        };
        if self.ask_password {
            return ask("Password: ").map(Some).map_err(unreadable);
        }
        match self.password.as_deref() {
            Some("-") => from_standard_input().map(Some).map_err(unreadable),
            _ => Ok(self.password),
        }
    }
}

/// Asks at the terminal, which shows nothing of what is typed.
fn ask(prompt: &str) -> io::Result<String> {
    let terminal = console::Term::stderr();
    if !io::stdin().is_terminal() || !terminal.is_term() {
        return Err(io::Error::other("there is no terminal to ask at"));
    }
    terminal.write_str(prompt)?;
    terminal.read_secure_line()
}

/// The first line of standard input.
fn from_standard_input() -> io::Result<String> {
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
