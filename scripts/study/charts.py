"""What the charts need beside summary.csv, and the call of gnuplot that draws them.

scripts/plot.gp draws every chart from files that lie together:

    summary.csv    the points (summary.COLUMNS)
    curves.csv     fitted and computed curves: curve,threads,speedup,lo,hi
    timeline.csv   who worked on which job when: panel,thread,job,begin_s,end_s,terms
    times.csv      every run in order: run,round,study,schedule,threads,relative
    labels.txt     titles and legends, "name: text" a line

so a chart is drawn again, from edited numbers too, without this program.
"""

import csv
import os
import re
import shutil
import subprocess

from . import problem, stats, trace
from .program import Failure
from .sweep import row_key

CHARTS = ["timeline", "speedup", "efficiency", "schedules", "grain", "size", "runs"]
PLOT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "plot.gp")
CURVE_POINTS = 120


def counts(low, high):
    """Thread counts for a smooth curve."""
    return [low + (high - low) * i / CURVE_POINTS for i in range(CURVE_POINTS + 1)]


def write_curves(path, fits, jobs, threads):
    """Writes curves.csv: the fitted laws over the counts that they rest on, and what
    whole jobs can reach by their lengths alone, a little beyond the measured counts."""
    most = max(threads)
    beyond = whole_jobs_range(most)
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["curve", "threads", "speedup", "lo", "hi"])
        for name in ("amdahl", "usl"):
            fit = fits.get(name)
            if fit is None:
                continue
            for p in counts(1, max(fit.counts)):
                low, high = fit.speedup_interval(p)
                writer.writerow([name] + ["%.6g" % v for v in (p, fit.speedup(p), low, high)])
        total = problem.terms(jobs)
        for p in range(1, beyond + 1):
            reached = total / problem.list_schedule(jobs, p) if total else 1.0
            writer.writerow(["whole_jobs", p, "%.6g" % reached, "", ""])


def whole_jobs_range(most):
    """Up to how many threads whole jobs are computed, where `most` were measured."""
    return max(8, most)


def write_timeline(path, traces, pixels=2000):
    """Writes timeline.csv from {panel: events}; what no picture could tell apart is joined."""
    span = max((event.end for events in traces.values() for event in events), default=0.0)
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["panel", "thread", "job", "begin_s", "end_s", "terms"])
        for panel, events in traces.items():
            for event in trace.merge(events, span / pixels):
                writer.writerow([panel, event.thread, event.job, "%.9f" % event.begin,
                                 "%.9f" % event.end, event.terms])


def write_times(path, runs):
    """Writes times.csv: every run in the order in which it was made, against the median of its
    point. The size study is left out, since its short runs are not meant to be alike."""
    medians = {}
    for row in runs:
        if row["round"] > 0:
            medians.setdefault(row_key(row), []).append(row["seconds"])
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["run", "round", "study", "schedule", "threads", "relative"])
        for number, row in enumerate(runs):
            if row["study"] != "size" and row_key(row) in medians:
                relative = row["seconds"] / stats.median(medians[row_key(row)])
                writer.writerow([number + 1, row["round"], row["study"], row["schedule"],
                                 row["threads"], "%.6g" % relative])


def tics(threads):
    """Thread counts that can stand beside each other on an axis, the largest for certain."""
    most = max(threads)
    kept = []
    for count in sorted(threads, reverse=True):
        if not kept or kept[-1] - count >= most / 18:
            kept.append(count)
    return sorted(kept)


def number(value):
    """A large number as people read it: 9.1e10 -> "9.1e10", 12000 -> "12 000"."""
    if value < 1e6:
        return "{:,}".format(int(value)).replace(",", " ")
    mantissa, _, exponent = ("%.2e" % value).partition("e")
    return "%se%d" % (mantissa.rstrip("0").rstrip("."), int(exponent))


def seconds(value):
    """A time with its unit, three digits."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if value >= size or unit == "µs":
            return "%s %s" % (("%.3f" if value / size < 10 else "%.4g") % (value / size), unit)
    return "%g s" % value


def percent(share):
    """0.0203 as "2.0%", 0.00035 as "0.035%"."""
    value = 100 * share
    size = abs(value)
    return "%.*f%%" % (0 if size >= 100 else 1 if size >= 1 else 2 if size >= 0.1 else 3, value)


def percent_interval(share, interval):
    return "%s (95%%: %s to %s)" % (percent(share), percent(interval[0]), percent(interval[1]))


def serial_share(share, interval):
    """Amdahl's share in words; a number above 1 would be the share of no program."""
    return ("no serial share fits, as more threads were slower than one" if share > 1 else
            "serial share " + percent_interval(share, interval))


def short_cpu(name):
    """A CPU's name without what says nothing: "Intel(R) Xeon(R) CPU @ 2.00GHz" -> "Intel Xeon"."""
    name = re.sub(r"\((R|TM|r|tm)\)", "", name)
    name = re.sub(r"\b(CPU|Processor|\d+-Core)\b|@.*", "", name)
    return " ".join(name.split())


def cut(text, length):
    return text if len(text) <= length else text[:length - 1] + "…"


def write_labels(path, labels):
    with open(path, "w", encoding="utf-8") as file:
        for name, text in labels.items():
            file.write("%s: %s\n" % (name, " ".join(str(text).split())))


def gnuplot():
    """The path of gnuplot; a Failure that says how to get it where it is missing."""
    found = shutil.which("gnuplot")
    if found is None:
        raise Failure("gnuplot is missing, and it draws the charts: install gnuplot-nox (Debian, "
                      "Ubuntu), gnuplot (Fedora, Arch), or run scripts/setup charts; "
                      "--no-charts goes without")
    return found


def draw(summary):
    """Draws every chart beside summary.csv, as SVG and as PNG. Returns the charts' names."""
    done = subprocess.run([gnuplot(), "-c", PLOT, summary], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        raise Failure("gnuplot could not draw %s: %s"
                      % (summary, done.stdout.decode("utf-8", "replace").strip()[-500:]))
    directory = os.path.dirname(summary)
    missing = [name for name in CHARTS
               if not os.path.exists(os.path.join(directory, name + ".svg"))]
    if missing:
        raise Failure("gnuplot did not draw %s: %s"
                      % (", ".join(missing), done.stdout.decode("utf-8", "replace").strip()[-500:]))
    return CHARTS
