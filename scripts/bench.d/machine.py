"""machine: what a result was measured on, and with which versions."""
import datetime
import os
import platform
import shutil
import subprocess
import sys

from contestants import PARSUM, Missing, python_with


def first_line(*argv):
    try:
        return subprocess.run(argv, capture_output=True, text=True).stdout.splitlines()[0]
    except (OSError, IndexError):
        return "not there"


def cpu_model():
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith(("model name", "Model")):
                return line.split(":", 1)[1].strip()
    return platform.machine()


def vectors():
    """The vectors that parsum uses here, as it says: "avx2, 256 bits"."""
    said = subprocess.run([PARSUM, "--version"], capture_output=True, text=True).stdout
    return next(line for line in said.splitlines() if line.startswith("vectors "))[8:]


def module_version(module):
    try:
        return python_with(module)[1]
    except Missing:
        return "not there"


def tbb_version():
    probe = "#include <tbb/version.h>\nTBB_VERSION_MAJOR.TBB_VERSION_MINOR\n"
    said = subprocess.run(["g++", "-E", "-P", "-x", "c++", "-"], input=probe, capture_output=True,
                          text=True).stdout.split("\n") if shutil.which("g++") else []
    return next((line.replace(" ", "") for line in reversed(said) if line.strip()), "not there")


def r_version():
    return first_line("R", "--version").removeprefix("R version ").split(" (")[0]


def name():
    return f"{cpu_model()}, {len(os.sched_getaffinity(0))} CPUs, vectors {vectors()}"


def facts():
    """What a result was measured on, as lines of a list."""
    return [
        f"- date: {datetime.date.today().isoformat()}",
        f"- machine: {name()}; load {os.getloadavg()[0]:.2f} at the start",
        "- OpenMP's threads bound (OMP_PROC_BIND=true), but where a row says otherwise",
        f"- system: {platform.platform()}",
        f"- {first_line(PARSUM, '--version')}; {first_line('gcc', '--version')}",
        f"- Python {platform.python_version()}; numpy {module_version('numpy')};"
        f" numba {module_version('numba')}; TBB {tbb_version()};"
        f" PARI/GP {first_line('gp', '--version-short')};"
        f" {first_line('mawk', '-W', 'version')}"]


def preamble():
    return "\n".join([
        f"# parsum and its rivals on {platform.node()}",
        "",
        "A ratio is the rival's time over parsum's, so more is better: the median of turns in which",
        "both ran one right after the other, with the smallest and the largest of them as spread.",
        "",
        "- command: `" + " ".join(["scripts/bench", *sys.argv[1:]]) + "`",
        *facts(),
        "- a target \"of the machine's\" is a share of how well the machine itself scales in the same turns,",
        "  as the note tells",
        "", ""])
