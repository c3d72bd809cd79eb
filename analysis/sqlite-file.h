// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_SQLITE_FILE_H
#define SHARDSIM_SQLITE_FILE_H

#include <cstdint>
#include <map>
#include <memory>
#include <string>

struct sqlite3;
struct sqlite3_stmt;

namespace shardsim
{

/** A prepared statement; columns count from 0, placeholders from 1. */
class SqliteStatement
{
  public:
    SqliteStatement(sqlite3* file, const std::string& path, const std::string& sql);
    ~SqliteStatement();
    SqliteStatement(const SqliteStatement&) = delete;
    SqliteStatement& operator=(const SqliteStatement&) = delete;

    SqliteStatement& Bind(int place, int64_t value);
    SqliteStatement& Bind(int place, double value);
    SqliteStatement& Bind(int place, const std::string& value);
    SqliteStatement& BindBlob(int place, const std::string& value);

    /** @return whether there is a row. @throw StoreError */
    bool Step();
    /** Run to the end and be ready for the next use. */
    void Finish();
    /** Ready for the next use; what was bound is forgotten (NULL). */
    void Reset();

    bool IsNull(int column) const;
    int64_t Integer(int column) const;
    double Real(int column) const;
    std::string Text(int column) const; ///< of a blob: its bytes

  private:
    sqlite3* m_file;
    const std::string& m_path;
    sqlite3_stmt* m_statement{nullptr};
};

/** An SQLite file whose errors are exceptions that name it. */
class SqliteFile
{
  public:
    SqliteFile(const std::string& path, bool write);
    ~SqliteFile();
    SqliteFile(const SqliteFile&) = delete;
    SqliteFile& operator=(const SqliteFile&) = delete;

    /** Run statements without a result. */
    void Execute(const std::string& sql);
    /** The same where failure does not matter. */
    void TryExecute(const std::string& sql) noexcept;
    /** @return the statement, kept for the next use. */
    SqliteStatement& Prepare(const std::string& sql);
    /** @return the only number that a query yields. */
    int64_t QueryNumber(const std::string& sql);
    /** @return id of the row inserted last. */
    int64_t LastId() const;

  private:
    std::string m_path;
    sqlite3* m_file{nullptr};
    std::map<std::string, std::unique_ptr<SqliteStatement>> m_statements;
};

} // namespace shardsim

#endif // SHARDSIM_SQLITE_FILE_H
