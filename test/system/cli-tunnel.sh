#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The program as scripts use it:
#  1. `run --json` prints one line, an object with the five keys, and nothing else
#  2. a sweep gives the same rows with 1, 2 and 8 jobs, and after being killed again and again
#  3. table, compare and plot (lines, a heat map) read its results; --dry-run writes nothing
#  4. wrong requests: exit 2, the place named, nothing written; no place for results: an error
#
# usage: cli-tunnel.sh SOURCE_DIR BUILD_DIR SHARDSIM
set -eu
shardsim=${3:?usage: cli-tunnel.sh SOURCE_DIR BUILD_DIR SHARDSIM}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

fail()
{
    echo "cli-tunnel: $*"
    exit 1
}

"$shardsim" run tunnel --set traffic.datagrams=20 --json >one.json 2>err
[ ! -s err ] && [ "$(wc -l <one.json)" -eq 1 ] || fail "--json prints more than one line"
for key in scenario seed run parameters metrics provenance; do
    grep -q "\"$key\":" one.json || fail "--json lacks $key"
done

cat >sweep.toml <<'END'
scenario = "tunnel"
runs = 4
[set]
traffic.datagrams = 400
sharding.shards = 8
fec.code = "rs"
loss.model = "iid"
[sweep]
fec.repair = [0, 2]
loss.rate = [0.01, 0.1]
[[figure]]
x = "loss.rate"
y = "datagrams.loss_ratio"
[[figure]]
kind = "heatmap"
x = "fec.repair"
y = "loss.rate"
z = "latency.p99_ms"
END
# The rows without the one column that host time decides.
rows()
{
    "$shardsim" export "$1" --csv |
        awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i ~ /wall/) skip[i] = 1 }
                 { line = ""; for (i = 1; i <= NF; i++) if (!(i in skip)) line = line "," $i
                   print line }' | sort
}
"$shardsim" sweep sweep.toml --dry-run >/dev/null
[ ! -e results ] || fail "--dry-run wrote something"
for jobs in 1 2 8; do
    "$shardsim" sweep sweep.toml --jobs "$jobs" --quiet --out "$jobs.sqlite" >/dev/null
    rows "$jobs.sqlite" >"$jobs.rows"
    cmp "1.rows" "$jobs.rows" || fail "other numbers with $jobs jobs"
done
[ "$(wc -l <1.rows)" -eq 17 ] || fail "$(wc -l <1.rows) rows for 16 runs and a header"
for round in 1 2 3 4 5; do
    "$shardsim" sweep sweep.toml --jobs 2 --quiet --out killed.sqlite >/dev/null 2>&1 &
    sleep "0.$round"
    kill -9 $! 2>/dev/null || true
    wait $! 2>/dev/null || true
done
"$shardsim" sweep sweep.toml --jobs 2 --quiet --out killed.sqlite >/dev/null
rows killed.sqlite >killed.rows
cmp 1.rows killed.rows || fail "a killed sweep ends with other rows"

"$shardsim" table 1.sqlite | grep -q 'latency.p99_ms' || fail "the table lacks the heat map's metric"
"$shardsim" compare 1.sqlite --by fec.repair --metric datagrams.loss_ratio >/dev/null
"$shardsim" plot 1.sqlite --out figures >/dev/null 2>&1
[ "$(find figures -name '*.png' | wc -l)" -ge 2 ] || fail "figures are missing"

wrong()
{
    local said=$1 code=0
    shift
    "$shardsim" "$@" >out 2>err || code=$?
    [ "$code" -eq 2 ] || fail "exit $code instead of 2: $*"
    grep -qF -- "$said" err || { cat err; fail "no '$said': $*"; }
    [ "$(wc -l <err)" -eq 1 ] || { cat err; fail "more than a line: $*"; }
    [ ! -e bad.sqlite ] || fail "something was written: $*"
}
sed 's/loss.rate = .*/loss.rate = [0.01, 2.0]/' sweep.toml >bad.toml
wrong "bad.toml:10" sweep bad.toml --out bad.sqlite
sed 's/fec.code/fec.kode/' sweep.toml >bad.toml
wrong "bad.toml:6" sweep bad.toml --out bad.sqlite
wrong "topology.trace" sweep sweep.toml --out bad.sqlite --set topology.trace=/no/such.file
wrong "latency.p99_ms" compare 1.sqlite --by fec.repair --metric latency.p9_ms
wrong "did you mean" run tunnel --set traffic.datagram=1
code=0
"$shardsim" sweep sweep.toml --quiet --out /proc/no.sqlite >out 2>err || code=$?
[ "$code" -ne 0 ] && [ -s err ] || fail "no error where results cannot be kept"
echo "cli-tunnel: as promised"
