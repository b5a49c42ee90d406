#!/usr/bin/env bash
# Runs the tests: unit tests, the stories on both engines, the browser's stories. Everything is run, also after a
# failure, and one summary stands at the end. A missing engine or tool fails the run; nothing is skipped.
# Usage: run.sh [units|sqlite|postgres|browser|chaos]…   (without a name: all but chaos, which stories run in short form)
set -uo pipefail
cd "$(dirname "$0")/../.."

parts=("$@")
[ ${#parts[@]} -gt 0 ] || parts=(units sqlite postgres browser)
wants() { [[ " ${parts[*]} " == *" $1 "* ]]; }

scratch=$(mktemp -d)
chmod 755 "$scratch"
log=$scratch/log
: >"$log"
cleanup() {
  tests/setup/postgres.sh stop "$scratch/postgres"
  rm -rf "$scratch"
}
trap cleanup EXIT

failed_parts=()
step() { # name command…
  local name=$1 from=$SECONDS
  shift
  echo "== $name"
  if ! "$@" 2>&1 | tee -a "$log"; then failed_parts+=("$name"); fi
  echo "== $name took $((SECONDS - from)) s"
}

echo "== building all tests (cold: some minutes)"
# One build of everything: without the tests' dependencies cargo would pick other features for the programs, and compile
# half of all crates a second time.
cargo build --quiet --workspace --all-features --all-targets || exit 1

if wants postgres || wants chaos; then
  port=$((20000 + RANDOM % 10000))
  echo "== starting PostgreSQL"
  tests/setup/postgres.sh start "$scratch/postgres" "$port" || exit 1
  export MUNDAP_TEST_POSTGRES="postgres://mundap@127.0.0.1:$port/postgres"
fi

# Everything is always selected, so that nothing is compiled a second time with other features; the stories' own target
# is the only one whose name is `stories`, and the pattern below means every other one.
tests=(cargo test --workspace --all-features)
# Half of a story's time is waiting, for mail servers and clocks: twice as many at once as there are cores.
stories=(--test-threads "$(($(nproc) * 2))")
wants units && step "units" "${tests[@]}" --lib --bins --test '[!s]*' --test 's[!t]*' --test story
wants sqlite && step "stories on SQLite" env MUNDAP_TEST_ENGINE=sqlite "${tests[@]}" --test stories -- "${stories[@]}"
wants postgres && step "stories on PostgreSQL" env MUNDAP_TEST_ENGINE=postgres "${tests[@]}" --test stories -- "${stories[@]}"
if wants chaos; then
  [ -z "${MUNDAP_TEST_LONG:-}" ] ||
    echo "== the long forms: kills, 20 moderators × 500 decisions at once, 400 sequences of deeds; each says what it did"
  step "chaos on SQLite" env MUNDAP_TEST_ENGINE=sqlite "${tests[@]}" --test stories chaos -- --nocapture
  step "chaos on PostgreSQL" env MUNDAP_TEST_ENGINE=postgres "${tests[@]}" --test stories chaos -- --nocapture
fi
wants browser && step "browser" tests/browser/run.sh

passed=$(grep -oE '[0-9]+ passed' "$log" | awk '{n += $1} END {print n + 0}')
failed=$(grep -oE '[0-9]+ failed' "$log" | awk '{n += $1} END {print n + 0}')
if [ ${#failed_parts[@]} -gt 0 ]; then
  printf '== FAILED: %s\n' "${failed_parts[@]}"
  grep -E '^test .* FAILED$|^not ok' "$log"
  [ "$failed" -gt 0 ] || failed=${#failed_parts[@]}
fi
echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
