//! The thread of the relay.

use std::collections::VecDeque;
use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::{RecvFlags, SendFlags};

use super::Shared;

/// What stands before each frame: the kernel's notes on what its sender left for the hardware to do.
const NOTE_BYTES: usize = 10;
/// Room for one frame and its note: what a program leaves to be cut up later can be as long as a packet can be.
const FRAME_BYTES: usize = 66 * 1024;
/// So many frames are taken at a time, so that a flood from one end does not keep out the other.
const AT_A_TIME: usize = 64;
/// So many are under way in one direction; more are lost, as on any wire. A window of TCP is far smaller.
const MOST_FRAMES: usize = 4096;
/// The first bit of a frame's first byte says that it is for several stations.
const FOR_MANY: u8 = 1;

/// Carries frames until nobody wants it any more.
pub(super) struct Carrier {
    /// The program's end, and the peer's.
    ends: [OwnedFd; 2],
    /// What came from each, with the moment at which it arrives at the other: in order.
    under_way: [VecDeque<(Instant, Vec<u8>)>; 2],
    control: OwnedFd,
    shared: Arc<Shared>,
    buffer: Vec<u8>,
    /// Numbers of questions whether all is quiet.
    questions: Vec<u8>,
}

impl Carrier {
    pub(super) fn new(ends: [OwnedFd; 2], control: OwnedFd, shared: Arc<Shared>) -> Self {
        let buffer = vec![0; FRAME_BYTES];
        Self { ends, under_way: Default::default(), control, shared, buffer, questions: Vec::new() }
    }

    /// To the end of the relay.
    pub(super) fn run(mut self) {
        // The kernel may otherwise add 50 microseconds to each of our short waits.
        #[cfg(target_os = "linux")]
        let _ = rustix::thread::set_current_timer_slack(std::num::NonZeroU64::new(1));
        loop {
            // What is put into one end makes its kernel answer at once. Taking that before the next is put in
            // keeps the answers from filling the socket.
            while self.take(0) | self.take(1) | self.deliver() {}
            self.answer();
            match self.wait() {
                Ok(true) => {}
                Ok(false) | Err(_) => return,
            }
        }
    }

    /// Takes what one end has sent; false when there was nothing.
    fn take(&mut self, end: usize) -> bool {
        let mut has_any = false;
        for _ in 0..AT_A_TIME {
            let Ok((length, _)) =
                rustix::net::recv(&self.ends[end], &mut self.buffer[..], RecvFlags::DONTWAIT)
            else {
                return has_any;
            };
            has_any = true;
            self.accept(end, length);
        }
        has_any
    }

    /// Puts the frame in the buffer on its way, if it is for the other end.
    fn accept(&mut self, end: usize, length: usize) {
        let Some(frame) = self.buffer.get(NOTE_BYTES..length) else { return };
        let is_for_many = frame.first().is_none_or(|first| first & FOR_MANY != 0);
        if is_for_many || self.under_way[end].len() >= MOST_FRAMES {
            return;
        }
        let arrival = Instant::now() + self.shared.one_way();
        let mut carried = self.shared.carried();
        let counts = if end == 0 { &mut carried.to_peer } else { &mut carried.to_program };
        counts.add(frame);
        drop(carried);
        self.under_way[end].push_back((arrival, self.buffer[..length].to_vec()));
    }

    /// When the next frame arrives, and from which end it comes.
    fn next(&self) -> Option<(Instant, usize)> {
        let due = |end: usize| self.under_way[end].front().map(|(due, _)| (*due, end));
        (0..self.ends.len()).filter_map(due).min()
    }

    /// Delivers one frame, if it is time to.
    fn deliver(&mut self) -> bool {
        let Some((_, end)) = self.next().filter(|(due, _)| *due <= Instant::now()) else {
            return false;
        };
        if let Some((_, frame)) = self.under_way[end].pop_front() {
            // One that finds no room is lost, and TCP sends it again.
            let _ = rustix::net::send(&self.ends[1 - end], &frame, SendFlags::DONTWAIT);
        }
        true
    }

    /// Answers all questions, if nothing is under way.
    fn answer(&mut self) {
        if self.next().is_none() && !self.questions.is_empty() {
            let _ = rustix::net::send(&self.control, &self.questions, SendFlags::NOSIGNAL);
            self.questions.clear();
        }
    }

    /// Waits until something can be done; false when the relay is no longer wanted.
    fn wait(&mut self) -> io::Result<bool> {
        let [program, peer] = &self.ends;
        let mut wait =
            [program, peer, &self.control].map(|descriptor| PollFd::new(descriptor, PollFlags::IN));
        let left = self.next().map(|(due, _)| due.saturating_duration_since(Instant::now()));
        let timeout = left.map(Timespec::try_from).transpose().map_err(io::Error::other)?;
        rustix::io::retry_on_intr(|| poll(&mut wait, timeout.as_ref()))?;
        let is_called = !wait[2].revents().is_empty();
        // An end whose interface is gone would wake us for ever.
        let is_broken = wait[..2].iter().any(|end| end.revents().contains(PollFlags::ERR));
        if is_called { self.hear() } else { Ok(!is_broken) }
    }

    /// Takes questions; false when the other side is gone.
    fn hear(&mut self) -> io::Result<bool> {
        let mut questions = [0; 64];
        let (length, _) = rustix::net::recv(&self.control, &mut questions, RecvFlags::empty())?;
        self.questions.extend_from_slice(&questions[..length]);
        Ok(length > 0)
    }
}
