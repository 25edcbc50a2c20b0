//! See `tests/fuzz/targets.rs`; `scripts/fuzz` runs it.
#![no_main]

#[path = "../../tests/fuzz/targets.rs"]
mod targets;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| targets::github(bytes));
