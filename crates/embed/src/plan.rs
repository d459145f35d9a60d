//! Which texts are encoded together.

/// Tokens a batch holds about: enough rows that a weight read from memory is used often; more
/// gains nothing and costs memory and the time until a cancellation is seen.
const BATCH_TOKENS: usize = 1024;

/// Divides texts of the given lengths (in tokens) into batches of about equal work, a multiple of
/// `threads` of them where there are enough texts, so that no thread waits for another at the end.
/// Every text is in exactly one batch; batches name texts by their position in `lengths`.
pub fn batches(lengths: &[usize], threads: usize) -> Vec<Vec<usize>> {
    let total: usize = lengths.iter().sum();
    let threads = threads.max(1);
    let count = total.div_ceil(BATCH_TOKENS).next_multiple_of(threads).min(lengths.len());
    let mut longest_first: Vec<usize> = (0..lengths.len()).collect();
    longest_first.sort_by_key(|text| std::cmp::Reverse(lengths[*text]));
    let mut batches = vec![Vec::new(); count];
    for (turn, text) in longest_first.into_iter().enumerate() {
        batches[boustrophedon(turn, count)].push(text);
    }
    batches
}

/// 0, 1, …, n−1, n−1, …, 1, 0, 0, 1, …: dealing sorted texts out this way evens batches out.
fn boustrophedon(turn: usize, n: usize) -> usize {
    let step = turn % n;
    if (turn / n).is_multiple_of(2) { step } else { n - 1 - step }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(lengths: &[usize], threads: usize) -> Vec<usize> {
        let batches = batches(lengths, threads);
        let mut all: Vec<usize> = batches.iter().flatten().copied().collect();
        all.sort_unstable();
        assert_eq!(all, (0..lengths.len()).collect::<Vec<_>>());
        batches.iter().map(|batch| batch.iter().map(|text| lengths[*text]).sum()).collect()
    }

    #[test]
    fn every_text_is_in_one_batch_and_batches_are_even() {
        assert!(check(&[], 2).is_empty());
        assert_eq!(check(&[7], 2), [7]);
        assert_eq!(check(&[300; 16], 2), [900, 900, 900, 900, 600, 600]);
        let mixed: Vec<usize> = (1..400).collect();
        let sums = check(&mixed, 2);
        assert!(sums.iter().max().unwrap() - sums.iter().min().unwrap() < 400);
    }
}
