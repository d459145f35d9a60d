//! Numbers that can be typed, each within what makes sense for it: doubt ends at the door. What is
//! beyond is bad usage, with the bounds named.

use clap::builder::{TypedValueParser, ValueParser};
use std::ops::RangeInclusive;

/// How many passages.
pub fn passages() -> ValueParser {
    whole(1..=10_000)
}

/// How many of anything that is counted or computed for a measurement.
pub fn many() -> ValueParser {
    whole(1..=10_000_000)
}

/// How many threads, or texts at a time.
pub fn few() -> ValueParser {
    whole(1..=4096)
}

/// Numbers of a vector, tokens of a text.
pub fn length() -> ValueParser {
    whole(1..=65_536)
}

/// Tokens of an answer.
pub fn tokens() -> ValueParser {
    clap::value_parser!(u32).range(1..=65_536).into()
}

/// The number of a conversation, a question or a run: as many as the store counts.
pub fn id() -> ValueParser {
    clap::value_parser!(u64).range(1..=i64::MAX as u64).into()
}

/// A place among turns, counted from 1.
pub fn turn() -> ValueParser {
    clap::value_parser!(u32).range(1..).into()
}

/// How readily is refused.
pub fn strictness(text: &str) -> Result<f32, String> {
    within(text, -1.0..=1.0)
}

/// Seconds until an answer begins.
pub fn patience(text: &str) -> Result<f32, String> {
    within(text, 1.0..=600.0)
}

/// How freely is drawn from what a model thinks likely.
pub fn temperature(text: &str) -> Result<f32, String> {
    within(text, 0.0..=2.0)
}

fn whole(range: RangeInclusive<u64>) -> ValueParser {
    clap::value_parser!(u64).range(range).map(|number| number as usize).into()
}

/// No range holds what is no number.
fn within(text: &str, range: RangeInclusive<f32>) -> Result<f32, String> {
    let number = text.trim().parse().ok().filter(|number| range.contains(number));
    number.ok_or_else(|| format!("it is no number from {} to {}", range.start(), range.end()))
}

#[cfg(test)]
mod tests {
    use crate::args::Args;
    use clap::Parser as _;

    fn check(typed: &str, is_fine: bool) {
        let parsed = Args::try_parse_from(typed.split(' '));
        assert_eq!(parsed.is_ok(), is_fine, "{typed}: {:?}", parsed.err());
    }

    #[test]
    fn numbers_have_bounds_at_every_door() {
        for number in ["0", "-1", "4611686018427387904", "18446744073709551616", "ten", ""] {
            check(&format!("yinju search x --top {number}"), false);
            check(&format!("yinju ask x --top {number}"), false);
            check(&format!("yinju ask x --max-tokens {number}"), false);
            check(&format!("yinju eval a b --answers quotes --questions {number}"), false);
            check(&format!("yinju bench embed --tokens {number}"), false);
            check(&format!("yinju bench embed --batch {number}"), false);
            check(&format!("yinju bench search --dim {number}"), false);
            check(&format!("yinju bench generate --prompt 5,{number}"), false);
        }
        for id in ["0", "-1", "9223372036854775808", "one"] {
            check(&format!("yinju export {id} --format md -o x"), false);
            check(&format!("yinju ask x --chat {id}"), false);
            check(&format!("yinju chats show {id}"), false);
            check(&format!("yinju test remove {id}"), false);
        }
        check("yinju search x --top 10000", true);
        check("yinju ask x --max-tokens 1 --chat 9223372036854775807", true);
        check("yinju export 1 --turn 0 --format md -o x", false);
    }

    #[test]
    fn what_is_no_number_is_in_no_range() {
        for number in ["NaN", "inf", "-inf", "3", "1e39", "x"] {
            check(&format!("yinju ask x --temperature={number}"), false);
            check(&format!("yinju ask x --strictness={number}"), false);
            check(&format!("yinju strictness -- {number}"), false);
        }
        for number in ["NaN", "inf", "0", "601", "-8"] {
            check(&format!("yinju patience -- {number}"), false);
        }
        check("yinju ask x --temperature 0 --strictness -1", true);
        check("yinju strictness -0.5", true);
    }
}
