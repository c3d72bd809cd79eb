#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The documentation does what it says.
#  1. every line of the ```sh blocks of README.md, docs/tour.md and the model pages
#     succeeds, one after the other in a scratch folder that looks like the project's root; lines that clone,
#     install or take long are left out: other tests run them
#  2. a line that ends in "# exits with N" exits with N, and what it writes to standard error
#     stands in the document
#  3. the ```toml block of docs/tour.md is docs/tour.toml
#  4. relative links of README.md and docs/ lead somewhere
#  5. some page of docs/ names every attribute and trace source of model/
# First it proves on planted documents that it can fail.
#
# usage: readme-commands.sh SOURCE_DIR BUILD_DIR SHARDSIM
set -u
source_dir=$(cd "${1:?usage: readme-commands.sh SOURCE_DIR BUILD_DIR SHARDSIM}" && pwd)
shardsim=$(readlink -f "${3:?usage: readme-commands.sh SOURCE_DIR BUILD_DIR SHARDSIM}")
[ -x "$shardsim" ] || { echo "$shardsim is no program"; exit 1; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Makes the folder $1 look like the project's root, with the built program for the launcher.
make_root()
{
    mkdir -p "$1"
    local entry
    for entry in "$source_dir"/*; do
        case ${entry##*/} in
        shardsim | build* | results | *.sqlite) ;;
        *) ln -s "$entry" "$1/" ;;
        esac
    done
    printf '#!/bin/sh\nexec "%s" "$@"\n' "$shardsim" >"$1/shardsim"
    chmod +x "$1/shardsim"
}

# Prints the lines of the blocks of the language $1 in the document $2.
blocks()
{
    awk -v fence='```'"$1" '$0 == fence { inside = 1; next } /^```/ { inside = 0 } inside' "$2"
}

# Runs the commands of the document $1 in the folder $2. Fails when one does, or when there is none.
run_document()
{
    local line expected status number=0 failed=0
    while IFS= read -r line; do
        case $line in
        '' | '#'* | *'git clone'* | *apt-get* | *'./shardsim test'* | *'./shardsim demo'* | \
            *'./shardsim validate'*) continue ;;
        esac
        expected=0
        [[ $line =~ \#\ exits\ with\ ([0-9]+)$ ]] && expected=${BASH_REMATCH[1]}
        (cd "$2" && timeout 300 bash -c "$line") >"$scratch/out" 2>"$scratch/err" </dev/null
        status=$?
        number=$((number + 1))
        if [ "$status" -ne "$expected" ]; then
            echo "${1##*/}: exit code $status, not $expected: $line"
            tail -n 5 "$scratch/err"
            failed=1
        elif [ "$expected" -ne 0 ] && ! grep -qxF -f "$scratch/err" "$1"; then
            echo "${1##*/}: does not show what this says: $line"
            cat "$scratch/err"
            failed=1
        fi
    done < <(blocks sh "$1")
    [ "$number" -gt 0 ] || { echo "${1##*/}: no command found"; failed=1; }
    echo "${1##*/}: $number commands run"
    return $failed
}

# Prints relative links of the document $1 that lead nowhere.
dead_links()
{
    local target
    grep -oE '\]\([^)# ]+' "$1" | cut -c3- | grep -vE '^[a-z]+:' | while IFS= read -r target; do
        [ -e "$(dirname "$1")/$target" ] || echo "${1#"$source_dir"/}: no such file: $target"
    done
}

failures=0
fail()
{
    echo "FAILED: $*"
    failures=1
}

# It can fail: a command that fails, none at all, another exit code, another message.
mkdir "$scratch/planted"
printf '```sh\ntrue\nfalse\n```\n' >"$scratch/planted/fails.md"
printf '```text\nfalse\n```\n' >"$scratch/planted/none.md"
printf '```sh\ntrue # exits with 2\n```\n' >"$scratch/planted/code.md"
printf '```sh\necho no >&2; exit 2 # exits with 2\n```\nyes\n' >"$scratch/planted/message.md"
for planted in "$scratch"/planted/*.md; do
    run_document "$planted" "$scratch" >/dev/null 2>&1 && fail "${planted##*/} should fail"
done
printf '```sh\necho no >&2; exit 2 # exits with 2\n```\nno\n' >"$scratch/planted/good.md"
run_document "$scratch/planted/good.md" "$scratch" >/dev/null || fail "good.md should pass"

mapfile -t pages < <(cd "$source_dir" && grep -l '^```sh' docs/*.md | grep -v docs/tour.md)
[ "${#pages[@]}" -ge 5 ] || fail "too few pages found in docs/"
for document in README.md docs/tour.md "${pages[@]}"; do
    root=$scratch/${document//\//-}
    make_root "$root"
    run_document "$source_dir/$document" "$root" || fail "commands of $document"
done

blocks toml "$source_dir/docs/tour.md" | cmp - "$source_dir/docs/tour.toml" ||
    fail "docs/tour.md shows another file than docs/tour.toml"

for document in "$source_dir"/README.md "$source_dir"/docs/*.md "$source_dir"/docs/decisions/*.md; do
    dead=$(dead_links "$document")
    [ -z "$dead" ] || fail "$dead"
done

# "Name" of AddAttribute("Name" or AddTraceSource("Name", also where a line ends in between.
names=$(find "$source_dir/model" -name '*.cc' -exec cat {} + | tr -d '\n' |
    grep -oE 'Add(Attribute|TraceSource)\( *"[A-Za-z]+"' | cut -d'"' -f2 | sort -u)
[ "$(wc -w <<<"$names")" -ge 30 ] || fail "too few attributes found in model/"
for name in $names; do
    grep -qE "^\|.*\`$name\`" "$source_dir"/docs/*.md || fail "no page of docs/ names $name"
done
exit $failures
