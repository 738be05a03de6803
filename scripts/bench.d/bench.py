"""bench.py: parsum and its rivals side by side, as a table of ratios. Called by scripts/bench.

The contestants of a row take turns, so that a noisy moment of the machine hurts them alike. The
row's ratio is the median of "rival's time over parsum's" of all turns, and its spread is the
smallest and the largest of these.
"""
import argparse
import os
import statistics
import subprocess
import sys

import cookbook
from contestants import Missing, PARSUM, ROOT, check, fail, run
from machine import preamble
from rows import CONTESTANTS, CPUS, ROWS, TEN, TEN_TOTAL, ratios


def measure(row, quick):
    """Seconds by contestant, a list each, turn by turn; the order is reversed after each turn."""
    order = list(row.contestants)
    contestants = {name: CONTESTANTS[name]() for name in order}
    samples = {name: [] for name in order}
    for _ in range(1 + row.turns // 5 if quick else row.turns):
        for name in order:
            samples[name].append(contestants[name]())
        order.reverse()
    return samples


def seconds_text(samples):
    seconds = statistics.median(samples)
    for unit, size in (("s", 1), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-6:.3g} us"


def judge(row, samples):
    """The row's target, whether it was reached, and a note, as text."""
    turns = ratios(samples, row.rival, row.ours)
    note = row.note(samples) if row.note else ""
    if row.target is None:
        return "", "", note
    target = f"{row.target}"
    if row.beside:
        machine = ratios(samples, *row.beside)
        turns = [ours / its for ours, its in zip(turns, machine)]
        target += " of the machine's"
        note = (f"{statistics.median(turns):.3g} of the machine's {statistics.median(machine):.3g}"
                f" ({row.alone} alone)")
    return target, "yes" if statistics.median(turns) >= row.target else "no", note


def cells(row, quick):
    """The row as text, a cell a word of HEADER."""
    try:
        samples = measure(row, quick)
    except Missing as missing:
        return [row.name, row.what, "", "", "", "", "", "", "", f"{LEFT_OUT}{missing}"]
    turns = ratios(samples, row.rival, row.ours)
    target, reached, note = judge(row, samples)
    return [row.name, row.what, f"{statistics.median(turns):.3g}",
            f"{min(turns):.3g} to {max(turns):.3g}", target, reached,
            seconds_text(samples[row.ours]), seconds_text(samples[row.rival]), str(len(turns)), note]


LEFT_OUT = "left out: "
HEADER = "row what ratio spread target reached parsum rival turns note".split()


def table(rows):
    widths = [max(len(row[c]) for row in [HEADER, *rows]) for c in range(len(HEADER))]
    rows = [HEADER, ["-" * width for width in widths], *rows]
    return "\n".join("| " + " | ".join(cell.ljust(w) for cell, w in zip(row, widths)) + " |"
                     for row in rows) + "\n"


def parse_arguments():
    names = [row.name for row in ROWS] + cookbook.names()
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description="parsum and its rivals side by side, as a table of ratios: the rival's time over "
        "parsum's, so more is better. Builds them, and installs what that needs.",
        epilog="exit status: 0 every target was reached; 1 something failed; 2 bad usage; 3 rows were "
        "left out, for want of a package; 4 a row missed its target. With --quick a row that misses "
        "its target says little: too few turns, on a machine with other work none at all.")
    parser.add_argument("--quick", action="store_true",
                        help="fewer turns: a first look, not a result")
    parser.add_argument("--only", action="append", metavar="ROW", choices=names,
                        help="this row; may be repeated; one of: " + ", ".join(names) + ". cookbook is "
                        "all recipes of docs/cookbook.md, which are measured only if they are asked for")
    parser.add_argument("--write", action="store_true",
                        help="keep the table and what it was measured on, results/bench-Ncore.md; of "
                        "recipes, results/cookbook-Ncore.md and the times in docs/cookbook.md")
    arguments = parser.parse_args()
    recipes = [name in cookbook.names() for name in arguments.only or []]
    if any(recipes) and not all(recipes):
        parser.error("--only has recipes and other rows, which are different tables; measure them one after the other")
    arguments.recipes = any(recipes)
    if arguments.quick and arguments.write:
        parser.error("--write keeps results, and --quick makes none; leave one of them out")
    return arguments


def prepare():
    """Installs and builds; a rival that cannot be had is left out. With an option the tree is
    configured anew, so an MPI that has just been installed is found."""
    scripts = os.path.join(ROOT, "scripts")
    if subprocess.run([os.path.join(scripts, "setup"), "bench", "mpi"]).returncode != 0:
        print("scripts/bench: going on with the rivals that are there", file=sys.stderr)
    build = [os.path.join(scripts, "build"), "release", "-DPARSUM_MPI=AUTO", "-DPARSUM_HARDENING=ON",
             "--", "--target", "bench"]
    if subprocess.run(build, stdin=subprocess.DEVNULL).returncode != 0:
        fail("parsum could not be built; see above")


def conclude(rows):
    """Says which rows were left out and which missed their target; returns the exit status."""
    left_out = [f"{row[0]} ({row[-1][len(LEFT_OUT):]})" for row in rows if row[-1].startswith(LEFT_OUT)]
    missed = [row[0] for row in rows if row[HEADER.index("reached")] == "no"]
    for what, names in (("left out", left_out), ("target missed", missed)):
        if names:
            print(f"scripts/bench: {what}: {', '.join(names)}", file=sys.stderr)
    return 4 if missed else 3 if left_out else 0


def main():
    arguments = parse_arguments()
    prepare()
    if arguments.recipes:
        return cookbook.bench(arguments.only, arguments.quick, arguments.write)
    _, text = run([PARSUM, "--quiet", *TEN])
    check(text.split()[-1], TEN_TOTAL, [PARSUM])

    about = preamble()
    rows = []
    for row in ROWS:
        if not arguments.only or row.name in arguments.only:
            print(f"scripts/bench: {row.what}", file=sys.stderr)
            rows.append(cells(row, arguments.quick))
    sys.stdout.write(about + table(rows))
    if arguments.write:
        path = os.path.join(ROOT, "results", f"bench-{CPUS}core.md")
        with open(path, "w") as file:
            file.write(about + table(rows))
        print(f"scripts/bench: kept in {path}", file=sys.stderr)
    return conclude(rows)


if __name__ == "__main__":
    sys.exit(main())
