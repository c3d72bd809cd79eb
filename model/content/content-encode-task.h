// SPDX-License-Identifier: GPL-2.0-only
#ifndef CONTENT_ENCODE_TASK_H
#define CONTENT_ENCODE_TASK_H

#include "content-message.h"

#include "ns3/nstime.h"

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

namespace ns3
{
namespace sharding
{

/// A shard to be encoded.
struct ContentEncodeTask
{
    ContentKey key;                   ///< of the shard
    uint32_t segment{0};              ///< number
    uint8_t rendition{0};             ///< number
    ContentCodec codec{CONTENT_H264}; ///< of it
    uint16_t width{0};                ///< pixels
    uint16_t height{0};               ///< pixels
    uint16_t frameRate{30};           ///< frames a second
    uint32_t bytes{0};                ///< that it will have
    double complexity{1};             ///< of the scene, 1 for an ordinary one
    Time duration;                    ///< of it
    Time deadline;                    ///< when it should be there
    Time expires;                     ///< when nobody wants it any more

    /**
     * @return work, in pixels of an ordinary scene in H.264: pixels of a frame, times frames, times
     * complexity, times what the codec costs beside H.264 (HEVC 3, AV1 8; of the order of what
     * software encoders need). Audio is as the pixels of 1/500 of a 1920 x 1080 picture.
     */
    double Pixels() const;

    /// @return the body of a message that says it
    std::vector<uint8_t> Write() const;

    /// @param message of type CONTENT_ENCODE  @return the task, where it can be one
    static std::optional<ContentEncodeTask> Read(const ContentMessage& message);
};

/**
 * @ingroup sharding
 * The tasks of an encoder: one after the other, by deadline. It reads no clock.
 */
class ContentEncoderQueue
{
  public:
    /// @param task to be done
    void Add(const ContentEncodeTask& task);

    /// @return the next task, taken off the queue; nothing where there is none
    std::optional<ContentEncodeTask> Take();

    /// @param stream number  @param segment of it; tasks of those before are taken off
    /// @return them
    std::vector<ContentEncodeTask> Forget(uint32_t stream, uint32_t segment);

    /// @return tasks
    uint32_t Count() const
    {
        return static_cast<uint32_t>(m_tasks.size());
    }

    /// @return work of all of them
    double Pixels() const
    {
        return m_tasks.empty() ? 0 : m_pixels;
    }

    /// Forget all.
    void Clear();

  private:
    struct Earlier
    {
        bool operator()(const ContentEncodeTask& a, const ContentEncodeTask& b) const;
    };

    std::multiset<ContentEncodeTask, Earlier> m_tasks; ///< the most urgent first
    double m_pixels{0};                                ///< of all
};

/// What an encoder says of itself.
struct ContentHealth
{
    /// What was asked for since the last report.
    struct Asked
    {
        uint32_t stream{0};   ///< number
        uint8_t rendition{0}; ///< number
        uint32_t requests{0}; ///< answered with a shard
    };

    static constexpr uint32_t MAX_ASKED = 4096; ///< of a report

    uint32_t queued{0};       ///< tasks
    Time backlog;             ///< until the last of them is done, at the present speed
    std::vector<Asked> asked; ///< since the last report

    /// @return the body of a message that says it
    std::vector<uint8_t> Write() const;

    /// @param message of type CONTENT_HEALTH  @return what it says, where it can be
    static std::optional<ContentHealth> Read(const ContentMessage& message);
};

} // namespace sharding
} // namespace ns3

#endif // CONTENT_ENCODE_TASK_H
