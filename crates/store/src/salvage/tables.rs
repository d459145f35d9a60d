//! Which table a row of a damaged file belongs to: by the tree it hangs on where that can still be
//! walked, and by the form of its values where not.

use super::cells::{Cell, Kind};
use crate::Result;
use rusqlite::Connection;
use rusqlite::types::Value;

/// A table as this program makes it.
#[derive(Debug)]
pub(super) struct Table {
    /// Its name.
    pub(super) name: String,
    /// How its rows are stored.
    pub(super) kind: Kind,
    columns: Vec<Column>,
}

#[derive(Debug)]
struct Column {
    name: String,
    declared: String,
    may_be_missing: bool,
    may_be_null: bool,
    is_rowid: bool,
}

impl Table {
    /// Every table of a schema.
    pub(super) fn all(connection: &Connection) -> Result<Vec<Self>> {
        let mut list = connection.prepare(
            "SELECT name, wr FROM pragma_table_list
             WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'",
        )?;
        let names = list.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let names: Vec<(String, bool)> = names.collect::<rusqlite::Result<_>>()?;
        let table = |(name, is_without_rowid): (String, bool)| {
            let kind = if is_without_rowid { Kind::Index } else { Kind::Table };
            Ok(Self { columns: columns(connection, &name, kind)?, name, kind })
        };
        names.into_iter().map(table).collect()
    }

    /// The statement that puts so many of a row's values in, unless the row is there.
    pub(super) fn insert(&self, values: usize) -> String {
        let names = self.columns[..values].iter().map(|column| column.name.as_str());
        let marks = vec!["?"; values].join(", ");
        let names = names.collect::<Vec<_>>().join(", ");
        format!("INSERT OR IGNORE INTO {} ({names}) VALUES ({marks})", self.name)
    }

    /// The row's values by column, if it can be one of this table.
    pub(super) fn row(&self, cell: &Cell) -> Option<Vec<Value>> {
        let missing = self.columns.get(cell.values.len()..)?;
        if missing.iter().any(|column| !column.may_be_missing) {
            return None;
        }
        let stored = self.columns.iter().zip(&cell.values);
        stored.map(|(column, value)| column.value(value, cell.rowid)).collect()
    }

    /// How well a row fits that hangs on no tree: all columns count more than some.
    pub(super) fn likeness(&self, kind: Kind, cell: &Cell) -> u32 {
        let fits = self.kind == kind && self.row(cell).is_some() && self.is_likely(cell);
        match (fits, cell.values.len() == self.columns.len()) {
            (false, _) => 0,
            (true, false) => 1,
            (true, true) => 2,
        }
    }

    /// Answers have the form of an index's entries; but they are JSON.
    fn is_likely(&self, cell: &Cell) -> bool {
        self.name != "turns"
            || matches!(cell.values.last(), Some(Value::Text(text)) if text.starts_with('{'))
    }
}

impl Column {
    fn value(&self, value: &Value, rowid: Option<i64>) -> Option<Value> {
        match (value, self.declared.as_str()) {
            (Value::Null, _) if self.is_rowid => rowid.map(Value::Integer),
            (Value::Null, _) if !self.may_be_null => None,
            (Value::Null, _)
            | (Value::Integer(_), "INTEGER")
            | (Value::Text(_), "TEXT")
            | (Value::Blob(_), "BLOB") => Some(value.clone()),
            _ => None,
        }
    }
}

/// In the order they are stored in: the key first where it is what rows are sorted by.
fn columns(connection: &Connection, table: &str, kind: Kind) -> Result<Vec<Column>> {
    let order = if kind == Kind::Index { "pk = 0, pk, cid" } else { "cid" };
    let mut list = connection.prepare(&format!(
        "SELECT name, type, \"notnull\", dflt_value IS NOT NULL, pk
         FROM pragma_table_info(?1) ORDER BY {order}"
    ))?;
    let rows = list.query_map([table], |row| {
        let (not_null, has_default, key): (bool, bool, u32) =
            (row.get(2)?, row.get(3)?, row.get(4)?);
        let declared: String = row.get(1)?;
        Ok(Column {
            name: row.get(0)?,
            may_be_missing: has_default || !not_null,
            may_be_null: !not_null && key == 0,
            is_rowid: kind == Kind::Table && key > 0 && declared == "INTEGER",
            declared,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
