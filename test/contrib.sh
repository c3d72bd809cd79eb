#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The project inside an ns-3 tree: copies it to contrib/sharding of the tree, builds the module,
# its examples and shardsim there with warnings as errors, and runs one of each. Where the tree has
# been configured before with Ninja in cmake-cache, that folder is used again and little is rebuilt.
# Not among `./shardsim test`, because it needs the sources of ns-3 (3.42 to 3.48).
#
# usage: test/contrib.sh NS3_TREE      JOBS=N for other than 2 jobs
set -eu
[ $# -eq 1 ] || { echo "usage: test/contrib.sh NS3_TREE" >&2; exit 2; }
source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
[ -f "$1/VERSION" ] && [ -d "$1/contrib" ] && [ -d "$1/src/core" ] ||
    { echo "$1 is no ns-3 tree: it lacks VERSION, contrib/ or src/core/" >&2; exit 2; }
tree=$(cd "$1" && pwd)
version=$(cat "$tree/VERSION")
jobs=${JOBS:-2}
log=$(mktemp)
trap 'rm -f "$log"' EXIT

fail()
{
    echo "contrib.sh: $*" >&2
    exit 1
}

# Runs the command "$2..." and, where it fails, shows the end of what it printed.
step()
{
    local what=$1
    shift
    echo "$what"
    "$@" >"$log" 2>&1 || { tail -n 60 "$log" >&2; fail "failed: $what"; }
}

# Only what a clone has. Times are kept, so that what is unchanged is not built again.
copy()
{
    local target=$tree/contrib/sharding entry
    mkdir -p "$target"
    # A source that is gone must not linger in the copy, where the build would find it.
    find "$target" -type f -printf '%P\n' | while IFS= read -r entry; do
        [ -e "$source_dir/$entry" ] || rm -f "$target/$entry"
    done
    # Nor may ns-3's forwarding header of one that has moved: ns-3 does not write it again.
    grep -lsE "contrib/sharding/" "$tree"/build/include/ns3/shard-*.h | while IFS= read -r entry; do
        [ -e "$(sed -n 's/^#include "\(.*\)"$/\1/p' "$entry")" ] || rm -f "$entry"
    done
    for entry in "$source_dir"/*; do
        case ${entry##*/} in
        build* | results | *.sqlite*) ;;
        *) cp -a "$entry" "$target/" ;;
        esac
    done
}

modules="core;network;internet;applications;point-to-point;csma;traffic-control"
modules="$modules;virtual-net-device;stats;flow-monitor;bridge;sharding"
step "copying to ns-$version" copy
step "configuring ns-$version" cmake -S "$tree" -B "$tree/cmake-cache" -G Ninja \
    -DCMAKE_BUILD_TYPE=release "-DNS3_ENABLED_MODULES=$modules" -DNS3_TESTS=OFF \
    -DNS3_EXAMPLES=ON -DNS3_FILTER_MODULE_EXAMPLES_AND_TESTS=sharding \
    -DNS3_WARNINGS=ON -DNS3_WARNINGS_AS_ERRORS=ON
# CMake only warns where the module is left out for want of a package.
! grep -E 'sharding is left out|shardsim is left out' "$log" || fail "a package is missing"

examples=()
for source in "$source_dir"/examples/*.cc; do
    name=${source##*/}
    examples+=("${name%.cc}")
done
step "building the module, ${#examples[@]} examples and shardsim" \
    nice -n 5 ninja -C "$tree/cmake-cache" -j "$jobs" sharding "${examples[@]}" \
    shardsim shardsim-traces
# -Werror leaves some categories out (deprecated declarations), and the linker warns as well.
! grep -nE 'warning:|contrib/sharding.*[Ww]arning' "$log" || fail "the build has warnings"

# The names have ns-3's version in front and, for some profiles, a suffix.
program()
{
    local found
    found=$(find "$tree/build/contrib/sharding" -type f -executable -name "ns*-$1" | head -n 1)
    [ -n "$found" ] || fail "$1 was not built"
    printf '%s\n' "$found"
}

step "running shard-tunnel-simple" "$(program shard-tunnel-simple)" --packets=200
grep -qE '^packets sent +200$' "$log" && grep -qE '^packets received +(1[5-9][0-9]|200)$' "$log" &&
    grep -qE '^byte mismatches +0$' "$log" || { cat "$log" >&2; fail "the example's result"; }
for name in "${examples[@]}"; do
    [ "$name" != shard-tunnel-simple ] || continue
    step "running $name" timeout 120 "$(program "$name")"
done

scratch=$(mktemp -d)
trap 'rm -rf "$log" "$scratch"' EXIT
cd "$scratch"
step "running shardsim" "$(program shardsim)" run tunnel --set traffic.datagrams=100 --json
grep -qE '"datagrams.sent": *100\b' "$log" || { cat "$log" >&2; fail "shardsim's result"; }
# A sweep starts the program again for its workers.
step "running a sweep" "$(program shardsim)" sweep "$tree/contrib/sharding/scenarios/loss.toml" \
    --set traffic.datagrams=50 --runs 1 --quiet --out loss.sqlite
[ -s loss.sqlite ] || fail "the sweep left no results"
echo "contrib: the project builds without a warning and runs in ns-$version"
