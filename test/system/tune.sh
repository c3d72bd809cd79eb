#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What `tune` says when it has nothing to build (a build takes ten minutes, and is not tried here):
#  1. --help and --undo without a tuned ns-3: exit 0; an unknown option: exit 2, and what is allowed
#  2. a tuned ns-3 that is there is not built again, and --undo takes it away with its build folder
#
# usage: tune.sh SOURCE_DIR BUILD_DIR SHARDSIM
set -eu
source_dir=${1:?usage: tune.sh SOURCE_DIR BUILD_DIR SHARDSIM}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/cmake"
cp "$source_dir/shardsim" "$scratch/"
cp "$source_dir/cmake/tune.sh" "$scratch/cmake/"
cd "$scratch"

# Runs "$3..." and expects exit code $1 and the text $2.
expect()
{
    local code=0 wanted=$1 text=$2
    shift 2
    "$@" >out 2>&1 || code=$?
    [ "$code" -eq "$wanted" ] && grep -qF -- "$text" out && return
    echo "tune: exit $code, not $wanted, or no '$text': $*"
    cat out
    exit 1
}

expect 0 "usage: ./shardsim tune" ./shardsim tune --help
expect 0 "nothing to undo" ./shardsim tune --undo
expect 2 "allowed: --undo" ./shardsim tune --faster
mkdir -p .tune/ns-3 build-tuned
expect 0 "done already" bash -c '. ./cmake/tune.sh; say() { echo "$@"; }; root=$PWD; tuned=$root/.tune/ns-3; tune'
expect 0 "undone" ./shardsim tune --undo
[ ! -e .tune ] && [ ! -e build-tuned ] || { echo "tune: --undo left something behind" && exit 1; }
echo "tune: says what it should"
