//! One line a step, with how long it took.

use std::time::Instant;

/// Says that something was there already.
pub fn there(what: &str) {
    println!("  ok    {what}");
}

/// Says what is being done, does it, and says how long it took.
pub fn doing<T>(what: &str, work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
    println!("  ...   {what}");
    let start = Instant::now();
    let result = work();
    let seconds = start.elapsed().as_secs_f64();
    let outcome = if result.is_ok() { "done" } else { "FAIL" };
    println!("  {outcome}  {what} ({seconds:.1} s)");
    result
}

/// Says what is left for the person to do.
pub fn left(what: &str) {
    println!("  you   {what}");
}
