"""What the tests of the study share: where things are, and a study of the pretended parsum."""

import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.environ.get("PARSUM_SOURCE_DIR") or os.path.dirname(os.path.dirname(HERE))
PARSUM = os.environ.get("PARSUM") or os.path.join(ROOT, "build", "release", "parsum")
PRETENDED = os.path.join(HERE, "pretend_parsum.py")
SCALING = os.path.join(ROOT, "scripts", "scaling")

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(ROOT, "scripts"))


def scaling(*arguments, **environment):
    """Runs scripts/scaling; returns (status, standard output, standard error)."""
    done = subprocess.run([sys.executable, SCALING, *arguments], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, check=False,
                          env={**os.environ, **environment}, timeout=300)
    return done.returncode, done.stdout.decode(), done.stderr.decode()
