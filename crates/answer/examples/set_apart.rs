//! Counts sentences of text files that are set apart as speaking to a language model, and prints them:
//! `cargo run -p yinju-answer --example set_apart -- FILE…`.

use yinju_answer::instructions::set_apart;
use yinju_core::text::paragraphs;

fn main() {
    let (mut sentences, mut apart) = (0, 0);
    for path in std::env::args().skip(1) {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let text = paragraphs(&text);
        sentences +=
            text.split_inclusive(['.', '。', '\n']).filter(|s| s.trim().len() > 12).count();
        for sentence in set_apart(&text) {
            apart += 1;
            println!("{path}: {sentence}");
        }
    }
    println!("{apart} of {sentences} sentences set apart");
}
