#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Every sweep of the tunnel that is shipped runs over computed paths, and gives the rows that it gives over the
# full stack (all metrics but those of the simulation itself).
#
# usage: sweeps-over-paths.sh SOURCE_DIR BUILD_DIR SHARDSIM
set -eu
source_dir=${1:?usage: sweeps-over-paths.sh SOURCE_DIR BUILD_DIR SHARDSIM}
shardsim=${3:?usage: sweeps-over-paths.sh SOURCE_DIR BUILD_DIR SHARDSIM}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# The rows without what the transport is allowed to change.
rows()
{
    # Columns are counted from the end, because names of cases hold commas.
    "$shardsim" export "$1" --csv |
        awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i ~ /^sim\.|transport/) skip[NF - i] = 1 }
                 { line = ""; for (i = 1; i <= NF; i++) if (!(NF - i in skip)) line = line "," $i
                   print line }' | sort
}

count=0
for sweep in "$source_dir"/scenarios/*.toml; do
    grep -q '^scenario = "tunnel"' "$sweep" || continue
    name=$(basename "$sweep" .toml)
    for transport in stack path; do
        "$shardsim" sweep "$sweep" --set "transport=$transport" --set traffic.datagrams=60 --runs 1 \
            --quiet --out "$scratch/$name-$transport.sqlite" >/dev/null
        rows "$scratch/$name-$transport.sqlite" >"$scratch/$transport"
    done
    [ "$(wc -l <"$scratch/path")" -gt 5 ] || { echo "$name: no rows" && exit 1; }
    diff "$scratch/stack" "$scratch/path" | head -n 20
    cmp -s "$scratch/stack" "$scratch/path" || { echo "$name: differs over computed paths" && exit 1; }
    count=$((count + 1))
done
[ "$count" -ge 6 ] || { echo "only $count sweeps found" && exit 1; }
echo "$count sweeps give the same rows over both transports"
