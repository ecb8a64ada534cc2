//! What all pages have around their text.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

use crate::report::diagram::THEME;

use super::words::line;

/// The looks of both kinds of pages.
const STYLE: &str = include_str!("class.css");

/// The beginning of a page, up to its body. Of scripts only this one may run, and nothing is ever fetched.
pub(super) fn begin(title: &str, script: Option<&str>, more_style: &str) -> String {
    let scripts = script.map(|script| format!("script-src 'sha256-{}'; ", hash(script)));
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; {}style-src 'unsafe-inline'; \
         base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta name=\"generator\" content=\"workbook\">\n\
         <title>{}</title>\n<style>\n{THEME}{more_style}{STYLE}</style>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#main\">Skip to the results</a>\n",
        scripts.unwrap_or_default(),
        line(title),
    )
}

/// The end of a page, with its script.
pub(super) fn end(script: Option<&str>) -> String {
    let script = script.map(|script| format!("<script>{script}</script>\n"));
    format!("{}</body>\n</html>\n", script.unwrap_or_default())
}

/// By what a browser knows a script that may run.
fn hash(script: &str) -> String {
    BASE64_STANDARD.encode(Sha256::digest(script.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_known_by_its_hash_as_browsers_count_it() {
        assert_eq!(hash(""), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    }
}
