// SPDX-License-Identifier: GPL-2.0-only
#include "content-packets.h"

namespace shardsim
{

namespace
{

using Kind = ParameterKind;

void
AddPool(ParameterSet& set)
{
    set.Add("pool.speed",
            Kind::REAL,
            "0.5",
            "tcp: work of all renditions of a stream in real time that an encoder can do")
        .AtLeast("0.001")
        .AtMost("10000");
    set.Add("pool.encodings", Kind::INTEGER, "1", "tcp: encoders that each shard is given to")
        .AtLeast("1")
        .AtMost("255");
    set.Add("pool.reassign",
            Kind::BOOLEAN,
            "true",
            "tcp: what a failed encoder had is given to others");
    set.Add("pool.deadline",
            Kind::TIME,
            "2s",
            "tcp: time in which a shard should be there, from its end, or when it is asked for")
        .AtLeast("10ms")
        .AtMost("1h");
    set.Add("pool.firm",
            Kind::BOOLEAN,
            "false",
            "tcp, live: what is not begun by its deadline is not encoded any more");
    set.Add("pool.hold_back",
            Kind::TIME,
            "10s",
            "tcp, with pool.firm: for which a rendition and those above it are not encoded after a "
            "shard of it could not be in time")
        .AtLeast("0s")
        .AtMost("1h");
    set.Add("pool.patience", Kind::TIME, "350ms", "tcp: silence after which an encoder has failed")
        .AtLeast("20ms");
    set.Add("pool.contribution",
            Kind::RATE,
            "4Mbps",
            "tcp: rate of the pictures that an encoder is sent, for each rendition");
    set.Add("pool.health", Kind::TIME, "100ms", "tcp: between two reports of an encoder")
        .AtLeast("10ms")
        .AtMost("10s");
    set.Add("map.interval", Kind::TIME, "500ms", "tcp: between two looks of a client at the map")
        .AtLeast("10ms")
        .AtMost("1min");
    set.Add("pool.keep", Kind::TIME, "60s", "tcp, live: for which a shard is kept").AtLeast("1s");
    set.Add("pool.streams", Kind::INTEGER, "1", "tcp: streams, all like the movie")
        .AtLeast("1")
        .AtMost("1000");
    set.AddChoice("assign.policy",
                  {"round-robin", "least-loaded", "hash", "least-cost", "whole-streams"},
                  "least-loaded",
                  "tcp: which encoder gets a shard: in turn, the one that is done first, by "
                  "consistent hashing, minimum-cost flow under deadlines; or each rendition to "
                  "certain encoders, without shards changing hands");
    set.AddChoice("replication.policy",
                  {"none", "uniform", "proportional", "square-root"},
                  "none",
                  "tcp: how many holders shards get, by the demand for their stream and rendition");
    set.Add("replication.budget", Kind::REAL, "1", "tcp: mean holders of a shard for that")
        .AtLeast("1")
        .AtMost("255");
    set.AddChoice("preencode.policy",
                  {"all", "none", "demand"},
                  "all",
                  "tcp, on demand: all is encoded at the begin, or a shard when it is asked for, "
                  "or, beside that, off peak what is expected to be asked for");
}

} // namespace

void
AddPacketParameters(ParameterSet& set)
{
    AddPool(set);
    set.Add("clients.popularity",
            Kind::REAL,
            "1",
            "tcp: exponent of Zipf's law by which clients choose streams; 0 for all alike")
        .AtLeast("0")
        .AtMost("10");
    set.Add("cache.capacity", Kind::BYTES, "0", "tcp: room of the cache at each edge; 0 for none");
    set.Add("topology.edge", Kind::INTEGER, "32", "tcp: clients at an edge router")
        .AtLeast("1")
        .AtMost("4096");
    set.Add("topology.delay", Kind::TIME, "10ms", "tcp: one way, from edge routers to the pool")
        .AtLeast("0s")
        .AtMost("10s");
    set.Add("topology.edge_rate", Kind::RATE, "10Gbps", "tcp: of an edge router's link")
        .AtLeast("1kbps");
    set.Add("topology.loss",
            Kind::RATIO,
            "0",
            "tcp: share of packets lost on the way from the core to an edge router, on any of its "
            "links")
        .AtLeast("0")
        .AtMost("0.5");
    set.Add("tunnel.paths",
            Kind::INTEGER,
            "1",
            "tunnel: links that each has to itself, as fast and as long as the edge router's own")
        .AtLeast("1")
        .AtMost("16");
    set.Add("tunnel.shards", Kind::INTEGER, "4", "tunnel: data shards of a packet")
        .AtLeast("1")
        .AtMost("64");
    set.Add("tunnel.repair", Kind::INTEGER, "1", "tunnel: Reed-Solomon repair shards beside them")
        .AtLeast("0")
        .AtMost("64");
    set.Add("topology.segment", Kind::INTEGER, "1448", "tcp: payload of a TCP segment, bytes")
        .AtLeast("200")
        .AtMost("9000");
    set.Add("topology.queue", Kind::INTEGER, "100", "tcp: packets at a client's link")
        .AtLeast("1")
        .AtMost("100000");
    set.Add("faults.slow", Kind::RATIO, "0", "tcp: share of the encoders that become slow")
        .AtLeast("0")
        .AtMost("1");
    set.Add("faults.slow_speed", Kind::REAL, "0.25", "tcp: factor of their speed")
        .AtLeast("0.001")
        .AtMost("1");
    set.Add("faults.flaky", Kind::RATIO, "0", "tcp: share of the encoders that become flaky")
        .AtLeast("0")
        .AtMost("1");
    set.Add("faults.flaky_share", Kind::RATIO, "0.5", "tcp: of their encodings that fail")
        .AtLeast("0")
        .AtMost("1");
}

void
AddPacketMetrics(std::vector<MetricInfo>& metrics)
{
    metrics.insert(
        metrics.end() - 3,
        {
            {"encoder.utilization_ratio", "ratio", "time that encoders work, of all"},
            {"encoder.orders", "shards", "given to encoders"},
            {"encoder.held_back", "shards", "never ordered for want of time, with pool.firm"},
            {"encoder.reassigned", "shards", "given anew after a failure"},
            {"encoder.encoding_s", "s", "of encoding in all"},
            {"encoder.wasted_s",
             "s",
             "of that, without a shard in the end, or of one that was there already"},
            {"encoder.preencoded", "shards", "encoded before anybody asked"},
            {"encoder.on_demand", "shards", "encoded because a client asked"},
            {"replication.copied", "shards", "copied from one encoder to another"},
            {"repair_ms",
             "ms",
             "from the crash until a shard that it had taken away was there again, mean"},
            {"repair_max_ms", "ms", "the longest of these"},
            {"repair.shards", "shards", "that were there again"},
            {"cache.hit_ratio", "ratio", "requests to caches for which no holder was asked"},
            {"map.requests", "requests", "for shard maps"},
            {"map.bytes_ratio", "ratio", "bytes of shard maps, of the media that came"},
            {"wire.overhead_ratio",
             "ratio",
             "bytes on the clients' links in both directions by bytes of media that came whole"},
            {"core.bytes_ratio",
             "ratio",
             "bytes on the links from the core to edge routers by bytes of media that came whole"},
            {"tunnel.packets", "packets", "cut into shards"},
            {"tunnel.recovered", "packets", "put together with the help of repair shards"},
            {"tunnel.lost", "packets", "of which too few shards came, or not yet at the end"},
            {"origin.bytes_ratio",
             "ratio",
             "bytes of media that encoders sent by bytes of media that came whole"},
        });
}

} // namespace shardsim
