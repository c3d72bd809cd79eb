#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Includes go downwards only. Fails, naming file and line, on
#  1. an include of a room that the including room may not know (the table below)
#  2. any ns-3 header on the ground floor (codec, predict, secure, graph)
#  3. anything of ns-3, the model or the scenarios in analysis/
#  4. a header of an external library in a public header (model/ and helper/)
#  5. a header of another room that is not included as "ns3/x.h", and any path with ".."
# First it proves on trees with planted violations that it can fail.
#
# usage: include-direction.sh SOURCE_DIR [BUILD_DIR [SHARDSIM]]
set -u
source_dir=${1:?usage: include-direction.sh SOURCE_DIR [BUILD_DIR [SHARDSIM]]}

# Prints violations in the tree $1, one a line, and a last line with what was looked at.
check()
{
    (
        cd "$1" || exit 2
        # grep's lines, "path:number:text", in a stable order; headers are needed for the map.
        find model helper analysis scenarios examples -type f \( -name '*.h' -o -name '*.cc' \) \
            2>/dev/null | LC_ALL=C sort >"$scratch/files"
        xargs grep -nE '^[[:space:]]*#[[:space:]]*include' /dev/null <"$scratch/files" \
            >"$scratch/includes"
        awk -v files="$scratch/files" '
            function room_of(path,    part)
            {
                split(path, part, "/")
                return part[1] == "model" ? part[2] : part[1]
            }
            function complain(text)
            {
                print where ": " text
                ++violations
            }
            BEGIN {
                ground = "containers codec predict secure graph"
                base = ground " wire link transport"
                middle = "rewriting crypto transform reassembly control offload endpoint content"
                # Which other rooms a room may include.
                may["containers"] = may["codec"] = may["predict"] = may["secure"] = may["graph"] = ""
                may["wire"] = ground
                may["link"] = ground " wire"
                may["transport"] = ground " wire link"
                may["rewriting"] = may["crypto"] = base
                may["transform"] = base " rewriting crypto"
                may["reassembly"] = base " crypto"
                may["control"] = base " rewriting crypto transform reassembly"
                may["offload"] = may["endpoint"] = may["content"] = base
                may["helper"] = base " " middle
                may["examples"] = base " " middle " helper"
                may["scenarios"] = base " " middle " helper analysis"
                may["analysis"] = ""
                while ((getline path < files) > 0) {
                    exists[path] = 1
                    if (path ~ /^(model|helper)\/.*\.h$/) {
                        name = path
                        sub(/.*\//, "", name)
                        home[name] = room_of(path)
                    }
                    ++looked
                }
            }
            {
                match($0, /:[0-9]+:/)
                path = substr($0, 1, RSTART - 1)
                where = path substr($0, RSTART, RLENGTH - 1)
                text = substr($0, RSTART + RLENGTH)
                if (!match(text, /["<][^">]+[">]/))
                    next
                target = substr(text, RSTART + 1, RLENGTH - 2)
                quoted = substr(text, RSTART, 1) == "\""
                room = room_of(path)
                is_ground = (" " ground " ") ~ (" " room " ")
                ++includes
                if (!(room in may)) {
                    complain("room " room " has no place in the order of rooms")
                    next
                }
                if (target ~ /\.\./) {
                    complain("leaves its folder: " target)
                    next
                }
                if (path ~ /^(model|helper)\/.*\.h$/ &&
                    target ~ /^(Eigen|boost|isa-l|libxml2?|CLI|nlohmann|toml\+\+|gtest)(\/|\.h|$)|^(isa-l|sodium|sqlite3|toml)(\.h|\.hpp|\/)/)
                    complain("external library in a public header: " target)
                folder = path
                sub(/[^\/]*$/, "", folder)
                to = ""
                if (target ~ /^ns3\//) {
                    name = substr(target, 5)
                    if (name in home)
                        to = home[name]
                    else if (is_ground || room == "analysis")
                        complain(room " must not know ns-3: " target)
                } else if (target ~ /^(analysis|scenarios|model|helper|examples|test)\//) {
                    to = room_of(target)
                } else if (quoted && !((folder target) in exists)) {
                    if (target in home)
                        complain("of another room: write \"ns3/" target "\"")
                    next
                }
                if (to != "" && to != room && (" " may[room] " ") !~ (" " to " "))
                    complain(room " must not include " to ": " target)
            }
            END {
                printf "%d violations in %d includes of %d files\n", violations, includes, looked
            }' "$scratch/includes"
    )
}

scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT

# A small tree in which all is in order; $1 of it is then replaced by the line $2.
plant()
{
    rm -rf "$scratch/tree"
    mkdir -p "$scratch"/tree/{model/{codec,graph,wire,transport,rewriting,transform,reassembly,offload,endpoint},helper,analysis,scenarios,examples}
    (
        cd "$scratch/tree" || exit 2
        echo '#include <vector>' >model/codec/shard-c.h
        echo '#include <boost/graph/graph_traits.hpp>' >model/graph/shard-g.cc
        echo '#include "ns3/shard-c.h"' >model/wire/shard-w.h
        echo '#include "ns3/packet.h"' >model/transport/shard-t.h
        echo '#include "ns3/shard-t.h"' >model/rewriting/shard-r.h
        echo '#include "ns3/shard-r.h"' >model/transform/shard-x.h
        echo '#include "ns3/shard-w.h"' >model/reassembly/shard-y.h
        echo '#include "shard-y.h"' >model/reassembly/shard-y.cc
        echo '#include "ns3/shard-w.h"' >model/offload/offload-o.h
        echo '#include "ns3/shard-w.h"' >model/endpoint/endpoint-e.h
        echo '#include "ns3/shard-y.h"' >helper/shard-h.h
        echo '#include <sqlite3.h>' >analysis/store.cc
        echo '#include <string>' >analysis/store.h
        echo '#include "analysis/store.h"' >scenarios/run.cc
        echo '#include "ns3/shard-h.h"' >examples/shard-e.cc
        [ $# -eq 0 ] || echo "$2" >"$1"
    )
}

expect()
{
    local want=$1 file=$2 line=$3
    plant "$file" "$line"
    if ! check "$scratch/tree" | grep -qF -- "$file:1: $want"; then
        echo "self-check: '$line' in $file was not found to be a violation ($want); found:"
        check "$scratch/tree"
        exit 1
    fi
}

plant
if [ "$(check "$scratch/tree")" != "0 violations in 15 includes of 15 files" ]; then
    echo "self-check: a tree in order was found not to be:"
    check "$scratch/tree"
    exit 1
fi
expect 'codec must not know ns-3' model/codec/shard-c.h '#include "ns3/packet.h"'
expect 'graph must not know ns-3' model/graph/shard-g.cc '#  include <ns3/nstime.h>'
expect 'codec must not include wire' model/codec/shard-c.h '#include "ns3/shard-w.h"'
expect 'graph must not include codec' model/graph/shard-g.cc '#include "ns3/shard-c.h"'
expect 'wire must not include transport' model/wire/shard-w.h '#include "ns3/shard-t.h"'
expect 'transport must not include rewriting' model/transport/shard-t.h '#include "ns3/shard-r.h"'
expect 'rewriting must not include transform' model/rewriting/shard-r.h '#include "ns3/shard-x.h"'
expect 'reassembly must not include transform' model/reassembly/shard-y.cc '#include <ns3/shard-x.h>'
expect 'transform must not include reassembly' model/transform/shard-x.h '#include "ns3/shard-y.h"'
expect 'endpoint must not include offload' model/endpoint/endpoint-e.h '#include "ns3/offload-o.h"'
expect 'wire must not include helper' model/wire/shard-w.h '#include "ns3/shard-h.h"'
expect 'wire must not include analysis' model/wire/shard-w.h '#include "analysis/store.h"'
expect 'helper must not include scenarios' helper/shard-h.h '#include "scenarios/run.h"'
expect 'examples must not include scenarios' examples/shard-e.cc '#include "scenarios/run.h"'
expect 'analysis must not know ns-3' analysis/store.h '#include "ns3/nstime.h"'
expect 'analysis must not include codec' analysis/store.cc '#include "ns3/shard-c.h"'
expect 'analysis must not include scenarios' analysis/store.cc '#include "scenarios/run.h"'
expect 'of another room' model/wire/shard-w.h '#include "shard-c.h"'
expect 'leaves its folder' model/wire/shard-w.h '#include "../codec/shard-c.h"'
for header in Eigen/Dense boost/graph/graph_traits.hpp isa-l/crc.h isa-l.h sodium.h \
    sodium/core.h sqlite3.h libxml/tree.h toml++/toml.h; do
    expect 'external library in a public header' model/wire/shard-w.h "#include <$header>"
    expect 'external library in a public header' helper/shard-h.h "#include <$header>"
done
plant
mkdir -p "$scratch/tree/model/attic" && echo '#include <map>' >"$scratch/tree/model/attic/a.h"
check "$scratch/tree" | grep -q 'room attic has no place' || {
    echo "self-check: an unknown room was not found"
    exit 1
}

check "$source_dir" | tee "$scratch/report"
# A tree in which nothing was looked at is no tree of ours.
grep -qE '^0 violations in [0-9]{3,} includes of [0-9]{2,} files$' "$scratch/report"
