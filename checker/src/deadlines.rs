//! Every deadline of the project, with its reason. All scale by one factor, see [`Patience`].

use std::time::Duration;

/// A program that neither sends, reads, prints nor ends for so long, while the peer waits for it, is given
/// up. Clients in the field that wait with a timeout are known to be stuck after 2 to 3 s.
pub const STILL: Duration = Duration::from_secs(3);

/// No run lasts longer, whatever the program does. A correct one that reads and prints 8 MiB byte by byte takes
/// 30 s on two quiet processors and 60 s on busy ones; what never ends is almost always still or a flood before.
pub const RUN: Duration = Duration::from_secs(240);

/// Processor time for one run, enforced by the system as a second wall behind [`RUN`].
pub const RUN_CPU: Duration = Duration::from_secs(240);

/// How long the peer holds a segment back because the program has not read the last one.
/// Only a program that reads late meets it; then segments may merge, which fails nobody.
pub const GATE: Duration = Duration::from_secs(2);

/// Between two segments where the system cannot tell whether the program has read the first.
pub const BLIND_GATE: Duration = Duration::from_millis(5);

/// First look whether the program has read a segment: about as long as a read takes.
pub const GATE_LOOK: Duration = Duration::from_micros(20);

/// Longest time between two such looks.
pub const GATE_LOOK_MAX: Duration = Duration::from_millis(1);

/// How long the peer holds its answer back where it watches for TCP keepalive and has not seen it armed, for
/// a program that does so only when it has asked. Only a program that arms nothing costs this time.
pub const KEEPALIVE: Duration = Duration::from_millis(20);

/// With a vanished peer, the kernel's own timers may still wake a program that is still: TCP keepalive, or giving
/// up on what was sent. In the private network either takes 3 to 7 s; 30 s leave room for times that a
/// lesson asks for (10 s idle and 3 probes 5 s apart are 25 s). A timer that goes off later is not waited for.
pub const VANISHED: Duration = Duration::from_secs(30);

/// Nothing has happened for so long: look whether the program can ever move again.
/// Long enough that a program which is just running is rarely looked at.
pub const HANG_LOOK: Duration = Duration::from_millis(2);

/// Longest time between two such looks: bounds the delay of a verdict.
pub const HANG_LOOK_MAX: Duration = Duration::from_millis(40);

/// Between the two snapshots that must be equal. The proof needs no time at all;
/// this only lets a thread that was just woken be seen running.
pub const HANG_PROOF: Duration = Duration::from_millis(2);

/// While packets are captured, the ring is emptied at least so often: at full speed it fills in about 10 ms.
pub const TAKE_PACKETS: Duration = Duration::from_millis(2);

/// After the program has ended, its sockets and pipes end too: the kernel needs this long at most.
pub const DRAIN: Duration = Duration::from_secs(2);

/// Where packets take their time, stillness lasts so many round trips longer. Before anything of a new connection
/// is to be seen, the last one is ended (half), it is opened (one and a half), and a request comes (half); a packet
/// that was lost on a flooded wire comes a round trip later.
pub const STILL_ROUND_TRIPS: u32 = 4;

/// And after the end of the program, what lay in its send buffers still needs so many to come over: the window
/// doubles with each of them, from 14 KiB to the largest that there is.
pub const DRAIN_ROUND_TRIPS: u32 = 8;

/// A launched helper process answers within this time, or the machine is at fault.
pub const LAUNCHER: Duration = Duration::from_secs(20);

/// `workbook serve`: how long nothing happens on a connection until a row says what it waits for. Long enough that a
/// page with pictures or a second request typed by a script does not cause one, short enough that a person still wonders.
pub const QUIET: Duration = Duration::from_secs(3);

/// `workbook serve`: a request that has begun is whole within this time, also one that is typed by hand.
pub const REQUEST: Duration = Duration::from_secs(60);

/// `workbook serve`: when all places are taken, a connection that has not moved for so long makes room.
pub const MAKE_ROOM: Duration = Duration::from_secs(10);

/// `workbook serve`: when the system has no descriptor for a connection, it is asked again after this time.
pub const ACCEPT_AGAIN: Duration = Duration::from_secs(1);

/// `workbook serve --slow`: how long a response takes, in [`SLOW_PIECES`] pieces. Long enough to be seen.
pub const SLOW_RESPONSE: Duration = Duration::from_secs(2);

/// `workbook serve --slow`: in so many pieces.
pub const SLOW_PIECES: u32 = 40;

/// `workbook serve --rst`: between half a response and the RST, so that any client has read that half.
pub const BEFORE_RESET: Duration = Duration::from_millis(200);

/// A connection to ourselves is there at once, or a firewall swallows it.
pub const PROBE: Duration = Duration::from_secs(10);

/// Where nobody tells of saved files, they are looked at so often: a learner does not feel it, nor does the machine.
pub const SAVES_LOOK: Duration = Duration::from_millis(100);

/// Where a check takes longer, it is told that the last verdict is not about what was just saved. Most are there before,
/// and need no other words on the screen in between.
pub const CHECK_TOLD: Duration = Duration::from_millis(400);

/// Editors take a file away and put another in its place; after this long it is gone.
pub const FILE_GONE: Duration = Duration::from_millis(300);

/// Compilers get this long.
pub const BUILD: Duration = Duration::from_secs(120);

/// What opens a file in a browser fails within this time, or has succeeded.
pub const OPENER: Duration = Duration::from_secs(2);

/// How much longer than on a quiet machine everything may take.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Patience {
    factor: f64,
}

impl Patience {
    /// The factor that the environment variable `WORKBOOK_SLOW` gives, 1 without it.
    ///
    /// # Errors
    /// When it is not a number from 0.1 to 1000.
    pub fn from_environment() -> Result<Self, String> {
        let Ok(text) = std::env::var("WORKBOOK_SLOW") else {
            return Ok(Self { factor: 1.0 });
        };
        match text.parse() {
            Ok(factor) if (0.1..=1000.0).contains(&factor) => Ok(Self { factor }),
            _ => Err(format!("WORKBOOK_SLOW is `{text}`, expected a factor from 0.1 to 1000 such as 3")),
        }
    }

    /// No more than on a quiet machine.
    #[must_use]
    pub fn normal() -> Self {
        Self { factor: 1.0 }
    }

    /// The deadline, scaled.
    #[must_use]
    pub fn scale(self, deadline: Duration) -> Duration {
        deadline.mul_f64(self.factor)
    }
}
