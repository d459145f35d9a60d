//! Engines underneath report some failures by panicking; here a panic becomes its words.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What a call gives, or what it panicked with. Whatever it used must not be used again then.
pub fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| text(panic.as_ref()))
}

fn text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it panicked").to_owned()
}
