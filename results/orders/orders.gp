# Draws orders.svg from orders.csv and labels.txt, which orders.py writes: a panel for each way to sum.
# Colours are those of Okabe and Ito ("Color universal design", 2008).

set terminal svg size 720,600 font "sans-serif,15" background rgb "white" linewidth 1.2
set output "orders.svg"
set encoding utf8
set datafile separator comma
INK = 0x24292f
MUTED = 0x57606a
FAINT = 0xd0d7de
array COLOUR[4] = [0x0072b2, 0xd55e00, 0x009e73, 0xcc79a7]

field(row, column) = system(sprintf("sed -n '%dp' labels.txt | cut -d '|' -f %d", row, column))
stats "orders.csv" using 5 skip 1 nooutput
reach = 1.15 * (abs(STATS_min) > STATS_max ? abs(STATS_min) : STATS_max)

set multiplot
set label 1 "One million numbers, in a hundred random orders, on 1 to 4 threads" \
    at screen 0.022, screen 0.957 font ",18" textcolor rgb INK
set label 2 "How far the sum is from the exact one, in units of its last bit" \
    at screen 0.022, screen 0.91 font ",13" textcolor rgb MUTED
set border 3 linecolor rgb MUTED
set ytics 10
set tics nomirror out scale 0.6 textcolor rgb INK font ",13"
set grid ytics linetype 1 linewidth 0.6 linecolor rgb FAINT
set lmargin at screen 0.09
set rmargin at screen 0.975
set xrange [0:101]
set yrange [-reach:reach]
set key at screen 0.985, screen 0.045 right horizontal samplen 0.5 width -3 font ",13" textcolor rgb INK

do for [row=1:3] {
    way = field(row, 1)
    top = 0.855 - (row - 1) * 0.255
    set tmargin at screen top - 0.03
    set bmargin at screen top - 0.195
    set format x (row == 3 ? "%g" : "")
    if (row == 3) { set label 5 "order" at screen 0.09, screen 0.04 textcolor rgb INK font ",13" }
    results = int(field(row, 2)) == 1 ? "1 result" : field(row, 2) . " results"
    set label 3 sprintf("{/:Bold %s}   %s: {/:Bold %s}%s", way, results, field(row, 3), field(row, 4)) \
        at screen 0.09, screen top textcolor rgb INK font ",14"
    set label 4 (row == 1 ? "" : sprintf("%s times numpy's time on one thread", field(row, 5))) \
        at screen 0.975, screen top right textcolor rgb MUTED font ",13"
    plot for [t=1:4] "orders.csv" using \
        (stringcolumn(1) eq way && column(3) == t ? column(2) : NaN):5 skip 1 \
        with points pointtype 7 pointsize 0.3 linecolor rgb COLOUR[t] \
        title (row == 3 ? sprintf("%d thread%s", t, t > 1 ? "s" : "") : "")
    unset label 1
    unset label 2
}
unset multiplot
