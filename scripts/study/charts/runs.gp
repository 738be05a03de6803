# Every run in the order in which it was made, against the median of its point: drift and outliers
# would show here.

if (present(times)) {
    HIGH = 450
    axis_text = "time / median"
    kind_of(row) = column("round") == 0 ? 1 : stringcolumn("schedule") eq "chunks" ? 2 \
        : stringcolumn("schedule") eq "fixed" ? 3 : 4
    kinds = ""
    stats times using (kinds = kinds . kind_of(0), column("relative")) nooutput
    drawn = "" # gnuplot warns of a series without rows
    do for [k=1:4] { if (strstrt(kinds, sprintf("%d", k))) { drawn = sprintf("%s %d", drawn, k) } }
    array NAME[4] = ["warm-up", "chunks", "fixed chunks", "whole jobs"]
    array MARK_OF[4] = [6, 7, 4, 9]
    array SIZE_OF[4] = [0.6, 0.6, 0.7, 0.7]
    array COLOUR[4] = [MUTED, BLUE, GREEN, VERMILION]
    legend = words(drawn)
    title_text = "Every run, in the order of time"
    eval begin
    set xlabel "run"
    stats times using (column(RUN)) nooutput
    last = STATS_max
    stats times using (column("relative")) nooutput
    set xrange [0:last + 1]
    reach = STATS_max - 1 > 1 - STATS_min ? STATS_max - 1 : 1 - STATS_min
    reach = reach < 0.12 ? 0.12 : reach * 1.08
    set yrange [1 - reach < 0 ? 0 : 1 - reach:1 + reach]
    set style fill transparent solid 0.12 noborder
    set object 1 rectangle from graph 0, first 0.95 to graph 1, first 1.05 behind \
        fillcolor rgb SKY fillstyle solid 0.15 noborder
    plot for [k in drawn] times using (kind_of(0) == k ? column(RUN) : NaN):(column("relative")) \
        with points pointtype MARK_OF[int(k)] pointsize SIZE_OF[int(k)] \
            linecolor rgb COLOUR[int(k)] title NAME[int(k)]
}
