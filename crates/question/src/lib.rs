//! What a person types → what is looked for.
//!
//! ```text
//! typed ─ syntax ─→ words, phrases, filters      (strict: a person asked for them)
//!       ─ named  ─→ pages, chapters, documents   (named in passing: dropped where nothing is there)
//!       ─ word_list ─→ a library's own words, with their other names
//!       ─ plan ─→ the topic without instructions; statements that hold what a figure is made of
//!         └ years ─→ which years it is about, in either calendar
//! a document's first pages ─ cover ─→ its kind, its parties
//! a passage ─ references ─→ where it sends its reader
//! earlier questions ─ follow_up ─→ a question that stands alone
//! ```
//!
//! Pure functions of text. Deliberately not here: which documents there are, what any of it finds, and
//! how words become terms (`index`).

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod cover;
mod error;
mod filters;
mod follow_up;
mod named;
mod numerals;
mod plan;
mod references;
mod section;
mod syntax;
mod word_list;
mod years;

pub use cover::{DocumentKind, parties};
pub use error::SyntaxError;
pub use filters::Filters;
pub use follow_up::standalone;
pub use named::named;
pub use plan::{Plan, Statement};
pub use references::{Reference, Target, references};
pub use section::SectionName;
pub use syntax::Query;
pub use word_list::WordList;
pub use years::{Year, years};
