#!/usr/bin/env -S python3 -IS
"""Stands in for parsum where a test must know the truth: it adds nothing up, but tells the times
of a program with a known serial share, at once.

PRETEND_SERIAL   serial share (0.05)
PRETEND_RATE     terms a second on one thread (1e9)
PRETEND_NOISE    relative standard deviation of the times (0.01)
PRETEND_TRACED   factors of the times of the traced runs in turn, counted in PRETEND_LOG (1)
PRETEND_LOG      a file to which every command line is appended
PRETEND_FAIL     fail from the run of this number on, counted in PRETEND_LOG
"""

import json
import os
import random
import sys

VALUES = {"--threads", "--grain", "--random", "--below", "--seed", "--start", "--input", "--term",
          "--term-file", "-D", "--let", "--data", "--reduce", "--format", "--trace", "-t", "-g", "-i",
          "-e", "-f"}


def parse(words):
    options, jobs = {}, []
    while words:
        word = words.pop(0)
        if word == "--":
            jobs += words
            break
        if word in VALUES:
            options[word] = words.pop(0)
        elif word.startswith("--"):
            options[word] = True
        else:
            jobs.append(word)
    return options, jobs


def read_jobs(options, words):
    if "--input" in options:
        with open(options["--input"], encoding="ascii") as file:
            return [tuple(map(int, line.split())) for line in file]
    if "--random" in options or not words:
        draw = random.Random(options.get("--seed", "1"))
        below = int(float(options.get("--below", "1e8")))
        return [(0, draw.randrange(below)) for _ in range(int(options.get("--random", 10)))]
    pairs = [word.split(":") if ":" in word else ["0", word] for word in words]
    return [(int(float(a)), int(float(b))) for a, b in pairs]


def pieces(jobs, options, threads):
    """(thread, job, begin, end) in terms: chunks in turn, or whole jobs by list scheduling."""
    total = sum(end - start for start, end in jobs)
    if options.get("--grain") == "job":
        free, found = [0] * threads, []
        for number, (start, end) in enumerate(jobs, 1):
            thread = free.index(min(free))
            found.append((thread, number, free[thread], free[thread] + end - start))
            free[thread] += end - start
        return found
    found, place = [], 0.0
    for number, (start, end) in enumerate(jobs, 1):
        length = (end - start) / threads
        found += [(t, number, place, place + length) for t in range(threads)]
        place += length
    assert abs(place * threads - total) <= 1e-6 * max(total, 1)
    return found


def main(words):
    if "--version" in words:
        print("parsum 0.0 (pretended)\ncompiled by nobody, OpenMP 0.0")
        return 0
    log = os.environ.get("PRETEND_LOG")
    factor = 1.0
    if log:
        with open(log, "a+", encoding="utf-8") as file:
            file.write(" ".join(words) + "\n")
            file.seek(0)
            lines = file.readlines()
        calls = len(lines)
        if "--trace" in words:
            factors = os.environ.get("PRETEND_TRACED", "1").split(",")
            traced = sum("--trace " in line for line in lines)
            factor = float(factors[(traced - 1) % len(factors)])
        if calls >= int(os.environ.get("PRETEND_FAIL", "1000000")):
            print("parsum: interrupted, as the test asked", file=sys.stderr)
            return 1
    options, rest = parse(list(words))
    jobs = read_jobs(options, rest)
    threads = int(options.get("--threads", 1))
    serial = float(os.environ.get("PRETEND_SERIAL", "0.05"))
    rate = float(os.environ.get("PRETEND_RATE", "1e9"))
    noise = random.Random(os.getpid()).gauss(1, float(os.environ.get("PRETEND_NOISE", "0.01"))) * factor
    total = sum(end - start for start, end in jobs)
    found = pieces(jobs, options, threads)
    late = serial * total / rate * noise
    scale = (1 - serial) / rate * noise
    seconds = late + scale * max((end for _, _, _, end in found), default=0)
    busy = [scale * sum(e - b for t, _, b, e in found if t == thread) for thread in range(threads)]
    busy[0] += late
    document = {
        "total": str(sum((s + e - 1) * (e - s) // 2 for s, e in jobs)), "seconds": seconds,
        "mode": "omp", "threads": threads, "terms": str(total), "kernel": "pretended",
        "terms_per_second": total / seconds if seconds else 0, "busy_seconds": busy,
        "load_balance": sum(busy) / threads / max(busy) if max(busy) else 1,
        "communication_efficiency": max(busy) / seconds if seconds else 1,
        "parallel_efficiency": sum(busy) / threads / seconds if seconds else 1,
        "version": "0.0", "host": "nowhere", "cpu": "none",
    }
    if "--quiet" not in options:
        document["jobs"] = [{"run": n, "start": str(s), "end": str(e), "sum": "0"}
                            for n, (s, e) in enumerate(jobs, 1)]
    print(json.dumps(document))
    if "--trace" in options:
        write_trace(options["--trace"], found, threads, late, scale)
    return 0


def write_trace(path, found, threads, late, scale):
    events = [{"ph": "M", "name": "thread_name", "pid": 1, "tid": t,
               "args": {"name": "thread %d" % t}} for t in range(threads)]
    if late:
        events.append({"ph": "X", "name": "job 1", "pid": 1, "tid": 0, "ts": 0,
                       "dur": round(late * 1e6, 3), "args": {"job": 1, "terms": 0}})
    for thread, job, begin, end in found:
        events.append({"ph": "X", "name": "job %d" % job, "pid": 1, "tid": thread,
                       "ts": round((late + scale * begin) * 1e6, 3),
                       "dur": round(scale * (end - begin) * 1e6, 3),
                       "args": {"job": job, "terms": int(end - begin)}})
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"traceEvents": events}, file)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
