// SPDX-License-Identifier: GPL-2.0-only
#include "gnuplot.h"

#include "errors.h"

#include <cctype>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

namespace shardsim
{

namespace
{

constexpr double kWidthCm = 8.5; // a column of a two-column page

/** The three outputs; `replot` draws the same figure on each. */
std::string
OutputCommands(const Figure& figure)
{
    const double inch = 2.54;
    const auto pixels = [&](double cm, double dpi)
    { return std::to_string(static_cast<int>(std::lround(cm / inch * dpi))); };
    std::ostringstream out;
    // Lengths are points: at 300 dpi they grow by 300/72; fonts are taken at 96 dpi already.
    out << "set terminal pngcairo size " << pixels(kWidthCm, 300) << ','
        << pixels(figure.heightCm, 300)
        << " font 'Helvetica,8' fontscale 3.13 linewidth 4.17 pointscale 4.17"
        << " background '#FFFFFF'\n"
        << "set output " << Quoted(figure.name + ".png") << "\nreplot\n"
        << "set terminal svg size " << pixels(kWidthCm, 72) << ',' << pixels(figure.heightCm, 72)
        << " fixed font 'Helvetica,8' background '#FFFFFF'\n"
        << "set output " << Quoted(figure.name + ".svg") << "\nreplot\n"
        << "set terminal pdfcairo size " << kWidthCm << "cm," << figure.heightCm
        << "cm font 'Helvetica,8'"
        << " fontscale 0.75 linewidth 2 pointscale 1\n"
        << "set output " << Quoted(figure.name + ".pdf") << "\nreplot\n"
        << "unset output\n";
    return out.str();
}

std::string
ReadFile(const std::string& path)
{
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

/** Cairo stamps a PDF with the time of day; the same results shall give the same file. */
void
RemoveDate(const std::string& path)
{
    std::string pdf = ReadFile(path);
    const std::string mark = "/CreationDate (D:";
    const auto at = pdf.find(mark);
    if (at == std::string::npos)
    {
        return;
    }
    const std::string fixed = "20000101000000"; // as long as before: offsets stay right
    if (at + mark.size() + fixed.size() < pdf.size())
    {
        pdf.replace(at + mark.size(), fixed.size(), fixed);
        WriteFile(path, pdf);
    }
}

/** Points become the page's own size; the picture inside keeps its coordinates. */
void
SetPageSize(const std::string& path, double heightCm)
{
    std::string svg = ReadFile(path);
    const auto replace = [&](const std::string& attribute, double cm)
    {
        const auto from = svg.find(attribute + "=\"");
        const auto to = svg.find('"', from + attribute.size() + 2);
        if (from != std::string::npos && to != std::string::npos)
        {
            std::ostringstream text;
            text << attribute << "=\"" << cm << "cm";
            svg.replace(from, to - from, text.str());
        }
    };
    replace("width", kWidthCm);
    replace("height", heightCm);
    WriteFile(path, svg);
}

/** Run gnuplot in a folder; its complaints go to a pipe. @return exit status and complaints */
std::pair<int, std::string>
Execute(const std::string& gnuplot, const std::string& directory, const std::string& script)
{
    int ends[2];
    if (pipe(ends) != 0)
    {
        throw StoreError(std::string("cannot make a pipe: ") + std::strerror(errno));
    }
    const pid_t child = fork();
    if (child < 0)
    {
        close(ends[0]);
        close(ends[1]);
        throw StoreError(std::string("cannot start gnuplot: ") + std::strerror(errno));
    }
    if (child == 0)
    {
        dup2(ends[1], STDOUT_FILENO);
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
        const int nothing = open("/dev/null", O_RDONLY);
        if (nothing >= 0)
        {
            dup2(nothing, STDIN_FILENO);
        }
        if (chdir(directory.c_str()) == 0)
        {
            // -d: the user's own start-up files do not change the figure
            execl(gnuplot.c_str(), "gnuplot", "-d", script.c_str(), static_cast<char*>(nullptr));
        }
        _exit(127);
    }
    close(ends[1]);
    std::string said;
    char buffer[4096];
    ssize_t got = 0;
    while ((got = read(ends[0], buffer, sizeof buffer)) > 0 || (got < 0 && errno == EINTR))
    {
        if (got > 0)
        {
            said.append(buffer, static_cast<std::size_t>(got));
        }
    }
    close(ends[0]);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
    {
    }
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128, said};
}

} // namespace

std::string
FindGnuplot()
{
    const char* path = std::getenv("PATH");
    std::istringstream folders(path ? path : "");
    for (std::string folder; std::getline(folders, folder, ':');)
    {
        const std::string candidate = (folder.empty() ? "." : folder) + "/gnuplot";
        std::error_code error;
        if (access(candidate.c_str(), X_OK) == 0 &&
            std::filesystem::is_regular_file(candidate, error))
        {
            return std::filesystem::absolute(candidate).string();
        }
    }
    throw RequestError("gnuplot is not installed: figures need it (Debian package gnuplot-nox)");
}

std::string
Quoted(const std::string& text)
{
    std::string quoted = "'";
    for (const char c : text)
    {
        quoted += c == '\'' ? "''" : static_cast<unsigned char>(c) < ' ' ? " " : std::string(1, c);
    }
    return quoted + "'";
}

std::string
FileName(const std::string& text)
{
    std::string name;
    for (const char c : text)
    {
        const bool plain = std::isalnum(static_cast<unsigned char>(c)) || std::strchr("._-+=", c);
        name += plain && c != '\0' ? c : '_';
    }
    return name;
}

void
MakeDirectory(const std::string& directory)
{
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    if (error)
    {
        throw StoreError(directory + ": cannot make this folder: " + error.message());
    }
}

void
WriteFile(const std::string& path, const std::string& content)
{
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out << content;
    out.close();
    if (!out)
    {
        throw StoreError(path + ": cannot write this file: " + std::strerror(errno));
    }
}

void
Draw(const std::string& gnuplot, const std::string& directory, const Figure& figure)
{
    MakeDirectory(directory + "/data");
    const std::string base = directory + "/" + figure.name;
    const std::string script = "data/" + figure.name + ".gp";
    WriteFile(directory + "/data/" + figure.name + ".dat", figure.data);
    WriteFile(directory + "/" + script,
              "# Restyle at will, then in the folder above this one: gnuplot " + script + "\n" +
                  "set terminal unknown\n" + figure.commands + "\n" + OutputCommands(figure));
    const auto outcome = Execute(gnuplot, directory, script);
    for (const char* ending : {".png", ".svg", ".pdf"})
    {
        std::error_code error;
        const auto size = std::filesystem::file_size(base + ending, error);
        if (outcome.first != 0 || error || size == 0)
        {
            throw StoreError(base + ending + ": gnuplot could not draw this figure (" + script +
                             "): " + (outcome.second.empty() ? "no reason given" : outcome.second));
        }
    }
    SetPageSize(base + ".svg", figure.heightCm);
    RemoveDate(base + ".pdf");
}

} // namespace shardsim
