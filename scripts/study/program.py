"""Runs parsum once and says what came of it."""

import hashlib
import json
import os
import subprocess
import time

from . import machine


SHORTEST = 0.1  # seconds; other load is counted in ticks of 10 ms, too coarse for shorter runs


class Failure(Exception):
    """Something that ends the study with a message for the user."""


class Program:
    """The program under study; `path` is its executable file."""

    def __init__(self, path):
        self.path = os.path.abspath(path)
        if not os.access(self.path, os.X_OK):
            raise Failure("%s: no such program; build it with scripts/run --version, or name one "
                          "with --parsum" % path)
        self.version_text = machine.output([self.path, "--version"]) or ""

    def digest(self):
        """SHA-256 of the executable, so that a study does not go on with another program."""
        with open(self.path, "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()

    def command(self, arguments):
        """The whole command line of a run."""
        return [self.path, "--format", "json", "--no-progress"] + list(arguments)

    def busy(self, cpus_here):
        """Seconds that all programs have kept the CPUs busy so far, or None."""
        return machine.busy_seconds(cpus_here)

    def run(self, arguments):
        """Runs it with `--format json` and returns the document, and beside parsum's own keys:

        process_seconds   from start to exit, seen from outside
        cpu_seconds       time that its threads held a CPU
        other_cpus        how many of our CPUs were busy with anything else meanwhile, or None
        """
        cpus = machine.usable_cpus()
        command = self.command(arguments)
        busy = self.busy(cpus)
        begin = time.monotonic()
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
            before = os.times()
            output, errors = child.communicate()
        elapsed = time.monotonic() - begin
        after = os.times()
        busy_after = self.busy(cpus)
        if child.returncode != 0:
            message = errors.decode("utf-8", "replace").strip().splitlines()
            # a launcher adds lines of its own
            message = [line for line in message if line.startswith("parsum: ")] or message
            raise Failure("%s failed with status %d: %s"
                          % (shown(arguments), child.returncode,
                             message[-1] if message else "it gave no reason"))
        try:
            document = json.loads(output)
            float(document["seconds"]), int(document["terms"])
            if "totals" in document:  # of several results
                document["total"] = " ".join("%s=%s" % total for total in document["totals"].items())
            str(document["total"])
        except (ValueError, KeyError, TypeError) as error:
            raise Failure("%s: its JSON is not what the study expects: %r"
                          % (shown(arguments), error)) from error
        cpu = (after.children_user - before.children_user
               + after.children_system - before.children_system)
        other = None
        if busy is not None and busy_after is not None and elapsed > SHORTEST:
            other = max(0.0, (busy_after - busy - cpu) / elapsed)
        document.update(process_seconds=elapsed, cpu_seconds=cpu, other_cpus=other)
        return document


def shown(arguments, launcher=()):
    """The command line as a user would type it, without directories of this machine."""
    words = [*launcher, "parsum"]
    for argument in arguments:
        name, equals, value = argument.rpartition("=")  # "x=/home/me/x.npy"
        if os.path.isabs(value):
            argument = name + equals + os.path.basename(value)
        plain = argument and all(c.isalnum() or c in "-_=.,:/+" for c in argument)
        words.append(argument if plain else "'" + argument.replace("'", "'\\''") + "'")
    return " ".join(words)
