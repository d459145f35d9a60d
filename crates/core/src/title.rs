//! Whether two titles are the same one: what an outline says and what stands on the page differ in
//! numbering, spacing and case. Deliberately not here: what follows from it.

/// A title in a form that can be compared.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Folded {
    /// Letters and digits alone, in lower case.
    all: String,
    /// Where the numbering ends.
    unnumbered: usize,
}

/// Words that stand before a number and are numbering with it.
const NUMBERED: [&str; 5] = ["chapter", "section", "part", "appendix", "第"];
/// What closes a number after `第`.
const CLOSING: [char; 7] = ['章', '节', '部', '篇', '编', '卷', '回'];

impl Folded {
    /// A title, folded.
    #[must_use]
    pub fn new(title: &str) -> Self {
        let letters = title.chars().filter(|c| c.is_alphanumeric());
        let all: String = letters.flat_map(char::to_lowercase).collect();
        let unnumbered = end_of_numbering(&all);
        Self { all, unnumbered }
    }

    /// Letters and digits behind the numbering, in lower case.
    #[must_use]
    pub fn bare(&self) -> &str {
        &self.all[self.unnumbered..]
    }

    /// Whether both are the same title, numbered on both sides, on one or on none.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        if self.all == other.all {
            return !self.all.is_empty();
        }
        let (here, there) = (self.bare(), other.bare());
        let one_is_bare = self.unnumbered == 0 || other.unnumbered == 0;
        one_is_bare && !here.is_empty() && here == there
    }
}

fn end_of_numbering(folded: &str) -> usize {
    let word = NUMBERED.iter().find(|word| folded.starts_with(**word)).map_or(0, |word| word.len());
    let rest = &folded[word..];
    let number = rest.trim_start_matches(is_numeral);
    let digits = rest.len() - number.len();
    if digits == 0 {
        return 0;
    }
    let closed = if word > 0 { number.trim_start_matches(CLOSING) } else { number };
    folded.len() - closed.len()
}

fn is_numeral(c: char) -> bool {
    c.is_ascii_digit() || "〇零一二三四五六七八九十百".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(one: &str, other: &str, same: bool) {
        assert_eq!(Folded::new(one).is(&Folded::new(other)), same, "{one} / {other}");
    }

    #[test]
    fn numbering_spacing_and_case_do_not_matter() {
        check("1.2 Results", "RESULTS", true);
        check("Chapter 3: Tea", "Tea", true);
        check("第二章　水", "水", true);
        check("第二章 水", "第二章水", true);
        check("一、总则", "总则", true);
    }

    #[test]
    fn different_titles_differ() {
        check("1 Results", "2 Results", false);
        check("Results", "Result", false);
        check("3", "4", false);
        check("", "", false);
        check("一", "二", false);
    }
}
