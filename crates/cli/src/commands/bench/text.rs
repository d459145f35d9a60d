//! Plain prose of any length, made from a fixed list of words.

const WORDS: [&str; 40] = [
    "the",
    "report",
    "of",
    "this",
    "year",
    "shows",
    "that",
    "water",
    "from",
    "northern",
    "rivers",
    "was",
    "measured",
    "at",
    "twelve",
    "stations",
    "and",
    "compared",
    "with",
    "earlier",
    "values",
    "which",
    "had",
    "been",
    "collected",
    "by",
    "hand",
    "before",
    "a",
    "network",
    "bridges",
    "their",
    "engineers",
    "found",
    "no",
    "single",
    "cause",
    "for",
    "loss",
    "pressure",
];

/// So many words; texts of different `seed` differ from their first words on.
pub fn of_words(seed: usize, words: usize) -> String {
    let mut state = seed as u64 + 1;
    let chosen = (0..words).map(|_| {
        // Knuth's MMIX generator: any spread will do.
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        WORDS[(state >> 33) as usize % WORDS.len()]
    });
    format!("{seed}: {}", chosen.collect::<Vec<_>>().join(" "))
}
