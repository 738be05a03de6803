# Draws scan.svg from scan.csv, which recipe 11 of docs/cookbook.md makes: the log-likelihood below its
# greatest value, as contours. gnuplot wants a blank line in the table where m changes.
set terminal svg size 720,620 font "sans-serif,15" background rgb "white" linewidth 1.2
set output "scan.svg"
INK = 0x24292f
MUTED = 0x57606a
best = system("sort -t, -k6 -g -r scan.csv | sed -n '1s/,/ /gp'")
m = word(best, 4)
s = word(best, 5)

set contour base
unset surface
set cntrparam levels discrete -10, -6, -3, -1
set table $contours
splot "< awk -F, 'NR > 1 && $4 != m {print \"\"; m = $4} NR > 1 {print $4, $5, $6}' scan.csv" \
    using 1:2:($3 - word(best, 6)) with lines
unset table

set border 15 linecolor rgb MUTED
set tics nomirror out scale 0.6 textcolor rgb INK
set tmargin 4
set title "Which median and which width fit the readings?" textcolor rgb INK font ",17" offset 0, 0.7
set label 1 "The best pair, and where the logarithm of the likelihood is 1, 3, 6 and 10 less" \
    at graph 0.5, graph 1.035 center textcolor rgb MUTED font ",13"
set label 2 "m = " . m at m, s + 0.0009 center textcolor rgb INK font ",12"
set label 3 "s = " . s at m, s - 0.0009 center textcolor rgb INK font ",12"
set xlabel "median m" textcolor rgb INK
set ylabel "width s" textcolor rgb INK
set xrange [2.985:3.009]
set yrange [0.486:0.510]
set xtics 0.004 format "%.3f"
set ytics 0.004 format "%.3f"
shade(z) = z > -2 ? 0x003f63 : z > -4 ? 0x0072b2 : z > -8 ? 0x4fa3d1 : 0x9ccbe6
plot $contours using 1:2:(shade($3)) with lines linewidth 1.8 linecolor rgb variable notitle, \
    "+" using (m + 0):(s + 0) every ::0::0 with points pointtype 7 pointsize 0.8 linecolor rgb INK notitle
