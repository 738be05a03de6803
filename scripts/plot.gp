# Draws the charts of a scaling study, as SVG and as PNG, beside the numbers:
#
#     gnuplot -c scripts/plot.gp results/X/summary.csv [CHART]...
#
# CHART is speedup, efficiency, schedules, timeline, grain, size or runs; all by default. The files
# beside summary.csv that it reads are described in scripts/study/charts.py; a chart whose numbers
# are missing is left out. gnuplot 5.4 or newer, with its svg and pngcairo terminals.

help = ARG1 eq "--help" || ARG1 eq "-h"
if (ARGC < 1 || help) {
    set print "-"
    print "usage: gnuplot -c scripts/plot.gp results/X/summary.csv [CHART]..."
    print "CHART is speedup, efficiency, schedules, timeline, grain, size or runs; all by default."
    exit status (help ? 0 : 2)
}

known = "speedup efficiency schedules timeline grain size runs"
charts = ""
do for [i=2:ARGC] {
    chart = value(sprintf("ARG%d", i))
    if (strstrt(" " . known . " ", " " . chart . " ") == 0) {
        print "there is no chart '" . chart . "'; there are: " . known
        exit status 2
    }
    charts = charts . " " . chart
}
if (strlen(charts) == 0) { charts = known }

# No shell sees a path: this script works in the directory of the numbers, and what it tells a shell
# are names of its own. Nor does gnuplot see a path that begins with another sign than "/" or ".":
# "<" would be a pipe, "$" a block of data.
set encoding default
anchored(path) = path[1:1] eq "/" ? path : "./" . path
split = 'slash = 0; do for [i=1:strlen(path)] { if (path[i:i] eq "/") { slash = i } }'
path = anchored(ARG0)
eval split
templates = (path[1:1] eq "/" ? "" : GPVAL_PWD . "/") . path[1:slash] . "study/charts"
path = anchored(ARG1)
eval split
summary = "./" . path[slash + 1:*]
curves = "./curves.csv"
timeline = "./timeline.csv"
times = "./times.csv"

# The names of the columns, as gnuplot reads them. Windows begins a file with a mark of its encoding,
# which then is a part of the first name.
MARK = "\357\273\277"
marked(name, header) = header[1:3] eq MARK ? header : name
set datafile separator comma
header = ""
stats path using (header = stringcolumn(1), 0) every ::0::0 nooutput
if (strlen(header) == 0) {
    print ARG1 . ": no such file, or nothing in it"
    exit status 1
}
cd path[1:slash]
STUDY = marked("study", header)

# A file without the numbers would turn a good chart into an empty one.
set datafile columnheaders
do for [name in "threads terms median_s min_s max_s speedup speedup_lo speedup_hi " \
    . "efficiency efficiency_lo efficiency_hi"] {
    stats summary using (column(name)) nooutput
    if (!exists("STATS_records") || STATS_records == 0) {
        print ARG1 . ": there are no numbers in a column '" . name . "'; nothing is drawn"
        exit status 1
    }
}
holds(name, text) = "" . stringcolumn(name) eq text
rows = 0
stats summary using \
    (rows = rows + (holds(STUDY, "strong") && holds("schedule", "chunks")), 0) nooutput
if (rows == 0) {
    print ARG1 . ": there is no row of the study 'strong' with chunks; nothing is drawn"
    exit status 1
}
set datafile nocolumnheaders

present(name) = int(system("test -s " . name . " && echo 1 || echo 0"))
header = ""
if (present(curves)) { stats curves using (header = stringcolumn(1), 0) every ::0::0 nooutput }
CURVE = marked("curve", header)
header = ""
if (present(timeline)) { stats timeline using (header = stringcolumn(1), 0) every ::0::0 nooutput }
PANEL = marked("panel", header)
header = ""
if (present(times)) { stats times using (header = stringcolumn(1), 0) every ::0::0 nooutput }
RUN = marked("run", header)

# A title or legend of labels.txt, or what stands in for it.
found(name) = present("labels.txt") ? system("LC_ALL=C sed -n '1s/^" . MARK . "//; s/\r$//; s/^" \
    . name . ": //p' labels.txt | head -n 1") : ""
said(name, otherwise) = (strlen(found(name)) > 0 ? found(name) : otherwise)

# A chart is written beside its name and gets the name once it is whole.
do for [chart in charts] {
    do for [kind in "svg png"] {
        file = chart . "." . kind
        made = 0
        load templates . "/style.gp"
        load templates . "/" . chart . ".gp"
        unset output
        if (made) {
            failed = system("mv -f " . file . ".part " . file . " 2>&1")
            if (strlen(failed) > 0) {
                print failed
                exit status 1
            }
        }
    }
}
