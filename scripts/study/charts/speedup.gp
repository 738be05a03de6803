# Speedup against threads: measured, with its 95% intervals; ideal; and the laws that were fitted.

HIGH = 450
axis_text = "speedup over one thread"
legend = 2 + (strlen(said("amdahl", "")) > 0) + (strlen(said("usl", "")) > 0)
title_text = "Speedup on up to " . most . " threads"
eval begin
eval threads_axis
eval beyond_cpus
stats summary using (stringcolumn(STUDY) eq "strong" ? column("speedup_hi") : NaN) nooutput
set yrange [0:1.05 * (STATS_max > most ? STATS_max : most)]
set ytics step(most)
set style fill transparent solid 0.18 noborder

# What to plot of a law. One that was not fitted is a function that is nowhere: of a file without a
# point to show gnuplot would warn.
amdahl = said("amdahl", "")
usl = said("usl", "")
law(name, legend, columns) = present(curves) && strlen(legend) \
    ? sprintf('curves using (curve("%s", column(2))):%s', name, columns) : "NaN"
amdahl_band = law("amdahl", amdahl, "(column(4)):(column(5))")
amdahl_curve = law("amdahl", amdahl, "(column(3))")
usl_curve = law("usl", usl, "(column(3))")
plot @amdahl_band with filledcurves fillcolor rgb VERMILION notitle, \
    x <= most ? x : NaN with lines linecolor rgb MUTED dashtype 2 title "ideal", \
    @amdahl_curve with lines linewidth 1.5 linecolor rgb VERMILION title amdahl, \
    @usl_curve with lines linewidth 1.5 dashtype 4 linecolor rgb GREEN title usl, \
    summary using (only("strong", "chunks", column("threads"))):(column("speedup")): \
        (column("speedup_lo")):(column("speedup_hi")) \
        with yerrorbars pointtype 7 pointsize 0.9 linewidth 1.5 linecolor rgb BLUE \
        title "measured, 95% interval"
