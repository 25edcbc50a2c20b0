//! What is measured, and how it is told: a table, with what ran beside it and what was aimed at.

use std::fmt::Write as _;

/// What a figure should be.
#[derive(Clone, Copy)]
pub(crate) enum Target {
    /// So many times what ran beside it, at most.
    AtMostTimes(f64),
    /// So many times what ran beside it, at least.
    AtLeastTimes(f64),
    /// So much, at most.
    AtMost(f64),
    /// Only told.
    None,
}

/// One figure.
pub(crate) struct Row {
    /// Which scenario: its number and a word.
    pub(crate) scenario: &'static str,
    /// What was measured, with its circumstances.
    pub(crate) what: String,
    /// In what.
    pub(crate) unit: &'static str,
    /// Ours.
    pub(crate) ours: f64,
    /// What ran beside it in the same run, and its figure.
    pub(crate) beside: Option<(&'static str, f64)>,
    /// What was aimed at.
    pub(crate) target: Target,
}

impl Row {
    /// Our figure in terms of what ran beside it.
    pub(crate) fn ratio(&self) -> Option<f64> {
        self.beside.map(|(_, beside)| self.ours / beside)
    }

    /// Whether what was aimed at was met; nothing where nothing was.
    pub(crate) fn is_met(&self) -> Option<bool> {
        let ratio = self.ratio().unwrap_or(f64::NAN);
        match self.target {
            Target::AtMostTimes(most) => Some(ratio <= most),
            Target::AtLeastTimes(least) => Some(ratio >= least),
            Target::AtMost(most) => Some(self.ours <= most),
            Target::None => None,
        }
    }
}

/// The head of the table.
pub(crate) const HEAD: &str = "\
| scenario | measured | Project Manager | beside it | ratio | aimed at | |
|---|---|---|---|---|---|---|
";

/// A line of the table.
pub(crate) fn line(row: &Row) -> String {
    let mut line = format!(
        "| {} | {} | {} {} |",
        row.scenario,
        row.what,
        number(row.ours),
        row.unit
    );
    let _ = match (row.beside, row.ratio()) {
        (Some((who, figure)), Some(ratio)) => {
            write!(line, " {who}: {} | {} |", number(figure), number(ratio))
        }
        _ => write!(line, " | |"),
    };
    let _ = match row.target {
        Target::AtMostTimes(most) => write!(line, " ≤ {most} x |"),
        Target::AtLeastTimes(least) => write!(line, " ≥ {least} x |"),
        Target::AtMost(most) => write!(line, " ≤ {most} {} |", row.unit),
        Target::None => write!(line, " |"),
    };
    line.push_str(match row.is_met() {
        Some(true) => " met |",
        Some(false) => " **missed** |",
        None => " |",
    });
    line
}

/// Three digits that mean something, as people write them.
fn number(figure: f64) -> String {
    match figure.abs() {
        size if size >= 10_000.0 => {
            let whole = format!("{figure:.0}");
            let mut grouped = String::new();
            for (index, digit) in whole.chars().enumerate() {
                if index > 0 && (whole.len() - index) % 3 == 0 {
                    grouped.push(',');
                }
                grouped.push(digit);
            }
            grouped
        }
        size if size >= 100.0 => format!("{figure:.0}"),
        size if size >= 10.0 => format!("{figure:.1}"),
        _ => format!("{figure:.2}"),
    }
}
