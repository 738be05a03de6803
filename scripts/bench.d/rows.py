"""rows: what scripts/bench compares: the contestants by name, and the rows, each of two of them."""
import json
import math
import os
import statistics

from contestants import (HERE, PARSUM, ROOT, added, arrays, calls, check, data, data_file, functions, inner,
                         jobs_file, journaled, limit, lines_file, mapped, mawk_lines, numpy, pari, parsum, pi, plain,
                         prange, process, python, python_arrays, python_pi, rounds, run, segments, shared, sieve,
                         table_file, tbb, tbb_term, term, terms, unhardened, whole)

TEN = ("95133313 24732803 27455969 78731492 5579701 2335927 7301247 89524956 79891856 "
       "43206490").split()
TEN_TOTAL = 16484330702487280
TEN_TERMS = str(sum(int(end) for end in TEN))
LONG = "10000000000"
LONGER = "20000000000"
CPUS = len(os.sched_getaffinity(0))
BILLION = 10**9
ARRAY = 10**8
INVERSE = 1.6449340668482264  # pi^2/6, near enough
INVERSES = ["-e", "1.0/((double)i*i)", f"1:{BILLION}"]
SQUARES = (BILLION - 1) * BILLION * (2 * BILLION - 1) // 6 + 3 * BILLION
HALF = 10.65024075117397  # half the harmonic number of 1e9
SIEVE = os.path.join(ROOT, "tests", "terms", "sieve.c")
PRIMES = 50847534
HUGE = [PARSUM, "--quiet", "100000000000"]


def many():
    """A hundred thousand jobs, of 20 us each on two threads."""
    return [PARSUM, "--quiet", "--input", jobs_file("many.txt", 100_000, 2e6)]


def values(*expressions):
    """So many values of something that costs as much as two functions of C do."""
    argv = parsum("-t", "1", "--let", "x=exp(sin(i*0.001))", *expressions, "10000000")
    return lambda: json.loads(run(argv)[1])["seconds"]


def results(expression, *options):
    """The seconds of a run on one thread, whatever it tells."""
    argv = parsum("-t", "1", "-e", expression, *options)
    return lambda: json.loads(run(argv)[1])["seconds"]


UP, DOWN, MIXED = "i*0.5", "-i*0.5", "(i*7919%1000003)*0.5"
FIVE = ["--reduce", "sum,mean,sd,min,max"]
TERMS = 300_000_000
KEYED = 30_000_000
KEY = "(int64_t)((uint64_t)i*2654435761u>>7)%"


def histogram():
    """The most frequent number of Collatz steps below 1e7, by key on all CPUs."""
    argv = parsum("-f", os.path.join(HERE, "steps.c"), "--by", "term(i)", "10000000")

    def turn():
        said = json.loads(run(argv)[1])
        check(max(int(key["sums"]["count"]) for key in said["keys"]), MODE, argv)
        return said["seconds"]

    return turn


def rare(option, member):
    """A condition that holds 60 times in 1e9, on one thread: summed, or listed."""
    argv = parsum("-t", "1", option, "(i & 0xffffff) == 0x123456", str(BILLION))

    def turn():
        said = json.loads(run(argv)[1])
        check(said[member], 60, argv)
        return said["seconds"]

    return turn


def tiny(program=PARSUM):
    return [program, "--quiet", "--input", lines_file()]


PAIRS = ["--let", "x=uniform(i,0)", "--let", "y=uniform(i,1)", "-e", "x*x+y*y<1"]
PAIRS_INSIDE = 785414880  # of 1e9, with the seed 1
# Mathematical functions: a term, its sum over 1e8 integers, and how fast it should be at least: against
# GCC's vectors with AVX-512, with AVX2, and against libm with AVX-512.
FUNCTIONS = {
    "exp": ("exp(-1e-9*i)", 95162582.01162171, 0.55, 0.4, 2.5),
    "log": ("log(1.0+i)", 1742068084.5245154, 0.55, 0.4, 2.5),
    "erf": ("erf(1e-8*i)", 48606495.389875196, 0.55, 0.2, 2.5),
    "sin": ("sin(1e-6*i)", 137681.38089512746, 0.5, 0.4, 2.5),
    "cos": ("cos(1e-6*i)", -506365.5722691567, 0.5, 0.4, 2.5),
    "pow": ("pow(1.0+i,-1.3)", 3.918678972810999, 0.5, 0.4, 1.3),
}


