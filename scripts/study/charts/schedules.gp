# Chunks against whole jobs; and what whole jobs could reach by their lengths alone, a little beyond
# what was measured.

HIGH = 450
axis_text = "speedup over one thread"
legend = 4
title_text = "Chunks against whole jobs"
eval begin
beyond = most
if (present(curves)) {
    stats curves using (curve("whole_jobs", column(2))) nooutput
    beyond = STATS_max > most ? STATS_max : most
}
set xrange [0:beyond * 1.05]
stats summary using (stringcolumn(STUDY) eq "strong" ? column("speedup_hi") : NaN) nooutput
set yrange [0:1.05 * (STATS_max > beyond ? STATS_max : beyond)]
set xlabel "threads"
eval beyond_cpus
set xtics step(beyond) < 1 ? 1 : step(beyond)
set ytics step(beyond)
computed = said("computed", "whole jobs, computed from their lengths")
computed_curve = present(curves) \
    ? 'curves using (curve("whole_jobs", column(2))):(column(3))' : "NaN"

plot x <= beyond ? x : NaN with lines linecolor rgb MUTED dashtype 2 title "ideal", \
    @computed_curve \
        with lines linewidth 1.5 dashtype 3 linecolor rgb VERMILION title computed, \
    summary using (only("strong", "chunks", column("threads"))):(column("speedup")): \
        (column("speedup_lo")):(column("speedup_hi")) \
        with yerrorlines pointtype 7 pointsize 0.9 linewidth 1.5 linecolor rgb BLUE \
        title "chunks", \
    summary using (only("strong", "jobs", column("threads"))):(column("speedup")): \
        (column("speedup_lo")):(column("speedup_hi")) \
        with yerrorlines pointtype 9 pointsize 1.1 linewidth 1.5 linecolor rgb VERMILION \
        title "whole jobs"
