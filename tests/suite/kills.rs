//! `kill -9` at random moments over import, removal, change of encoder and conversations.

#![cfg(unix)]

#[test]
fn nothing_is_lost_doubled_or_left_over_by_kills() {
    yinju_tests::trial::kill::run(60);
}
