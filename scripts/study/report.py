"""report.html: the whole study on one page, in one file, without a script."""

import html
import os

from . import charts, summary, svg, trust

MEANINGS = [
    ("Speedup", "how many times as fast as one thread with chunks; its 95% interval comes from "
     "drawing the runs again, with replacement (bootstrap)."),
    ("Efficiency", "speedup over threads: the share of every thread that is put to use."),
    ("Strong scaling", "the same work for every number of threads."),
    ("Weak scaling", "as many copies of the work as threads; ideal is that it takes no longer."),
    ("Parallel efficiency", "load balance times communication efficiency: the share of the "
     "threads' time in which they add up."),
    ("Load balance", "the mean over the largest useful time of the threads; lower where some have "
     "nothing left to do while another still works."),
    ("Communication efficiency", "the largest useful time of a thread over the time that passed; "
     "lower where even the busiest waits, for rounds to begin or to be reported."),
    ("Computation scaling", "useful time of one thread over that of all threads together, for the "
     "same work; lower where terms cost more when all cores are busy (clock, caches, shared cores, "
     "neighbours)."),
    ("Serial share", "what Amdahl's law makes of the curve: the part of the work during which one "
     "thread works and all others wait."),
    ("Contention, coherency", "the two terms of the universal scalability law: waiting for each "
     "other, and having to agree with each other, which makes more threads slower in the end."),
    ("Spread", "the interquartile range of a point's runs over their median."),
]

CAPTIONS = {
    "speedup": ("Speedup against threads, measured and ideal",
                "Every dot is a median of {runs} runs on the same jobs. {law}"),
    "efficiency": ("Efficiency against threads",
                   "The same numbers divided by the threads, and weak scaling beside them."),
    "schedules": ("Speedup of chunks and of whole jobs",
                  "Whole jobs, as a plain parallel map hands them out, cannot beat total over "
                  "longest job: {bound:.2f} here, on any number of threads."),
    "timeline": ("Timeline: which thread works on which job when, chunks above whole jobs",
                 "Above, all threads share every job and end together. Below, a thread keeps its "
                 "job to the end, and the others wait for the last one."),
    "grain": ("Speedup against the size of chunks",
              "Smaller chunks cost more to hand out, larger ones come out uneven; the program "
              "chooses by the clock."),
    "size": ("Time against the number of terms, on one thread and on many",
             "Left of where the lines meet, the work is too small for more threads to pay."),
    "runs": ("Every run against the median of its point, in the order of time",
             "Rounds run every point once in a random order. A drift of the machine would show as "
             "a slope, a disturbance as a cloud; the band is 5% to either side."),
}


def write(path, directory, study, drawn):
    """Writes the page; `drawn` are the charts that lie in the directory as SVG."""
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "report.css"),
              encoding="utf-8") as file:
        style = file.read()
    body = [_head(study), _figures(study), _trust(study["trust"]),
            _charts(directory, study, drawn), _table(study), _fits(study["fits"]), _meanings(),
            _provenance(study), _commands(study)]
    with open(path, "w", encoding="utf-8") as file:
        file.write("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                   "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                   "<meta name=\"color-scheme\" content=\"light dark\">\n"
                   "<title>How parsum scales on %s</title>\n<style>\n%s</style>\n</head>\n<body>\n"
                   "%s\n</body>\n</html>\n"
                   % (html.escape(study["machine"]["name"]), style, "\n".join(body)))


def _best(study):
    """The row of the most threads that were traced: a CPU each."""
    return summary.find(study["summary"], "strong", "chunks", study["traced_threads"])


def _head(study):
    what, where = study["problem"], study["machine"]
    return ("<h1>How parsum scales on %s</h1>\n<p class=\"muted\">%s job%s, %s terms of "
            "<code>%s</code>; %s, %s CPUs; %s; %d runs of each point, interleaved.</p>"
            % (html.escape(where["name"]), charts.number(what["jobs"]),
               "" if what["jobs"] == 1 else "s", charts.number(what["terms"]),
               html.escape(what["term"]), html.escape(where["cpu"]), where["cpus_usable"],
               html.escape(study["started"][:10]), study["plan"]["rounds"]))


