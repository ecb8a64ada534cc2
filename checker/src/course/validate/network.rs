//! Names and round-trip times of the private network that make sense.

use std::net::IpAddr;

use toml::Spanned;

use super::context::Context;
use crate::course::checks::{AddressSpec, NameSpec, Scenario};
use crate::trace::{EXAMPLE_ADDRESS, MOST_ROUND_TRIP, NAME_SERVER_ADDRESS, NameAnswer};

/// Names that lead somewhere in every run.
const ALWAYS_KNOWN: [&str; 2] = ["example.com", "localhost"];

/// Checks what a scenario asks of the private network.
pub(super) fn check(context: &mut Context<'_>, scenario: &Scenario) {
    if let Some(rtt) = scenario.rtt.as_ref().filter(|rtt| rtt.get_ref().0.is_zero()) {
        context.wrong(rtt.span(), "a round trip takes some time", "write such as rtt = \"100ms\"");
    }
    if let Some(rtt) = scenario.rtt.as_ref().filter(|rtt| rtt.get_ref().0 > MOST_ROUND_TRIP) {
        context.wrong(
            rtt.span(),
            "no round trip takes so long",
            "2s is the most; write such as rtt = \"100ms\"",
        );
    }
    for (index, name) in scenario.names.iter().enumerate() {
        check_host(context, &scenario.names[..index], &name.host);
        check_answer(context, name);
        check_addresses(context, scenario, name);
    }
}

fn check_host(context: &mut Context<'_>, earlier: &[NameSpec], host: &Spanned<String>) {
    let name = host.get_ref();
    if !is_host_name(name) {
        let error = context.file.error(host.span(), format!("`{name}` cannot be a host name"));
        let label = "expected labels of letters, digits and hyphens, joined by dots";
        context.errors.push(error.label(label));
    }
    if ALWAYS_KNOWN.iter().any(|known| known.eq_ignore_ascii_case(name)) {
        let message = format!("the name server is never asked for `{name}`");
        context.wrong(
            host.span(),
            message,
            "it leads to the peer in every run; take another name, such as two.example",
        );
    }
    let is_same = |other: &&NameSpec| other.host.get_ref().eq_ignore_ascii_case(name);
    if let Some(same) = earlier.iter().find(is_same) {
        let label = format!("also in line {}", context.file.line(same.host.span().start));
        let error = context.file.error(host.span(), format!("duplicate name `{name}`"));
        context.errors.push(error.label(label));
    }
}

/// Labels of 1 to 63 letters, digits and inner hyphens, 253 characters in all (RFC 1123 section 2.1).
fn is_host_name(name: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    name.len() <= 253 && name.split('.').all(is_label)
}

/// Addresses are given where they are told, and only there.
fn check_answer(context: &mut Context<'_>, name: &NameSpec) {
    let host = name.host.get_ref();
    let tells = matches!(name.answer, NameAnswer::Found | NameAnswer::Truncated);
    if tells && name.addresses.is_empty() {
        let message = format!("the name `{host}` has no address");
        let help = "give it addresses, or an answer without any: \"nxdomain\" or \"silent\"";
        context.wrong(name.host.span(), message, help);
    }
    if let Some(address) = name.addresses.first().filter(|_| !tells) {
        let message = format!("the addresses of `{host}` are never told");
        context.wrong(
            address.span(),
            message,
            "leave them out, or take the answer \"found\" or \"truncated\"",
        );
    }
    if name.answer == NameAnswer::Silent && name.slow.is_some() {
        let message = format!("the name `{host}` is never answered for, so it cannot be slow");
        context.wrong(name.host.span(), message, "leave out `slow` or `answer = \"silent\"`");
    }
}

fn check_addresses(context: &mut Context<'_>, scenario: &Scenario, name: &NameSpec) {
    for (index, address) in name.addresses.iter().enumerate() {
        let ip = address.get_ref().0;
        if ip.is_unspecified() || ip.is_multicast() || ip.is_loopback() {
            context.wrong(
                address.span(),
                format!("no peer is at {ip}"),
                "take one that a host on the internet could have",
            );
        }
        if name.addresses[..index].iter().any(|other| other.get_ref() == address.get_ref()) {
            context.wrong(address.span(), format!("duplicate address {ip}"), "write each once");
        }
    }
    for address in &name.dead {
        check_dead(context, scenario, name, address);
    }
}

/// Death is a matter of the address: whoever has it, is dead.
fn check_dead(
    context: &mut Context<'_>,
    scenario: &Scenario,
    name: &NameSpec,
    address: &Spanned<AddressSpec>,
) {
    let ip = address.get_ref().0;
    let has = |list: &[Spanned<AddressSpec>]| list.iter().any(|other| other.get_ref().0 == ip);
    if !has(&name.addresses) {
        let message = format!("{ip} is no address of `{}`", name.host.get_ref());
        context.wrong(address.span(), message, "`dead` names some of the `addresses`");
    }
    if [EXAMPLE_ADDRESS, NAME_SERVER_ADDRESS].map(IpAddr::from).contains(&ip) {
        let message = format!("{ip} cannot be dead");
        context.wrong(address.span(), message, "example.com or the name server is there, in every run");
    }
    if let Some(other) = scenario.names.iter().find(|other| has(&other.addresses) && !has(&other.dead)) {
        let message = format!("{ip} is dead here, and not for `{}`", other.host.get_ref());
        context.wrong(address.span(), message, "write it under `dead` of each name that has it");
    }
}
