//! Programs that talk to whom they should not: services of the machine, other runs, the peer's network.

use super::attack::attack;

/// TCP, UDP and unix sockets of the machine itself.
#[test]
fn services_of_the_machine() {
    attack!("host-services").run();
}

/// Packet, raw, vsock, crypto and routing sockets.
#[test]
fn sockets_of_odd_families() {
    attack!("odd-sockets").run();
}

/// The peer's own port, before, while and after it is connected to.
#[test]
fn squatting_on_the_peer_s_port() {
    attack!("squatter").run();
}

/// What earlier scenarios have left: files, shared memory, queues, sockets, processes.
#[test]
fn traces_of_earlier_runs() {
    attack!("earlier-runs").in_all_scenarios().run();
}

/// The same between two checks that go on at the same time.
#[test]
fn traces_of_runs_next_door() {
    attack!("earlier-runs").run_twice_at_once();
}

/// A hundred thousand datagrams.
#[test]
fn a_flood_of_packets() {
    attack!("packet-flood").run();
}
