//! `kill -9` at random moments over folders that are followed, versions, and libraries that are carried.

#![cfg(unix)]

#[test]
fn a_living_library_survives_kills() {
    yinju_tests::trial::living::run(40);
}
