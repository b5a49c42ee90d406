#!/usr/bin/env bash
# A private PostgreSQL cluster for one run of the tests.
# Usage: postgres.sh start DIR PORT | stop DIR
set -euo pipefail

bin=$(compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -n 1 || true)
[ -n "$bin" ] || bin=$(dirname "$(command -v initdb)")
dir=$2

# PostgreSQL refuses to run as root; then an account that Debian's package made runs it.
run() {
  if [ "$(id -u)" -eq 0 ]; then
    runuser -u postgres -- "$@"
  else
    "$@"
  fi
}

case "$1" in
  start)
    port=$3
    mkdir -p "$dir"
    if [ "$(id -u)" -eq 0 ]; then
      id postgres >/dev/null 2>&1 || useradd --system --no-create-home postgres
      chown postgres "$dir"
    fi
    cd "$dir"
    run "$bin/initdb" -D "$dir/data" -U mundap -A trust -E UTF8 --locale=C.UTF-8 >"$dir/initdb.log" 2>&1 ||
      { cat "$dir/initdb.log" >&2; exit 1; }
    # A test database may lose its last second at a power cut; a kill of the server it must survive, so fsync stays on
    # for the tests of exactly that, which say so themselves.
    run "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w \
      -o "-p $port -k $dir -c listen_addresses=127.0.0.1 -c max_connections=300 -c synchronous_commit=${PG_SYNC:-off}" start >/dev/null ||
      { cat "$dir/log" >&2; exit 1; }
    ;;
  stop)
    cd /
    run "$bin/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null 2>&1 || true
    ;;
esac
