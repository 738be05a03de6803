# Efficiency against threads: strong and weak scaling with chunks, and whole jobs.

HIGH = 450
axis_text = "speedup / threads"
legend = 4
title_text = "Efficiency: how well every thread is used"
eval begin
eval threads_axis
eval beyond_cpus
stats summary using (stringcolumn(STUDY) ne "size" && stringcolumn(STUDY) ne "grain" \
    ? column("efficiency_hi") : NaN) nooutput
set yrange [0:STATS_max > 1.1 ? STATS_max * 1.02 : 1.1]
set ytics 0.2 format "%.1f"

plot 1 with lines linecolor rgb MUTED dashtype 2 title "ideal", \
    summary using (only("strong", "chunks", column("threads"))):(column("efficiency")): \
        (column("efficiency_lo")):(column("efficiency_hi")) \
        with yerrorlines pointtype 7 pointsize 0.9 linewidth 1.5 linecolor rgb BLUE \
        title "strong scaling: the same work for all", \
    summary using (only("weak", "chunks", column("threads"))):(column("efficiency")): \
        (column("efficiency_lo")):(column("efficiency_hi")) \
        with yerrorlines pointtype 5 pointsize 0.8 linewidth 1.5 linecolor rgb GREEN \
        title "weak scaling: work grows with the threads", \
    summary using (only("strong", "jobs", column("threads"))):(column("efficiency")): \
        (column("efficiency_lo")):(column("efficiency_hi")) \
        with yerrorlines pointtype 9 pointsize 1.1 linewidth 1.5 linecolor rgb VERMILION \
        title "strong scaling, whole jobs"
