# shellcheck shell=bash
# How many instructions each workload of benches/parts takes, against what is kept in benches/instructions.txt. Sourced by
# scripts/test and scripts/bench-counts.
#
# Instructions and not time: a count is the same on a busy machine. Of the debug build, which is there already: it tells how
# much work is done, not what the optimiser makes of it, and a release build would take minutes. What is counted is what
# all threads do in user space; what the disk and the system take is not in it.

instructions_kept=benches/instructions.txt

# A count may be so many hundredths of what is kept; over it something does half as much work again as before. Another
# compiler, or a processor for which the C library chooses another memcpy, makes some hundredths.
instructions_most=150
# Under it the file tells of a program that was slower, and would let half of what was won be lost again.
instructions_least=67

# What is kept was counted on x86-64; another processor has other instructions.
can_count_instructions() { command -v valgrind >/dev/null && [ "$(uname -sm)" = "Linux x86_64" ]; }

# bench_parts: the program with the workloads. The words of the build stage once more, so that there is nothing left to build.
bench_parts() {
  cargo build --quiet --workspace --all-targets --locked --features failpoints --message-format=json-render-diagnostics |
    sed -n '/"kind":\["bench"\]/s/.*"name":"parts".*"executable":"\([^"]*\)".*/\1/p'
}

# instructions_of PROGRAM NAME TIMES: what it takes to make ready, to do it once, and then so often.
# Cachegrind without its caches is the cheapest of valgrind's tools that count all threads.
instructions_of() {
  local log
  log=$(mktemp "${TMPDIR:-/tmp}/pm-instructions.XXXXXXXX") || return
  if valgrind --tool=cachegrind --cache-sim=no --cachegrind-out-file=/dev/null --log-file="$log" "$1" --once "$2" "$3" >&2; then
    sed -n 's/.*I *refs: *//p' "$log" | tr -d ','
  else
    cat "$log" >&2
  fi
  rm -f "$log"
}

# instructions_each PROGRAM NAME TIMES: one line, the name and the instructions of one time. Twice the same start, and what
# is between the two is what was done in between.
instructions_each() {
  local start all
  start=$(instructions_of "$1" "$2" 0)
  all=$(instructions_of "$1" "$2" "$3")
  [ -n "$start" ] && [ -n "$all" ] && echo "$2 $(((all - start) / $3))"
}

# count_instructions: a line for each workload, in their order. As many at a time as there are processors: it changes no count.
count_instructions() {
  local program counted list
  program=$(bench_parts) && [ -n "$program" ] || { echo "cargo built no benches/parts" >&2; return 1; }
  list=$("$program" --list) || return
  export -f instructions_of instructions_each
  # shellcheck disable=SC2016 # The inner shell expands them
  counted=$(xargs -P "$(nproc)" -L 1 bash -c 'instructions_each "$@"' _ "$program" <<<"$list") || return
  awk 'NR == FNR { count[$1] = $2; next } { print $1, count[$1] }' <(echo "$counted") <(echo "$list")
}

# keep_instructions: writes the file anew.
keep_instructions() {
  local counted
  counted=$(count_instructions) || return
  {
    echo "# Instructions of one time of each workload of benches/parts, in a debug build. Written by \`scripts/bench-counts --keep\`."
    echo "$counted"
  } >"$instructions_kept"
  cat "$instructions_kept"
}

# compare_instructions: prints what is kept and what is counted now; false when something takes half as much again, or when the
# file and benches/parts do not name the same workloads.
compare_instructions() {
  local counted
  counted=$(count_instructions) || return
  awk -v most="$instructions_most" -v least="$instructions_least" -v file="$instructions_kept" '
    /^#/ { next }
    NR == FNR { kept[$1] = $2; next }
    FNR == 1 { printf "%-34s %14s %14s %7s\n", "Instructions", "kept", "now", "ratio" }
    !($1 in kept) {
      printf "%-34s %14s %14d\n", $1, "-", $2
      said = said $1 " is not in " file "\n"; failed = 1
      next
    }
    {
      ratio = $2 / kept[$1]
      printf "%-34s %14d %14d %7.2f\n", $1, kept[$1], $2, ratio
      if (ratio * 100 > most) { said = said $1 " takes " sprintf("%.2f", ratio) " times as many instructions as it did; more than " most / 100 " is too many\n"; failed = 1 }
      if (ratio * 100 < least) said = said $1 " takes much fewer instructions than it did; keep that: scripts/bench-counts --keep\n"
      delete kept[$1]
    }
    END {
      for (name in kept) { said = said name " is in " file " and not in benches/parts\n"; failed = 1 }
      if (failed) said = said "If it has to be so, say why in the commit and write the file anew: scripts/bench-counts --keep\n"
      if (said) printf "\n%s", said
      exit failed
    }' "$instructions_kept" <(echo "$counted")
}
