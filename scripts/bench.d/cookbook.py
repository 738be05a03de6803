"""cookbook: the recipes of docs/cookbook.md at full size, beside what people would otherwise write.

Times are those of whole processes. parsum's is that of the command as the page has it, at its second start;
what it prints must be what the page says. Loops in Python do a part of the work, and their time is multiplied.
Beside plain C the runs themselves are compared as well, by the clocks of both programs: without start, files
and rows.
"""
import datetime
import os
import re
import statistics
import subprocess
import sys
import time

import contestants
import machine
import page
from contestants import BUILD, HERE, Missing, PARSUM, ROOT, check, compiled, fail, need, python_with, run

RIVALS = os.path.join(HERE, "cookbook")
KITCHEN = os.path.join(BUILD, "cookbook")  # where the recipes are cooked
C, LOOP = "C with OpenMP", "Python loop"
TURNS, SHORT_TURNS, SHORT = 3, 9, 40  # more turns of what is short: up to so many seconds
SLOWER_THAN_C = 1.3  # at most
FASTER_THAN_LOOP = 10  # at least


class Way:
    """One way to do a recipe: `make` gives the words of a command, which prints the total as JSON, or a
    pattern of what it prints; it does a `share`-th of the work."""

    def __init__(self, name, make, share=1, near=1e-6, threads=None, pattern=r'"total": "(.*?)"'):
        self.name, self.make, self.share, self.near = name, make, share, near
        self.threads, self.pattern = threads, pattern

    def called(self):
        return self.name + (f", 1/{self.share} of it, times {self.share}" if self.share > 1 else "")

    def target(self):
        """The rival's time over parsum's that is wanted, or None."""
        return {LOOP: FASTER_THAN_LOOP}.get(self.name)


def c(name, *arguments):
    return Way(C, lambda: compiled(f"cookbook/{name}.c", "-fopenmp", "-I" + os.path.join(ROOT, "src"), "-lm")
               + list(arguments))


def loop(name, share, *arguments):
    return Way(LOOP, lambda: [python_with("numpy")[0], os.path.join(RIVALS, "loops.py"), name, str(share), *arguments],
               share)


def numpy(name, *arguments, called="numpy", **options):
    return Way(called, lambda: [python_with("numpy")[0], os.path.join(RIVALS, "arrays.py"), name, *arguments],
               **options)


def numba(name, *arguments, **options):
    return Way("numba", lambda: [python_with("numba")[0], os.path.join(RIVALS, "jit.py"), name, *arguments],
               **options)


def pari(name):
    return Way("PARI/GP", lambda: [need("gp"), "-q", "-f", os.path.join(RIVALS, f"{name}.gp")])


def r(name, *arguments, share=1):
    return Way("R", lambda: [need("Rscript"), os.path.join(RIVALS, f"{name}.R"), *arguments], share)


def ten():
    """The ends of the ten jobs that the page has."""
    return page.recipes()[14].parsum(0).split()[1:]


def blog(way):
    return Way({"for": LOOP, "pool": "multiprocessing.Pool.map", "numpy": "numpy"}[way],
               lambda: [python_with("numpy")[0], os.path.join(HERE, "loop.py"), way, *ten()])


STATES = "33554432"


class Row:
    """A command of a recipe, number `index` of those that call parsum; `total` is what others must find."""

    def __init__(self, name, number, index, total, *ways):
        self.name, self.number, self.index, self.total, self.ways = name, number, index, total, ways


