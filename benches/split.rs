//! Splitting a book of a hundred pages by the default encoder's tokens.

use divan::Bencher;
use yinju_benches::book;
use yinju_compose::Places;
use yinju_split::{SplitConfig, Splitter};

fn main() {
    divan::main();
}

/// Needs the default encoder's tokenizer, which `npm run setup` puts in place.
#[divan::bench]
fn a_hundred_pages(bencher: Bencher) {
    let Ok(places) = Places::find(None) else { return };
    let tokenizer = places.models.join("multilingual-e5-small/tokenizer.json");
    let Ok(splitter) = Splitter::from_file(&tokenizer, SplitConfig::default()) else {
        eprintln!("skipped: the default encoder is not here");
        return;
    };
    let pages = book(100);
    bencher.bench(|| splitter.split(&pages, &[]));
}
