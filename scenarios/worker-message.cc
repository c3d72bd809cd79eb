// SPDX-License-Identifier: GPL-2.0-only
#include "worker-message.h"

#include <cstring>

namespace shardsim
{

namespace
{

const uint64_t BEGIN_MARK = 0x7368617264726573;
const uint64_t END_MARK = 0x656e642e72657375;

template <typename T>
void
Put(std::string& bytes, T value)
{
    bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void
PutText(std::string& bytes, const std::string& text)
{
    Put<uint64_t>(bytes, text.size());
    bytes += text;
}

/** Reads in order; after the first read past the end, all further ones fail. */
class Reader
{
  public:
    explicit Reader(const std::string& bytes)
        : m_bytes(bytes)
    {
    }

    template <typename T>
    T Get()
    {
        T value{};
        if (const char* from = Take(sizeof value))
        {
            std::memcpy(&value, from, sizeof value);
        }
        return value;
    }

    std::string GetText()
    {
        const auto size = Get<uint64_t>();
        const char* from = Take(size);
        return from ? std::string(from, size) : "";
    }

    /** A count of things that take at least `each` bytes; 0 if the bytes cannot hold them. */
    uint64_t GetCount(std::size_t each)
    {
        const auto count = Get<uint64_t>();
        m_good = m_good && count <= (m_bytes.size() - m_place) / each;
        return m_good ? count : 0;
    }

    const char* Take(uint64_t size)
    {
        m_good = m_good && size <= m_bytes.size() - m_place;
        if (!m_good)
        {
            return nullptr;
        }
        const char* from = m_bytes.data() + m_place;
        m_place += size;
        return from;
    }

    bool Complete() const
    {
        return m_good && m_place == m_bytes.size();
    }

  private:
    const std::string& m_bytes;
    std::size_t m_place{0};
    bool m_good{true};
};

} // namespace

std::string
EncodeResult(const RunResult& result)
{
    std::string bytes;
    Put(bytes, BEGIN_MARK);
    Put<uint64_t>(bytes, result.metrics.size());
    for (const auto& [name, value] : result.metrics)
    {
        PutText(bytes, name);
        Put<uint8_t>(bytes, value ? 1 : 0);
        Put<double>(bytes, value.value_or(0.0));
    }
    Put<uint64_t>(bytes, result.samples.size());
    for (const auto& [name, samples] : result.samples)
    {
        PutText(bytes, name);
        Put<uint64_t>(bytes, samples.size());
        bytes.append(reinterpret_cast<const char*>(samples.data()), samples.size() * 8);
    }
    Put(bytes, END_MARK);
    return bytes;
}

std::optional<RunResult>
DecodeResult(const std::string& bytes)
{
    Reader reader(bytes);
    RunResult result;
    if (reader.Get<uint64_t>() != BEGIN_MARK)
    {
        return std::nullopt;
    }
    for (uint64_t left = reader.GetCount(17); left > 0; --left)
    {
        std::string name = reader.GetText();
        const bool present = reader.Get<uint8_t>() != 0;
        const auto value = reader.Get<double>();
        result.metrics.emplace_back(std::move(name),
                                    present ? std::optional<double>(value) : std::nullopt);
    }
    for (uint64_t left = reader.GetCount(16); left > 0; --left)
    {
        std::string name = reader.GetText();
        std::vector<int64_t> samples(reader.GetCount(8));
        if (const char* from = reader.Take(samples.size() * 8); from && !samples.empty())
        {
            std::memcpy(samples.data(), from, samples.size() * 8);
        }
        result.samples.emplace_back(std::move(name), std::move(samples));
    }
    if (reader.Get<uint64_t>() != END_MARK || !reader.Complete())
    {
        return std::nullopt;
    }
    return result;
}

} // namespace shardsim
