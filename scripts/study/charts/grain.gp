# Speedup against the size of chunks: too small, and handing them out costs; too large, and threads
# wait for the last one. What the program chooses by itself, and whole jobs, as levels.

rows = 0
stats summary using (rows = rows + holds(STUDY, "grain"), 0) nooutput
if (rows > 0) {
    stats summary using (stringcolumn(STUDY) eq "grain" ? column("grain") : NaN) nooutput
    least = STATS_min
    greatest = STATS_max
    stats summary using (stringcolumn(STUDY) eq "grain" ? column("threads") : NaN) nooutput
    most = int(STATS_max)
    all(schedule, value) = only("strong", schedule, column("threads") == most ? value : NaN)
    stats summary using (all("chunks", column("speedup"))) nooutput
    own = STATS_records ? STATS_max : NaN
    stats summary using (all("jobs", column("speedup"))) nooutput
    whole = STATS_records ? STATS_max : NaN
    HIGH = 450
    axis_text = "speedup over one thread"
    legend = 4
    title_text = sprintf("Size of chunks, on %d thread%s", most, most == 1 ? "" : "s")
    eval begin
    set logscale x
    set format x "10^{%L}"
    set xlabel "terms in a chunk"
    set xrange [least / 2:greatest * 2]
    set yrange [0:most * 1.1]
    set ytics step(most)
    plot most with lines linecolor rgb MUTED dashtype 2 title "ideal", \
        own with lines linewidth 1.5 linecolor rgb BLUE title "sized by the program", \
        whole with lines linewidth 1.5 dashtype 3 linecolor rgb VERMILION title "whole jobs", \
        summary using (only("grain", "fixed", column("grain"))):(column("speedup")): \
            (column("speedup_lo")):(column("speedup_hi")) \
            with yerrorlines pointtype 4 pointsize 1.1 linewidth 1.5 linecolor rgb GREEN \
            title "chunks of a fixed size"
}
