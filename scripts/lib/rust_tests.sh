# shellcheck shell=bash
# The Rust tests on each of the two databases. Sourced by scripts/test and scripts/test-long.

rust_tests_on_sqlite() { cargo test --workspace --locked --features failpoints --no-fail-fast; }

# The tests through the front door once more; `TEST_DATABASE` is what makes their `spawn_app` use TEST_DATABASE_URL.
# Left out, here and nowhere else: rules about the code, the simulation, which has a database of its own, and what is tried with foreign text, which needs none. With more
# arguments of the same kind still more is left out. A run of no test at all would count as passed, so that is looked at
# first.
rust_tests_on_postgres() {
  local -a wanted=(--skip tidy:: --skip simulation:: --skip fuzz:: "$@")
  if [ "$(cargo test --quiet --locked --features failpoints --test it -- "${wanted[@]}" --list | grep -c ': test$')" = 0 ]; then
    echo "No test is left to run on PostgreSQL" >&2
    return 1
  fi
  TEST_DATABASE=postgres cargo test --locked --features failpoints --no-fail-fast --test it -- "${wanted[@]}"
}

# Those that are about the database, for scripts/test: without what is about SCAR, coding agents and the other backends,
# language models, the rules, settings, traces, the command line, the supervisor, slow clients and the fail points, which has been tried
# on SQLite and asks the database for nothing new. scripts/test-long tries all of it on both.
database_tests_on_postgres() {
  rust_tests_on_postgres --skip scar:: --skip acp:: --skip backends:: --skip llm:: --skip agent:: --skip config:: \
    --skip traces:: --skip cli:: --skip doctor::looking --skip doctor::mending --skip doctor::showing \
    --skip faults::supervisor --skip faults::clients --skip faults::matrix --skip a_thousand_streams
}
