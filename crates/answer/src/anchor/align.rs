//! How alike two rows of letters are (Levenshtein 1966), and where in a longer row the most of a shorter
//! one stands (Sellers 1980: an alignment whose ends in the longer row are free).

/// Where the most of some words stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Aligned {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Letters that were put in, taken out or exchanged.
    pub(super) distance: usize,
}

/// The part of a text that differs least from some words. Takes time by the product of both lengths.
pub(super) fn best_in(words: &[char], text: &[char]) -> Aligned {
    // Of each end of a part in the text: the distance, and where the part begins.
    let mut row: Vec<(usize, usize)> = (0..=text.len()).map(|at| (0, at)).collect();
    for (n, word) in words.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = (n + 1, 0);
        for (at, letter) in text.iter().enumerate() {
            let exchanged = (diagonal.0 + usize::from(word != letter), diagonal.1);
            let left_out = (row[at + 1].0 + 1, row[at + 1].1);
            let put_in = (row[at].0 + 1, row[at].1);
            diagonal = row[at + 1];
            row[at + 1] = [exchanged, left_out, put_in]
                .into_iter()
                .min_by_key(|it| it.0)
                .unwrap_or(exchanged);
        }
    }
    let ends = row.iter().enumerate().map(|(end, (distance, start))| Aligned {
        start: *start,
        end,
        distance: *distance,
    });
    ends.min_by_key(|aligned| aligned.distance).unwrap_or(Aligned {
        start: 0,
        end: 0,
        distance: words.len(),
    })
}

/// From 0, nothing in common, to 1, the same.
pub(super) fn similarity(a: &[char], b: &[char]) -> f32 {
    let longer = a.len().max(b.len());
    if longer == 0 {
        return 1.0;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (n, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = n + 1;
        for (at, y) in b.iter().enumerate() {
            let cost = (diagonal + usize::from(x != y)).min(row[at] + 1).min(row[at + 1] + 1);
            diagonal = std::mem::replace(&mut row[at + 1], cost);
        }
    }
    1.0 - row[b.len()] as f32 / longer as f32
}
