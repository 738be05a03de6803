"""The bar on standard error."""
import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import time
import unittest

from program import PARSUM, Case, environment, run

ENDLESS = "1000000000000000000"


def watch(*arguments, until=rb"left", seconds=10.0, results=False, tee=False, columns=80,
          **changes):
    """What an endless run shows on a terminal before `until` comes, or in so many seconds. Its
    `results` go there too, through a `tee` or not."""
    screen, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    copier = subprocess.Popen(["tee", os.devnull], stdin=subprocess.PIPE, stdout=terminal) \
        if tee else None
    process = subprocess.Popen([PARSUM, *arguments, ENDLESS],
                               stdout=copier.stdin if copier else terminal if results else
                               subprocess.DEVNULL,
                               stderr=terminal, env=environment(TERM="xterm", **changes))
    os.close(terminal)
    if copier:
        copier.stdin.close()
    seen, end = b"", time.monotonic() + seconds
    os.set_blocking(screen, False)
    while time.monotonic() < end and not re.search(until, seen):
        try:
            seen += os.read(screen, 65536)
        except BlockingIOError:
            time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    process.wait(10)
    if copier:
        copier.wait(10)
    os.close(screen)
    return seen


def lines_shown(seen):
    """The lines on the terminal: of each what came after it was erased for the last time."""
    return [line.rpartition(b"\r\x1b[K")[2].removesuffix(b"\r") for line in seen.split(b"\n")]


class Bar(Case):
    def test_shows_share_rate_and_time_left_on_a_terminal(self):
        seen = watch()
        self.assertRegex(seen, rb"\[.*\] +\d+\.\d%.*\d ?[kMGT]terms/s.* left")

    def test_is_coloured_unless_no_color_is_set(self):
        self.assertIn(b"\x1b[32m", watch())
        self.assertNotIn(b"\x1b[32m", watch(NO_COLOR="1"))

    def test_makes_way_for_results_on_the_same_terminal_and_comes_back(self):
        jobs = ["200000000"] * 1000
        rows_between_bars = rb"left([^\n]*\n){3,}[^\n]*left"
        seen = watch("--threads=1", *jobs, until=rows_between_bars, seconds=30, results=True)
        self.assertRegex(seen, rows_between_bars)
        for number, row in enumerate(lines_shown(seen)[:-1], 1):
            self.assertEqual(row, b"Run #%d, sum is: 19999999900000000" % number)

    def test_makes_way_for_results_that_come_to_the_terminal_through_a_pipe(self):
        """The bar comes back a second after a row: jobs take longer than that on any machine."""
        jobs = ["80000000000"] * 100
        row_between_bars = rb"left[^\n]*Run[^\n]*\n([^\n]*\n)*[^\n]*left"
        seen = watch("--threads=1", "-e", "i ^ 7", *jobs, until=row_between_bars, seconds=60,
                     tee=True)
        self.assertRegex(seen, row_between_bars)
        rows = [line for line in lines_shown(seen) if b"Run" in line]
        for number, row in enumerate(rows, 1):
            self.assertRegex(row, rb"\ARun #%d, sum is: \d+\Z" % number)

    def test_fits_the_terminal(self):
        for columns in (8, 20, 40, 50, 60):
            seen = watch(columns=columns, until=rb"\r\x1b\[K.{4}.*\r\x1b\[K", NO_COLOR="1")
            lines = seen.split(b"\r\x1b[K")[1:-1]
            self.assertGreater(len(lines), 0)
            for line in lines:
                self.assertLess(len(line), columns)

    def test_does_not_show_in_the_first_second(self):
        self.assertEqual(watch(seconds=0.7), b"")

    def test_does_not_show_where_it_is_not_wanted(self):
        self.assertEqual(watch("--no-progress", seconds=2), b"")

    def test_does_not_show_in_a_file_or_pipe(self):
        process = subprocess.Popen([PARSUM, ENDLESS], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, env=environment())
        time.sleep(2)
        process.send_signal(signal.SIGINT)
        self.assertRegex(process.communicate()[1], rb"\Aparsum: stopped by SIGINT; [^\n]*\n\Z")

    def test_shows_in_a_file_or_pipe_where_it_is_asked_for(self):
        process = subprocess.Popen([PARSUM, "--progress", ENDLESS], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, env=environment())
        time.sleep(2)
        process.send_signal(signal.SIGINT)
        shown = process.communicate()[1]
        self.assertIn(b"terms/s", shown)
        self.assertNotIn(b"\x1b[32m", shown)

    def test_short_runs_leave_nothing_on_the_terminal(self):
        self.assertEqual(run("--progress", "-q", 10).err, "")


if __name__ == "__main__":
    unittest.main()
