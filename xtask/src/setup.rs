//! `cargo xtask setup`: everything the program needs on this machine; what is there is left alone,
//! what was interrupted goes on.

use crate::place::Place;
use crate::{models, system, tools, ui};
use anyhow::Result;

/// What setting up came to.
pub struct Ready {
    /// Whether the system has what the window is built with.
    pub window: bool,
}

/// Sets this machine up, for running or also for testing.
pub fn run(place: &Place, tests: bool) -> Result<Ready> {
    println!("Setting up {}", place.root.display());
    let window = system::packages(place, tests)?;
    ui::packages(place)?;
    models::pdfium(place)?;
    models::defaults(place, tests)?;
    if tests {
        tools::tools(place)?;
    }
    if !window {
        println!("Everything else is ready; run the line marked `you` for the window.");
    }
    Ok(Ready { window })
}
