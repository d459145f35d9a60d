//! Terms of scripts written without spaces: jieba's search-mode words beside character bigrams.
//! Words carry precision, bigrams carry what the dictionary lacks (Nie, Gao, Zhang & Zhou 2000,
//! "On the use of words and n-grams for Chinese information retrieval").

/// Appends the terms of a run: words of two characters and more, and every bigram that is not
/// such a word at the same place. A single character is a term only if it is the whole run.
pub fn push_terms(run: &str, terms: &mut Vec<String>) {
    if run.chars().nth(1).is_none() {
        terms.push(run.to_owned());
        return;
    }
    let mut spans = word_spans(run);
    spans.extend(bigram_spans(run));
    spans.sort_unstable();
    spans.dedup();
    terms.extend(spans.into_iter().map(|(start, end)| run[start..end].to_owned()));
}

/// Byte spans of the words of two characters and more, in search mode (long words also in parts).
fn word_spans(run: &str) -> Vec<(usize, usize)> {
    let words = yinju_lexicon::words_and_parts(run).into_iter();
    words
        .filter(|word| word.text.chars().nth(1).is_some())
        .map(|word| (word.start, word.end))
        .collect()
}

/// Byte spans of neighbouring characters.
pub fn bigram_spans(run: &str) -> Vec<(usize, usize)> {
    let starts: Vec<usize> =
        run.char_indices().map(|(byte, _)| byte).chain(std::iter::once(run.len())).collect();
    starts.windows(3).map(|w| (w[0], w[2])).collect()
}
