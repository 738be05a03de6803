"""Runs every point of a study, round by round, and keeps every raw time.

A round runs each point once, in an order of its own, so that a drift of the machine (warmth, a
neighbour, the clock frequency) falls on all points alike and not on those that came late. Round 0
warms up: its times are kept too, but nothing is concluded from them.

A run is written down as soon as it is over; whatever interrupts the study costs that one run.
"""

import csv
import os
import random
import sys
import time

from . import machine, problem
from .program import Failure

COLUMNS = ["round", "study", "schedule", "threads", "factor", "grain", "terms", "seconds",
           "process_seconds", "cpu_seconds", "other_cpus", "parallel_efficiency", "load_balance",
           "communication_efficiency", "busy_seconds", "kernel", "total"]
TEXT = {"study", "schedule", "kernel", "total"}
WHOLE = {"round", "threads", "grain", "terms"}


def read_runs(path):
    """The rows of runs.csv with numbers as numbers; a last line that was cut off is dropped."""
    with open(path, encoding="utf-8", newline="") as file:
        text = file.read()
    lines = text[:text.rfind("\n") + 1].splitlines()
    if not lines or lines[0] != ",".join(COLUMNS):
        raise Failure("%s: not the runs of a study of this version" % path)
    return [_typed(row) for row in csv.DictReader(lines)]


def _typed(row):
    typed = {}
    for name, value in row.items():
        if name in TEXT:
            typed[name] = value
        elif name == "busy_seconds":
            typed[name] = [float(word) for word in value.split()]
        elif value == "":
            typed[name] = None
        else:
            typed[name] = int(value) if name in WHOLE else float(value)
    return typed


def _row(point, number, document):
    """A row of runs.csv from what one run gave."""
    def field(name):
        value = document.get(name)
        return None if value is None else float(value)
    return {
        "round": number, "study": point.study, "schedule": point.schedule,
        "threads": point.threads, "factor": point.factor, "grain": point.grain,
        "terms": int(document["terms"]),
        "seconds": float(document["seconds"]),
        "process_seconds": round(document["process_seconds"], 6),
        "cpu_seconds": round(document["cpu_seconds"], 6),
        "other_cpus": None if document["other_cpus"] is None else round(document["other_cpus"], 3),
        "parallel_efficiency": field("parallel_efficiency"),
        "load_balance": field("load_balance"),
        "communication_efficiency": field("communication_efficiency"),
        "busy_seconds": [float(value) for value in document.get("busy_seconds", [])],
        "kernel": str(document.get("kernel", "")), "total": str(document["total"]),
    }


def row_key(row):
    """The key of the row's point."""
    return problem.Point(row["study"], row["schedule"], row["threads"], row["factor"],
                         row["grain"]).key


def share(point, jobs):
    """The time of a point, about, relative to the strong study's jobs on one thread."""
    cores = min(point.threads, machine.cpu_limit())
    if point.schedule == "jobs":
        return problem.list_schedule(jobs, cores) / max(1, problem.terms(jobs))
    return point.factor * point.copies / cores


def agree(totals, row):
    """Notes the row's total in `totals`, by the jobs that it belongs to; a Failure if another run
    of the same jobs gave another."""
    jobs = (row["terms"], row["factor"])
    if totals.setdefault(jobs, row["total"]) != row["total"]:
        raise Failure("%s: two runs of the same jobs gave %s and %s; nothing was concluded"
                      % (row_key(row), totals[jobs], row["total"]))


