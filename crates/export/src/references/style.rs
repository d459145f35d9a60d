//! The cited works as a list for people, set by `hayagriva` in a style of the Citation Style Language
//! from the same CSL-JSON that is exported.

use super::csl::{HYPHEN, Item};
use crate::ExportError;
use crate::works::Work;
use hayagriva::archive::{ArchivedStyle, locales};
use hayagriva::citationberg::json;
use hayagriva::citationberg::{
    FontStyle, FontWeight, IndependentStyle, Locale, LocaleCode, Style as AnyStyle,
};
use hayagriva::{
    BibliographyDriver, BibliographyItem, BibliographyRequest, CitationItem, CitationRequest, Elem,
    ElemChild, Formatted,
};
use std::sync::LazyLock;
use yinju_core::markup::Run;

/// How a list is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// GB/T 7714-2015, numbered in order of first citation.
    Gbt7714,
    /// Author and date (APA), in alphabetical order.
    AuthorDate,
}

/// The words of every language, which take a tenth of a second to unpack.
static LOCALES: LazyLock<Vec<Locale>> = LazyLock::new(locales);

/// The list, a paragraph a work, without numbers.
pub(crate) fn listed(works: &[Work], style: Style) -> Result<Vec<Vec<Run>>, ExportError> {
    match style {
        Style::AuthorDate => {
            let rules = rules(ArchivedStyle::AmericanPsychologicalAssociation)?;
            set(works, &rules, "en-US")
        }
        // One by one: a style knows one language a list, and `等` is not what English works say.
        Style::Gbt7714 => {
            let rules = rules(ArchivedStyle::Gb77142015Numeric)?;
            let one = |work: &Work| {
                let language = if work.chinese { "zh-CN" } else { "en-US" };
                set(std::slice::from_ref(work), &rules, language)
            };
            Ok(works.iter().map(one).collect::<Result<Vec<_>, _>>()?.concat())
        }
    }
}

fn rules(style: ArchivedStyle) -> Result<IndependentStyle, ExportError> {
    match style.get() {
        AnyStyle::Independent(rules) => Ok(rules),
        AnyStyle::Dependent(_) => Err(ExportError::Style(format!("{style:?} has no rules"))),
    }
}

fn set(
    works: &[Work],
    rules: &IndependentStyle,
    language: &str,
) -> Result<Vec<Vec<Run>>, ExportError> {
    let items = works.iter().map(item).collect::<Result<Vec<_>, _>>()?;
    let locale = Some(LocaleCode(language.to_owned()));
    let mut driver = BibliographyDriver::new();
    for item in &items {
        let cited = vec![CitationItem::with_entry(item)];
        driver.citation(CitationRequest::new(cited, rules, locale.clone(), &LOCALES, None));
    }
    let rendered = driver.finish(BibliographyRequest::new(rules, locale, &LOCALES));
    let list = rendered.bibliography.map(|list| list.items).unwrap_or_default();
    Ok(list.iter().map(runs_of_item).collect())
}

fn item(work: &Work) -> Result<json::Item, ExportError> {
    Ok(serde_json::from_value(serde_json::to_value(Item::printed(work))?)?)
}

/// The item's first field is its number, which whoever prints the list gives.
fn runs_of_item(item: &BibliographyItem) -> Vec<Run> {
    let mut runs = vec![];
    for child in &item.content.0 {
        add(child, &mut runs);
    }
    trimmed(runs)
}

fn add(child: &ElemChild, runs: &mut Vec<Run>) {
    match child {
        ElemChild::Text(text) | ElemChild::Link { text, .. } => runs.push(run(text)),
        ElemChild::Elem(Elem { children, .. }) => {
            for child in &children.0 {
                add(child, runs);
            }
        }
        ElemChild::Markup(text) => {
            runs.push(Run { text: text.replace(HYPHEN, "-"), ..Run::default() });
        }
        ElemChild::Transparent { .. } => {}
    }
}

fn run(text: &Formatted) -> Run {
    Run {
        text: text.text.replace(HYPHEN, "-"),
        bold: text.formatting.font_weight == FontWeight::Bold,
        italic: text.formatting.font_style == FontStyle::Italic,
        ..Run::default()
    }
}

fn trimmed(mut runs: Vec<Run>) -> Vec<Run> {
    if let Some(first) = runs.first_mut() {
        first.text = first.text.trim_start().to_owned();
    }
    if let Some(last) = runs.last_mut() {
        last.text = last.text.trim_end().to_owned();
    }
    runs
}
