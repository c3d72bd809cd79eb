#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A long fuzz campaign: every target of this folder, or those that are named, one after the other,
# for so many inputs each. What it learns is kept in BUILD_DIR/fuzz/TARGET, beside which what broke
# a target is left, and the corpus of the source tree stays as it is. For hours, so not among the
# tests; those run the corpus.
#
# CC=clang CXX=clang++ cmake -B BUILD_DIR -G Ninja -DSHARDING_FUZZ=ON -DSHARDING_SANITIZE=address,undefined
#
# usage: campaign.sh BUILD_DIR [INPUTS [TARGET]...]    20 million inputs, if nothing else is said
set -eu
source_dir=$(cd "$(dirname "$0")/../.." && pwd)
build=${1:?usage: campaign.sh BUILD_DIR [INPUTS [TARGET]...]}
targets=("${@:3}")
if [ ${#targets[@]} -eq 0 ]; then
    for target in "$source_dir"/test/fuzz/*-fuzz.cc; do
        targets+=("$(basename "$target" -fuzz.cc)")
    done
fi
inputs=${2:-$((20000000 / ${#targets[@]}))}
ninja -C "$build" "${targets[@]/%/-fuzz}" >/dev/null

failed=0
for target in "${targets[@]}"; do
    kept=$build/fuzz/$target
    mkdir -p "$kept"
    # 4096 is longer than anything that the targets read needs to be; leaks are ns-3's registries.
    if ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 \
        "$build/test/$target-fuzz" -runs="$inputs" -max_len=4096 -print_final_stats=1 \
        -artifact_prefix="$build/fuzz/$target-" "$kept" "$source_dir/test/fuzz/corpus/$target" \
        >"$build/fuzz/$target.log" 2>&1; then
        verdict="nothing found"
    else
        verdict="FOUND SOMETHING: see $build/fuzz/$target.log"
        failed=1
    fi
    echo "$target: $(sed -n 's/^stat::number_of_executed_units: *//p' "$build/fuzz/$target.log")" \
        "inputs, $verdict"
done
exit $failed