def _figures(study):
    threads = study["traced_threads"]
    rows = study["summary"]
    best, jobs = _best(study), summary.find(rows, "strong", "jobs", threads)
    cells = [("%.2f×" % best["speedup"], "on %d thread%s (95%%: %.2f to %.2f)"
              % (threads, "" if threads == 1 else "s", best["speedup_lo"], best["speedup_hi"])),
             ("%.2f×" % jobs["speedup"], "with whole jobs (95%%: %.2f to %.2f)"
              % (jobs["speedup_lo"], jobs["speedup_hi"]))]
    weak = summary.find(rows, "weak", "chunks", threads)
    if weak and threads > 1:
        cells.append(("%.1f%%" % (100 * weak["efficiency"]), "weak efficiency on %d threads"
                      % threads))
    law = study["fits"]["amdahl"]
    if law and law["serial_share"] > 1:
        cells.append(("no fit", "of Amdahl's law: more threads were slower than one"))
    elif law:
        cells.append((charts.percent(law["serial_share"]), "serial share (95%%: %s to %s)%s" % (
            *map(charts.percent, law["serial_share_95"]),
            "" if law["tested"] else ", from two thread counts")))
    cells.append(("%s/s" % charts.number(best["terms_per_s"]), "terms, %d thread%s"
                  % (threads, "" if threads == 1 else "s")))
    return "<ul class=\"figures\">\n%s\n</ul>" % "\n".join(
        "<li><b>%s</b><span>%s</span></li>" % (html.escape(value), html.escape(text))
        for value, text in cells)


def _trust(judged):
    if not judged:
        return "<h2>Can it be trusted?</h2>\n<p>Nothing speaks against it.</p>"
    warnings = sum(item["level"] == trust.WARNING for item in judged)
    lead = ("%d warning%s; read them before the numbers." % (warnings, "" if warnings == 1 else "s")
            if warnings else "No warnings; what to know:")
    return "<h2>Can it be trusted?</h2>\n<p>%s</p>\n<ul class=\"trust\">\n%s\n</ul>" % (
        lead, "\n".join("<li class=\"%s\">%s%s</li>" % (
            item["level"], "Warning: " if item["level"] == trust.WARNING else "",
            html.escape(item["text"])) for item in judged))


def _charts(directory, study, drawn):
    if not drawn:
        return ""
    law = study["fits"]["amdahl"]
    facts = {
        "runs": study["plan"]["rounds"],
        "bound": study["problem"]["terms"] / max(1, study["problem"]["longest_job"]),
        "law": "The shaded band is where Amdahl's law lies when the runs are drawn again."
               if law and law["tested"] else "",
    }
    figures = []
    for name in drawn:
        with open(os.path.join(directory, name + ".svg"), encoding="utf-8") as file:
            drawing = file.read()
        title, caption = CAPTIONS[name]
        figures.append("<figure id=\"chart-%s\"%s>\n%s\n<figcaption>%s</figcaption>\n</figure>" % (
            name, " class=\"whole\"" if name == "timeline" else "",
            svg.inline(drawing, name, html.escape(title)), html.escape(caption.format(**facts))))
    return "<h2>Charts</h2>\n<div class=\"charts\">\n%s\n</div>" % "\n".join(figures)


def _cell(value, form):
    return "–" if value is None else form.format(value)


def _what(row):
    names = {"chunks": "chunks", "jobs": "whole jobs", "fixed": "chunks of %s terms"
             % charts.number(row["grain"])}
    part = ", %s terms" % charts.number(row["terms"]) if row["study"] == "size" else ""
    return "%s, %s%s" % (row["study"], names[row["schedule"]], part)


def _table(study):
    columns = [
        ("what", _what),
        ("threads", lambda r: str(r["threads"])),
        ("median", lambda r: charts.seconds(r["median_s"])),
        ("quartiles", lambda r: "%s to %s"
            % (charts.seconds(r["q1_s"]), charts.seconds(r["q3_s"]))),
        ("spread", lambda r: "%.1f%%" % (100 * r["spread"])),
        ("speedup", lambda r: "%.2f" % r["speedup"]),
        ("95% interval", lambda r: "–" if r["speedup_lo"] == r["speedup_hi"]
            else "%.2f to %.2f" % (r["speedup_lo"], r["speedup_hi"])),
        ("efficiency", lambda r: "%.3f" % r["efficiency"]),
        ("parallel eff.", lambda r: _cell(r["parallel_efficiency"], "{:.3f}")),
        ("load balance", lambda r: _cell(r["load_balance"], "{:.3f}")),
        ("commun. eff.", lambda r: _cell(r["communication_efficiency"], "{:.3f}")),
        ("comput. scaling", lambda r: _cell(r["computation_scaling"], "{:.3f}")),
    ]
    head = "".join("<th>%s</th>" % html.escape(name) for name, _ in columns)

    def lines(rows):
        return "\n".join("<tr%s>%s</tr>" % (
            " class=\"bad\"" if row["spread"] > trust.SPREAD_MOST else "",
            "".join("<td data-name=\"%s\"><span>%s</span></td>" % (
                html.escape(name), html.escape(value(row))) for name, value in columns))
            for row in rows)
    scaling = [row for row in study["summary"] if row["study"] in ("strong", "weak")]
    others = [row for row in study["summary"] if row["study"] not in ("strong", "weak")]
    table = "<table>\n<thead><tr>%s</tr></thead>\n<tbody>\n%s\n</tbody>\n</table>"
    return ("<h2>Numbers</h2>\n<p class=\"muted\">Rows with a spread over 10%% are marked.</p>\n"
            "%s\n<details><summary>Sizes of chunks, and sizes of the problem</summary>\n%s\n"
            "</details>"
            % (table % (head, lines(scaling)), table % (head, lines(others))))


