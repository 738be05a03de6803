"""Which lines of src the tests ran, as gcovr says from the counts of the preset coverage.

What a user's term is compiled from at run time (src/term/inside/term_before.h, term_after.h, term_checks.c) is not
counted, since that compiler is the user's; term_real.h is, as a unit test includes it.

tests/uncovered.txt says why some lines are left. A file with such lines and without a reason is a
finding, as too low a share of lines is.
"""

import json
import re

from checks import check, test
from log import ROOT, Finding

BUILD = ROOT / "build" / "coverage"
REASONS = ROOT / "tests" / "uncovered.txt"
LEAST = 95


def forget_counts():
    """Counts of lines add up from run to run."""
    for counts in BUILD.rglob("*.gcda"):
        counts.unlink()


def count(log):
    """File -> {line: how often it ran}."""
    report = ROOT / "build" / "check" / "coverage.json"
    log.run(["gcovr", "--root", ROOT, "--filter", "src/", "--gcov-executable", "gcov",
             "--object-directory", BUILD, "--json", report, BUILD])
    with report.open(encoding="utf-8") as file:
        files = json.load(file)["files"]
    return {file["file"]: {line["line_number"]: line["count"] for line in file["lines"]
                           if not line.get("gcovr/noncode")} for file in files}


def tell(log, name, lines):
    """Prints lines that no test ran."""
    text = (ROOT / name).read_text(encoding="utf-8").splitlines()
    for line in lines:
        log.say(f"{name}:{line}: {text[line - 1].strip()}")


def measure(log):
    """Returns the share of lines that ran; what did not is in the log."""
    files = count(log)
    left = {name: sorted(line for line, times in lines.items() if times == 0)
            for name, lines in sorted(files.items())}
    for name, lines in left.items():
        tell(log, name, lines)
    total = sum(map(len, files.values()))
    missed = sum(map(len, left.values()))
    if total == 0 or 100 * (total - missed) < LEAST * total:
        raise Finding(f"{missed} of {total} lines do not run")
    reasons = re.findall(r"^(src/\S+) +\S", REASONS.read_text(encoding="utf-8"), re.M)
    silent = [name for name, lines in left.items() if lines and name not in reasons]
    if silent:
        raise Finding(f"{REASONS.name} has no reason for {' '.join(silent)}")
    return f"{100 * (total - missed) / total:.1f}% of {total} lines"


@check("coverage", "tests; lines of src that they run, 95% at least",
      needs=["gcc", "gcovr"], group="coverage")
def run_coverage(log, _):
    forget_counts()
    test(log, "coverage")
    return measure(log)
