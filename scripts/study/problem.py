"""What is added up: a list of jobs, made longer, shorter or repeated, and how parsum is asked."""

import heapq
import os

# Ten uneven jobs whose sums are known from elsewhere; the longest holds 21% of all terms.
REFERENCE = [(0, end) for end in (95133313, 24732803, 27455969, 78731492, 5579701, 2335927,
                                  7301247, 89524956, 79891856, 43206490)]
ARGUMENTS_MOST = 64  # more jobs than this go through a file
TERMS_MOST = 2**63 - 1

SCHEDULES = ["chunks", "jobs"]  # chunks sized by the program; whole jobs
CHUNK_SECONDS = [1e-5, 1e-4, 1e-3, 1e-2, 1e-1]  # lengths of the fixed chunks to compare with


class Point:
    """One thing to measure: a list of jobs, a schedule and a number of threads.

    study     "strong": the same jobs for all; "weak": as many copies of them as threads;
              "size": the same jobs, shorter; "grain": the same jobs, chunks of a fixed size
    schedule  "chunks": sized by the program; "jobs": whole jobs; "fixed": `grain` terms a chunk
    factor    lengths of the jobs, relative to those of the strong study
    """

    def __init__(self, study, schedule, threads, factor=1.0, grain=0):
        self.study = study
        self.schedule = schedule
        self.threads = threads
        self.factor = factor
        self.grain = grain

    @property
    def copies(self):
        return self.threads if self.study == "weak" else 1

    @property
    def key(self):
        """Names the point: "strong/chunks/4", "size/chunks/4/0.25", "grain/fixed/4/1000"."""
        more = "/%.6g" % self.factor if self.study == "size" else ""
        more += "/%d" % self.grain if self.grain else ""
        return "%s/%s/%d%s" % (self.study, self.schedule, self.threads, more)

    @property
    def label(self):
        more = ", 1/%.0f of the size" % (1 / self.factor) if self.study == "size" else ""
        more += ", %d terms a chunk" % self.grain if self.grain else ""
        return "%s, %s, %d thread%s%s" % (self.study, self.schedule, self.threads,
                                          "" if self.threads == 1 else "s", more)

    def jobs(self, strong):
        """The point's jobs, from those of the strong study."""
        return stretch(strong, self.factor) * self.copies

    def as_dict(self):
        return {"study": self.study, "schedule": self.schedule, "threads": self.threads,
                "factor": self.factor, "grain": self.grain}


def grains(total, seconds):
    """Terms in a chunk for each of CHUNK_SECONDS, where `total` terms take so many seconds on one
    thread; those that would leave less than a hundred chunks are left out."""
    found = {max(1, round(length * total / seconds)) for length in CHUNK_SECONDS}
    return sorted(grain for grain in found if grain * 100 <= total)


def fitting(threads, cpus):
    """The most threads that have a CPU each, or else the fewest; more would show the scheduler."""
    return max((p for p in threads if p <= cpus), default=min(threads))


def points(threads, cpus, sizes, fixed):
    """Every point of a study; `fixed` are the grains to compare the program's choice with. The weak
    study's one thread and the size study's full size are points of the strong study, and not
    measured twice. Sizes and grains are compared where all threads have a CPU."""
    most = fitting(threads, cpus)
    found = [Point("strong", schedule, p) for schedule in SCHEDULES for p in threads]
    found += [Point("weak", "chunks", p) for p in threads if p > 1]
    found += [Point("size", "chunks", p, factor) for factor in sizes for p in sorted({1, most})]
    found += [Point("grain", "fixed", most, grain=grain) for grain in fixed]
    return found


def terms(jobs):
    return sum(max(0, end - start) for start, end in jobs)


def longest(jobs):
    return max((max(0, end - start) for start, end in jobs), default=0)


def stretch(jobs, factor):
    """Jobs that start where they did, each `factor` times as long; ValueError past 64 bits."""
    if factor == 1.0:
        return list(jobs)
    stretched = [(start, start + round(max(0, end - start) * factor)) for start, end in jobs]
    if terms(stretched) > TERMS_MOST or any(end > TERMS_MOST for _, end in stretched):
        raise ValueError("jobs %g times as long do not fit in 64 bits; choose a shorter time"
                         % factor)
    return stretched


def list_schedule(jobs, threads):
    """How long whole jobs take on so many threads when each takes the next one as it gets free, in
    terms: the makespan of Graham's list schedule ("Bounds on multiprocessing timing anomalies",
    1969). It counts a term as a unit of time."""
    free = [0] * threads
    for start, end in jobs:
        heapq.heapreplace(free, free[0] + max(0, end - start))
    return max(free)


def grain_arguments(point):
    """parsum's options for a point's schedule."""
    if point.schedule == "jobs":
        return ["--grain", "job"]
    return ["--grain", str(point.grain)] if point.grain else []


def term_arguments(options):
    """parsum's options for the term, from those of the study."""
    arguments = []
    for name, values in (("--term", options.term), ("-D", options.constants),
                         ("--let", options.let), ("--data", options.data),
                         ("--term-file", [options.term_file]), ("--reduce", [options.reduce])):
        for value in values:
            arguments += [name, value] if value is not None else []
    for name in ("skip_nan", "wrap", "libm"):
        arguments += ["--" + name.replace("_", "-")] if getattr(options, name) else []
    return arguments


def source_arguments(options):
    """parsum's options for the jobs as the user gave them."""
    arguments = []
    for name in ("input", "random", "below", "seed", "start", "segments"):
        value = getattr(options, name)
        if value is not None:
            arguments += ["--" + name, value]
    return arguments + options.jobs


def term_text(options):
    """The term, for titles."""
    terms = ", ".join(options.term)
    if options.term_file is not None and not terms:
        terms = os.path.basename(options.term_file)
    return " ".join([terms or "i"] + options.constants + options.let)


def write_jobs(path, jobs):
    with open(path, "w", encoding="ascii") as file:
        file.writelines("%d %d\n" % job for job in jobs)


def read_jobs(path):
    with open(path, encoding="ascii") as file:
        return [tuple(int(word) for word in line.split()) for line in file if line.strip()]
