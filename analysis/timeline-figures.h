// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_TIMELINE_FIGURES_H
#define SHARDSIM_TIMELINE_FIGURES_H

#include "gnuplot.h"
#include "timeline.h"

#include <string>
#include <vector>

namespace shardsim
{

/**
 * @param timeline of a run
 * @param separator between the numbers of a row
 * @param missing stands for no value
 * @return the rows, one a line
 */
std::string TimelineText(const Timeline& timeline, const char* separator, const char* missing);

/**
 * @param timeline of a run
 * @return what is to be seen of it, by its kind
 * @throw RequestError where a column of the kind is missing
 */
std::vector<Figure> TimelineFigures(const Timeline& timeline);

} // namespace shardsim

#endif // SHARDSIM_TIMELINE_FIGURES_H
