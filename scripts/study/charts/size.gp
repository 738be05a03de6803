# Time against the number of terms, on one thread and on many: the most that have a CPU each.

rows = 0
stats summary using (rows = rows + holds(STUDY, "size"), 0) nooutput
if (rows > 0) {
    stats summary using (stringcolumn(STUDY) eq "size" ? column("terms") : NaN) nooutput
    least = STATS_min
    greatest = STATS_max
    HIGH = 450
    axis_text = "seconds"
    legend = 2
    title_text = "Time against the number of terms"
    eval begin
    set logscale xy
    set format x "10^{%L}"
    set format y "10^{%L}"
    set xlabel "terms"
    set xrange [least / 2:greatest * 2]
    stats summary using (stringcolumn(STUDY) eq "size" ? column("threads") : NaN) nooutput
    most = int(STATS_max)
    plot summary using (only("size", "chunks", column("threads") == 1 ? column("terms") : NaN)): \
            (column("median_s")):(column("min_s")):(column("max_s")) \
            with yerrorlines pointtype 7 pointsize 0.9 linewidth 1.5 linecolor rgb BLUE \
            title "one thread (median, from least to greatest)", \
        summary using (only("size", "chunks", column("threads") == most && most > 1 \
            ? column("terms") : NaN)):(column("median_s")):(column("min_s")):(column("max_s")) \
            with yerrorlines pointtype 5 pointsize 0.8 linewidth 1.5 linecolor rgb VERMILION \
            title (most > 1 ? sprintf("%d threads", most) : "")
}
