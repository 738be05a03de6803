# Every run in the order in which it was made, against the median of its point: drift and outliers
# would show here.

if (present(times)) {
    HIGH = 450
    axis_text = "time / median"
    legend = 4
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
    measured(schedule, value) = (column("round") > 0 \
        && stringcolumn("schedule") eq schedule) ? value : NaN
    plot times using (column("round") == 0 ? column(RUN) : NaN):(column("relative")) \
            with points pointtype 6 pointsize 0.6 linecolor rgb MUTED title "warm-up", \
        times using (measured("chunks", column(RUN))):(column("relative")) \
            with points pointtype 7 pointsize 0.6 linecolor rgb BLUE title "chunks", \
        times using (measured("fixed", column(RUN))):(column("relative")) \
            with points pointtype 4 pointsize 0.7 linecolor rgb GREEN title "fixed chunks", \
        times using (measured("jobs", column(RUN))):(column("relative")) \
            with points pointtype 9 pointsize 0.7 linecolor rgb VERMILION title "whole jobs"
}
