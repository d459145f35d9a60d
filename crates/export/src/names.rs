//! A name as printed, taken apart into family name and given name where that is safe. Not here: how a
//! style prints it.

use yinju_core::text::is_cjk;

/// A person, or whoever else wrote something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    /// A person whose name has two parts, whichever stands first in print.
    Person { family: String, given: String },
    /// A Chinese name, an institution, or a name of one word: never reordered.
    Whole(String),
}

/// What occurs in the names of institutions and not of people.
const INSTITUTION: [&str; 33] = [
    "academy",
    "administration",
    "agency",
    "association",
    "authority",
    "bank",
    "board",
    "bureau",
    "center",
    "centre",
    "college",
    "commission",
    "committee",
    "company",
    "corporation",
    "council",
    "department",
    "foundation",
    "gmbh",
    "group",
    "inc",
    "institute",
    "laboratory",
    "ltd",
    "ministry",
    "office",
    "organization",
    "organisation",
    "press",
    "project",
    "society",
    "team",
    "university",
];

/// Words that belong to the family name behind them.
const PARTICLES: [&str; 16] = [
    "von", "van", "der", "den", "de", "del", "della", "di", "da", "du", "la", "le", "zu", "zur",
    "ter", "ten",
];

/// Takes a name on one line apart.
pub(crate) fn parse(name: &str) -> Name {
    if name.chars().any(is_cjk) {
        return Name::Whole(name.to_owned());
    }
    match name.split_once(',').map(|(family, given)| (family.trim(), given.trim())) {
        Some((family, given)) if is_plain(family) && is_plain(given) => person(family, given),
        Some(_) => Name::Whole(name.to_owned()),
        None => in_order(name),
    }
}

fn is_plain(part: &str) -> bool {
    !part.is_empty() && !part.contains(',')
}

fn person(family: &str, given: &str) -> Name {
    Name::Person { family: family.to_owned(), given: given.to_owned() }
}

/// `Donald E. Knuth`, `Ludwig van Beethoven`, `World Health Organization`.
fn in_order(name: &str) -> Name {
    let words: Vec<&str> = name.split(' ').collect();
    if !(2..=5).contains(&words.len()) || words.iter().any(|word| is_institution(word)) {
        return Name::Whole(name.to_owned());
    }
    let last = words.len() - 1;
    let particle = words[1..last].iter().position(|word| PARTICLES.contains(word));
    let family = particle.map_or(last, |at| at + 1);
    person(&words[family..].join(" "), &words[..family].join(" "))
}

fn is_institution(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    matches!(word.as_str(), "of" | "for" | "and" | "the") || INSTITUTION.contains(&word.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, expected: Option<(&str, &str)>) {
        let whole = Name::Whole(name.to_owned());
        assert_eq!(parse(name), expected.map_or(whole, |(family, given)| person(family, given)));
    }

    #[test]
    fn names_as_printed() {
        check("Knuth, Donald E.", Some(("Knuth", "Donald E.")));
        check("Donald E. Knuth", Some(("Knuth", "Donald E.")));
        check("Ludwig van Beethoven", Some(("van Beethoven", "Ludwig")));
        check("钱学森", None);
        check("Plato", None);
        check("World Health Organization", None);
        check("Smith, John, Jr.", None);
        check("Department of Energy", None);
        check(",", None);
    }
}
