"""The checks that leave it to chance what they try: fuzz targets, random jobs against an independent
computation, and random runs that are stopped in random ways."""

import re
import shutil

from checks import check
from log import ROOT, Finding

CORPUS = ROOT / "tests" / "fuzz" / "corpus"
TARGETS = sorted(path.name for path in CORPUS.iterdir())

# A run longer than this many seconds is a fault, too: libFuzzer ends it.
LONGEST_RUN = 10


def fuzz(log, target, seconds):
    """Runs a target on a copy of its seeds and returns figures; an input that makes the target fail is kept, and a finding."""
    place = ROOT / "build" / "check" / "fuzz" / target
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(CORPUS / target, place / "corpus")
    # What parsum says of bad input is not heard, a sanitizer's report is.
    status, output = log.try_run([ROOT / "build" / "fuzz" / "tests" / f"fuzz_{target}",
                                  f"-max_total_time={seconds}", f"-timeout={LONGEST_RUN}",
                                  "-close_fd_mask=2", f"-artifact_prefix={place}/",
                                  place / "corpus"])
    kept = sorted(path.name for path in place.iterdir() if path.is_file())
    if status != 0 or kept:
        raise Finding(f"fuzz_{target} exits with {status}; its input is in "
                      f"{place.relative_to(ROOT)}: {' '.join(kept)}")
    runs = re.search(r"^Done (\d+) runs", output, re.M)
    edges = re.findall(r" cov: (\d+) ", output)
    if not runs or not edges:
        raise Finding(f"fuzz_{target} does not say how many runs there were")
    return f"{target} {int(runs[1]) / 1e6:.2f} M runs, {edges[-1]} edges"


@check("fuzz", "fuzz targets; memory and undefined behaviour watched",
      needs=["fuzzer:clang"], group="check")
def run_fuzz(log, arguments):
    log.run(["scripts/build", "fuzz", "-DPARSUM_TESTS=ON"])
    return "; ".join(fuzz(log, target, arguments.fuzz_seconds) for target in TARGETS)


def try_out(log, program, *options):
    """Runs a program that tries out parsum in random ways; returns its last line."""
    log.run(["scripts/build", "release"])
    return log.run(["python3", program, *options]).splitlines()[-1]


@check("differential", "random jobs and terms, against Python and PARI/GP")
def run_differential(log, _):
    return try_out(log, "tests/differential.py", "--rounds", "2000")


@check("soak", "random runs, killed and stopped, that go on until done")
def run_soak(log, _):
    return try_out(log, "tests/soak.py", "--seconds", "60")
