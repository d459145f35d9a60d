//! Passwords that are not on the command line, which others on the machine can list.

use std::io::{self, IsTerminal};

/// Asks at the terminal, which shows nothing of what is typed.
pub fn ask(prompt: &str) -> io::Result<String> {
    let terminal = console::Term::stderr();
    if !io::stdin().is_terminal() || !terminal.is_term() {
        return Err(io::Error::other("there is no terminal to ask at"));
    }
    terminal.write_str(prompt)?;
    terminal.read_secure_line()
}

/// The first line of standard input.
pub fn from_standard_input() -> io::Result<String> {
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
