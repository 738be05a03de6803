"""One study from beginning to end: what scripts/scaling does."""

import datetime
import gzip
import json
import os
import platform
import re
import shutil
import socket
import subprocess
import sys

from . import (charts, extrap, fit, machine, options, problem, report, stats, summary, sweep, trace,
               trust)
from .program import Failure, Program, shown
from .ranks import Ranks, cpus

SCHEMA = 1
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
IN_TREE = os.path.exists(os.path.join(ROOT, "scripts", "run"))  # else these are installed
SIZES = [4.0 ** -step for step in range(6, 0, -1)]  # of the size study, shortest first
SECONDS_LEAST, SECONDS_MOST = 0.2, 4.0  # of a run on one thread
TRACED = ["chunks", "jobs"]
TRACED_RUNS, TRACED_MOST = 3, 9  # of each: the latter until one is like the runs that were measured
ALIKE = 0.05


def main(arguments):
    """Runs scripts/scaling; returns its exit status."""
    asked = options.parse(arguments)
    directory = None
    try:
        if not asked.no_charts:
            charts.gnuplot()
        path = asked.parsum or build()
        program = Ranks(path, asked.threads_a_rank) if asked.ranks else Program(path)
        if asked.resume is not None:
            directory = asked.resume
            study = load(directory, program)
            if "threads_a_rank" in study["plan"]:
                program = Ranks(path, study["plan"]["threads_a_rank"])
        else:
            directory, study = begin(asked, program)
        study = measure(directory, study, program)
        conclude(directory, study, not asked.no_charts)
        print(os.path.join(directory, "report.html"))
        return 0
    except Failure as failure:
        sys.stderr.write("scaling: %s\n" % failure)
        status = 1
    except KeyboardInterrupt:
        sys.stderr.write("\nscaling: interrupted\n")
        status = 130
    if directory and os.path.exists(os.path.join(directory, "study.json")):
        sys.stderr.write("scaling: what was measured is kept; go on with "
                         "%s --resume %s\n" % (sys.argv[0], directory))
    return status


def build():
    """Builds the program by scripts/run, which also installs what it needs; returns its path. Where
    the scripts are installed there is nothing to build, and the program is beside them."""
    if not IN_TREE:
        return os.path.join(ROOT, "..", "..", "bin", "parsum")
    path = os.path.join(ROOT, "build", "release", "parsum")
    if subprocess.run([os.path.join(ROOT, "scripts", "run"), "--version"],
                      stdout=subprocess.DEVNULL, check=False).returncode != 0:
        raise Failure("scripts/run could not build the program; see above")
    return path


def now():
    return datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0).isoformat()


def begin(asked, program):
    """Plans a study and makes its directory, with the jobs and the plan in it."""
    name = asked.name or socket.gethostname().split(".")[0]
    if not re.fullmatch(r"[A-Za-z0-9._-]+", name):
        raise Failure("--name %s: use letters, digits, '.', '_' and '-'" % name)
    limit = (cpus() if asked.ranks else None) or machine.cpu_limit()
    threads = asked.threads or options.doubling(limit)
    directory = asked.output or os.path.join(
        ROOT if IN_TREE else os.curdir, "results", "%s-%s" % (name, datetime.date.today().isoformat()))
    directory = os.path.normpath(directory)
    if os.path.exists(os.path.join(directory, "study.json")):
        raise Failure("%s: there is a study already; go on with it by --resume, remove it, or give "
                      "--output another directory" % directory)
    load_at_start = machine.load()
    term = problem.term_arguments(asked)
    jobs, one_thread, start = choose_jobs(asked, program, term, threads, limit)
    points = problem.points(threads, limit, SIZES,
                            problem.grains(problem.terms(jobs), max(one_thread, 1e-9)))
    os.makedirs(directory, exist_ok=True)
    problem.write_jobs(os.path.join(directory, "jobs.txt"), jobs)
    study = {
        "schema": SCHEMA, "status": "running", "started": now(), "finished": None,
        "machine": machine.describe(name), "load_at_start": round(load_at_start, 2),
        "program": {
            "version": program.version_text, "sha256": program.digest(),
            "commit": machine.commit(os.path.dirname(program.path)),
        },
        "tools": {"python": platform.python_version(),
                  "gnuplot": machine.output(["gnuplot", "--version"])},
        "problem": {"term": problem.term_text(asked), "jobs": len(jobs),
                    "terms": problem.terms(jobs), "longest_job": problem.longest(jobs),
                    "one_thread_seconds": one_thread, "start_seconds": start},
        "term_arguments": term,
        "plan": {"threads": threads, "rounds": asked.runs,
                 "points": [point.as_dict() for point in points]},
    }
    if asked.ranks:
        study["plan"]["threads_a_rank"] = asked.threads_a_rank
        if cpus():
            study["machine"].update(cpus_usable=cpus(), quota_cpus=None)
    save(directory, study)
    return directory, study


