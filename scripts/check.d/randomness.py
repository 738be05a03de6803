"""The check that lets dieharder look at the random numbers of terms."""

import re
import shlex

from checks import check
from log import ROOT, Finding

STREAMS = ("i", "k", "three", "seeds", "below")  # as streams.c has them


def look_at(log, program, stream):
    """Runs all tests on a stream, with more numbers where a result is doubtful; returns how many."""
    output = log.run(["sh", "-c", f"{shlex.quote(str(program))} {stream} | "
                                  "dieharder -a -g 200 -k 2 -Y 1"])
    verdicts = re.findall(r"\|\s*(PASSED|WEAK|FAILED)\s*$", output, re.M)
    failed = verdicts.count("FAILED")
    if failed or len(verdicts) < 100:
        raise Finding(f"stream {stream}: {failed} of {len(verdicts)} results failed")
    return len(verdicts)


@check("dieharder", "dieharder: random numbers of terms; hours", long=True,
       needs=["cc", "dieharder"], group="long")
def run_dieharder(log, _):
    program = ROOT / "build" / "check" / "streams"
    log.run(["cc", "-O3", "-march=native", "-ffp-contract=off", "-Isrc", "scripts/check.d/streams.c", "-o",
             program])
    return f"{sum(look_at(log, program, stream) for stream in STREAMS)} results, 0 failed"
