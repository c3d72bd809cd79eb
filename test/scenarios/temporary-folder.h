// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_TEST_TEMPORARY_FOLDER_H
#define SHARDSIM_TEST_TEMPORARY_FOLDER_H

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace shardsim
{

/** An empty folder that goes with the test. */
class TemporaryFolder
{
  public:
    TemporaryFolder()
    {
        std::string name = (std::filesystem::temp_directory_path() / "shardsim-XXXXXX").string();
        if (!::mkdtemp(name.data()))
        {
            throw std::runtime_error("no temporary folder");
        }
        m_path = name;
    }

    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    ~TemporaryFolder()
    {
        std::error_code error;
        std::filesystem::permissions(m_path, std::filesystem::perms::owner_all, error);
        std::filesystem::remove_all(m_path, error);
    }

    std::string File(const std::string& name) const
    {
        return (m_path / name).string();
    }

    std::string Write(const std::string& name, const std::string& text) const
    {
        std::ofstream(File(name), std::ios::binary) << text;
        return File(name);
    }

    /** @return number of entries. */
    std::size_t Count() const
    {
        std::size_t count = 0;
        for (auto it = std::filesystem::directory_iterator(m_path);
             it != std::filesystem::directory_iterator();
             ++it)
        {
            ++count;
        }
        return count;
    }

  private:
    std::filesystem::path m_path;
};

} // namespace shardsim

#endif // SHARDSIM_TEST_TEMPORARY_FOLDER_H
