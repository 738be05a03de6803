"""Standard output is the same to the byte, times aside, for every team, grain and source of jobs."""
import itertools
import os
import random
import unittest

from program import Case, run

GRAINS = ([], ["--grain=1"], ["--grain=7"], ["--grain=1000"], ["--grain=job"])


def uneven_jobs():
    """Jobs of 0 to 100,000 terms: tiny ones, empty ones, and long ones at both ends and within."""
    draw = random.Random(2)
    tiny = [(start, start + max(0, draw.randrange(-3, 40)))
            for start in (draw.randrange(-50, 50) for _ in range(300))]
    near = [(2**63 - 1 - 5000, 2**63 - 1), (-(2**63), -(2**63) + 5000)]
    return [(0, 100_000), *tiny[:150], (-20_000, 30_000), *near, *tiny[150:], (7, 60_000)]


class SameOutput(Case):
    JOBS = uneven_jobs()
    LINES = "".join(f"{start} {end}\n" for start, end in JOBS).encode()

    def timeless(self, *arguments, **options):
        result = run(*arguments, **options)
        self.assertEqual(result.status, 0)
        return result.timeless

    def test_for_threads_from_1_to_8_and_every_grain(self):
        rows = [(end - start) * (start + end - 1) // 2 for start, end in self.JOBS]
        expected = "".join(f"Run #{k}, sum is: {row}\n" for k, row in enumerate(rows, 1))
        expected += f"Time took using omp is TIME sum is {sum(rows)}\n"
        for threads, grain in itertools.product(range(1, 9), GRAINS):
            with self.subTest(threads=threads, grain=grain):
                self.assertEqual(self.timeless("-i-", "-t", threads, *grain, stdin=self.LINES),
                                 expected)

    def test_up_to_a_fault_too(self):
        """The fault lies in the last job but one, whose chunk may hold jobs before it."""
        jobs = [5, 6, "20:40", 10, 3]
        results = [run("-e", "1.0/(i-7)", "-t", threads, *grain, *jobs)
                   for threads, grain in itertools.product((1, 2, 5), GRAINS)]
        outputs = {(result.status, result.out) for result in results}
        self.assertEqual(len(outputs), 1)
        status, out = outputs.pop()
        self.assertEqual(status, 1)
        self.assertEqual(out.count("\n"), 3)

    def test_for_jobs_from_arguments_and_from_a_pipe(self):
        arguments = [f"{start}:{end}" for start, end in self.JOBS]
        for form in ("text", "csv"):
            self.assertEqual(self.timeless("-o", form, "--", *arguments),
                             self.timeless("-o", form, "-i-", stdin=self.LINES))

    def test_for_a_pipe_that_gives_a_byte_at_a_time(self):
        lines = b"10\n3 5\n# no job\n5,6\n7"
        reader, writer = os.pipe()
        if os.fork() == 0:
            os.close(reader)
            for byte in lines:
                os.write(writer, bytes([byte]))
            os._exit(0)
        os.close(writer)
        self.addCleanup(os.close, reader)
        self.assertEqual(self.timeless("-ocsv", "-i-", stdin=reader),
                         self.timeless("-ocsv", "-i-", stdin=lines))
        os.wait()

    def test_for_more_jobs_than_are_held_at_once(self):
        lines = b"".join(b"%d\n" % (n % 50) for n in range(200_000)) + b"5000000\n"
        expected = self.timeless("-ocsv", "--serial", "-i-", stdin=lines)
        for grain in ([], ["--grain=7"], ["--grain=job"]):
            with self.subTest(grain=grain):
                self.assertEqual(self.timeless("-ocsv", "-t3", *grain, "-i-", stdin=lines),
                                 expected)

    def test_compare_finds_serial_and_parallel_sums_equal(self):
        for grain in GRAINS:
            with self.subTest(grain=grain):
                self.timeless("--compare", "-t4", "-q", *grain, "-i-", stdin=self.LINES)


if __name__ == "__main__":
    unittest.main()
