#!/usr/bin/env bash
# Builds the release binary and measures it, each figure beside its limit of the same run.
# Usage: bench.sh [sqlite|postgres|board|mail-in|mails|sending|demo]   (without a name: all)
set -euo pipefail
cd "$(dirname "$0")/../.."
target=${CARGO_TARGET_DIR:-target}

echo "== building for release (cold: many minutes)"
cargo build --release --quiet -p mundap -p bench

scratch=$(mktemp -d)
chmod 755 "$scratch"
cleanup() {
  tests/setup/postgres.sh stop "$scratch/postgres"
  rm -rf "$scratch"
}
trap cleanup EXIT
port=$((20000 + RANDOM % 10000))
# A commit that was acknowledged is on the disk, as in production.
PG_SYNC=on tests/setup/postgres.sh start "$scratch/postgres" "$port"
export MUNDAP_TEST_POSTGRES="postgres://mundap@127.0.0.1:$port/postgres"
"$target/release/bench" "$@"
