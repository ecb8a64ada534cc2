//! What `workbook serve` says beside its drawing: where it is, what to try, and how it ended.

use std::time::Duration;

use super::heading::span;
use super::line::{Line, Tone, render};
use super::look::Look;
use super::text;

/// A server that has just been started.
#[derive(Debug, Clone)]
pub struct Offer {
    /// Such as `w04-l03`.
    pub lesson: String,
    /// The lesson's title.
    pub title: String,
    /// On 127.0.0.1.
    pub port: u16,
    /// The port that was meant, where another program has it.
    pub taken: Option<u16>,
    /// How it answers, one sentence each.
    pub manner: Vec<String>,
    /// The requests that it is good to send, method and target each, on one connection.
    pub requests: Vec<String>,
    /// Targets to ask for, all of them.
    pub targets: Vec<String>,
    /// Whether the last request should ask for the close.
    pub asks_to_close: bool,
}

/// The first lines: the address first of all.
#[must_use]
pub fn offer(offer: &Offer, look: &Look) -> String {
    let address = format!("http://127.0.0.1:{}/", offer.port);
    let name = format!("{} {}", offer.lesson, offer.title);
    let mut lines = vec![heading(&name, &address, look)];
    let taken =
        offer.taken.map(|port| format!("Port {port} is taken by another program, so this is a free one."));
    let sentences: Vec<&String> = taken.iter().chain(&offer.manner).collect();
    for sentence in sentences {
        let wrapped = text::wrap(&text::shown(sentence, look), look.columns() - 2);
        lines.extend(wrapped.into_iter().map(|line| Line::of(Tone::Plain, format!("  {line}"))));
    }
    lines.push(Line::of(Tone::Strong, "try, in another terminal or a browser"));
    for command in commands(offer, &address) {
        lines.extend(command_lines(&command, look));
    }
    lines.push(Line::of(Tone::Strong, "stop").with(Tone::Plain, " with Ctrl-C"));
    lines.push(Line::empty());
    render(lines, look)
}

fn heading(name: &str, address: &str, look: &Look) -> Line {
    let name = text::shown(name, look);
    let room = look.columns().saturating_sub(text::width(address) + 2);
    Line::of(Tone::Strong, text::fit(&name, room, look)).with(Tone::Plain, "  ").with(Tone::Command, address)
}

/// The last line.
#[must_use]
pub fn farewell(summary: &str, port: u16, time: Duration, look: &Look) -> String {
    let sentence = format!("stopped after {}: {summary}; port {port} is free again", span(time));
    let lines = text::wrap(&sentence, look.columns());
    render(lines.into_iter().map(|line| Line::of(Tone::Strong, line)).collect(), look)
}

/// Commands to try, each as words that no line break may separate.
fn commands(offer: &Offer, address: &str) -> Vec<Vec<String>> {
    let host = format!("127.0.0.1:{}", offer.port);
    let nc = format!("nc 127.0.0.1 {}", offer.port);
    if offer.requests.is_empty() {
        return vec![vec![nc]];
    }
    let last = offer.requests.len() - 1;
    let heads = offer.requests.iter().enumerate().flat_map(|(index, request)| {
        let close = (index == last && offer.asks_to_close).then(|| quoted("Connection: close"));
        [quoted(&format!("{request} HTTP/1.1")), quoted(&format!("Host: {host}"))]
            .into_iter()
            .chain(close)
            .chain([quoted("")])
    });
    let printf = [String::from("printf"), quoted("%s\\r\\n")].into_iter().chain(heads);
    let printf = printf.chain([String::from("|"), nc]);
    let url = |target: &String| format!("{}{target}", address.trim_end_matches('/'));
    let urls = offer.targets.iter().map(url).map(|url| if is_plain(&url) { url } else { quoted(&url) });
    let curl = ["curl", "-v"].map(String::from).into_iter().chain(urls);
    vec![printf.collect(), curl.collect()]
}

/// Does a shell take it as it is?
fn is_plain(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/:.-_%".contains(&byte))
}

fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// A command in lines that a shell joins again.
fn command_lines(words: &[String], look: &Look) -> Vec<Line> {
    let mut lines: Vec<String> = Vec::new();
    for word in words {
        match lines.last_mut() {
            Some(line) if text::width(line) + 1 + text::width(word) + 2 <= look.columns() => {
                line.push(' ');
                line.push_str(word);
            }
            Some(line) => {
                line.push_str(" \\");
                lines.push(format!("    {word}"));
            }
            None => lines.push(format!("  {word}")),
        }
    }
    lines.into_iter().map(|line| Line::of(Tone::Command, text::shown(&line, look))).collect()
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::report::samples::{ASCII, NARROW, PLAIN};

    fn sample() -> Offer {
        Offer {
            lesson: "w04-l03".to_owned(),
            title: "Keep-alive semantics".to_owned(),
            port: 41234,
            taken: Some(8080),
            manner: vec!["It keeps connections open, as HTTP/1.1 wants it.".to_owned()],
            requests: vec!["GET /".to_owned(), "GET /".to_owned()],
            targets: vec!["/".to_owned(), "/".to_owned()],
            asks_to_close: true,
        }
    }

    #[test]
    fn the_first_lines_fit_and_can_be_pasted() {
        let odd = Offer {
            taken: None,
            requests: vec!["GET /it's?a=b&c".to_owned()],
            targets: vec!["/it's?a=b&c".to_owned()],
            asks_to_close: false,
            ..sample()
        };
        let silent = Offer { requests: Vec::new(), targets: Vec::new(), ..odd.clone() };
        let texts = [
            offer(&sample(), &PLAIN),
            offer(&sample(), &NARROW),
            offer(&sample(), &ASCII),
            offer(&odd, &PLAIN),
            offer(&silent, &PLAIN),
            farewell("3 connections, 5 requests", 8080, Duration::from_secs(12), &NARROW),
        ];
        for (text, columns) in texts.iter().zip([80, 40, 80, 80, 80, 40]) {
            assert!(text.lines().all(|line| text::width(line) <= columns), "{text}");
        }
        assert_snapshot!("offer", texts.join("---\n"));
    }

    #[test]
    fn a_shell_joins_the_lines_again() {
        let told = offer(&sample(), &NARROW);
        let (_, commands) = told.split_once("printf").expect("a command");
        let (command, _) = commands.split_once("curl").expect("another one");
        let command = format!("printf{command}").replace("\\\n", "");
        let words = shlex::split(&command).expect("no open quote");
        let host = "Host: 127.0.0.1:41234";
        let get = "GET / HTTP/1.1";
        let expected = [
            "printf",
            "%s\\r\\n",
            get,
            host,
            "",
            get,
            host,
            "Connection: close",
            "",
            "|",
            "nc",
            "127.0.0.1",
            "41234",
        ];
        assert_eq!(words, expected);
    }
}
