"""restarts: a run with a journal that is stopped, again and again, and goes on until it is done.

Each process has as many threads and as large chunks as it happens to have. What any of them prints is
the beginning of what an undisturbed run prints, and the last one prints all of it, times aside. The
tests of kills and the soak share this.
"""
import collections
import os
import re
import signal
import subprocess
import time

from program import PARSUM, TIMEOUT, environment, strike_times

SIGNALS = ("SIGTERM", "SIGINT", "SIGUSR2", "SIGHUP", "SIGXCPU")
KILLS = ("SIGKILL", "torn")  # torn: killed, and the machine with it
STOPS = (*KILLS, *SIGNALS, "--max-time")


def last_checkpoint(journal):
    """(finished jobs, terms of the next one) as the journal has them; None before there is any."""
    try:
        with open(journal, encoding="utf-8", errors="replace") as file:
            lines = re.findall(r"^checkpoint \d+ jobs (\d+) total \S+(?: next \S+ terms (\d+))?"
                               r".* [0-9a-f]{16}$", file.read(), re.M)
    except FileNotFoundError:
        return None
    return (int(lines[-1][0]), int(lines[-1][1] or 0)) if lines else None


def heed_signals():
    """For a new process: one that nohup or a shell in the background ignores would not stop it."""
    for name in SIGNALS:
        signal.signal(signal.Signals[name], signal.SIG_DFL)


def catches(process, name):
    """Has it got as far as to catch the signal? Until then one ends it without a word."""
    with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
        caught = int(re.search(r"SigCgt:\s*(\w+)", file.read())[1], 16)
    return bool(caught & 1 << (signal.Signals[name] - 1))


def tear(rng, journal):
    """Spoils the last append, as a crash of the machine may: its end is missing, or zeros."""
    try:
        with open(journal, "rb") as file:
            whole = file.read()
    except FileNotFoundError:
        return
    durable = [line.end() for line in re.finditer(rb"^checkpoint .*\n", whole, re.M)
               if line.end() < len(whole)]
    if not durable:
        return
    sound = rng.randrange(durable[-1], len(whole))
    rest = rng.choice([b"", bytes(len(whole) - sound)])
    with open(journal, "wb") as file:
        file.write(whole[:sound] + rest)


class Restarts:
    """`expected` is what an undisturbed run prints, times aside; `jobs` is a file that comes through
    a pipe as standard input."""

    def __init__(self, rng, arguments, expected, directory, jobs=None, stops=("SIGKILL",)):
        self.random, self.arguments, self.expected = rng, arguments, expected
        self.jobs, self.stops, self.directory = jobs, stops, directory
        self.journal = os.path.join(directory, "journal")
        self.out = os.path.join(directory, "out")
        self.command, self.err = [], ""  # of the last process
        self.stopped = collections.Counter()
        self.reached = (0, 0)
        self.seconds = 0.12  # how long a process is left alone, at most

    def demand(self, condition, what):
        if not condition:
            raise AssertionError(f"{what}\ncommand: {' '.join(self.command)}\n"
                                 f"it was stopped before by {dict(self.stopped)}\n"
                                 f"standard error: {self.err}")

    def random_way(self):
        rng = self.random
        return [*rng.choice([[], ["-t", "1"], ["-t", "2"], ["-t", "5"]]),
                *rng.choice([[], [], ["--grain", "100000"], ["--grain", "1234567"]])]

    def start(self, options, out):
        self.command = [PARSUM, "--journal", self.journal, *self.random_way(), *options,
                        *map(str, self.arguments)]
        feeder = subprocess.Popen(["cat", self.jobs], stdout=subprocess.PIPE) if self.jobs else None
        stdin = feeder.stdout if feeder else subprocess.DEVNULL
        # One that is killed while it adds its counts of lines to those of others would spoil them.
        process = subprocess.Popen(self.command, stdin=stdin, stdout=out, stderr=subprocess.PIPE,
                                   env=environment(GCOV_PREFIX=self.directory),
                                   preexec_fn=heed_signals)
        if feeder:
            feeder.stdout.close()  # so that it ends with the process
        return process, feeder

    def wait(self, process, seconds, ask):
        """Waits for that time, or until the process ends; may ask for checkpoints, 100 a second."""
        end = time.monotonic() + seconds
        while process.poll() is None and time.monotonic() < end:
            time.sleep(0.01)
            if ask and process.poll() is None and catches(process, "SIGUSR1"):
                process.send_signal(signal.SIGUSR1)

    def finish(self, process, feeder, out):
        """Its exit status and what it printed, once it has ended."""
        try:
            self.err = process.communicate(timeout=TIMEOUT)[1].decode(errors="replace")
        except subprocess.TimeoutExpired:
            process.kill()
            self.err = process.communicate()[1].decode(errors="replace")
            self.demand(False, f"it did not end within {TIMEOUT} s")
        if feeder:
            feeder.wait()
        out.seek(0)
        return process.returncode, strike_times(out.read().decode())

    def run_until(self, stop):
        """One process, stopped that way. Returns its exit status and what it printed."""
        seconds = self.random.uniform(0, self.seconds)
        ask = stop in KILLS or self.random.random() < 0.5
        options = [f"--max-time={seconds + 0.001:.3f}"] if stop == "--max-time" else []
        with open(self.out, "w+b") as out:
            process, feeder = self.start(options, out)
            self.wait(process, TIMEOUT if options else seconds, ask)
            if stop in SIGNALS:
                process.send_signal(signal.Signals[stop])
            elif not options:
                process.kill()
            return self.finish(process, feeder, out)

    def check_stopped(self, stop, status, printed):
        expected = {"--max-time": 75}.get(stop)
        if expected is None:
            expected = -signal.Signals["SIGKILL" if stop in KILLS else stop]
        self.demand(status == expected, f"{stop} led to exit status {status}")
        # A line that was cut off still has its time, in part.
        whole_lines = printed[:printed.rfind("\n") + 1]
        self.demand(self.expected.startswith(whole_lines), "it printed: ..." + whole_lines[-300:])

    def note_progress(self, stop):
        now = last_checkpoint(self.journal) or (0, 0)
        self.demand(now >= self.reached, f"progress was lost: {self.reached}, then {now}")
        if now == self.reached:
            self.seconds *= 1.2  # on a slow machine it takes longer to get anywhere
        if stop == "torn":
            tear(self.random, self.journal)
            now = last_checkpoint(self.journal) or (0, 0)
        self.reached = now

    def until_done(self):
        """Stops it until it is done all the same. Returns how many stops that took."""
        while True:
            stop = self.random.choice(self.stops)
            status, printed = self.run_until(stop)
            if status == 0:
                self.demand(printed == self.expected, "it printed: ..." + printed[-300:])
                return self.stopped.total()
            self.check_stopped(stop, status, printed)
            self.note_progress(stop)
            self.stopped[stop] += 1

    def once_more(self):
        """The journal of a finished run is its whole output."""
        with open(self.out, "w+b") as out:
            status, printed = self.finish(*self.start([], out), out)
        self.demand((status, printed) == (0, self.expected), f"it was done, and then: {status}")
