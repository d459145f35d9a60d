//! Rows that do not read back: each costs itself. It is passed over with a line in the log, and
//! [`Store::health`](crate::Store::health) counts it; only what SQLite refuses ends a call.

use crate::Result;
use crate::error::note_damage;
use rusqlite::types::ValueRef;
use rusqlite::{Error, Row};

/// All rows that read back.
pub(crate) fn all<T>(rows: impl Iterator<Item = rusqlite::Result<T>>) -> Result<Vec<T>> {
    rows.filter_map(|row| one(row).transpose()).collect()
}

/// The row, if there is one and it reads back.
pub(crate) fn one<T>(row: rusqlite::Result<T>) -> Result<Option<T>> {
    match row {
        Ok(value) => Ok(Some(value)),
        Err(Error::QueryReturnedNoRows) => Ok(None),
        Err(error) if is_about_a_value(&error) => {
            note_damage();
            tracing::warn!(%error, "a row does not read back and is passed over");
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

/// A decoded value, or none where it does not decode.
pub(crate) fn decoded<T, E>(what: &str, value: std::result::Result<T, E>) -> Option<T> {
    if value.is_err() {
        note_damage();
        tracing::warn!("a stored {what} does not read back and is passed over");
    }
    value.ok()
}

/// A text, in which bytes that are none are shown as such: a title with a flipped bit is still the
/// title.
pub(crate) fn text(row: &Row<'_>, column: usize) -> rusqlite::Result<String> {
    match row.get_ref(column)? {
        ValueRef::Text(bytes) => Ok(String::from_utf8_lossy(bytes).into_owned()),
        _ => row.get(column),
    }
}

fn is_about_a_value(error: &Error) -> bool {
    matches!(
        error,
        Error::FromSqlConversionFailure(..)
            | Error::IntegralValueOutOfRange(..)
            | Error::InvalidColumnType(..)
            | Error::Utf8Error(..)
    )
}
