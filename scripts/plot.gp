# Draws the charts of a scaling study, as SVG and as PNG, beside the numbers:
#
#     gnuplot -c scripts/plot.gp results/X/summary.csv [CHART]...
#
# CHART is speedup, efficiency, schedules, timeline, grain, size or runs; all by default. The files
# beside summary.csv that it reads are described in scripts/study/charts.py; a chart whose numbers
# are missing is left out. gnuplot 5.4 or newer, with its svg and pngcairo terminals.

if (ARGC < 1) {
    set print "-"
    print "usage: gnuplot -c scripts/plot.gp results/X/summary.csv [CHART]..."
    exit status 2
}

quoted(path) = "'" . path . "'"
present(path) = int(system("test -s " . quoted(path) . " && echo 1 || echo 0"))

summary = ARG1
directory = system("dirname " . quoted(summary))
templates = system("dirname " . quoted(ARG0)) . "/study/charts"
curves = directory . "/curves.csv"
timeline = directory . "/timeline.csv"
times = directory . "/times.csv"
labels = directory . "/labels.txt"

if (!present(summary)) {
    print summary . ": no such file, or nothing in it"
    exit status 1
}

# A title or legend of labels.txt, or what stands in for it.
found(name) = present(labels) ? \
    system("sed -n 's/^" . name . ": //p' " . quoted(labels) . " | head -n 1") : ""
said(name, otherwise) = (strlen(found(name)) > 0 ? found(name) : otherwise)

charts = ""
do for [i=2:ARGC] { charts = charts . " " . value(sprintf("ARG%d", i)) }
if (strlen(charts) == 0) { charts = "speedup efficiency schedules timeline grain size runs" }

do for [chart in charts] {
    do for [kind in "svg png"] {
        load templates . "/style.gp"
        load templates . "/" . chart . ".gp"
        unset output
    }
}
