//! `yinju-worker`: the process that opens foreign files (`read`) or holds models (`infer`).
//!
//! It is started by the supervisor and speaks its protocol on standard input and output; it may
//! crash at any time without harm. Not here: the protocol and the limits (`yinju-supervisor`), and
//! what reading, splitting, embedding and writing mean (`yinju-parse`, `-split`, `-embed`, `-generate`).

mod bundle;
mod content;
mod eyes;
mod infer;
mod inspect;
mod read;
mod serve;
mod split;

use std::io;
use yinju_supervisor::child::{self, Devices, Inbox, Pipes, exit, exit_now};
use yinju_supervisor::launch::{Launch, USAGE};
use yinju_supervisor::protocol::{HelloError, WorkerRole};

/// What this build computes on besides the processor.
pub(crate) const DEVICES: Devices =
    if cfg!(any(feature = "cuda", feature = "metal")) { Devices::Graphics } else { Devices::None };

fn main() {
    let launch = Launch::parse(std::env::args_os().skip(1)).unwrap_or_else(|error| {
        eprintln!("yinju-worker: {error}\n{USAGE}");
        exit_now(exit::USAGE)
    });
    let ended = std::panic::catch_unwind(|| run(&launch));
    exit_now(match ended {
        Ok(Ok(())) => exit::DONE,
        Ok(Err(error)) => {
            eprintln!("yinju-worker: {error}");
            status_for(&error)
        }
        // The panic hook has written the message to standard error.
        Err(_) => exit::PANICKED,
    })
}

fn run(launch: &Launch) -> Result<(), HelloError> {
    child::confine(launch, DEVICES)?;
    log_to_standard_error();
    let mut pipes = Pipes::take()?;
    pipes.greet(launch.role)?;
    let (from_supervisor, outbox) = pipes.split();
    let inbox = Inbox::listen(from_supervisor)?;
    match launch.role {
        WorkerRole::Read => {
            let pdfium = launch.pdfium.clone().unwrap_or_default();
            serve::serve(inbox, &outbox, &mut read::Reading::new(pdfium, launch.ocr.clone()));
        }
        WorkerRole::Infer => serve::serve(inbox, &outbox, &mut infer::Inference::default()),
    }
    Ok(())
}

fn status_for(error: &HelloError) -> i32 {
    match error {
        HelloError::Io(_) => exit::PIPE,
        HelloError::Foreign | HelloError::Other { .. } => exit::MISMATCH,
    }
}

fn log_to_standard_error() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("YINJU_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(false)
        .without_time()
        .init();
}
