"""The checks. Each is a function that runs its commands in a log and returns figures for the table,
or raises Finding."""

import re
import shutil

from log import ROOT, Finding

ALL = []

# The tests that run in a moment also under a sanitizer.
SHORT = "^(unit|fuzz|race)[.]"


class Check:
    """`needs` are names that scripts/setup --lacks knows, `group` is the group there that has them.
    A long one takes hours, and runs only where it is asked for."""

    def __init__(self, name, what, run, quick, needs, group, long):
        self.name, self.what, self.run, self.quick, self.long = name, what, run, quick, long
        self.needs, self.group = needs, group


def check(name, what, quick=False, needs=(), group="ci", long=False):
    def register(run):
        ALL.append(Check(name, what, run, quick, needs, group, long))
        return run

    return register


def sources(*patterns):
    """Files of the tree; build/ is none of it."""
    found = sorted(path for pattern in patterns for path in ROOT.glob(pattern))
    return [path.relative_to(ROOT) for path in found]


def scripts():
    """Shell scripts, known by their first line."""
    candidates = sources(".ci/*", "scripts/**/*", "tests/**/*")
    return [path for path in candidates if (ROOT / path).is_file()
            and re.match(rb"#!.*\b(ba)?sh\b", (ROOT / path).open("rb").readline())]


@check("format", "clang-format: C as .clang-format has it", quick=True,
      needs=["clang-format"], group="check")
def run_format(log, _):
    files = sources("src/**/*.[ch]", "tests/**/*.[ch]", "scripts/**/*.[ch]")
    log.run(["clang-format", "--dry-run", "-Werror", *files])
    return f"{len(files)} files"


@check("shell", "shellcheck: shell scripts", quick=True, needs=["shellcheck"], group="check")
def run_shellcheck(log, _):
    files = scripts()
    log.run(["shellcheck", *files])
    return f"{len(files)} files"


@check("cppcheck", "cppcheck: static analysis of src", quick=True,
      needs=["cppcheck"], group="check")
def run_cppcheck(log, _):
    log.run(["cppcheck", "--quiet", "--error-exitcode=1", "--inline-suppr",
             "--enable=warning,performance,portability",
             "--suppressions-list=scripts/check.d/cppcheck.txt",
             "-D_GNU_SOURCE", "-D_OPENMP=201511", "-D__x86_64__", '-DPARSUM_VERSION=""',
             '-DPARSUM_FLAGS=""', "-Isrc", "src"])


def analyze(log, preset):
    """Builds all of a preset anew: what was built before is not looked at again."""
    log.run(["scripts/build", preset, "--", "--clean-first"])


@check("analyzer", "gcc -fanalyzer: static analysis of src", quick=True, needs=["gcc"])
def run_analyzer(log, _):
    analyze(log, "analyzer")


@check("tidy", "clang-tidy: static analysis of src, by .clang-tidy", quick=True,
      needs=["clang", "clang-tidy"], group="check")
def run_tidy(log, _):
    analyze(log, "tidy")


def test(log, preset, select=(), env=None, cwd=ROOT):
    """Builds a preset and runs its tests; returns how many ran."""
    output = log.run(["scripts/test", "--preset", preset, *select], env, cwd)
    ran = re.search(r"tests passed, 0 tests failed out of (\d+)", output)
    if not ran:
        raise Finding("ctest does not say how many tests passed")
    log.left_out += re.findall(r"^\s*\d+ - (\S+) \(Skipped\)", output, re.M)
    return f"{ran[1]} tests"


def sanitize(log, arguments, preset, variables, dull=()):
    """Runs the tests of a preset with a sanitizer whose reports go to files: a test that looks away
    from how parsum ends hides none. A quick check leaves the `dull` tests out."""
    reports = ROOT / "build" / "check" / f"{preset}-reports"
    shutil.rmtree(reports, ignore_errors=True)
    reports.mkdir(parents=True)
    env = {name: f"log_path={reports}/report" for name in variables}
    try:
        figures = test(log, preset, ["-R", SHORT, *dull] if arguments.quick else [], env)
    finally:
        found = sorted(reports.iterdir())
        for report in found:
            log.say(report.read_text(encoding="utf-8", errors="replace"))
    if found:
        raise Finding(f"{len(found)} processes reported")
    return f"{figures}, 0 reports"


@check("memory", "tests; memory, undefined behaviour and leaks watched", quick=True, needs=["gcc"])
def run_memory(log, arguments):
    return sanitize(log, arguments, "asan", ["ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"])


@check("races", "tests on 8 threads; races watched, a planted one found", quick=True,
      needs=["openmp:clang", "fuzzer:clang"], group="check")
def run_races(log, arguments):
    # One thread alone opens journals thousands of times, which takes minutes here.
    return sanitize(log, arguments, "tsan", ["TSAN_OPTIONS"], ["-E", "^unit.test_journal_damage$"])


@check("gcc", "tests, GCC, optimised; warnings are errors", needs=["openmp:gcc"])
def run_gcc(log, _):
    return test(log, "ci-gcc")


@check("clang", "tests, Clang, optimised; warnings are errors", needs=["openmp:clang"])
def run_clang(log, _):
    return test(log, "ci-clang")


@check("debug", "tests, not optimised")
def run_debug(log, _):
    return test(log, "debug")
