#!/usr/bin/env bash
# Runs a node under the harness that measures other systems, and prints its JSON row last.
# The settings of its first lines (SMOKE, ONLY, REPS, E2E_SECS, SRV_CPUS, ...) work here too.
usage() {
  cat <<'TEXT'
PEERS_HARNESS=<dir> scripts/peer/run.sh

  PEERS_HARNESS   directory of the harness: common/lib.sh, common/Load.java (see its README)
  BENCH_WORK      where it keeps data and logs (target/peer)
  NODE_SETTINGS   further words for the node, such as "--set rocksdb.wal=..."
  SMOKE=1         only see whether it works

The function runs inside the node, as a verticle that writes the ledger the harness reads.
TEXT
}
case "${1:-}" in -h | --help) usage; exit 0 ;; esac
[ -n "${PEERS_HARNESS:-}" ] || { usage >&2; exit 2; }

HERE="$(cd "$(dirname "$0")" && pwd)"
REPO="$(cd "$HERE/../.." && pwd)"
"$REPO/scripts/bench" --prepare || exit 1
export BENCH_WORK="${BENCH_WORK:-$REPO/target/peer}"
cd "$PEERS_HARNESS" || exit 1
# shellcheck disable=SC1091
. "$PEERS_HARNESS/common/lib.sh"

PEER=${PEER_NAME:-perdure}
VERSIONS="perdure $(git -C "$REPO" rev-parse --short HEAD), $(java -version 2>&1 | sed -n 2p)"
DURABILITY="defaults: fsync on every commit; idempotency key per request, records kept 72 h"
ADAPTER="$BENCH_WORK/perdure.properties"
TOKEN=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
URL=http://127.0.0.1:9190
ACCOUNTS="$BENCH_WORK/perdure-accounts.json"
export REPO TOKEN URL ACCOUNTS
sed "s/@TOKEN@/$TOKEN/" "$HERE/adapter.properties" > "$ADAPTER"
(umask 077 && cat > "$ACCOUNTS") <<JSON
{"accounts":[{"id":"1234567890123456","name":"bench","keys":[],"tokens":["$TOKEN"]}]}
JSON

srv() {
  # shellcheck disable=SC2086
  spawn server java "@$REPO/conf/jvm.options" -XX:SharedArchiveFile="$REPO/target/perdure.jsa" \
    ${NODE_JVM:-} -jar "$REPO/target/perdure.jar" --set http.port=9190 \
    --set data.dir="$DATA" --set accounts.file="$ACCOUNTS" \
    --set verticles=io.perdure.example.LedgerVerticle ${NODE_SETTINGS:-}
}
put_function() {
  curl -s -f -o /dev/null -X PUT -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' \
    -d '{"runtime":{"kind":"event-bus","address":"perdure.fn.default.ledger"},"concurrency":100}' \
    "$URL/v1/namespaces/default/functions/ledger"
}
export -f srv
peer_start() { srv; for _ in $(seq 1 400); do put_function && return; sleep 0.05; done; echo "no node" >&2; return 1; }
peer_stop() { :; }
peer_crash() { kill9 "$(pid server)"; srv; } # functions are durable too
bench_main
