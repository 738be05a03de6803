# Speedup against threads: measured, with its 95% intervals; ideal; and the laws that were fitted.

HIGH = 450
axis_text = "speedup over one thread"
legend = 2 + (strlen(said("amdahl", "")) > 0) + (strlen(said("usl", "")) > 0)
title_text = "Speedup on up to " . most . " threads"
eval begin
eval threads_axis
eval beyond_cpus
stats summary using (stringcolumn("study") eq "strong" ? column("speedup_hi") : NaN) nooutput
set yrange [0:1.05 * (STATS_max > most ? STATS_max : most)]
set ytics step(most)
fitted = present(curves)
set style fill transparent solid 0.18 noborder

amdahl = said("amdahl", "")
usl = said("usl", "")
plot (fitted && strlen(amdahl) ? curves : summary) \
        using (fitted && strlen(amdahl) ? curve("amdahl", column(2)) : NaN): \
        (column(4)):(column(5)) \
        with filledcurves fillcolor rgb VERMILION notitle, \
    x <= most ? x : NaN with lines linecolor rgb MUTED dashtype 2 title "ideal", \
    (fitted && strlen(amdahl) ? curves : summary) \
        using (fitted && strlen(amdahl) ? curve("amdahl", column(2)) : NaN):(column(3)) \
        with lines linewidth 1.5 linecolor rgb VERMILION title (strlen(amdahl) ? amdahl : ""), \
    (fitted && strlen(usl) ? curves : summary) \
        using (fitted && strlen(usl) ? curve("usl", column(2)) : NaN):(column(3)) \
        with lines linewidth 1.5 dashtype 4 linecolor rgb GREEN title (strlen(usl) ? usl : ""), \
    summary using (only("strong", "chunks", column("threads"))):(column("speedup")): \
        (column("speedup_lo")):(column("speedup_hi")) \
        with yerrorbars pointtype 7 pointsize 0.9 linewidth 1.5 linecolor rgb BLUE \
        title "measured, 95% interval"
