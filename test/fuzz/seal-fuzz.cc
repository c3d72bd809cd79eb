// SPDX-License-Identifier: GPL-2.0-only
// What an attacker between two ends can do: bytes are a program that records sealed shards, sends
// them in any order, again, cut, changed, as another's, or made up. Whatever it does, nothing is
// opened that was not sealed, nothing twice, what is opened is what was sealed, and what is counted
// adds up. Any bytes are also parsed as a sealed shard, which must not read past them.

#include "ns3/shard-header.h"
#include "ns3/shard-opener.h"
#include "ns3/shard-sealer.h"
#include <ns3/boolean.h>
#include <ns3/string.h>
#include <ns3/uinteger.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace
{

using namespace ns3;
using namespace ns3::sharding;

void
Require(bool holds)
{
    if (!holds)
    {
        std::abort();
    }
}

/// The program: bytes in order, then zeros.
class Program
{
  public:
    Program(const uint8_t* data, std::size_t size)
        : m_next(data),
          m_end(data + size)
    {
    }

    uint8_t Next()
    {
        return m_next == m_end ? 0 : *m_next++;
    }

    uint16_t Next16()
    {
        const uint8_t high = Next();
        return static_cast<uint16_t>(high << 8 | Next());
    }

    bool IsOver() const
    {
        return m_next == m_end;
    }

  private:
    const uint8_t* m_next;
    const uint8_t* m_end;
};

using Bytes = std::vector<uint8_t>;

/// A shard on the wire, and which one it was before sealing: the block number.
struct Recorded
{
    uint32_t block;
    Bytes wire;
};

/// As the transport reads what comes.
bool
Parse(const Bytes& wire, Shard& shard)
{
    const Bytes exact(wire.begin(), wire.end());
    const auto size = static_cast<uint32_t>(exact.size());
    shard.size = size < ShardHeader::SIZE ? 0 : size - ShardHeader::SIZE;
    if (ShardHeader::Parse(exact.data(), size, shard.size, true, shard.fields, &shard.seal) !=
        SHARD_OK)
    {
        return false;
    }
    Ptr<ShardBytes> bytes = Create<ShardBytes>(shard.size);
    std::copy(exact.begin() + ShardHeader::SIZE, exact.end(), bytes->Data());
    shard.bytes = bytes;
    return true;
}

uint8_t
PlainByte(uint32_t block, uint32_t i)
{
    return static_cast<uint8_t>(block * 11 + i);
}

class Story
{
  public:
    explicit Story(Program& program)
        : m_program(program)
    {
        const uint8_t settings = program.Next();
        m_sealer->SetAttribute("RekeyAfter", UintegerValue(1 + settings % 8));
        m_opener->SetAttribute("ReplayWindow", UintegerValue(64));
        m_opener->SetAttribute("MaxFlows", UintegerValue(1 + settings / 8 % 4));
        m_opener->SetAttribute("RealPayload", BooleanValue(true));
        if (settings >= 128)
        {
            m_sealer->SetAttribute("Cipher", StringValue("ChaCha20Poly1305"));
            m_opener->SetAttribute("Cipher", StringValue("ChaCha20Poly1305"));
        }
    }

    void Run()
    {
        while (!m_program.IsOver() && m_steps++ < 2000)
        {
            Step();
        }
        Require(m_opener->GetAccepted() + m_opener->GetRejected() == m_asked);
        Require(m_opener->GetAccepted() == m_opened.size());
    }

  private:
    void Step()
    {
        const uint8_t what = m_program.Next() % 8;
        if (what <= 1 || m_recorded.empty())
        {
            Record();
            return;
        }
        if (what == 2)
        {
            m_sealer->Restart();
            return;
        }
        const Recorded& old = m_recorded[m_program.Next16() % m_recorded.size()];
        Bytes wire = old.wire;
        uint32_t peer = 0;
        bool isChanged = what > 4; // 3 and 4: as it is
        if (what == 5)
        {
            wire[m_program.Next16() % wire.size()] ^= m_program.Next();
            isChanged = wire != old.wire;
        }
        else if (what == 6)
        {
            wire.resize(m_program.Next16() % (wire.size() + 40));
            isChanged = wire != old.wire;
        }
        else if (what == 7)
        {
            peer = 1 + m_program.Next();
        }
        Shard shard;
        if (wire.size() >= ShardHeader::SIZE)
        {
            ShardFields fields;
            if (ShardHeader::Peek(wire.data(), static_cast<uint32_t>(wire.size()), fields) ==
                SHARD_OK)
            {
                RightChecksum(wire, fields);
            }
        }
        if (!Parse(wire, shard))
        {
            Require(isChanged);
            return;
        }
        shard.peer = peer;
        ++m_asked;
        if (m_opener->Apply(Time(0), 0, shard))
        {
            // A changed checksum has been made right: then nothing was changed.
            Require(!isChanged || wire == old.wire);
            Require(peer == 0 && m_opened.insert(old.block).second);
            Require(shard.size == old.wire.size() - ShardHeader::SIZE - ShardSeal::OVERHEAD);
            for (uint32_t i = 0; i < shard.size; ++i)
            {
                Require(shard.Payload()[i] == PlainByte(old.block, i));
            }
        }
    }

    /// The attacker can do that, too.
    static void RightChecksum(Bytes& wire, const ShardFields& fields)
    {
        ShardSeal seal;
        seal.present = wire[0] >> 4 == ShardHeader::SEALED_VERSION;
        const auto size = static_cast<uint32_t>(wire.size() - ShardHeader::SIZE);
        const Bytes payload(wire.begin() + ShardHeader::SIZE, wire.end());
        ShardHeader::Write(fields,
                           size == 0 ? wire.data() : payload.data(),
                           size,
                           wire.data(),
                           seal);
    }

    void Record()
    {
        const uint8_t shape = m_program.Next();
        Shard shard;
        shard.fields.flow = shape % 4;
        shard.fields.block = ++m_block;
        shard.fields.datagram = static_cast<uint16_t>(1 + m_program.Next());
        shard.fields.k = 1;
        shard.fields.n = 1;
        shard.size = shard.fields.datagram;
        Ptr<ShardBytes> bytes = Create<ShardBytes>(shard.size);
        for (uint32_t i = 0; i < shard.size; ++i)
        {
            bytes->Data()[i] = PlainByte(m_block, i);
        }
        shard.bytes = bytes;
        m_sealer->Number(shard);
        Require(m_sealer->Apply(Time(0), shape / 4, shard));
        Bytes wire(ShardHeader::SIZE + shard.size);
        std::copy(shard.Payload(), shard.Payload() + shard.size, &wire[ShardHeader::SIZE]);
        ShardHeader::Write(shard.fields, shard.Payload(), shard.size, wire.data(), shard.seal);
        m_recorded.push_back(Recorded{m_block, std::move(wire)});
    }

    Program& m_program;
    Ptr<ShardSealer> m_sealer = CreateObject<ShardSealer>();
    Ptr<ShardOpener> m_opener = CreateObject<ShardOpener>();
    std::vector<Recorded> m_recorded;
    std::set<uint32_t> m_opened;
    uint32_t m_block{0};
    uint64_t m_asked{0};
    uint32_t m_steps{0};
};

/// Any bytes as what comes: parsed and, made right, opened, they are never genuine.
void
CheckStrangers(const uint8_t* data, std::size_t size)
{
    static const Ptr<ShardOpener> opener = []
    {
        Ptr<ShardOpener> made = CreateObject<ShardOpener>();
        made->SetAttribute("RealPayload", BooleanValue(true));
        made->SetAttribute("Key",
                           StringValue(std::string(64, 'f'))); // of which there are no shards
        return made;
    }();
    const Bytes wire(data, data + std::min<std::size_t>(size, 70000));
    Shard shard;
    if (Parse(wire, shard))
    {
        ShardFields fields;
        Require(ShardHeader::Peek(wire.data(), static_cast<uint32_t>(wire.size()), fields) ==
                SHARD_OK);
        Require(shard.seal.present == (wire[0] >> 4 == ShardHeader::SEALED_VERSION));
        Require(!opener->Apply(Time(0), 0, shard));
    }
    ShardFields fields;
    ShardSeal seal;
    const auto length = static_cast<uint32_t>(wire.size());
    if (ShardHeader::Parse(wire.data(), length, length / 2, false, fields, &seal) == SHARD_OK &&
        seal.present)
    {
        uint8_t again[ShardHeader::SIZE];
        ShardHeader::Write(fields, nullptr, length / 2, again, seal);
        Require(std::equal(again, again + sizeof(again), wire.begin()));
    }
}

} // namespace

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    CheckStrangers(data, size);
    Program program(data, size);
    Story(program).Run();
    return 0;
}
