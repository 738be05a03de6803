"""--segments: jobs by the offsets of an array, as in CSR."""
import math
import random
import unittest

from data import DataCase, run
from npy import npy, raw


class Segments(DataCase):
    def setUp(self):
        super().setUp()
        self.x = [random.Random(5).uniform(-1, 1) for _ in range(1000)]
        cuts = sorted(random.Random(6).choices(range(1001), k=99))
        self.offsets = [0, *cuts, 1000]
        self.data = self.array(npy(self.x))

    def expected(self):
        return [math.fsum(self.x[a:b]) for a, b in zip(self.offsets, self.offsets[1:])]

    def sums(self, *arguments):
        result = run("-ocsv", "--data", self.data, "-e", "x[i]", *arguments)
        self.assertEqual((result.status, result.err), (0, ""))
        return [float(line.split(",")[-1]) for line in result.out.splitlines()[1:]]

    def test_offsets_of_all_kinds_make_jobs(self):
        text = self.file("\n".join(map(str, self.offsets)).encode(), "o.txt")
        table = self.file("\n".join(["k,at"] + [f"{k},{o}" for k, o in enumerate(self.offsets)]).encode(), "o.csv")
        for file in (self.file(npy(self.offsets, "<i8"), "o8.npy"), text, table + ":col=at",
                     self.file(npy(self.offsets, ">u2"), "o2.npy"),
                     self.file(raw(self.offsets, "<i4"), "o4") + ":i4"):
            with self.subTest(file=file):
                self.assertEqual(self.sums("--segments", file), self.expected())

    def test_segments_of_any_length_and_numbers_of_any_size_are_exact(self):
        rng = random.Random(7)
        lengths = [rng.choice((0, 1, 3, 9, 17, 65, 300, 511, 512, 513, 900)) for _ in range(150)]
        self.offsets = [sum(lengths[:k]) for k in range(len(lengths) + 1)]
        for exponents in [0], [0, 30, -30], range(-900, 900):
            self.x = [math.ldexp(rng.uniform(-1, 1), rng.choice(exponents)) for _ in range(sum(lengths))]
            self.data = self.array(npy(self.x))
            for more in ("-t1",), ("-t2", "-g50"), ("-t1", "-gjob"):
                with self.subTest(exponents=exponents, more=more):
                    self.assertEqual(self.sums("--segments", self.file(npy(self.offsets, "<i8"), "o.npy"), *more),
                                     self.expected())

    def test_a_term_may_know_which_segment_it_is_in(self):
        offsets = self.file(npy(self.offsets, "<i8"), "o.npy")
        result = run("-ocsv", "--data", self.data, "-e", "run*1.0", "--segments", offsets)
        self.assertEqual([float(line.split(",")[-1]) for line in result.out.splitlines()[1:]],
                         [k * (b - a) for k, (a, b) in enumerate(zip(self.offsets, self.offsets[1:]), 1)])

    def test_a_number_that_is_none_is_told_with_its_segment(self):
        offsets = self.file(npy(self.offsets, "<i8"), "o.npy")
        at = self.offsets[50] # the last one of a segment that is not empty
        self.x[at - 1] = math.nan
        number = max(k for k in range(51) if self.offsets[k] < at) + 1
        result = run("-ocsv", "-t1", "--data", self.array(npy(self.x)), "-e", "x[i]", "--segments", offsets)
        self.assertEqual((result.status, len(result.out.splitlines())), (1, number))
        self.assertIn(f"job {number} [{self.offsets[number - 1]}, {at}): ", result.err)
        self.assertIn(f"i = {at - 1}", result.err)

    def test_columns_stand_beside_segments(self):
        offsets = self.file(npy([0, 2, 2, 5], "<i8"), "o.npy")
        table = self.file(b"w,name\n0.5,a\n2,b\n4,c\n", "t.csv")
        data = self.array(npy([1, 2, 3, 4, 5], "<i4"))
        for source in ("-i", table), ("-i-",):
            result = run("-ocsv", "--data", data, "-e", "w*x[i]", "--segments", offsets, *source,
                         stdin=b"w,name\n0.5,a\n2,b\n4,c\n")
            with self.subTest(source=source):
                self.assertEqual((result.out, result.err), (
                    "run,start,end,w,name,sum\n1,0,2,0.5,a,1.5\n2,2,2,2,b,0\n3,2,5,4,c,48\n", ""))

    def test_a_table_must_have_a_row_for_each_segment_and_no_ranges(self):
        offsets = self.file(npy([0, 2, 5], "<i8"), "o.npy")
        for table, fragment in ((b"w\n1\n", "there are 2 segments, and 1 rows"),
                                (b"w\n1\n2\n3\n", "there are 2 segments, and more rows"),
                                (b"w,end\n1,3\n2,4\n", "has a column start or end"),
                                (b"3\n4\n", "is no header")):
            result = run("-q", "-e", "i", "--segments", offsets, "-i", self.file(table, "t.csv"))
            with self.subTest(table=table):
                self.assertEqual(result.status, 2)
                self.assertIn(fragment, result.err)

    def test_offsets_that_are_none_are_refused(self):
        for content, fragment in ((npy([0, 3, 2], "<i8"), "offset 3 is less than the one before"),
                                  (npy([-1, 3], "<i8"), "offset 1 is less than 0"),
                                  (npy([2**64 - 1], "<u8"), "offset 1 is beyond 2^63 - 1"),
                                  (npy([], "<i8"), "is no list of offsets"),
                                  (npy([1.0]), "is no list of offsets"),
                                  (npy([1, 2], "<i8", (1, 2)), "is no list of offsets")):
            self.assert_refuses(run("-e", "1", "--segments", self.file(content, "o.npy")),
                                "--segments", fragment)
        self.assert_refuses(run("-e", "1", "--segments", "/no/such"), "--segments: /no/such: No such")

    def test_a_segment_beyond_the_array_is_told_of(self):
        offsets = self.file(npy([0, 900, 1001], "<i8"), "o.npy")
        result = run("-q", "--data", self.data, "-e", "x[i]", "--segments", offsets)
        self.assertEqual(result.status, 1)
        self.assertIn("job 2 [900, 1001): x has indexes [0, 1000)", result.err)

    def test_a_journal_knows_the_segments(self):
        offsets, journal = self.path("o.npy"), self.path("journal")
        for cuts, status in ([0, 5, 9], 0), ([0, 5, 9], 0), ([0, 6, 9], 2):
            self.file(npy(cuts, "<i8"), "o.npy")
            self.assertEqual(run("-q", "-e", "i", "--segments", offsets, "--journal",
                                 journal).status, status)


if __name__ == "__main__":
    unittest.main()