class Sweep:
    """The measuring part of a study in `directory`; `runs` holds what is measured so far."""

    def __init__(self, directory, program, jobs, term_arguments, points, rounds, one_thread,
                 start):
        self.directory = directory
        self.program = program
        self.jobs = jobs
        self.term_arguments = term_arguments
        self.points = points
        self.rounds = rounds
        self.one_thread = one_thread  # seconds of the jobs on one thread, about
        self.start = start  # seconds of a run in which nothing is added up, about
        self.path = os.path.join(directory, "runs.csv")
        self.runs = []
        if os.path.exists(self.path):
            self.runs = read_runs(self.path)

    def arguments(self, point):
        """parsum's command line for a point; long lists of jobs go through a file."""
        jobs = point.jobs(self.jobs)
        arguments = ["--threads", str(point.threads), "--quiet"]
        arguments += problem.grain_arguments(point)
        arguments += self.term_arguments
        if len(jobs) <= problem.ARGUMENTS_MOST:
            return arguments + ["--"] + ["%d:%d" % job for job in jobs]
        name = "jobs-x%d.txt" % point.copies
        if point.factor != 1.0:
            name = "jobs-%.6g.txt" % point.factor
        path = os.path.abspath(os.path.join(self.directory, "jobs", name))
        if not os.path.exists(path):
            os.makedirs(os.path.dirname(path), exist_ok=True)
            problem.write_jobs(path + ".part", jobs)
            os.replace(path + ".part", path)
        return arguments + ["--input", path]

    def estimate(self, point):
        """Seconds that a run will take, about."""
        return self.start + self.one_thread * share(point, self.jobs)

    def go(self):
        """Runs what is not run yet. What two runs of the same jobs add
        up must be the same."""
        done = {(row["round"], row_key(row)) for row in self.runs}
        waiting = []
        for number in range(self.rounds + 1):
            ordered = list(self.points)
            random.Random(number).shuffle(ordered)
            waiting += [(number, point) for point in ordered if (number, point.key) not in done]
        totals = {}
        for row in self.runs:
            agree(totals, row)
        progress = Progress([self.estimate(point) for _, point in waiting], self.rounds)
        with self._open() as file:
            for number, point in waiting:
                progress.show(number, point)
                row = _row(point, number, self.program.run(self.arguments(point)))
                agree(totals, row)
                file.write(_line(row))
                file.flush()
                os.fsync(file.fileno())
                self.runs.append(row)
        progress.end()

    def _open(self):
        """runs.csv, ready for more rows: begun, or without the row that was cut off."""
        part = self.path + ".part"
        with open(part, "w", encoding="utf-8", newline="") as file:
            file.write(",".join(COLUMNS) + "\n")
            file.writelines(_line(row) for row in self.runs)
        os.replace(part, self.path)
        return open(self.path, "a", encoding="utf-8", newline="")


def _line(row):
    cells = []
    for name in COLUMNS:
        value = row[name]
        if name == "busy_seconds":
            value = " ".join("%.9g" % seconds for seconds in value)
        cells.append("" if value is None else "%.9g" % value if isinstance(value, float)
                     else str(value))
    return ",".join(cells) + "\n"


class Progress:
    """Where the study is and how long it will take, on standard error: one line that is drawn over
    on a terminal, a line a round elsewhere."""

    def __init__(self, estimates, rounds):
        self.estimates = estimates
        self.rounds = rounds
        self.place = 0
        self.begin = time.monotonic()
        self.terminal = sys.stderr.isatty()
        self.round = None

    def left(self):
        """Seconds left: what is still to run, as the estimates have it, corrected by how they did
        so far."""
        elapsed = time.monotonic() - self.begin
        before = sum(self.estimates[:self.place])
        ratio = elapsed / before if before > 1 else 1.0
        return ratio * sum(self.estimates[self.place:])

    def show(self, number, point):
        name = "warm-up" if number == 0 else "round %d of %d" % (number, self.rounds)
        seconds = int(self.left() + 0.5)
        left = "%d:%02d left" % (seconds // 60, seconds % 60)
        if self.terminal:
            sys.stderr.write("\r\033[K%s, %s: %s" % (name, left, point.label))
        elif number != self.round:
            sys.stderr.write("%s, %s\n" % (name, left))
        sys.stderr.flush()
        self.round = number
        self.place += 1

    def end(self):
        if self.terminal:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()
