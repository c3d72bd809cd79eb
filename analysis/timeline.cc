// SPDX-License-Identifier: GPL-2.0-only
#include "timeline.h"

#include "errors.h"
#include "export.h"
#include "gnuplot.h"
#include "timeline-figures.h"

namespace shardsim
{

void
WriteTimeline(const Timeline& timeline, const std::string& directory, std::ostream& out)
{
    if (timeline.rows.empty())
    {
        throw RequestError(
            "--timeline: nothing was reported in this run; allowed: a policy that "
            "learns from reports, such as sharding.policy = adaptive, crypto.units, disc = "
            "offload, or endpoints with network.ideal = false");
    }
    std::string header;
    for (const std::string& column : timeline.columns)
    {
        header += (header.empty() ? "" : ",") + column;
    }
    MakeDirectory(directory);
    WriteFile(directory + "/timeline.csv", header + "\n" + TimelineText(timeline, ",", ""));
    out << directory << "/timeline.csv\n";

    const std::string gnuplot = FindGnuplot();
    for (const Figure& figure : TimelineFigures(timeline))
    {
        Draw(gnuplot, directory, figure);
        out << directory << '/' << figure.name << ".{png,svg,pdf}\n";
    }
}

} // namespace shardsim
