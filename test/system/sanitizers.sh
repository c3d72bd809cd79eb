#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The tests of the module once more, built with AddressSanitizer and UndefinedBehaviorSanitizer:
# a report of either fails. Every folder of test/ that has tests is a room, and every fuzz target
# runs its corpus; of each scenario there is a short run. Left out are the rooms analysis (no memory
# of its own making: SQLite and gnuplot do the work) and scenarios (whole runs and processes, for
# many minutes). The rooms that neither read foreign bytes nor own memory by hand, and take
# longest to build, are looked at with SHARDING_SLOW=1 only, so that all tests end in 45 minutes.
#
# Leaks are not looked for: ns-3's libraries keep their registries until the process ends.
#
# usage: sanitizers.sh SOURCE_DIR BUILD_DIR SHARDSIM
set -eu
source_dir=${1:?usage: sanitizers.sh SOURCE_DIR BUILD_DIR SHARDSIM}
tree=${2:?}/sanitized
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

echo 'int main() { return 0; }' >"$scratch/probe.cc"
if ! c++ -fsanitize=address,undefined "$scratch/probe.cc" -o "$scratch/probe" 2>/dev/null; then
    echo "sanitizers: this compiler has none"
    exit 77
fi
launcher=()
! command -v ccache >/dev/null || launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
ns3=$(sed -n 's/^ns3_DIR:PATH=//p' "$2/CMakeCache.txt")
cmake -S "$source_dir" -B "$tree" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo \
    -DCMAKE_CXX_FLAGS_RELWITHDEBINFO="-O1 -g1" -DSHARDING_SANITIZE=address,undefined \
    ${ns3:+-Dns3_DIR="$ns3"} "${launcher[@]}" >"$scratch/log" 2>&1 ||
    { cat "$scratch/log"; exit 1; }

rooms=()
for folder in "$source_dir"/test/*/; do
    room=$(basename "$folder")
    case $room in
    analysis | scenarios) continue ;;
    control | crypto | predict | offload | endpoint | content)
        [ -n "${SHARDING_SLOW:-}" ] || continue
        ;;
    esac
    ! compgen -G "$folder*-test.cc" >/dev/null || rooms+=("$room")
done
fuzzers=()
for fuzzer in "$source_dir"/test/fuzz/*-fuzz.cc; do fuzzers+=("$(basename "$fuzzer" .cc)"); done
ninja -C "$tree" "${rooms[@]/%/-test}" "${fuzzers[@]/%/-replay}" shardsim >"$scratch/log" 2>&1 ||
    { tail -n 60 "$scratch/log"; exit 1; }

export ASAN_OPTIONS=detect_leaks=0:abort_on_error=0:exitcode=99
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
for room in "${rooms[@]}"; do
    # Death tests fork a process whose end is the point; under a sanitizer it is another end.
    "$tree/test/$room-test" --gtest_brief=1 --gtest_filter='-*Death*' >"$scratch/log" 2>&1 ||
        { tail -n 60 "$scratch/log"; echo "sanitizers: $room-test failed"; exit 1; }
    echo "$room: $(tail -n 1 "$scratch/log")"
done
for fuzzer in "${fuzzers[@]}"; do
    "$tree/test/$fuzzer-replay" "$source_dir/test/fuzz/corpus/${fuzzer%-fuzz}" \
        >"$scratch/log" 2>&1 ||
        { tail -n 60 "$scratch/log"; echo "sanitizers: $fuzzer failed"; exit 1; }
done
# Of each scenario a run of seconds: what tests of single parts do not put together, such as links
# that outlive the trace that they follow.
runs=("tunnel --set traffic.datagrams=300 --set payload=real --set crypto.units=3
         --set topology.paths=2 --set loss.model=iid --set loss.rate=0.05 --set arq.enabled=true
         --set sharding.policy=adaptive"
    "tunnel --set transport=path --set traffic.datagrams=300 --set reassembly.release=predictive
         --set loss.model=iid --set loss.rate=0.05 --set arq.enabled=true"
    "offload --set duration=300ms"
    "endpoints --set requests.count=2000 --set scale.policy=forecast --set endpoint.hops=2"
    "content --set transport=tcp --set clients.count=2 --set movie.live=true --set movie.length=6s
         --set network.period=500ms --set client.live_delay=14s")
for run in "${runs[@]}"; do
    # shellcheck disable=SC2086 # words
    "$tree/shardsim" run $run >"$scratch/log" 2>&1 ||
        { tail -n 60 "$scratch/log"; echo "sanitizers: failed: run $run"; exit 1; }
done
echo "sanitizers: no report of ${#rooms[@]} rooms and ${#fuzzers[@]} fuzz targets and ${#runs[@]} runs"
