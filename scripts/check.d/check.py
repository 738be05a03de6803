"""Runs the checks, one after another, and prints a row of a table for each."""

import argparse
import os
import subprocess
import sys
import time

import checks
import coverage  # noqa: F401  these five add theirs to checks.ALL
import mathematics  # noqa: F401
import packages  # noqa: F401
import randomness  # noqa: F401
import trials  # noqa: F401
from log import ROOT, Finding, Log


def parse_arguments():
    parser = argparse.ArgumentParser(
        prog="scripts/check",
        description="Runs all that could find a fault in parsum, and prints one table of what ran and "
        "what was found. Installs what it needs.",
        epilog="exit status: 0 nothing was found; 1 something was; 2 bad usage; 3 nothing was found, but "
        "something was left out, such as a check whose tool could not be installed",
    )
    parser.add_argument("--quick", action="store_true",
                        help="what a change must pass besides the tests; minutes")
    parser.add_argument("--long", action="store_true", help="also what takes hours")
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
    return [check for check in checks.ALL
            if (check.quick or not arguments.quick) and (arguments.long or not check.long)]


def set_up(chosen_checks):
    """Installs what is missing; what cannot be had is not the end."""
    groups = {"build", "test", "ci"} | {check.group for check in chosen_checks}
    setup = [ROOT / "scripts" / "setup", *sorted(groups)]
    if subprocess.run(setup, check=False).returncode != 0:
        print("scripts/check: going on with what is there", file=sys.stderr)


def lacks(check):
    """Which of the check's needs are not on this machine."""
    if not check.needs:
        return []
    said = subprocess.run([ROOT / "scripts" / "setup", "--lacks", *check.needs], check=True,
                          stdout=subprocess.PIPE, text=True)
    return said.stdout.split()


def row(name, what, verdict, seconds, figures):
    print(f"{name:<13}{what:<57}{verdict:<10}{seconds:>8}  {figures}".rstrip(), flush=True)


def run(check, arguments):
    """Runs one check and prints its row; returns its verdict and its log."""
    log = Log(check.name)
    start = time.monotonic()
    lacking = lacks(check)
    try:
        if lacking:
            log.left_out.append("all of it, for want of " + ", ".join(lacking))
            verdict, figures = "LEFT OUT", "no " + ", no ".join(lacking)
        else:
            verdict, figures = "clean", check.run(log, arguments)
    except Finding as finding:
        verdict, figures = "FOUND", str(finding)
    log.close()
    row(check.name, check.what, verdict, f"{time.monotonic() - start:.1f} s", figures or "")
    return verdict, log


def conclude(done):
    """Says what was found and what was left out; returns the exit status."""
    found = [log for verdict, log in done if verdict == "FOUND"]
    for log in found:
        print(f"\n==== {log.name}: the end of {log.path.relative_to(ROOT)}\n{log.tail()}")
    left_out = [f"{log.name}: {what}" for _, log in done for what in log.left_out]
    if left_out:
        print("\nLeft out:\n  " + "\n  ".join(left_out))
    return 1 if found else 3 if left_out else 0


def main():
    arguments = parse_arguments()
    if arguments.list:
        for check in checks.ALL:
            mark = " (quick)" if check.quick else " (long)" if check.long else ""
            print(f"{check.name:<13}{check.what}{mark}")
        return 0
    os.chdir(ROOT)
    set_up(chosen(arguments))
    row("check", "what ran", "found", "time", "figures")
    return conclude([run(check, arguments) for check in chosen(arguments)])


if __name__ == "__main__":
    sys.exit(main())
