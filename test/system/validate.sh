#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Every model against its closed form, over the full stack and over computed paths: all rows pass,
# there are at least twenty, and each has an expected and a measured number.
#
# usage: validate.sh SOURCE_DIR BUILD_DIR SHARDSIM
set -eu
shardsim=${3:?usage: validate.sh SOURCE_DIR BUILD_DIR SHARDSIM}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

for transport in stack path; do
    code=0
    # Nothing but the tunnel has a transport: once is enough for all the rest.
    only=
    [ "$transport" = stack ] || only=tunnel
    "$shardsim" validate $only --set "transport=$transport" --jobs "$(nproc)" --json \
        >"$scratch/rows.json" || code=$?
    rows=$(grep -c '"verdict": "pass"' "$scratch/rows.json" || true)
    failed=$(grep -c '"verdict": "fail"' "$scratch/rows.json" || true)
    numbers=$(grep -cE '"(expected|measured)": [0-9]' "$scratch/rows.json" || true)
    if [ "$code" -ne 0 ] || [ "$failed" -ne 0 ] || [ "$rows" -lt 20 ] ||
       [ "$numbers" -ne $((2 * rows)) ]; then
        cat "$scratch/rows.json"
        echo "validate: $transport: exit $code, $rows passed, $failed failed, $numbers numbers"
        exit 1
    fi
    echo "validate: $transport: $rows rows passed"
done
