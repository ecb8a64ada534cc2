//! Amounts as bars. The numbers stand beside them, so nobody has to see a bar or its colour.

use std::fmt::Write;

use crate::report::class::{Counts, Histogram, Kind};

use super::words::key;

/// A bar of parts, each with its class and its amount.
pub(super) fn bar(parts: &[(&str, usize)]) -> String {
    let mut out = String::from("<div class=\"bar\" aria-hidden=\"true\">");
    for (class, amount) in parts.iter().filter(|(_, amount)| *amount > 0) {
        write!(out, "<span class=\"{class}\" style=\"flex-grow: {amount}\"></span>").unwrap_or_default();
    }
    out + "</div>"
}

/// The bar of all results.
pub(super) fn kinds(counts: &Counts) -> String {
    bar(&Kind::ALL.map(|kind| (key(kind), counts.of(kind))))
}

/// The scores as columns, each with its number above and its tenth beneath.
pub(super) fn scores(histogram: &Histogram) -> String {
    let most = histogram.tenths.iter().copied().max().unwrap_or(0).max(1);
    let mut out = String::from("<figure class=\"scores\">\n<figcaption>Scores</figcaption>\n<ol>\n");
    for (tenth, amount) in histogram.tenths.iter().enumerate() {
        let label = if tenth == 10 { "all".to_owned() } else { format!("{}", tenth * 10) };
        let spoken = match tenth {
            10 => "all points".to_owned(),
            _ => format!("{} to {} %", tenth * 10, tenth * 10 + 9),
        };
        writeln!(
            out,
            "<li><span class=\"amount\">{amount}<span class=\"unseen\"> with {spoken}</span></span>\
             <span class=\"column\" style=\"height: {}%\"></span><span class=\"tenth\" aria-hidden=\"true\">{label}</span></li>",
            (100 * amount).div_ceil(most)
        )
        .unwrap_or_default();
    }
    out.push_str("</ol>\n<p class=\"axis\" aria-hidden=\"true\">percent of the points</p>\n");
    if histogram.without > 0 {
        writeln!(out, "<p class=\"without\">{} without a score yet</p>", histogram.without)
            .unwrap_or_default();
    }
    out + "</figure>\n"
}
