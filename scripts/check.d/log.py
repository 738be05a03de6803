"""What a check leaves behind: a log of its commands, or a finding."""

import os
import pathlib
import shlex
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TAIL = 60


class Finding(Exception):
    """Something is wrong; the text goes into the table."""


class Log:
    """build/check/NAME.log: the commands of a check, and all that they print."""

    def __init__(self, name):
        self.name = name
        self.left_out = []  # what could not be done here, and why
        self.path = ROOT / "build" / "check" / f"{name}.log"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.file = open(self.path, "w+", encoding="utf-8", errors="replace")

    def say(self, text):
        self.file.write(text + "\n")
        self.file.flush()

    def try_run(self, command, env=None, cwd=ROOT):
        """Runs a command; returns its exit status and what it printed."""
        command = [str(word) for word in command]
        self.say("$ " + shlex.join(command))
        done = subprocess.run(command, cwd=cwd, env={**os.environ, **(env or {})}, check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        output = done.stdout.decode(errors="replace")
        self.say(output)
        return done.returncode, output

    def run(self, command, env=None, cwd=ROOT):
        """Runs a command that must succeed; returns what it printed."""
        status, output = self.try_run(command, env, cwd)
        if status != 0:
            raise Finding(f"{pathlib.Path(str(command[0])).name} exits with {status}")
        return output

    def tail(self):
        lines = self.path.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-TAIL:])

    def close(self):
        self.file.close()