def choose_jobs(asked, program, term, threads, limit):
    """The jobs of the strong study, their seconds on one thread, and the seconds that a run takes
    beside: the user's own jobs as they are, or else stretched so that all runs together take the
    time that was asked for."""
    own = bool(asked.jobs or asked.input or asked.random or asked.segments or asked.data)
    source = problem.source_arguments(asked) if own else \
        ["--"] + ["%d:%d" % job for job in problem.REFERENCE]
    first = program.run(["--threads", "1"] + term + source)
    jobs = [(int(job["start"]), max(int(job["start"]), int(job["end"]))) for job in first["jobs"]]
    seconds = float(first["seconds"])
    start = 0.01 + first["process_seconds"] - seconds  # and the study's own work between two runs
    if problem.terms(jobs) == 0:
        raise Failure("the jobs hold no terms; there is nothing to measure")
    if own and not asked.lengthen:
        return jobs, seconds, start
    if asked.seconds is not None:
        target = asked.seconds
    else:
        points = problem.points(threads, limit, SIZES, problem.grains(10**9, 1.0))
        weight = sum(sweep.share(point, jobs) for point in points)
        left = 60 * asked.minutes / (asked.runs + 1) - start * len(points)
        target = min(max(left / weight, SECONDS_LEAST), SECONDS_MOST)
    for _ in range(6):
        if abs(seconds / target - 1) < 0.1:
            break
        factor = min(max(target / max(seconds, 1e-6), 1e-3), 1e3)
        try:
            jobs = problem.stretch(jobs, factor)
        except ValueError as error:
            raise Failure(str(error)) from error
        seconds = float(program.run(["--threads", "1", "--quiet"] + term + ["--"]
                                    + ["%d:%d" % job for job in jobs])["seconds"])
    return jobs, seconds, start


def save(directory, study):
    """Writes study.json whole, or leaves the old one."""
    path = os.path.join(directory, "study.json")
    with open(path + ".part", "w", encoding="utf-8") as file:
        json.dump(study, file, indent=1)
        file.write("\n")
    os.replace(path + ".part", path)


def load(directory, program):
    """The study in a directory, to go on with it."""
    path = os.path.join(directory, "study.json")
    try:
        with open(path, encoding="utf-8") as file:
            study = json.load(file)
    except (OSError, ValueError) as error:
        raise Failure("%s: no study to go on with: %s" % (path, error)) from error
    if study.get("schema") != SCHEMA:
        raise Failure("%s: written by another version of the study" % path)
    if study["status"] != "complete" and study["program"]["sha256"] != program.digest():
        raise Failure("%s: was measured with another build of parsum; times of two programs do not "
                      "mix. Begin a new study" % directory)
    return study


def measure(directory, study, program):
    """Does the runs that are missing, then the traced ones."""
    points = plan_points(study)
    jobs = problem.read_jobs(os.path.join(directory, "jobs.txt"))
    plan = study["plan"]
    runs = sweep.Sweep(directory, program, jobs, study["term_arguments"], points, plan["rounds"],
                       study["problem"]["one_thread_seconds"], study["problem"]["start_seconds"])
    if study["status"] == "complete":
        return study
    runs.go()
    threads = problem.fitting(plan["threads"], machine.cpu_limit())
    study["commands"] = {point.key: command_line(program, runs.arguments(point))
                         for point in points}
    for schedule in TRACED:
        trace_run(directory, runs, problem.Point("strong", schedule, threads))
    study["traced_threads"] = threads
    study["status"] = "complete"
    study["finished"] = now()
    save(directory, study)
    return study


def command_line(program, arguments):
    command = program.command(arguments)
    place = command.index(program.path)
    return shown(command[place + 1:], command[:place])


def plan_points(study):
    return [problem.Point(p["study"], p["schedule"], p["threads"], p["factor"], p["grain"])
            for p in study["plan"]["points"]]


def trace_run(directory, runs, point):
    """A few more runs of a point, with a trace; the one whose time is nearest to the median of those
    that were measured is kept, so that the picture shows what the numbers say. Compressed, as viewers
    of traces take it too. Their times count nowhere."""
    path = os.path.join(directory, "trace-%s.json" % point.schedule)
    median = stats.median([row["seconds"] for row in runs.runs
                           if row["round"] > 0 and sweep.row_key(row) == point.key])
    taken = []
    while len(taken) < TRACED_RUNS or (min(taken)[0] > ALIKE and len(taken) < TRACED_MOST):
        file = "%s-%d" % (path, len(taken))
        seconds = float(runs.program.run(["--trace", file] + runs.arguments(point))["seconds"])
        trace.check(trace.read(file))
        taken.append((abs(seconds / median - 1) if median else 0.0, file))
    _, nearest = min(taken)
    with open(nearest, "rb") as plain, open(path + ".gz", "wb") as file:
        with gzip.GzipFile("", "wb", mtime=0, fileobj=file) as packed:
            shutil.copyfileobj(plain, packed)
    for _, file in taken:
        os.remove(file)


