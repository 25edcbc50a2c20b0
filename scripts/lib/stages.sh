# shellcheck shell=bash
# Runs the stages of a test run one after another, keeps the time of each and prints them in a table at the end.
# Sourced by scripts/test, scripts/test-long and scripts/lint-deploy. A stage that fails does not stop the next ones: one run shows everything.

stage_table=""
stages_failed=0
started_at=$SECONDS

# run_stage NAME COMMAND...: runs the command under a heading; false when it failed.
run_stage() {
  local name=$1 began=$SECONDS result=ok
  shift
  printf '\n=== %s\n' "$name"
  "$@" || result=FAILED
  note_stage "$name" "$((SECONDS - began)) s" "$result"
  [ "$result" = ok ]
}

# skip_stage NAME REASON REMEDY: says what does not run here, why, and what to do about it. CI skips nothing.
skip_stage() {
  local result="skipped: $2. To run it: $3"
  if [ "${CI:-}" = true ]; then
    result="FAILED: $2. With CI=true nothing is skipped: $3"
  fi
  printf '\n=== %s: %s\n' "$1" "$result"
  note_stage "$1" "-" "$result"
}

note_stage() {
  stage_table="$stage_table$(printf '%-38s %7s  %s' "$1" "$2" "$3")
"
  case $3 in FAILED*) stages_failed=$((stages_failed + 1)) ;; esac
}

# finish: prints the table and ends the script, with 1 if a stage failed.
finish() {
  printf '\n%-38s %7s  %s\n' "Stage" "Time" "Result"
  printf '%s' "$stage_table"
  printf '%-38s %7s\n' "All" "$((SECONDS - started_at)) s"
  if [ "$stages_failed" -gt 0 ]; then
    printf '\n%s of the stages above failed; look for "===" and their names in the output.\n' "$stages_failed"
    exit 1
  fi
  exit 0
}
