//! Programs that kill, stop, outlive or deceive whoever runs them.

use super::attack::attack;

/// kill(-1): everybody at once.
#[test]
fn killing_everybody() {
    attack!("kill-others").way("all").run();
}

/// kill of every process id and group.
#[test]
fn killing_one_by_one() {
    attack!("kill-others").way("each").run();
}

/// kill of the parent and of the first process.
#[test]
fn killing_the_parent() {
    attack!("kill-others").way("parent").run();
}

/// SIGSTOP for the parent and for the first process.
#[test]
fn stopping_the_parent() {
    attack!("kill-others").way("stop").run();
}

/// kill(0): its own group, and whoever is in it.
#[test]
fn killing_the_group() {
    attack!("kill-others").way("group").finds(&["crash"]).run();
}

/// SIGSTOP of itself, again and again.
#[test]
fn stopping_itself() {
    attack!("stop-self").finds(&["deadline.before-output"]).run();
}

/// Every signal ignored and blocked.
#[test]
fn ignoring_all_signals() {
    attack!("ignore-signals").finds(&["hang.before-output"]).run();
}

/// A daemon under another name.
#[test]
fn a_daemon() {
    if let Some(report) = attack!("daemon").run() {
        assert!(report.contains("left_behind"), "it is told who was left behind: {report}");
    }
}

/// All descriptors closed, the standard streams too.
#[test]
fn closing_all_descriptors() {
    attack!("close-descriptors").finds(&["connections.none", "prints.nothing"]).run();
}

/// Messages of the grader's helpers, to descriptors that must not be there.
#[test]
fn inherited_descriptors() {
    attack!("inherited-descriptors").run();
}

/// Descriptors and settings sent through standard output.
#[test]
fn standard_streams_as_a_way_to_the_grader() {
    attack!("standard-streams").run();
}

/// Output that comes from a grandchild when the program has ended.
#[test]
fn output_that_comes_too_late() {
    attack!("pending-output").finds(&["connections.none", "prints.nothing"]).run();
}

/// The job, done by a child after the program's end: it may win the race against its own death, but nothing else.
#[test]
fn connecting_after_the_end() {
    attack!("connect-after-the-end").may_end_either_way().run();
}

/// SIGKILL for the grader while programs that do not end by themselves are at work.
#[test]
fn the_grader_is_killed_in_the_middle() {
    for millis in [700, 1500] {
        attack!("stop-self").grader_is_killed_after(millis).run_to_the_kill();
        attack!("burn").grader_is_killed_after(millis).run_to_the_kill();
    }
}
