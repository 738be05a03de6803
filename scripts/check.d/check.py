"""Runs the checks, one after another, and prints a row of a table for each."""

import argparse
import os
import sys
import time

import checks
import coverage  # noqa: F401  these three add theirs to checks.ALL
import packages  # noqa: F401
import trials  # noqa: F401
from log import ROOT, Finding, Log


def parse_arguments():
    parser = argparse.ArgumentParser(
        prog="scripts/check",
        description="Runs all that could find a fault in parsum, prints one table of what ran and "
        "what was found, and exits with 1 if anything was.",
    )
    parser.add_argument("--quick", action="store_true",
                        help="what a change must pass besides the tests; minutes")
    parser.add_argument("--only", metavar="NAME", action="append", default=[],
                        help="this check alone; may be given several times")
    parser.add_argument("--fuzz-seconds", metavar="S", type=int, default=60,
                        help="how long each fuzz target runs (60)")
    parser.add_argument("--list", action="store_true", help="name the checks and do nothing")
    arguments = parser.parse_args()
    known = [check.name for check in checks.ALL]
    for name in arguments.only:
        if name not in known:
            parser.error(f"there is no check '{name}'; there are: {', '.join(known)}")
    return arguments


def chosen(arguments):
    if arguments.only:
        return [check for check in checks.ALL if check.name in arguments.only]
    return [check for check in checks.ALL if check.quick or not arguments.quick]


def row(name, what, verdict, seconds, figures):
    print(f"{name:<13}{what:<57}{verdict:<10}{seconds:>8}  {figures}".rstrip(), flush=True)


def run(check, arguments):
    """Runs one check and prints its row; returns its log if it found anything, else None."""
    log = Log(check.name)
    start = time.monotonic()
    try:
        verdict, figures = "clean", check.run(log, arguments)
    except Finding as finding:
        verdict, figures = "FOUND", str(finding)
    log.close()
    row(check.name, check.what, verdict, f"{time.monotonic() - start:.1f} s", figures or "")
    return log if verdict == "FOUND" else None


def main():
    arguments = parse_arguments()
    if arguments.list:
        for check in checks.ALL:
            print(f"{check.name:<13}{check.what}{' (quick)' if check.quick else ''}")
        return 0
    os.chdir(ROOT)
    row("check", "what ran", "found", "time", "figures")
    found = [log for log in (run(check, arguments) for check in chosen(arguments)) if log]
    for log in found:
        print(f"\n==== {log.name}: the end of {log.path.relative_to(ROOT)}\n{log.tail()}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