def conclude(directory, study, draw):
    """Everything that follows from the runs: summary, fits, charts, report. Can be done again."""
    place = lambda name: os.path.join(directory, name)
    runs = sweep.read_runs(place("runs.csv"))
    jobs = problem.read_jobs(place("jobs.txt"))
    rows = summary.build(runs, plan_points(study))
    limit = cpu_limit_of(study["machine"])
    fits = fit_laws(runs, [p for p in study["plan"]["threads"] if p <= limit])
    judged = trust.judge(rows, study["machine"], study["load_at_start"], fits)
    traces = {schedule: trace.from_first(trace.read(place("trace-%s.json.gz" % schedule)))
              for schedule in TRACED}

    summary.write(place("summary.csv"), rows)
    extrap.write(place("extra-p.jsonl"), runs)
    charts.write_curves(place("curves.csv"), fits, jobs, study["plan"]["threads"])
    charts.write_timeline(place("timeline.csv"), traces)
    charts.write_times(place("times.csv"), runs)
    charts.write_labels(place("labels.txt"), labels(study, rows, fits, traces))

    study["summary"] = rows
    study["fits"] = {name: law.as_dict() if law else None for name, law in fits.items()}
    study["timeline"] = {name: idle(events, study["traced_threads"])
                         for name, events in traces.items()}
    study["trust"] = [{"level": level, "text": text} for level, text in judged]
    study["runs"] = runs
    save(directory, study)
    drawn = charts.draw(place("summary.csv")) if draw else []
    report.write(place("report.html"), directory, study, drawn)


def cpu_limit_of(described):
    """machine.cpu_limit() of the machine that was measured, which need not be this one."""
    return machine.limit(described["cpus_usable"], described["quota_cpus"])


def fit_laws(runs, threads):
    """Both laws, from thread counts that have a CPU each."""
    times = summary.strong_times(runs, "chunks", threads)
    seed = summary.SEED
    return {"amdahl": fit.amdahl(times, seed), "usl": fit.usl(times, seed)}


def idle(events, threads):
    """{"seconds", "idle_share", "last_job"} of a traced run."""
    end = max((event.end for event in events), default=0.0)
    worked = sum(trace.busy(events).values())
    last = max(events, key=lambda event: event.end).job if events else None
    return {"seconds": end, "idle_share": 1 - worked / (threads * end) if end else 0.0,
            "last_job": last}


def labels(study, rows, fits, traces):
    """What stands on the charts."""
    what, where = study["problem"], study["machine"]
    count = "%s job%s" % (charts.number(what["jobs"]), "" if what["jobs"] == 1 else "s")
    text = {
        "run": charts.cut("%s, %s terms of %s; %s, %s CPUs" % (
            count, charts.number(what["terms"]), what["term"], charts.short_cpu(where["cpu"]),
            where["cpus_usable"]), 76),
        "threads": " ".join(map(str, charts.tics(study["plan"]["threads"]))),
        "cpus": cpu_limit_of(where),
        "computed": "whole jobs, computed (at most %.2f)"
                    % (what["terms"] / max(1, what["longest_job"])),
    }
    if fits["amdahl"]:
        law = fits["amdahl"]
        text["amdahl"] = "Amdahl's law, " + charts.serial_share(law.contention,
                                                                law.contention_interval)
    if fits["usl"]:
        text["usl"] = "scalability law, contention %s, coherency %s" % (
            charts.percent(fits["usl"].contention), charts.percent(fits["usl"].coherency))
    for schedule, events in traces.items():
        text["timeline_" + schedule] = timeline_text(study, rows, schedule, events)
    return text


def timeline_text(study, rows, schedule, events):
    """What stands above a traced run: its own figures, and how it differs from the runs that were
    measured if it does."""
    seen = idle(events, study["traced_threads"])
    point = summary.find(rows, "strong", schedule, study["traced_threads"])
    differs = point and point["median_s"] and abs(seen["seconds"] / point["median_s"] - 1) > 2 * ALIKE
    return "%s: %s%s, threads wait %.1f%% of the time" % (
        "Chunks" if schedule == "chunks" else "Whole jobs", charts.seconds(seen["seconds"]),
        " (median %s)" % charts.seconds(point["median_s"]) if differs else "",
        100 * seen["idle_share"])
