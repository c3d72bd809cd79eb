// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_GNUPLOT_H
#define SHARDSIM_GNUPLOT_H

#include <string>
#include <vector>

namespace shardsim
{

/** A figure before it is drawn. Script and data are kept beside the figures, to be restyled. */
struct Figure
{
    std::string name;     ///< of its files, without an ending
    std::string data;     ///< data/NAME.dat
    std::string commands; ///< of gnuplot, up to and including one plot command
    double heightCm{6.0}; ///< of the page; the width is a column's, 8.5 cm
};

/**
 * @return path of the gnuplot program
 * @throw RequestError saying what to install when there is none in PATH
 */
std::string FindGnuplot();

/**
 * Draw a figure as DIR/NAME.png, .svg and .pdf from DIR/data/NAME.gp and DIR/data/NAME.dat, which
 * are written first. Files of the same name are replaced; the same figure gives the same bytes.
 * @param gnuplot path of the program
 * @param directory to draw into, made if absent
 * @param figure what to draw
 * @throw StoreError when a file cannot be written, std::runtime_error with gnuplot's own words
 * when it fails
 */
void Draw(const std::string& gnuplot, const std::string& directory, const Figure& figure);

/** @param text any @return as a string of gnuplot, in single quotes */
std::string Quoted(const std::string& text);

/** @param text any @return with all but letters, digits and ._-+= replaced by an underscore */
std::string FileName(const std::string& text);

/** @param directory a folder, made with its parents if absent; StoreError when that fails */
void MakeDirectory(const std::string& directory);

/** @param path of a file to replace @param content of it; StoreError when that fails */
void WriteFile(const std::string& path, const std::string& content);

} // namespace shardsim

#endif // SHARDSIM_GNUPLOT_H