def has_avx512():
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
            return " avx512dq " in file.read()
    except OSError:
        return False


AVX512 = has_avx512()
SLEEP = ["-f", os.path.join(HERE, "sleep.c"), "64"]
COLLATZ = ["-f", os.path.join(HERE, "collatz.c"), "6000000"]
COLLATZ_TOTAL = 899766400
MODE = 108812  # of the numbers of steps below 1e7, how often the most frequent one comes

TERM = [PARSUM, "--quiet", *INVERSES[:2], "1:1000"]


def again():
    """A term whose library is kept."""
    run(TERM)
    return process(TERM)


# Each is made when a row wants it, and then is a function without arguments: one turn, which gives
# seconds.
CONTESTANTS = {
    "long, parsum": lambda: inner(parsum("-t", "1"), [LONG]),
    "long, plain": lambda: inner(plain(), [LONG], 1),
    "long, additions": lambda: inner(limit(), [LONG], 1),
    "longer, 1 thread": lambda: inner(parsum("-t", "1"), [LONGER]),
    "longer, 2 threads": lambda: inner(parsum("-t", "2"), [LONGER]),
    "longer, additions on 1": lambda: inner(limit(), [LONGER], 1),
    "longer, additions on 2": lambda: inner(limit(), [LONGER], 2),
    "ten, parsum": lambda: inner(parsum("-t", str(CPUS)), TEN),
    "ten, 1 thread": lambda: inner(parsum("-t", "1"), TEN),
    "ten, 2 threads": lambda: inner(parsum("-t", "2"), TEN),
    "ten, 2 free threads": lambda: inner(parsum("-t", "2"), TEN, bound=False),
    "ten, additions on 1": lambda: inner(limit(), [TEN_TERMS], 1),
    "ten, additions on 2": lambda: inner(limit(), [TEN_TERMS], 2),
    "ten, plain": lambda: inner(plain(), TEN, CPUS),
    "ten, tbb": lambda: inner(tbb(), TEN),
    "ten, numpy": lambda: inner(numpy(), TEN),
    "ten, process": lambda: whole(parsum(), TEN),
    "ten, for": lambda: whole(python("for"), TEN),
    "ten, pool": lambda: whole(python("pool"), TEN),
    "lines, parsum": lambda: process(tiny()),
    "lines, unhardened": lambda: process(tiny(unhardened())),
    "lines, mawk": mawk_lines,
    "table": lambda: process([PARSUM, "-t", "1", "-o", "csv", "-i", table_file()]),
    "0.5 s": lambda: lambda: 0.5,
    "inverse, parsum": lambda: term(parsum(*INVERSES), INVERSE),
    "inverse, parsum on 1": lambda: term(parsum("-t", "1", *INVERSES), INVERSE),
    "inverse, plain": lambda: term(terms("inverse", 1, BILLION), INVERSE, CPUS),
    "inverse, plain on 1": lambda: term(terms("inverse", 1, BILLION), INVERSE, 1),
    "inverse, tbb": lambda: term(tbb_term(1, BILLION), INVERSE),
    "inverse, numba": lambda: term(prange(1, BILLION), INVERSE),
    "few inverses, parsum": lambda: term(parsum(*INVERSES[:2], "1:10000000"), INVERSE),
    "few inverses, pari": lambda: term(pari(1, 10000000), INVERSE),
    "square, parsum": lambda: term(parsum("-e", "i*i+3", str(BILLION)), SQUARES),
    "square, plain": lambda: term(terms("square", 0, BILLION), SQUARES, CPUS),
    "column, parsum": lambda: term(parsum("-t", "1", "-e", "a/(i+1.0)", f"{BILLION},a=0.5"), HALF),
    "constant, parsum": lambda: term(parsum("-t", "1", "-e", "a/(i+1.0)", "-Da=0.5", str(BILLION)),
                                     HALF),
    "one value": lambda: values("-e", "x"),
    "two values": lambda: values("-e", "x", "-e", "x*x"),
    "sum, up": lambda: results(UP, str(TERMS)),
    "five, up": lambda: results(UP, *FIVE, str(TERMS)),
    "sum, down": lambda: results(DOWN, str(TERMS)),
    "five, down": lambda: results(DOWN, *FIVE, str(TERMS)),
    "sum, mixed": lambda: results(MIXED, str(TERMS)),
    "five, mixed": lambda: results(MIXED, *FIVE, str(TERMS)),
    "histogram, parsum": histogram,
    "histogram, plain": lambda: term(terms("histogram", 0, 10_000_000), MODE, CPUS),
    "512 keys": lambda: results("i*0.5", "--by", KEY + "512", str(KEYED)),
    "8 ns": lambda: lambda: 8e-9 * KEYED,
    "1e5 keys": lambda: results("i*0.5", "--by", KEY + "100000", str(KEYED)),
    "20 ns": lambda: lambda: 20e-9 * KEYED,
    "count, parsum": lambda: rare("-e", "total"),
    "few hits": lambda: rare("--list", "count"),
    "many hits": lambda: process([PARSUM, "-t", "1", "-o", "csv", "--list", "i%2", "40000000"]),
    "10 M/s": lambda: lambda: 2.0,
    "sieve, parsum": lambda: term(parsum("-f", SIEVE, str(BILLION)), PRIMES),
    "sieve, plain": lambda: term(sieve() + [str(BILLION)], PRIMES, CPUS),
    "pairs, parsum": lambda: term(parsum(*PAIRS, str(BILLION)), PAIRS_INSIDE),
    "pairs, plain": lambda: term(pi(BILLION), PAIRS_INSIDE, CPUS),
    "pairs, parsum on 1": lambda: term(parsum("-t", "1", *PAIRS, str(BILLION)), PAIRS_INSIDE),
    "pairs, numba": lambda: term(python_pi("numba", BILLION), math.pi, near=1e-3),
    "pairs, numpy": lambda: term(python_pi("numpy", BILLION), math.pi, near=1e-3),
    "primes": lambda: term(parsum("-t", "1", "-e", "isprime(i)", str(ARRAY)), 5761455),
    "4 s": lambda: lambda: 4,
    **{f"{name}, parsum": lambda t=row[0], s=row[1]: term(parsum("-t", "1", "-e", t, str(ARRAY)), s)
       for name, row in FUNCTIONS.items()},
    **{f"{name}, libm": lambda t=row[0], s=row[1]: term(
        parsum("-t", "1", "--libm", "-e", t, str(ARRAY)), s) for name, row in FUNCTIONS.items()},
    **{f"{name}, plain": lambda n=name, s=row[1]: term(functions(n, ARRAY), s)
       for name, row in FUNCTIONS.items()},
    "sleep, 8 threads": lambda: term(parsum("-t", "8", *SLEEP), 2016),
    "sleep, 1 thread": lambda: term(parsum("-t", "1", *SLEEP), 2016),
    "collatz, 2 threads": lambda: term(parsum("-t", "2", *COLLATZ), COLLATZ_TOTAL),
    "collatz, 1 thread": lambda: term(parsum("-t", "1", *COLLATZ), COLLATZ_TOTAL),
    "collatz, plain on 1": lambda: term(terms("collatz", 0, 6000000), COLLATZ_TOTAL, 1),
    "collatz, plain on 2": lambda: term(terms("collatz", 0, 6000000), COLLATZ_TOTAL, 2),
    "longer, 1 rank": lambda: inner(shared(1), [LONGER]),
    "longer, 2 ranks": lambda: inner(shared(2), [LONGER]),
    "collatz, 2 ranks": lambda: term(shared(2, *COLLATZ), COLLATZ_TOTAL),
    "round": lambda: rounds(CPUS),
    "2 ms": lambda: lambda: 0.002,
    "huge": lambda: process(HUGE),
    "huge, journal": lambda: journaled(HUGE),
    "many": lambda: process(many()),
    "many, journal": lambda: journaled(many()),
    "tiny, journal": lambda: journaled(tiny()),
    "start": lambda: process([PARSUM, "1"]),
    "5 ms": lambda: lambda: 0.005,
    "term again": again,
    "term anew": lambda: process([*TERM, "--no-cache"]),
    "10 ms": lambda: lambda: 0.01,
    "array sum": lambda: arrays("sum", ARRAY),
    "array sum, spread": lambda: arrays("sum", ARRAY, 10),
    "array sum, all cores": lambda: arrays("sum", ARRAY, 0, CPUS),
    "array sum, plain": lambda: arrays("plain-sum", ARRAY),
    "array sum, plain on all cores": lambda: arrays("plain-sum", ARRAY, 0, CPUS),
    "array sum, numpy": lambda: python_arrays("numpy", ARRAY),
    "array dot": lambda: arrays("dot", ARRAY),
    "array dot, plain": lambda: arrays("plain-dot", ARRAY),
    "array variance": lambda: arrays("variance", ARRAY),
    "small array sum": lambda: arrays("sum", ARRAY // 10),
    "small array sum, fsum": lambda: python_arrays("fsum", ARRAY // 10),
    "calls": lambda: calls("parsum"),
    "calls, plain": lambda: calls("plain"),
    "calls, all cores": lambda: calls("parsum", CPUS),
    "calls, plain on all cores": lambda: calls("plain", CPUS),
    "sum of ten": lambda: arrays("ten", 1_000_000),
    "50 ns": lambda: lambda: 50e-9,
    "data": lambda: data(1, "x[i]", data_file("f8") + ":f8"),
    "data, all cores": lambda: data(CPUS, "x[i]", data_file("f8") + ":f8"),
    "data, read": lambda: mapped(1, data_file("f8"), "reading"),
    "data, read on all cores": lambda: mapped(CPUS, data_file("f8"), "reading"),
    "data, numpy": lambda: python_arrays("numpy", data_file("f8")),
    "data, process": lambda: process([PARSUM, "-q", "--data", f"x={data_file('f8')}:f8", "-e", "x[i]"]),
    "data, mapped and read": lambda: mapped(CPUS, data_file("f8"), "process"),
    "data, both read": lambda: added(mapped(1, data_file("f8"), "reading"), mapped(1, data_file("f8", seed=2), "reading")),
    "integer data": lambda: data(1, "x[i]", data_file("i4") + ":i4"),
    "integer data, read": lambda: mapped(1, data_file("i4"), "reading"),
    "float data": lambda: data(1, "x[i]", data_file("f4") + ":f4"),
    "float data, read": lambda: mapped(1, data_file("f4"), "reading"),
    "data dot": lambda: data(1, "product(x[i], y[i])", data_file("f8") + ":f8",
                             data_file("f8", seed=2) + ":f8"),
    "segments": lambda: segments("f8"),
    "wild segments": lambda: segments("wild"),
    "40 ms": lambda: lambda: 0.04,
    "100 ms": lambda: lambda: 0.1,
}


def ratios(samples, rival, ours):
    return [r / o for r, o in zip(samples[rival], samples[ours])]


def note_plain(samples):
    """How much faster than the plain loop can anything be that makes two additions a term?"""
    share = statistics.median(ratios(samples, "long, additions", "long, plain"))
    return (f"the plain loop makes {share:.2f} of the additions possible,"
            f" so {1 / share:.2f} is the most")


def note_rate(samples):
    return f"{int(LONG) / statistics.median(samples['long, parsum']) / 1e9:.1f} G terms/s"


class Row:
    """`beside` names two contestants that show how well the machine itself scales in the same turns,
    on one thread and on two, with `alone`; the target is then a share of that."""

    def __init__(self, name, what, ours, rival, target=None, turns=9, extra=(), note=None, beside=(),
                 alone="its additions"):
        self.name, self.what, self.ours, self.rival = name, what, ours, rival
        self.target, self.turns, self.note, self.beside = target, turns, note, beside
        self.alone = alone
        self.contestants = list(dict.fromkeys([ours, rival, *extra, *beside]))


ROWS = [
    Row("loop", "1e10 terms on one thread, against a plain C loop", "long, parsum", "long, plain",
        extra=["long, additions"], note=note_plain),
    Row("limit", "1e10 terms on one thread, against the additions this machine can do",
        "long, parsum", "long, additions", 0.95, note=note_rate),
    Row("threads-ten", "ten jobs on two threads, against one", "ten, 2 threads", "ten, 1 thread",
        0.95, turns=25, beside=["ten, additions on 1", "ten, additions on 2"]),
    Row("threads-free", "ten jobs on two threads, not bound to CPUs, against bound ones",
        "ten, 2 free threads", "ten, 2 threads", 0.95, turns=25),
    Row("threads-one", "one job of 2e10 on two threads, against one", "longer, 2 threads",
        "longer, 1 thread", 0.95, beside=["longer, additions on 1", "longer, additions on 2"]),
    Row("lines", "1e7 jobs of < 100 terms from a file, process, against mawk", "lines, parsum",
        "lines, mawk", 2),
    Row("hardening", "1e7 jobs of < 100 terms from a file, process, against a build not hardened",
        "lines, parsum", "lines, unhardened", 0.98, turns=25),
    Row("table", "1e6 rows of two columns and ten terms, to CSV on one thread, process, against 0.5 s",
        "table", "0.5 s", 1),
    Row("python", "ten jobs, process, against a Python for loop", "ten, process", "ten, for", 1000,
        turns=5),
    Row("pool", "ten jobs, process, against multiprocessing.Pool.map", "ten, process", "ten, pool",
        turns=5),
    Row("plain", "ten jobs, against a plain C OpenMP loop over jobs", "ten, parsum", "ten, plain",
        turns=25),
    Row("tbb", "ten jobs, against TBB parallel_reduce", "ten, parsum", "ten, tbb", turns=25),
    Row("numpy", "ten jobs, against numpy arange(n).sum()", "ten, parsum", "ten, numpy", turns=5),
    Row("term-real", "1e9 terms 1.0/((double)i*i), exact, against a plain C OpenMP loop",
        "inverse, parsum", "inverse, plain", 2),
    Row("term-real-1", "the same on one thread", "inverse, parsum on 1", "inverse, plain on 1", 2),
    Row("term-tbb", "the same, against TBB parallel_reduce", "inverse, parsum", "inverse, tbb"),
    Row("term-numba", "the same, against numba prange", "inverse, parsum", "inverse, numba"),
    Row("term-pari", "1e7 such terms, against PARI/GP parsum", "few inverses, parsum",
        "few inverses, pari", turns=5),
    Row("term-integer", "1e9 terms i*i+3, exact, against a plain C OpenMP loop that wraps",
        "square, parsum", "square, plain", 0.8, turns=25),
    Row("term-column", "1e9 terms a/(i+1.0) with a as a column, one thread, against --define",
        "column, parsum", "constant, parsum", 0.9),
    Row("term-values", "1e7 terms x and x*x of x = exp(sin(i)), one thread, against x alone",
        "two values", "one value", 0.77, turns=15),
    Row("results-up", "sum,mean,sd,min,max of 3e8 ascending terms, one thread, against the sum alone",
        "five, up", "sum, up", 0.33),
    Row("results-down", "the same of descending terms", "five, down", "sum, down", 0.33),
    Row("results-mixed", "the same of terms in no order", "five, mixed", "sum, mixed", 0.33),
    Row("by-collatz", "unsigned Collatz lengths below 1e7 by key, against a plain OpenMP histogram",
        "histogram, parsum", "histogram, plain", 0.83),
    Row("by-512", "3e7 terms by 512 keys, one thread, against 8 ns a term", "512 keys", "8 ns", 1),
    Row("by-1e5", "3e7 terms by 1e5 keys, one thread, against 20 ns a term", "1e5 keys", "20 ns", 1),
    Row("list-rare", "1e9 terms of which 60 are hits, one thread, against a sum of the same condition",
        "few hits", "count, parsum", 0.9),
    Row("list-many", "2e7 hits in 4e7 terms as CSV, one thread, against 10 M hits a second",
        "many hits", "10 M/s", 1),
    Row("term-block", "primes below 1e9 by a sieve as a block, against the same in a plain OpenMP loop",
        "sieve, parsum", "sieve, plain", 0.9, turns=5),
    Row("random", "pi from 1e9 pairs of uniform(i,k), against a plain C OpenMP loop with that generator",
        "pairs, parsum", "pairs, plain", 0.8, turns=5),
    Row("random-1", "the same on one thread, against 0.25 G pairs a second", "pairs, parsum on 1", "4 s",
        1, turns=5),
    Row("random-numba", "the same on all threads, against numba prange with its own generator",
        "pairs, parsum", "pairs, numba", turns=5),
    Row("random-numpy", "the same on one thread, against numpy with its Philox", "pairs, parsum on 1",
        "pairs, numpy", turns=3),
    Row("isprime", "isprime(i) below 1e8 on one thread, against 4 s", "primes", "4 s", 1),
    *(Row(f"math-{name}", f"1e8 terms {row[0]} on one thread, against gcc -Ofast with libmvec",
          f"{name}, parsum", f"{name}, plain", row[2] if AVX512 else row[3])
      for name, row in FUNCTIONS.items()),
    *(Row(f"libm-{name}", "the same, against --libm", f"{name}, parsum", f"{name}, libm",
          row[4] if AVX512 else None, turns=5)
      for name, row in FUNCTIONS.items()),
    Row("term-sleep", "64 terms of 1 ms on 8 threads, against one", "sleep, 8 threads",
        "sleep, 1 thread", 7),
    Row("term-collatz", "Collatz steps below 6e6 on two threads, against one",
        "collatz, 2 threads", "collatz, 1 thread", 0.95,
        beside=["collatz, plain on 1", "collatz, plain on 2"], alone="the plain C loop"),
    Row("mpi-one", "one job of 2e10 with --mpi and one rank, against none", "longer, 1 rank",
        "longer, 1 thread", 0.99, turns=25),
    Row("mpi-two", "one job of 2e10 on two ranks, against one of two threads", "longer, 2 ranks",
        "longer, 2 threads", 0.95, turns=25),
    Row("mpi-collatz", "Collatz steps below 6e6 on two ranks, against one of two threads",
        "collatz, 2 ranks", "collatz, 2 threads", 0.95, turns=25),
    Row("mpi-round", "what a round costs that all CPUs' ranks share, against 2 ms", "round", "2 ms",
        1),
    Row("journal-huge", "one job of 1e11 with --journal, process, against none", "huge, journal",
        "huge", 0.98),
    Row("journal-many", "1e5 jobs of < 2e6 terms with --journal, process, against none",
        "many, journal", "many", 0.98),
    Row("journal-tiny", "1e7 jobs of < 100 terms with --journal, process, against none",
        "tiny, journal", "lines, parsum"),
    Row("start", "`parsum 1`, process, against 5 ms", "start", "5 ms", 1, turns=51),
    Row("start-term", "a term that was compiled before, process, against 10 ms", "term again", "10 ms",
        1, turns=51),
    Row("start-cache", "the same, against compiling it anew", "term again", "term anew", 20, turns=25),
    Row("array", "parsum_array_sum of 1e8 doubles on one core, against vector loads and additions",
        "array sum", "array sum, plain", 0.9),
    Row("array-cores", "the same on all cores", "array sum, all cores",
        "array sum, plain on all cores", 0.9),
    Row("array-numpy", "parsum_array_sum of 1e8 doubles on one core, against numpy.sum",
        "array sum", "array sum, numpy", 1),
    Row("array-spread", "the same of terms over 2^-10 to 2^10, against terms in one binade",
        "array sum, spread", "array sum", 0.8),
    Row("array-dot", "parsum_array_dot of 1e8 doubles on one core, against loads and additions",
        "array dot", "array dot, plain", 0.8),
    Row("array-variance", "parsum_array_variance of 1e8 doubles on one core, against loads and additions",
        "array variance", "array sum, plain"),
    Row("array-fsum", "parsum_array_sum of 1e7 doubles on one core, against math.fsum",
        "small array sum", "small array sum, fsum"),
    Row("call", "parsum_loop over a function of some 10 ns on one core, against a plain loop",
        "calls", "calls, plain", 0.83),
    Row("call-cores", "the same on all cores, against a plain OpenMP loop", "calls, all cores",
        "calls, plain on all cores", 0.83),
    Row("data", "x[i] of 1e8 doubles in a file on one core, against vector loads and additions", "data",
        "data, read", 0.9),
    Row("data-cores", "the same on all cores", "data, all cores", "data, read on all cores", 0.9),
    Row("data-process", "the same, process, against mapping, populating and reading", "data, process",
        "data, mapped and read", 0.83),
    Row("data-numpy", "the same on one core, against numpy.sum of the file, mapped", "data", "data, numpy", 1),
    Row("data-integer", "x[i] of 1e8 int32 on one core, against reading them", "integer data",
        "integer data, read", 0.9),
    Row("data-float", "x[i] of 1e8 floats on one core, against reading them", "float data",
        "float data, read", 0.55),
    Row("data-dot", "product(x[i], y[i]) of 1e8 doubles each in files on one core, against reading both",
        "data dot", "data, both read", 0.8),
    Row("data-segments", "1e6 uneven segments of 1e7 doubles to .npy in memory on one core, process, against 40 ms",
        "segments", "40 ms", 1),
    Row("data-wild", "the same of doubles of all sizes, against 100 ms", "wild segments", "100 ms", 1),
    Row("array-ten", "parsum_array_sum of ten doubles, a call, against 50 ns", "sum of ten", "50 ns",
        1),
]
