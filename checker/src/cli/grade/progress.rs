//! How far the grading is: a bar at a terminal, a line now and then elsewhere.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::out;
use crate::grade::standing::Kind;

/// Without a terminal, a line so often.
const LINE: Duration = Duration::from_secs(10);

/// How far the grading is.
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    of: usize,
    done: usize,
    needs_a_look: usize,
    start: Instant,
    told: Instant,
}

impl Progress {
    /// Nothing is done yet of so many.
    pub(super) fn of(of: usize) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| ProgressBar::new(of as u64).with_style(style()));
        let now = Instant::now();
        Self { bar, of, done: 0, needs_a_look: 0, start: now, told: now }
    }

    /// One more is done.
    pub(super) fn add(&mut self, kind: Kind) {
        self.done += 1;
        self.needs_a_look += usize::from(matches!(kind, Kind::Unstable | Kind::NotJudged));
        if let Some(bar) = &self.bar {
            bar.inc(1);
            if self.needs_a_look > 0 {
                bar.set_message(format!("· {} need a look", self.needs_a_look));
            }
        } else if self.told.elapsed() >= LINE && self.done < self.of {
            self.told = Instant::now();
            out::note(&self.line());
        }
    }

    fn line(&self) -> String {
        line(self.done, self.of, self.start.elapsed())
    }

    /// How many are done; the bar goes.
    pub(super) fn end(self) -> usize {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
        self.done
    }
}

fn line(done: usize, of: usize, took: Duration) -> String {
    let rate = done as f64 / took.as_secs_f64();
    let left = Duration::from_secs_f64((of - done) as f64 / rate.clamp(1e-3, 1e9));
    let left = indicatif::HumanDuration(left);
    let digits = usize::from(rate < 10.0);
    format!("graded {done} of {of} · {rate:.digits$}/s · {left} left")
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{bar:30} {pos}/{len} graded · {per_sec} · {eta} left {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slow_progress_is_progress() {
        let told = [(5, 10), (200, 4)].map(|(done, seconds)| line(done, 300, Duration::from_secs(seconds)));
        assert_eq!(
            told,
            ["graded 5 of 300 · 0.5/s · 10 minutes left", "graded 200 of 300 · 50/s · 2 seconds left"]
        );
    }
}
