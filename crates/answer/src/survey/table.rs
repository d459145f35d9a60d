//! A table in GitHub's Markdown.

/// Rows of cells under a header.
pub(super) struct Table {
    columns: usize,
    rows: Vec<String>,
}

impl Table {
    /// A table without rows.
    pub(super) fn new(header: &[&str]) -> Self {
        let header: Vec<String> = header.iter().map(|name| (*name).to_owned()).collect();
        let rule = vec!["---".to_owned(); header.len()];
        Self { columns: header.len(), rows: vec![line(&header), line(&rule)] }
    }

    /// Adds a row; cells are Markdown already.
    pub(super) fn row(&mut self, cells: &[String]) {
        debug_assert_eq!(cells.len(), self.columns);
        self.rows.push(line(cells));
    }

    /// Rows so far, the header not counted.
    pub(super) fn len(&self) -> usize {
        self.rows.len() - 2
    }

    /// The whole table.
    pub(super) fn into_markdown(self) -> String {
        self.rows.join("\n")
    }
}

fn line(cells: &[String]) -> String {
    format!("| {} |", cells.join(" | "))
}

/// Text that cannot end a cell or a line.
pub(super) fn cell(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}
