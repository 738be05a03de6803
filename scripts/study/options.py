"""The command line of scripts/scaling."""

import argparse

MINUTES = 3.0
RUNS = 9
RUNS_LEAST = 5
QUICK_MINUTES = 0.5
WITH_RESUME = {"resume", "parsum", "no_charts"}  # all else was settled when the study began

EPILOG = """\
Without jobs ten uneven ones are run, made long enough for the machine to be measured in the time
that --minutes gives. Jobs and terms of your own are run as they are; --lengthen stretches them.

  scripts/scaling                        how the built-in term scales here, in three minutes
  scripts/scaling --threads 1-8 --quick  a rough picture, in half a minute
  scripts/scaling -e '1.0/i' 1:1e9       your term, your job
  scripts/scaling --resume results/X     go on with an interrupted study, or draw it again
"""


def parse(arguments):
    """Parses the command line; leaves with status 2 and a message where it is wrong."""
    parser = argparse.ArgumentParser(
        prog="scripts/scaling", epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Measure how parsum scales on this machine, and write a report with charts.")
    jobs = parser.add_argument_group("what is added up, as parsum takes it")
    jobs.add_argument("jobs", nargs="*", default=[], metavar="JOB", help="END, or START:END")
    jobs.add_argument("-i", "--input", metavar="FILE", help="jobs from FILE")
    jobs.add_argument("--random", metavar="N", help="N random jobs")
    jobs.add_argument("--below", metavar="MAX", help="their ends lie in [0, MAX)")
    jobs.add_argument("--seed", metavar="S", help="and are those of seed S")
    jobs.add_argument("--start", metavar="S", help="first integer of a job given by END alone")
    jobs.add_argument("--segments", metavar="FILE", help="jobs from the offsets in FILE")
    jobs.add_argument("-e", "--term", action="append", default=[], metavar="EXPR",
                      help="the term, a C expression of i; several")
    jobs.add_argument("-f", "--term-file", metavar="FILE", help="the term, from a C file or .so")
    jobs.add_argument("-D", dest="constants", action="append", default=[], metavar="NAME=VALUE",
                      help="a constant of the term")
    jobs.add_argument("--let", action="append", default=[], metavar="NAME=EXPR",
                      help="computed at each i before the terms")
    jobs.add_argument("--data", action="append", default=[], metavar="NAME=FILE",
                      help="an array that the term reads; without jobs the job is all of it")
    jobs.add_argument("--reduce", metavar="LIST", help="other results than sums")
    jobs.add_argument("--skip-nan", action="store_true", help="leave out values that are NaN")
    jobs.add_argument("--wrap", action="store_true", help="integer terms may wrap around")
    jobs.add_argument("--libm", action="store_true", help="the machine's exp, sin and so on")
    jobs.add_argument("--lengthen", action="store_true",
                      help="stretch the given jobs to fill the time")
    study = parser.add_argument_group("the study")
    study.add_argument("--threads", type=thread_counts, metavar="LIST",
                       help="thread counts, like 1,2,4 or 1-16 (1, 2, 4, ... and all CPUs)")
    study.add_argument("--ranks", type=thread_counts, metavar="LIST",
                       help="counts of MPI ranks in place of threads; srun starts them in a job of "
                       "Slurm, else mpirun")
    study.add_argument("--threads-a-rank", type=int, metavar="N",
                       help="threads in each of them (1)")
    study.add_argument("--runs", type=int, metavar="N",
                       help="runs of each point, %d at least (%d)" % (RUNS_LEAST, RUNS))
    study.add_argument("--minutes", type=float, metavar="M",
                       help="about how long it may take (%g)" % MINUTES)
    study.add_argument("--quick", action="store_true",
                       help="half a minute, %d runs" % RUNS_LEAST)
    study.add_argument("--seconds", type=float, metavar="S",
                       help="length of a run on one thread, instead of --minutes")
    study.add_argument("--name", help="what the machine is called in the results (its host name)")
    study.add_argument("--output", metavar="DIR", help="where to write (results/NAME-DATE)")
    study.add_argument("--resume", metavar="DIR", help="go on with the study in DIR")
    study.add_argument("--parsum", metavar="PATH", help="the program (the one built or installed here)")
    study.add_argument("--no-charts", action="store_true", help="numbers and report alone")
    options = parser.parse_args(arguments)
    if options.resume is not None:
        for name, value in vars(options).items():
            if name not in WITH_RESUME and value != parser.get_default(name):
                parser.error("--resume goes on with a study as it was begun; leave out %s"
                             % _typed(name, value))
    if sum(map(bool, (options.jobs, options.input, options.random, options.segments))) > 1:
        parser.error("jobs come from arguments, --input, --random or --segments; give one of them")
    if options.ranks and options.threads:
        parser.error("--ranks takes the place of --threads; see --threads-a-rank")
    if options.threads_a_rank is None:
        options.threads_a_rank = 1
    if options.threads_a_rank < 1 or (options.threads_a_rank > 1 and not options.ranks):
        parser.error("--threads-a-rank is a number of threads, 1 or more, and goes with --ranks")
    if options.ranks:
        options.threads = sorted({1} | {p * options.threads_a_rank for p in options.ranks})
    if options.runs is None:
        options.runs = RUNS_LEAST if options.quick else RUNS
    if options.runs < RUNS_LEAST:
        parser.error("--runs %d: fewer than %d runs say too little; give %d or more"
                     % (options.runs, RUNS_LEAST, RUNS_LEAST))
    if options.minutes is None:
        options.minutes = QUICK_MINUTES if options.quick else MINUTES
    if options.minutes <= 0 or (options.seconds is not None and options.seconds <= 0):
        parser.error("--minutes and --seconds take a time greater than 0")
    return options


def _typed(name, value):
    """The option that a user typed to set `name` to this value, or the first job."""
    if name == "jobs":
        return value[0]
    return "-D" if name == "constants" else "--" + name.replace("_", "-")


def thread_counts(text):
    """"1,2,8-10" as [1, 2, 8, 9, 10]; 1 is always among them, since speedup is measured from it."""
    counts = {1}
    for part in text.split(","):
        low, dash, high = part.partition("-")
        try:
            first = int(low)
            last = int(high) if dash else first
        except ValueError:
            first = last = 0
        if first < 1 or last < first or last > 4096:
            raise argparse.ArgumentTypeError(
                "'%s' is no list of thread counts from 1 to 4096; write 1,2,4 or 1-16" % text)
        counts.update(range(first, last + 1))
    return sorted(counts)


def doubling(cpus):
    """1, 2, 4, ... and all CPUs."""
    counts = {cpus}
    power = 1
    while power < cpus:
        counts.add(power)
        power *= 2
    return sorted(counts)
