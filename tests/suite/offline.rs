//! Everything but fetching models, without a network.

#![cfg(target_os = "linux")]

use yinju_tests::trial::inside::{Own, Place, inside};
use yinju_tests::trial::offline;

#[test]
fn nothing_is_said_to_a_network_and_nothing_needs_one() {
    let place = inside(Own::Network, "nothing_is_said_to_a_network_and_nothing_needs_one");
    if place != Place::Done {
        offline::run();
    }
}

#[test]
fn calls_that_leave_the_machine_are_told_from_others() {
    let leaves = offline::leaves_the_machine;
    let to = |address: &str| format!("1 connect(3, {{sa_family=AF_INET, sin_addr={address}}}, 16)");
    assert!(leaves(&to("inet_addr(\"1.1.1.1\")")));
    assert!(!leaves(&to("inet_addr(\"127.0.0.1\")")));
    assert!(leaves("2 connect(3, {sa_family=AF_INET6, inet_pton(AF_INET6, \"2001:db8::1\")}, 28)"));
    assert!(!leaves("2 connect(3, {sa_family=AF_INET6, inet_pton(AF_INET6, \"::1\")}, 28)"));
    assert!(!leaves("3 connect(4, {sa_family=AF_UNIX, sun_path=\"/run/x\"}, 110)"));
}
