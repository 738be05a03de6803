"""same_runs: random tasks by the command and by parsum_run, which must say the same to the bit.

    same_runs.py [--rounds N] [--seed SEED]

The command's answer is taken as JSON, the library's from run_by_library ($PARSUM_BY_LIBRARY). Rows,
names, totals and the text of errors are compared. How the two run (threads, grain, row by row) is
random and differs.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile

PARSUM = os.environ["PARSUM"]
BY_LIBRARY = os.environ["PARSUM_BY_LIBRARY"]

INTEGERS = ["i", "i*i", "i%7 - 3", "i*a", "u", "(i & 5) + K", "a*a - i", "100/(i - K)", "(__int128)i << 70",
            "(uint64_t)i * 3"]
REALS = ["1.0/(i*i + 1)", "i*w", "v*0.1", "uniform(i, 0)", "sqrt(i*i + 0.5)", "exp(-0.001*i)", "1.0/(i - K)", "w"]
NANS = ["i%5 ? 0.1*i : NAN"]
REDUCES = ["sum", "mean", "sd", "min,max", "sum,count,var", "argmin,argmax,sum", "rms,se", "count"]


def random_task(rng):
    """The command's options, and the library's, that mean the same; jobs with the columns a and w."""
    task = [("define", f"K={rng.randrange(-50, 5000)}"), ("let", "u=i*3 - a"), ("let", "v=u*w"),
            ("seed", str(rng.randrange(1000)))]
    expressions = INTEGERS + REALS
    kind = rng.choice(["sums", "sums", "reduce", "by", "list", "cumulative", "skip_nan"])
    if kind == "list":
        return [*task, ("list", rng.choice(["i%97 == 3", "(i*a) % 101 == 0 ? i : 0", "i%89 == 1 ? i*w : 0"])),
                ("first", str(rng.randrange(1, 40)))]
    if kind == "skip_nan" or (kind in ("reduce", "by", "cumulative") and rng.random() < 0.4):
        expressions = REALS + NANS
        task += [("skip_nan", "")]
    for number in range(rng.randrange(1, 4)):
        name = f"n{number}=" if number and rng.random() < 0.5 else "" # JSON does not name a single sum
        task.append(("term", name + rng.choice(expressions)))
    if kind in ("reduce", "by") or (kind == "cumulative" and rng.random() < 0.5):
        task.append(("reduce", rng.choice(REDUCES)))
    if kind == "by":
        task.append(("by", rng.choice(["i % 7", "i*a % 11 - 5", "i & 12"])))
    if kind == "cumulative":
        task.append(("cumulative", ""))
    return task


def random_jobs(rng):
    jobs = []
    for _ in range(rng.randrange(1, 12)):
        start = rng.randrange(-100, 3000)
        length = rng.choice([0, 1, rng.randrange(100), rng.randrange(20000)])
        jobs.append((start, start + length, rng.randrange(-9, 10), rng.choice([0.1, -2.5, 1e-3, 7.0])))
    return jobs


def way(rng):
    return [("threads", str(rng.randrange(1, 4)))] + [("grain", str(rng.randrange(1, 500)))] * rng.randrange(2)


def by_library(task, jobs, rng):
    options = [f"{name}={value or 1}" for name, value in task + way(rng)] + ["row=1"] * rng.randrange(2)
    numbers = [str(number) for job in jobs for number in job]
    done = subprocess.run([BY_LIBRARY, *options, "int=a", "real=w", "--", *numbers], capture_output=True, text=True)
    if done.stderr or done.returncode < 0:
        sys.exit(f"run_by_library: {done.returncode} {done.stderr}")
    return done.stdout.partition("error: ")[2 if done.returncode else 0].splitlines()


def rows_of(answer):
    """What the library's program prints of such an answer."""
    lines = []
    for row in answer.get("jobs", []):
        lines.append([row["run"], row["start"], row["end"], 0, *sums_of(row)])
    for row in answer.get("keys", []):
        lines.append([0, 0, 0, row["key"], *sums_of(row)])
    lines = [" ".join("" if value is None else str(value) for value in line) for line in lines]
    totals = answer["totals"] if "totals" in answer else {"sum": answer["total"]}
    return lines + [f"{name}={'' if value is None else value}" for name, value in totals.items()
                    if not name.endswith("_run")]


def sums_of(row):
    return row["sums"].values() if "sums" in row else [row["sum"]]


def by_command(task, jobs, rng, directory):
    path = os.path.join(directory, "jobs.csv")
    with open(path, "w", encoding="ascii") as file:
        file.write("start,end,a,w\n")
        file.writelines(",".join(map(str, job)) + "\n" for job in jobs)
    options = [f"--{name.replace('_', '-')}={value}" if value else f"--{name.replace('_', '-')}"
               for name, value in task + way(rng)]
    listed = any(name == "list" for name, _ in task)
    done = subprocess.run([PARSUM, *options, f"--input={path}", f"--format={'csv' if listed else 'json'}"],
                          capture_output=True, text=True)
    if done.returncode:
        return done.stderr.rpartition("parsum: ")[2].splitlines() # notes come before it
    return hits_of(done.stdout, jobs) if listed else rows_of(json.loads(done.stdout))


def hits_of(text, jobs):
    hits = [dict(zip(text.splitlines()[0].split(","), line.split(","))) for line in text.splitlines()[1:]]
    lines = [f"{hit['run']} {jobs[int(hit['run']) - 1][0]} {jobs[int(hit['run']) - 1][1]} {hit['i']} {hit['value']}"
             for hit in hits]
    return [*lines, f"value={len(hits)}"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as directory:
        for number in range(arguments.rounds):
            rng = random.Random(f"{arguments.seed}.{number}")
            task, jobs = random_task(rng), random_jobs(rng)
            library, command = by_library(task, jobs, rng), by_command(task, jobs, rng, directory)
            if library != command:
                failed += 1
                print(f"round {number}: {task}\n{jobs}\nlibrary: {library}\ncommand: {command}")
    print(f"{arguments.rounds} rounds, {failed} differ")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
