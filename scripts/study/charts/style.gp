# What all charts have in common. Colours are those of Okabe and Ito ("Color universal design",
# 2008), which people with any colour vision can tell apart; series differ in their marks too.

reset
set encoding utf8
set datafile separator comma
set datafile columnheaders
set datafile missing NaN

INK = 0x24292f
MUTED = 0x57606a
FAINT = 0xd0d7de
BLUE = 0x0072b2
VERMILION = 0xd55e00
GREEN = 0x009e73
SKY = 0x56b4e9
AMBER = 0xe69f00
PURPLE = 0xcc79a7
WAITING = 0xd8dee4

# Text within a bar, whatever the page's colours are.
ON_LIGHT = 0x0b0b0b
ON_DARK = 0xfefefe

WIDE = 560

# Starts a chart HIGH pixels high, with so many rows of legend: one canvas, twice the pixels as PNG.
# From above: the title, what was run, the legend, the plot. Nothing lies over the plot. (A point
# of the PNG's font is 4/3 of a pixel, one of the SVG's is a pixel.)
begin = 'if (kind eq "svg") { \
        set terminal svg size WIDE,HIGH font "sans-serif,15" background rgb "white" linewidth 1.2; \
    } else { \
        set terminal pngcairo size 2*WIDE,2*HIGH font "sans-serif,15" fontscale 1.5 \
            linewidth 2.4 pointscale 2 background rgb "white"; \
    }; \
    made = 1; \
    set output file . ".part"; \
    set label 101 title_text at screen 16.0/WIDE, screen 1 - 24.0/HIGH left noenhanced \
        font ",18" textcolor rgb INK; \
    set label 102 run_text at screen 16.0/WIDE, screen 1 - 48.0/HIGH left noenhanced \
        font ",13" textcolor rgb MUTED; \
    set label 103 axis_text at screen 22.0/WIDE, graph 0.5 center rotate by 90 noenhanced \
        textcolor rgb INK; \
    set key at screen 10.0/WIDE, screen 1 - 59.0/HIGH left top; \
    set tmargin at screen 1 - (80.0 + 19 * legend)/HIGH'

run_text = said("run", "")
axis_text = ""
legend = 0
set lmargin at screen 84.0/WIDE
set rmargin at screen 1 - 22.0/WIDE
set border 3 linecolor rgb MUTED
set tics nomirror out scale 0.6 textcolor rgb INK
set grid ytics linetype 1 linewidth 0.6 linecolor rgb FAINT
set key vertical Left reverse noenhanced samplen 2.2 spacing 1.1 textcolor rgb INK font ",13"
set xlabel textcolor rgb INK
set bars 0.6

# A row's value where it belongs to the study and schedule; else nothing is drawn.
only(study, schedule, value) = (stringcolumn(STUDY) eq study \
    && stringcolumn("schedule") eq schedule) ? value : NaN
curve(name, value) = (stringcolumn(CURVE) eq name) ? value : NaN

# The axis of threads, with the counts that were measured, and one of speedup.
stats summary using (column("threads")) nooutput
most = int(STATS_max)
threads_axis = 'set xrange [0:most * 1.05]; set xlabel "threads"; set xtics (); \
    do for [t in said("threads", sprintf("1 %d", most))] { set xtics add (t int(t)) }'
beyond_cpus = 'cpus = int(said("cpus", sprintf("%d", most))); \
    if (cpus < most) { \
        set arrow 1 from cpus, graph 0 to cpus, graph 1 nohead back \
            linecolor rgb FAINT dashtype 2; \
        set label 105 sprintf(" more threads than the %d CPUs", cpus) at cpus, graph 0.05 \
            font ",12" textcolor rgb MUTED \
    }'
step(reach) = reach <= 3 ? 0.5 : reach <= 8 ? 1 : reach <= 16 ? 2 : reach <= 40 ? 5 : \
    reach <= 100 ? 10 : reach <= 200 ? 20 : 50
