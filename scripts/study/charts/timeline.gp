# The timeline: a row a thread, chunks above whole jobs on one axis of time. A colour is a job; its
# number stands in it where there is room; what stays grey is a thread that waits.

if (present(timeline)) {
    stats timeline using (column("thread")) nooutput
    rows = int(STATS_max) + 1
    stats timeline using (column("end_s")) nooutput
    span = STATS_max
    pitch = rows <= 2 ? 44 : rows <= 4 ? 34 : rows <= 8 ? 24 : rows <= 16 ? 17 : 12
    pitch = rows > 32 ? 400.0 / rows : pitch
    # Rows are 1 high, the second panel begins a gap of 56 pixels below the first.
    gap = 56.0 / pitch
    HIGH = int(146 + pitch * (2 * rows + gap))
    title_text = "Who works on which job, when"
    eval begin

    array PAINT[6] = [BLUE, AMBER, GREEN, PURPLE, SKY, VERMILION]
    paint(job) = PAINT[(int(job) - 1) % 6 + 1]
    on(job) = paint(job) == BLUE ? ON_DARK : ON_LIGHT
    scale = span < 0.1 ? 1e3 : 1.0
    lower(panel) = panel eq "jobs" ? rows + gap : 0.0
    row(panel, thread) = -lower(panel) - thread - 0.5

    set label 104 "Colour and number: the job. Grey: the thread waits." \
        at screen 16.0/WIDE, screen 1 - 68.0/HIGH left font ",13" textcolor rgb MUTED
    inside(panel, value) = stringcolumn(PANEL) eq panel ? value : NaN
    set tmargin at screen 1 - 80.0/HIGH
    set lmargin at screen 92.0/WIDE
    set bmargin at screen 66.0/HIGH
    set xlabel offset 0,0.3
    set xlabel span < 0.1 ? "milliseconds" : "seconds"
    set border 1
    unset grid
    set ytics () scale 0
    every = rows <= 8 ? 1 : rows <= 16 ? 2 : int(rows / 8)
    do for [panel in "chunks jobs"] {
        stats timeline using (inside(panel, column("end_s"))) nooutput
        ended = STATS_max
        do for [t=0:rows-1] {
            if (t % every == 0) { set ytics add (sprintf("thread %d", t) row(panel, t)) }
            set object 1000 + t + (panel eq "jobs" ? rows : 0) rectangle \
                from first 0, first row(panel, t) - 0.42 \
                to first scale * ended, first row(panel, t) + 0.42 \
                behind fillcolor rgb WAITING fillstyle solid 1.0 noborder
        }
        set label said("timeline_" . panel, panel) at first 0, first -lower(panel) + gap * 0.3 \
            left noenhanced font ",14" textcolor rgb INK
    }
    set xrange [0:span * scale * 1.005]
    set yrange [-(2 * rows + gap) - 0.15:gap * 0.7]
    set style fill solid 1.0 border rgb "white"
    middle(begin, end) = 0.5 * scale * (begin + end)
    wide(begin, end) = (end - begin) > span * 0.03

    plot for [panel in "chunks jobs"] timeline \
            using (inside(panel, middle(column("begin_s"), column("end_s")))): \
            (row(panel, column("thread"))): \
            (scale * column("begin_s")):(scale * column("end_s")): \
            (row(panel, column("thread")) - 0.42):(row(panel, column("thread")) + 0.42): \
            (paint(column("job"))) \
            with boxxyerror linewidth 0.5 fillcolor rgb variable notitle, \
        for [panel in "chunks jobs"] timeline \
            using (inside(panel, wide(column("begin_s"), column("end_s")) && pitch >= 16 \
                ? middle(column("begin_s"), column("end_s")) : NaN)): \
            (row(panel, column("thread"))):(sprintf("%d", column("job"))):(on(column("job"))) \
            with labels noenhanced font ",12" textcolor rgb variable notitle
}
