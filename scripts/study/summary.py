"""A row a point, from the raw runs: the numbers that tables and charts show.

Speedup is the ratio of two rates (terms a second): that of the point over that of one thread with
chunks, of the same study. For strong scaling that is the ratio of the times; for weak scaling it is
what Gustafson calls scaled speedup. Efficiency is speedup over threads.
"""

import csv

from . import problem, stats
from .sweep import row_key

COLUMNS = ["study", "schedule", "threads", "factor", "grain", "terms", "runs", "median_s", "q1_s",
           "q3_s", "min_s", "max_s", "spread", "terms_per_s", "speedup", "speedup_lo", "speedup_hi",
           "efficiency", "efficiency_lo", "efficiency_hi", "parallel_efficiency", "load_balance",
           "communication_efficiency", "computation_scaling", "other_cpus"]

SEED = 20260101  # of every bootstrap: the same runs give the same intervals


def times_of(runs, key):
    """The seconds of a point's runs, warm-up left out."""
    return [row["seconds"] for row in runs if row["round"] > 0 and row_key(row) == key]


def strong_times(runs, schedule, threads):
    """{threads: [seconds]} of the strong study."""
    found = {p: times_of(runs, problem.Point("strong", schedule, p).key) for p in threads}
    return {p: values for p, values in found.items() if values}


def build(runs, points):
    """The rows, in the order of the points. The one thread of the weak study and the full size of
    the size study are the strong study's runs, and get a row of their own there."""
    measured = {}
    for row in runs:
        if row["round"] > 0:
            measured.setdefault(row_key(row), []).append(row)
    one = problem.Point("strong", "chunks", 1)
    rows = []

    def add(study, point, source, reference):
        if source.key in measured and reference.key in measured:
            rows.append(_summarise(study, point, measured[source.key], measured[reference.key]))

    for point in points:
        if point.study == "strong":
            add("strong", point, point, one)
    if any(point.study == "weak" for point in points):
        add("weak", one, one, one)
    for point in points:
        if point.study == "weak":
            add("weak", point, point, one)
    for point in points:
        if point.study == "size":
            add("size", point, point, problem.Point("size", "chunks", 1, point.factor))
    for p in sorted({point.threads for point in points if point.study == "size"}):
        full = problem.Point("strong", "chunks", p)
        add("size", full, full, one)
    for point in points:
        if point.study == "grain":
            add("grain", point, point, one)
    return rows


def _summarise(study, point, rows, reference):
    seconds = [row["seconds"] for row in rows]
    middle = stats.median(seconds)
    terms = rows[0]["terms"]
    growth = terms / reference[0]["terms"] if reference[0]["terms"] else 1.0
    base = [row["seconds"] * growth for row in reference]
    if rows is reference:
        speedup, low, high = 1.0, 1.0, 1.0
    else:
        speedup = stats.median(base) / middle
        low, high = stats.bootstrap_ratio(base, seconds, "%d %s" % (SEED, point.key))
    row = {
        "study": study, "schedule": point.schedule, "threads": point.threads,
        "factor": point.factor, "grain": point.grain, "terms": terms, "runs": len(seconds),
        "median_s": middle,
        "q1_s": stats.quantile(seconds, 0.25), "q3_s": stats.quantile(seconds, 0.75),
        "min_s": min(seconds), "max_s": max(seconds), "spread": stats.spread(seconds),
        "terms_per_s": terms / middle if middle > 0 else None, "speedup": speedup,
        "speedup_lo": low, "speedup_hi": high, "efficiency": speedup / point.threads,
        "efficiency_lo": low / point.threads, "efficiency_hi": high / point.threads,
        "computation_scaling": _computation_scaling(rows, reference, growth),
    }
    for name in ("parallel_efficiency", "load_balance", "communication_efficiency", "other_cpus"):
        values = [r[name] for r in rows if r[name] is not None]
        row[name] = stats.median(values) if values else None
    return row


def _computation_scaling(rows, reference, growth):
    """Useful time of one thread over that of all threads, for the same terms: below 1 where a term
    costs more CPU time with more threads (a lower clock, shared caches or cores). None if the runs
    do not tell their busy times."""
    useful = [sum(row["busy_seconds"]) for row in rows]
    base = [growth * sum(row["busy_seconds"]) for row in reference]
    return stats.median(base) / stats.median(useful) if min(useful) > 0 else None


def find(rows, study, schedule, threads=None):
    """The rows of a study and schedule, or the one of so many threads (None if there is none)."""
    found = [row for row in rows if row["study"] == study and row["schedule"] == schedule]
    if threads is None:
        return found
    return next((row for row in found if row["threads"] == threads), None)


def write(path, rows):
    """Writes summary.csv; what was not measured is an empty cell."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in rows:
            writer.writerow(["" if row[name] is None else "%.9g" % row[name]
                             if isinstance(row[name], float) else row[name] for name in COLUMNS])
