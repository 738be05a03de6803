# Draws histogram.svg from histogram.csv, which recipe 10 of docs/cookbook.md makes: how many numbers take how
# many steps.
set terminal svg size 720,400 font "sans-serif,15" background rgb "white" linewidth 1.2
set output "histogram.svg"
set datafile separator comma
INK = 0x24292f
MUTED = 0x57606a
set border 3 linecolor rgb MUTED
set tics nomirror out scale 0.6 textcolor rgb INK
set grid ytics linetype 1 linewidth 0.6 linecolor rgb 0xd0d7de
set title "How long Collatz takes, for the numbers below ten million" textcolor rgb INK font ",17"
set xlabel "steps to 1" textcolor rgb INK
set ylabel "thousand numbers" textcolor rgb INK
set xrange [0:450]
set label "the longest: 685 steps, from 8,400,511" at 448, 90 right textcolor rgb MUTED font ",13"
set style fill solid
plot "histogram.csv" using 1:($2/1000) skip 1 with impulses linewidth 1 linecolor rgb 0x0072b2 notitle
