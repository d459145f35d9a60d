//! Damaged files of a home and of models.

#[test]
fn damage_is_named_or_mended_and_never_shown_as_sound() {
    yinju_tests::trial::damage::run(25);
}
