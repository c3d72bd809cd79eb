// SPDX-License-Identifier: GPL-2.0-only
#include "sqlite-file.h"

#include "errors.h"

#include <cstring>
#include <sqlite3.h>

namespace shardsim
{

namespace
{

[[noreturn]] void
Fail(sqlite3* file, const std::string& path)
{
    const int code = file ? sqlite3_errcode(file) : SQLITE_NOMEM;
    const int system = file ? sqlite3_system_errno(file) : 0;
    switch (code)
    {
    case SQLITE_NOTADB:
        throw RequestError(path + ": is not a results file of shardsim (no SQLite file)");
    case SQLITE_FULL:
        throw StoreError(path + ": the disk is full; the results so far are kept, and the same "
                                "command goes on once there is room");
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
        throw StoreError(path + ": cannot be opened or written" +
                         (system ? std::string(": ") + std::strerror(system) : ""));
    case SQLITE_BUSY:
        throw StoreError(path + ": is in use by another process");
    default:
        throw StoreError(path + ": " + (file ? sqlite3_errmsg(file) : "out of memory") +
                         (system ? std::string(": ") + std::strerror(system) : ""));
    }
}

} // namespace

SqliteStatement::SqliteStatement(sqlite3* file, const std::string& path, const std::string& sql)
    : m_file(file),
      m_path(path)
{
    if (sqlite3_prepare_v2(file, sql.c_str(), -1, &m_statement, nullptr) != SQLITE_OK)
    {
        Fail(file, path);
    }
}

SqliteStatement::~SqliteStatement()
{
    sqlite3_finalize(m_statement);
}

SqliteStatement&
SqliteStatement::Bind(int place, int64_t value)
{
    sqlite3_bind_int64(m_statement, place, value);
    return *this;
}

SqliteStatement&
SqliteStatement::Bind(int place, double value)
{
    sqlite3_bind_double(m_statement, place, value);
    return *this;
}

SqliteStatement&
SqliteStatement::Bind(int place, const std::string& value)
{
    const auto size = static_cast<int>(value.size());
    sqlite3_bind_text(m_statement, place, value.data(), size, SQLITE_TRANSIENT);
    return *this;
}

SqliteStatement&
SqliteStatement::BindBlob(int place, const std::string& value)
{
    sqlite3_bind_blob64(m_statement, place, value.data(), value.size(), SQLITE_TRANSIENT);
    return *this;
}

bool
SqliteStatement::Step()
{
    const int code = sqlite3_step(m_statement);
    if (code == SQLITE_ROW)
    {
        return true;
    }
    if (code != SQLITE_DONE)
    {
        // The message must be made before Reset, which would clear it.
        try
        {
            Fail(m_file, m_path);
        }
        catch (...)
        {
            Reset();
            throw;
        }
    }
    return false;
}

void
SqliteStatement::Finish()
{
    while (Step())
    {
    }
    Reset();
}

void
SqliteStatement::Reset()
{
    sqlite3_reset(m_statement);
    sqlite3_clear_bindings(m_statement);
}

bool
SqliteStatement::IsNull(int column) const
{
    return sqlite3_column_type(m_statement, column) == SQLITE_NULL;
}

int64_t
SqliteStatement::Integer(int column) const
{
    return sqlite3_column_int64(m_statement, column);
}

double
SqliteStatement::Real(int column) const
{
    return sqlite3_column_double(m_statement, column);
}

std::string
SqliteStatement::Text(int column) const
{
    const void* bytes = sqlite3_column_blob(m_statement, column);
    const int size = sqlite3_column_bytes(m_statement, column);
    return bytes ? std::string(static_cast<const char*>(bytes), size) : "";
}

SqliteFile::SqliteFile(const std::string& path, bool write)
    : m_path(path)
{
    // A reader, too, must be able to clear up behind a killed writer (roll back its journal), so it
    // opens for writing, which SQLite takes back by itself where the file may only be read.
    const int flags = SQLITE_OPEN_READWRITE | (write ? SQLITE_OPEN_CREATE : 0);
    if (sqlite3_open_v2(path.c_str(), &m_file, flags, nullptr) != SQLITE_OK)
    {
        try
        {
            Fail(m_file, m_path);
        }
        catch (...)
        {
            sqlite3_close(m_file);
            throw;
        }
    }
    sqlite3_extended_result_codes(m_file, 0);
    sqlite3_busy_timeout(m_file, 10000);
    if (!write)
    {
        TryExecute("PRAGMA query_only = 1");
    }
}

SqliteFile::~SqliteFile()
{
    m_statements.clear();
    sqlite3_close(m_file);
}

void
SqliteFile::Execute(const std::string& sql)
{
    if (sqlite3_exec(m_file, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    {
        Fail(m_file, m_path);
    }
}

void
SqliteFile::TryExecute(const std::string& sql) noexcept
{
    sqlite3_exec(m_file, sql.c_str(), nullptr, nullptr, nullptr);
}

SqliteStatement&
SqliteFile::Prepare(const std::string& sql)
{
    auto& statement = m_statements[sql];
    if (!statement)
    {
        statement = std::make_unique<SqliteStatement>(m_file, m_path, sql);
    }
    return *statement;
}

int64_t
SqliteFile::QueryNumber(const std::string& sql)
{
    SqliteStatement statement(m_file, m_path, sql);
    return statement.Step() ? statement.Integer(0) : 0;
}

int64_t
SqliteFile::LastId() const
{
    return sqlite3_last_insert_rowid(m_file);
}

} // namespace shardsim
