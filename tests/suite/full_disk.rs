//! A home on a disk that is full.

#![cfg(target_os = "linux")]

use yinju_tests::trial::full_disk;
use yinju_tests::trial::inside::{Own, Place, inside};

#[test]
fn a_full_disk_loses_nothing_and_is_named() {
    if inside(Own::Mounts, "a_full_disk_loses_nothing_and_is_named") == Place::Inside {
        full_disk::run(24);
    }
}
