//! Rows for people, in columns.

use anstyle::Style;

use super::{
    failure::Failure,
    screen::{FAINT, Screen, styled},
    text::{columns, one_line},
};

/// What stands between two columns.
const BETWEEN: &str = "  ";

/// A table.
pub(super) struct Table<const N: usize> {
    head: [&'static str; N],
    rows: Vec<[Cell; N]>,
}

/// A text in a table, and how it looks.
pub(super) struct Cell {
    text: String,
    style: Style,
}

/// A text in a table. It may come from elsewhere.
pub(super) fn cell(text: &str, style: Style) -> Cell {
    let text = one_line(text);
    Cell { text, style }
}

impl<const N: usize> Table<N> {
    /// A table with these columns.
    pub(super) fn new(head: [&'static str; N]) -> Self {
        Self {
            head,
            rows: Vec::new(),
        }
    }

    pub(super) fn row(&mut self, row: [Cell; N]) {
        self.rows.push(row);
    }

    /// Shows it.
    pub(super) fn show(self, screen: &Screen) -> Result<(), Failure> {
        let widths: [usize; N] = std::array::from_fn(|at| {
            let rows = self.rows.iter().map(|row| columns(&row[at].text));
            rows.chain([self.head[at].len()]).max().unwrap_or_default()
        });
        let head = self.head.map(|name| cell(name, FAINT));
        let rows = std::iter::once(&head).chain(&self.rows);
        screen.lines(rows.map(|row| laid_out(row, &widths)))
    }
}

fn laid_out(row: &[Cell], widths: &[usize]) -> String {
    let mut line = String::new();
    for (at, (cell, width)) in row.iter().zip(widths).enumerate() {
        line.push_str(&styled(cell.style, &cell.text));
        if at + 1 < row.len() {
            let missing = width - columns(&cell.text);
            line.push_str(&" ".repeat(missing));
            line.push_str(BETWEEN);
        }
    }
    line
}