ROWS = [
    Row("primes", 1, 0, 50847534, Way(C, lambda: contestants.sieve() + ["1000000000"], pattern=r'"total": (\d+)'),
        numpy("primes", "1e9"), Way("primecount", lambda: [need("primecount"), "1000000000"], pattern=r"(\d+)")),
    Row("pi", 2, 0, 3.14165952, c("pi", "1e9"), numba("pi", "1e9", near=1e-3), numpy("pi", "1e9", near=1e-3),
        loop("pi", 101, "1e9")),
    Row("roof", 3, 0, 633434.0138029912, c("roof", "200", "525600"), numpy("roof", "200", "525600"),
        loop("roof", 100, "200", "525600")),
    Row("density", 4, 0, 7431800, c("ising", "density", STATES), numpy("density", STATES),
        loop("density", 11, STATES)),
    Row("partition", 4, 2, 5.376249419195876e43, c("ising", "partition", STATES), numpy("partition", STATES),
        loop("partition", 101, STATES)),
    Row("pairs", 5, 0, -23489531.129837304, c("pairs", "r.npy"), numba("pairs", "r.npy"), numpy("pairs", "r.npy"),
        loop("pairs", 11, "r.npy")),
    Row("segments", 6, 0, 3023.746654528464, c("segments", "x.npy", "offsets.npy", "sums.raw"),
        numpy("segments", "x.npy", "offsets.npy", "other.npy")),
    Row("dot", 7, 0, -11847.918547663628, c("dot", "a.npy", "b.npy"), numpy("dot", "a.npy", "b.npy", called="numpy, one thread", threads=1),
        numpy("dot", "a.npy", "b.npy", called="numpy, all threads")),
    Row("zeta", 8, 0, 79.22615481925324, c("zeta", "1e8"), numpy("zeta", "1e8"), loop("zeta", 101, "1e8"), pari("zeta")),
    Row("mertens", 9, 0, 1037, c("mertens", "10000001"), loop("mertens", 101, "10000001"), pari("mertens")),
    Row("longest", 10, 0, 685, c("collatz", "longest", "1e7"), numba("longest", "1e7"),
        loop("longest", 101, "1e7")),
    Row("histogram", 10, 1, 108812, c("collatz", "histogram", "1e7"), loop("histogram", 101, "1e7")),
    Row("likelihood", 11, 0, -183314.72674589665, c("likelihood", "readings.npy"), numpy("likelihood", "readings.npy"),
        r("likelihood", "readings.npy"), loop("likelihood", 101, "readings.npy")),
    Row("pensions", 12, 0, 477130872477.88879, c("pensions", "members.csv", "worth-c.csv"),
        r("pensions", "members-11.csv", "worth-r.csv", share=11), loop("pensions", 101, "members-101.csv")),
    Row("wilson", 13, 0, 3, c("search", "wilson", "100000"), loop("wilson", 101, "100000")),
    Row("gap", 13, 1, 20831323, c("search", "gap", "1e9"), loop("gap", 10, "20900000")),
    Row("add_numbers", 14, 0, 16484330702487280, Way(C, lambda: contestants.plain() + ten()), blog("for"), blog("pool"),
        blog("numpy")),
]


def strike_times(text):
    return re.sub(r"(took using omp is )\S+", r"\1TIME", text)


def lay_table():
    """Makes the kitchen, with parsum and with a Python that has numpy, and steps into it."""
    tools = os.path.join(KITCHEN, "bin")
    os.makedirs(tools, exist_ok=True)
    for name, path in (("bin/parsum", PARSUM), ("bin/python3", python_with("numpy")[0]),
                       ("tests", os.path.join(ROOT, "tests"))):
        link = os.path.join(KITCHEN, name)
        if not os.path.islink(link):
            os.symlink(path, link)
    os.environ["PATH"] = tools + os.pathsep + os.environ["PATH"]
    os.chdir(KITCHEN)


def shell(command):
    return [need("bash"), "-c", command]


def prepare(recipe):
    """Cooks the recipe once, which makes its files and compiles its terms, and compares what comes out."""
    for name, text in recipe.files.items():
        with open(name, "w", encoding="utf-8") as file:
            file.write(text)
    for command, expected in recipe.commands:
        _, said = run(shell(command))
        if strike_times(said) != strike_times(expected):
            fail(f"recipe {recipe.number}: '{command}' says\n{said}in place of\n{expected}")
    if recipe.number == 12:  # those who do a part of the work read a part of the table
        for share in 11, 101:
            run(shell(f"awk 'NR % {share} == 1' members.csv > members-{share}.csv"))


def run_itself(command):
    """The command, but for what it does with its rows, as one that tells how long its run took."""
    command = re.sub(r" -o (csv|npy)\b| --output \S+| \| (head|tail) -\d+$", "", command)
    return re.sub(r"\bparsum ", "parsum -q -o json ", command, count=1)


def own_seconds(said):
    return float(re.search(r'"seconds": ([\d.e-]+)', said)[1])


def one_turn(row, way, loops):
    """Seconds of a way; those of C's loop go to `loops`."""
    seconds, said = run(way.make(), way.threads)
    if way.name == C:
        loops.append(own_seconds(said))
    total = float(re.search(way.pattern, said)[1])
    if way.share == 1 and row.total and abs(total - row.total) > way.near * abs(row.total):
        fail(f"{row.name}: {way.name} says {total} in place of {row.total}")
    return seconds * way.share


def measure(row, recipe, quick):
    """Seconds of parsum and of each way that is there, turn by turn, those of the runs themselves, of
    parsum and of C, and the ways that are not there."""
    ways, missing, runs, loops = [], [], [], []
    for way in row.ways:
        try:
            way.make()
            ways.append(way)
        except Missing as error:
            missing.append(str(error))
    samples = {None: [], **{way: [] for way in ways}}
    command = shell(recipe.parsum(row.index))
    itself = shell(run_itself(recipe.parsum(row.index)))
    begun = time.monotonic()
    for turn in range(1 if quick else SHORT_TURNS):
        if turn >= TURNS and time.monotonic() - begun > SHORT:
            break
        for way in list(samples)[::-1 if turn % 2 else 1]:
            samples[way].append(run(command)[0] if way is None else one_turn(row, way, loops))
            if way is None:
                runs.append(own_seconds(run(itself)[1]))
    return samples, (runs, loops), missing