def _fits(fits):
    lines = []
    law = fits["amdahl"]
    if law:
        tested = ("it misses no point by more than %s." % charts.percent(law["largest_misfit"])
                  if law["tested"] else
                  "two thread counts determine it whatever they are, so this tests nothing.")
        lines.append("<p>Amdahl's law: one thread %s, %s; %s</p>" % (
            charts.seconds(law["one_thread_seconds"]),
            charts.serial_share(law["serial_share"], law["serial_share_95"]), tested))
    law = fits["usl"]
    if law:
        peak = ("Its curve has its peak at %.0f threads." % law["peak_threads"]
                if law["peak_threads"] else "Its curve has no peak.")
        lines.append("<p>Universal scalability law: contention %s, coherency %s; it misses no "
                     "point by more than %s. %s</p>" % (
                         charts.percent_interval(law["contention"], law["contention_95"]),
                         charts.percent_interval(law["coherency"], law["coherency_95"]),
                         charts.percent(law["largest_misfit"]), peak))
    else:
        lines.append("<p class=\"muted\">The universal scalability law has three parameters and is "
                     "fitted from six thread counts on.</p>")
    return "<h2>Fitted laws</h2>\n" + "\n".join(lines)


def _list(pairs):
    return "<dl>\n%s\n</dl>" % "\n".join(
        "<dt>%s</dt><dd>%s</dd>" % (html.escape(name), html.escape(str(value)))
        for name, value in pairs if value not in (None, "", [], {}))


def _meanings():
    return "<h2>What the words mean</h2>\n" + _list(MEANINGS)


def _provenance(study):
    where, program = study["machine"], study["program"]
    cache = ", ".join("L%d%s %s" % (c["level"], {"Data": "d", "Instruction": "i"}.get(
        c["type"], ""), c["size"]) for c in where["caches"])
    return "<h2>Where the numbers come from</h2>\n" + _list([
        ("Machine", where["name"]), ("CPU", where["cpu"]),
        ("CPUs to use", "%s of %s (affinity %s)" % (
            where["cpus_usable"], where["cpus_online"], where["affinity"])),
        ("Cores, sockets", "%s, %s" % (where["cores"], where["sockets"])),
        ("Quota", where["quota_cpus"]), ("Caches of a core", cache),
        ("NUMA", ", ".join("%s: CPUs %s" % item for item in where["numa"].items())),
        ("Governor", ", ".join(where["governors"]) or "not to be seen"),
        ("Turbo", where["turbo"]), ("Virtual machine", "yes" if where["virtual"] else "no"),
        ("Memory", "%s GiB" % where["memory_gib"]), ("Kernel", where["kernel"]),
        ("System", where["system"]),
        ("OpenMP variables", ", ".join("%s=%s" % item for item in
                                       where["openmp_environment"].items()) or "none set"),
        ("Program", "; ".join(program["version"].splitlines())), ("Commit", program["commit"]),
        ("SHA-256", program["sha256"]), ("Load at the start", study["load_at_start"]),
        ("From, to", "%s, %s" % (study["started"], study["finished"])),
        ("Python, gnuplot", ", ".join(str(tool) for tool in study["tools"].values() if tool)),
    ])


def _commands(study):
    lines = "\n".join("%-24s %s" % (html.escape(key), html.escape(line))
                      for key, line in study["commands"].items())
    return ("<details><summary>The command line of every point</summary>\n<pre>%s</pre>\n"
            "</details>\n<p class=\"muted\">Beside this page: runs.csv (every raw time), "
            "summary.csv, study.json (all of it), extra-p.jsonl, the charts as SVG and PNG, and "
            "the two traces, which Perfetto opens. "
            "<code>gnuplot -c scripts/plot.gp summary.csv</code> draws the charts again.</p>" % lines)
