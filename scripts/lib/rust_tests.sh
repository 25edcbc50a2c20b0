# shellcheck shell=bash
# The Rust tests on each of the two databases. Sourced by scripts/test and scripts/test-long.

rust_tests_on_sqlite() { cargo test --workspace --locked --features failpoints --no-fail-fast; }

# The tests through the front door once more; `TEST_DATABASE` is what makes their `spawn_app` use TEST_DATABASE_URL.
# Left out, here and nowhere else: rules about the code, and the simulation, which has a database of its own. A run of no
# test at all would count as passed, so that is looked at first.
rust_tests_on_postgres() {
  if [ "$(cargo test --quiet --locked --features failpoints --test it -- --skip tidy:: --skip simulation:: --list | grep -c ': test$')" = 0 ]; then
    echo "No test is left to run on PostgreSQL" >&2
    return 1
  fi
  TEST_DATABASE=postgres cargo test --locked --features failpoints --no-fail-fast --test it -- --skip tidy:: --skip simulation::
}
