#!/usr/bin/env bash
# Stands in for build/release/tests/archive_runner or op_runner where a script takes one: runs it on an emulated CPU.
#   FACULA_EMULATE="--cpu corei7_skylake_x" FACULA_RUNNER=op_runner tests/ops/compare.py tools/emulate/runner.sh 'aten::conv'
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
program=$here/../../build/release/tests/${FACULA_RUNNER:-archive_runner}
[ "${1:-}" != --list ] || exec "$program" --list

run() {  # CASES RESULTS FIRST
  local out files=() archive
  out=$(mktemp -d)
  for archive in *.pt; do [ ! -e "$archive" ] || files+=(--file "$archive"); done  # what cases name
  # shellcheck disable=SC2086
  "$here/emulate.py" --cache "$here/../../build/emulate" ${FACULA_EMULATE:-} --program "$program" --file "$1=cases" "${files[@]}" \
    --out "$out" -- "grep -q avx512f /proc/cpuinfo && ${FACULA_PRECISION:+FACULA_PRECISION=$FACULA_PRECISION }$(basename "$program") cases out/results ${3:-0}" \
    >"$here/../../build/emulate.log" 2>&1 || true  # a crash in there leaves the results before it
  [ ! -e "$out/out/results" ] || cat "$out/out/results" >>"$2"
  [ -e "$out/out/results" ] || kill "$PPID"  # it did not come to the cases: asking again for each would take hours
  rm -rf "$out"
}
run "$@"
