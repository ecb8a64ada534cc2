//! Tables: columns that share the width, or rows of "header: value" where there is too little of it.

use crate::book::block::Table;

use super::Page;
use super::paint::{Line, Style};

/// Columns between two columns of a table.
const GAP: usize = 2;
/// A column whose text is wrapped and that is narrower than this is not worth reading.
const LEAST: usize = 14;

impl Page {
    /// The table in lines of at most `room` columns.
    pub(super) fn table(&mut self, table: &Table, room: usize) -> Vec<Line> {
        let header: Vec<Line> = table.header.iter().map(|cell| self.words(cell).strong()).collect();
        let rows: Vec<Vec<Line>> =
            table.rows.iter().map(|row| row.iter().map(|cell| self.words(cell)).collect()).collect();
        match share(&header, &rows, room) {
            Some(widths) => self.columns(&header, &rows, &widths),
            None => list(&header, &rows, room),
        }
    }

    fn columns(&self, header: &[Line], rows: &[Vec<Line>], widths: &[usize]) -> Vec<Line> {
        let is_wrapped =
            rows.iter().any(|row| row.iter().zip(widths).any(|(cell, width)| cell.width() > *width));
        let stroke = if self.setting.look.is_unicode { "─" } else { "-" };
        let rule: Vec<Line> =
            widths.iter().map(|width| Line::of(&stroke.repeat(*width), Style::QUIET)).collect();
        let mut lines = row_lines(header, widths);
        lines.extend(row_lines(&rule, widths));
        for (index, row) in rows.iter().enumerate() {
            if is_wrapped && index > 0 {
                lines.push(Line::default());
            }
            lines.extend(row_lines(row, widths));
        }
        lines
    }
}

/// One row of cells beside each other.
fn row_lines(cells: &[Line], widths: &[usize]) -> Vec<Line> {
    let cells: Vec<Vec<Line>> = cells.iter().zip(widths).map(|(cell, width)| cell.wrap(*width)).collect();
    let height = cells.iter().map(Vec::len).max().unwrap_or(0);
    let line = |index: usize| {
        let mut line = Line::default();
        for (cell, width) in cells.iter().zip(widths) {
            line.append(&cell.get(index).cloned().unwrap_or_default().padded(width + GAP));
        }
        line
    };
    (0..height).map(line).collect()
}

/// The widths of the columns; none where the room is too small for columns.
fn share(header: &[Line], rows: &[Vec<Line>], room: usize) -> Option<Vec<usize>> {
    let cells = |column: usize| rows.iter().filter_map(move |row| row.get(column)).chain(header.get(column));
    let wanted: Vec<usize> =
        (0..header.len()).map(|column| cells(column).map(Line::width).max().unwrap_or(0).max(1)).collect();
    let room = room.checked_sub(GAP * header.len().saturating_sub(1))?;
    if wanted.iter().sum::<usize>() <= room {
        return Some(wanted);
    }
    let least = |column: usize| {
        let word = cells(column).map(Line::longest_word).max().unwrap_or(0);
        word.max(LEAST).min(wanted[column])
    };
    let mut widths: Vec<usize> = (0..header.len()).map(least).collect();
    let left = room.checked_sub(widths.iter().sum())?;
    for _ in 0..left {
        // Each further column goes where the most lines are.
        let most = (0..widths.len()).max_by_key(|&column| wanted[column] * 1000 / widths[column])?;
        widths[most] += 1;
    }
    Some(widths)
}

/// Row for row, each cell behind its header.
fn list(header: &[Line], rows: &[Vec<Line>], room: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        if index > 0 {
            lines.push(Line::default());
        }
        for (column, cell) in row.iter().enumerate() {
            let mut line = Line::default();
            if let Some(header) = header.get(column).filter(|header| header.width() > 0) {
                line.append(header);
                line.push(": ", Style::PLAIN);
            }
            line.append(cell);
            lines.extend(hanging(&line, room));
        }
    }
    lines
}

/// Wrapped with all lines but the first one indented.
fn hanging(line: &Line, room: usize) -> Vec<Line> {
    let indent = if room < 30 { 1 } else { 2 };
    let lines = line.wrap(room.saturating_sub(indent)).into_iter();
    lines.enumerate().map(|(index, line)| if index == 0 { line } else { line.indented(indent) }).collect()
}