HEADER = ["way", "time", "times parsum's", "spread", "target", "reached"]


def time_text(seconds):
    return (f"{seconds / 3600:.1f} h" if seconds >= 7200 else f"{seconds / 60:.0f} min" if seconds >= 180
            else f"{seconds:.3g} s" if seconds >= 1 else f"{1000 * seconds:.3g} ms")


def against(name, ours, theirs, target):
    """The cells of a rival."""
    ratios = [rival / own for rival, own in zip(theirs, ours)]
    ratio = statistics.median(ratios)
    return [name, time_text(statistics.median(theirs)), f"{ratio:.3g}", f"{min(ratios):.3g} to {max(ratios):.3g}",
            f"{target:.2g}" if target else "", "" if target is None else "yes" if ratio >= target else "no"]


def lines(samples, runs, loops):
    """A list of cells for parsum and for each way."""
    ours = samples[None]
    yield ["parsum", time_text(statistics.median(ours)), "", "", "", ""]
    for way in list(samples)[1:]:
        yield against(way.called(), ours, samples[way], way.target())
        if way.name == C:
            took = time_text(statistics.median(runs))
            yield against(f"its loop alone, beside parsum's run of {took}", runs, loops, 1 / SLOWER_THAN_C)


def table(rows, columns):
    return "\n".join("| " + " | ".join(row[:columns]) + " |"
                     for row in [HEADER, ["---"] * len(HEADER), *rows]) + "\n"


def preamble():
    """What the results were measured on."""
    return "\n".join([
        f"# The recipes of the cookbook on {len(os.sched_getaffinity(0))} CPUs", "",
        "Whole processes, from start to end, in turns; times are medians. \"times parsum's\" is the median of the",
        "rival's time over parsum's in the same turn, so more is better, and the spread is the least and the greatest",
        "of these. A run itself is without start, files and rows. The recipes stand in docs/cookbook.md, and the",
        "programs beside lie in scripts/bench.d/cookbook.", "",
        "- command: `scripts/bench --only cookbook --write`, or with `--only cookbook-ROW` row by row; a row's load is",
        "  that of its end, with the work of others on the machine",
        *machine.facts(),
        f"- {machine.first_line('primecount', '--version').split(',')[0]}; R {machine.r_version()}", ""]) + "\n"


def section(row, recipe, turns, rows, missing):
    left_out = "".join(f"Left out: {error}.\n\n" for error in missing)
    return (f"## {row.name}\n\nRecipe {recipe.number}, {datetime.date.today().isoformat()},"
            f" {machine.name()}, load {os.getloadavg()[0]:.2f}, {turns} turns:\n\n`{recipe.parsum(row.index)}`\n\n"
            + left_out + table(rows, len(HEADER)) + "\n")


def write(sections, short):
    """Keeps what was measured: rows that were not stay as they are in the file of as many CPUs."""
    path = os.path.join(ROOT, "results", f"cookbook-{len(os.sched_getaffinity(0))}core.md")
    kept = re.split(r"^(?=## )", page.read(path), flags=re.M)[1:] if os.path.exists(path) else []
    all_of_them = {text.split()[1]: text for text in kept} | sections
    with open(path, "w", encoding="utf-8") as file:
        file.write(preamble() + "".join(all_of_them[row.name].rstrip() + "\n\n" for row in ROWS
                                        if row.name in all_of_them).rstrip() + "\n")
    text = page.with_tables(page.read(), short)
    with open(page.PAGE, "w", encoding="utf-8") as file:
        file.write(text)


def names():
    return ["cookbook", *(f"cookbook-{row.name}" for row in ROWS)]


def bench(only, quick, keep):
    """Measures these rows; returns the exit status."""
    lay_table()
    recipes, sections, short, missed, left_out = page.recipes(), {}, {}, [], []
    prepared = set()
    for row in ROWS:
        if "cookbook" not in only and f"cookbook-{row.name}" not in only:
            continue
        recipe = recipes[row.number]
        print(f"scripts/bench: {recipe.number}. {recipe.title} ({row.name})", file=sys.stderr)
        if recipe.number not in prepared:
            prepare(recipe)
            prepared.add(recipe.number)
        samples, itself, missing = measure(row, recipe, quick)
        rows = list(lines(samples, *itself))
        sections[row.name], short[row.name] = section(row, recipe, len(samples[None]), rows, missing), table(rows, 3)
        missed += [f"{row.name} ({cells[0]})" for cells in rows if cells[-1] == "no"]
        left_out += [f"{row.name} ({error})" for error in missing]
        sys.stdout.write(sections[row.name])
        sys.stdout.flush()
        if keep:  # at once: the rows to come take minutes
            write(sections, short)
    for what, them in (("left out", left_out), ("target missed", missed)):
        if them:
            print(f"scripts/bench: {what}: {', '.join(them)}", file=sys.stderr)
    return 4 if missed else 3 if left_out else 0
