#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What is installed is enough. Installs the build into a prefix of its own and looks at it from
# outside:
#  1. a program of another project finds the package, links the library and sends packets of an
#     unmodified ns-3 application through a tunnel
#  2. a program that names classes of ours by TypeId string only has them, also where the linker
#     drops unused libraries
#  3. the installed shardsim runs without the build folder and finds its sweeps in the prefix
#  4. a package of another version of ns-3 is turned down with the reason
#
# usage: install-package.sh SOURCE_DIR BUILD_DIR SHARDSIM
set -eu
build_dir=$(cd "${2:?usage: install-package.sh SOURCE_DIR BUILD_DIR SHARDSIM}" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
prefix=$scratch/prefix
cd "$scratch"

fail()
{
    echo "install-package: $*"
    exit 1
}

# Runs a command, of which only what it says when it fails is of interest.
quietly()
{
    "$@" >"$scratch/log" 2>&1 || { cat "$scratch/log"; fail "failed: $*"; }
}

quietly cmake --install "$build_dir" --prefix "$prefix"
config=$(find "$prefix" -name ns3-sharding-config.cmake)
[ -n "$config" ] || fail "no package file installed"
! grep -rlF "$build_dir" "$(dirname "$config")" || fail "the package names the build folder"

mkdir outside
cat >outside/CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.20)
project(outside LANGUAGES CXX)
find_package(ns3-sharding REQUIRED)
foreach(name tunnel by-name)
  add_executable(${name} ${name}.cc)
  target_link_libraries(${name} ns3-sharding::sharding)
endforeach()
END
cat >outside/tunnel.cc <<'END'
#include "ns3/applications-module.h"
#include "ns3/core-module.h"
#include "ns3/internet-module.h"
#include "ns3/point-to-point-module.h"
#include "ns3/shard-tunnel-helper.h"

#include <iostream>

using namespace ns3;

// The tunnel's ends are also the hosts' routers: host 0 - 1 == two paths == 2 - host 3.
int
main()
{
    NodeContainer nodes(4);
    InternetStackHelper().Install(nodes);
    PointToPointHelper link;
    link.SetDeviceAttribute("DataRate", StringValue("100Mbps"));
    link.SetChannelAttribute("Delay", StringValue("1ms"));
    Ipv4AddressHelper addresses("10.0.0.0", "255.255.255.0");
    addresses.Assign(link.Install(nodes.Get(0), nodes.Get(1)));
    addresses.NewNetwork();
    const Ipv4Address receiver =
        addresses.Assign(link.Install(nodes.Get(2), nodes.Get(3))).GetAddress(1);

    sharding::ShardTunnelHelper helper;
    helper.SetPolicy("ns3::sharding::StaticPolicy",
                     "Shards",
                     UintegerValue(4),
                     "Code",
                     StringValue("rs"),
                     "Repair",
                     UintegerValue(1));
    helper.SetPlacement("ns3::sharding::RoundRobinPlacement");
    helper.SetRealPayload(true);
    for (int path = 0; path < 2; ++path)
    {
        addresses.NewNetwork();
        const auto ip = addresses.Assign(link.Install(nodes.Get(1), nodes.Get(2)));
        helper.AddPath(ip.GetAddress(0), ip.GetAddress(1), sharding::ShardPathInfo());
    }
    Ipv4GlobalRoutingHelper::PopulateRoutingTables();
    Ptr<sharding::ShardTunnel> tunnel = helper.Install(nodes.Get(1), nodes.Get(2));
    tunnel->AddRoute(receiver);

    ApplicationContainer apps = UdpServerHelper(9).Install(nodes.Get(3));
    UdpClientHelper client(receiver, 9);
    client.SetAttribute("PacketSize", UintegerValue(1200));
    client.SetAttribute("Interval", StringValue("10ms"));
    client.SetAttribute("MaxPackets", UintegerValue(20));
    apps.Add(client.Install(nodes.Get(0)));
    apps.Start(Seconds(0));
    Simulator::Stop(Seconds(2));
    Simulator::Run();
    std::cout << apps.Get(0)->GetObject<UdpServer>()->GetReceived() << " packets in "
              << tunnel->farTransport->GetReceived() << " shards\n";
    Simulator::Destroy();
    return 0;
}
END
cat >outside/by-name.cc <<'END'
#include "ns3/core-module.h"

#include <iostream>

int
main()
{
    ns3::ObjectFactory factory("ns3::sharding::StaticPolicy");
    std::cout << factory.Create()->GetInstanceTypeId().GetName() << "\n";
    return 0;
}
END
quietly cmake -G Ninja -S outside -B outside/build -DCMAKE_PREFIX_PATH="$prefix" \
    -DCMAKE_BUILD_TYPE=Release -DCMAKE_EXE_LINKER_FLAGS=-Wl,--as-needed \
    -Dns3_DIR="$(sed -n 's/^ns3_DIR:[A-Z]*=//p' "$build_dir/CMakeCache.txt")"
quietly cmake --build outside/build
# 20 packets of 4 data shards and 1 repair shard, and nothing is lost.
said=$(outside/build/tunnel)
[ "$said" = "20 packets in 100 shards" ] || fail "the tunnel says: $said"
said=$(outside/build/by-name)
[ "$said" = ns3::sharding::StaticPolicy ] || fail "the class by name says: $said"

# A package that claims another ns-3.
cp -a "$prefix" other
file=$(find other -name ns3-sharding-config.cmake)
sed -i 's/VERSION_EQUAL "[^"]*"/VERSION_EQUAL "3.1"/; s/built for ns-3 [^,]*,/built for ns-3 3.1,/' \
    "$file"
! cmake -G Ninja -S outside -B outside/other -DCMAKE_PREFIX_PATH="$scratch/other" >log 2>&1 ||
    fail "a package of another ns-3 was taken"
tr -s ' \n' ' ' <log | grep -q 'built for ns-3 3.1, found' || { cat log; fail "no reason given"; }

# The launcher's library path is the build folder's; the installed program has to do without.
installed=$prefix/bin/shardsim
library=$(env -u LD_LIBRARY_PATH ldd "$installed" | sed -n 's/^[[:space:]]*libns3-sharding[^ ]* => \([^ ]*\).*/\1/p')
[ "$(readlink -f "$library")" = "$(find "$(readlink -f "$prefix")" -name 'libns3-sharding.so.*' -type f)" ] ||
    fail "the installed program takes the library $library"
"$installed" list >list.txt
grep -q '^tunnel ' list.txt || fail "list does not show the tunnel"
"$installed" describe tunnel >describe.txt
grep -q 'fec.repair' describe.txt || fail "describe tunnel does not show fec.repair"
"$installed" run tunnel --set traffic.datagrams=10 --json >run.json
grep -qE '"datagrams.sent": *10\b' run.json || fail "run tunnel --json says: $(head -c 300 run.json)"
# The demo names the sweep file that it reads before it runs it, and stops where there is none.
# Its first lines are enough: it is ended after them.
mkdir demo
(cd demo && exec "$installed" demo >../demo.txt 2>&1) &
demo=$!
for _ in $(seq 100); do
    ! grep -q 'congestion.toml' demo.txt 2>/dev/null || break
    sleep 0.1
done
sleep 1
kill -0 "$demo" 2>/dev/null || fail "the demo did not run: $(cat demo.txt)"
kill "$demo"
wait "$demo" || true
grep -qF "share/ns3-sharding/scenarios/congestion.toml" demo.txt ||
    fail "the demo reads other sweeps: $(cat demo.txt)"
echo "install-package: package, programs and shardsim are in order"
