"""--output, and rows as a structured array of numpy's."""
import ast
import json
import math
import os
import struct
import subprocess
import unittest

import program
from data import DataCase, run
from npy import npy


def read_npy(content):
    """The rows of a structured array as lists, its types by name."""
    assert content[:8] == b"\x93NUMPY\1\0"
    size = struct.unpack("<H", content[8:10])[0]
    assert (10 + size) % 64 == 0 and content[9 + size:10 + size] == b"\n"
    header = ast.literal_eval(content[10:10 + size].decode())
    codes = "<" + "".join({"i": "q", "f": "d"}.get(kind[1], f"{4 * int(kind[2:] or 0)}s")
                          for _, kind in header["descr"])
    rows = [[v.decode("utf-32-le").rstrip("\0") if isinstance(v, bytes) else v for v in row]
            for row in struct.iter_unpack(codes, content[10 + size:])]
    assert header["shape"] == (len(rows),) and not header["fortran_order"]
    return rows, dict(header["descr"])


def umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


class Outputs(DataCase):
    def output(self, *arguments, **options):
        path = self.path("out")
        result = run("--output", path, *arguments, **options)
        self.assertEqual((result.status, result.out, result.err), (0, "", ""))
        with open(path, "rb") as file:
            return file.read()

    def test_an_array_has_the_columns_of_csv(self):
        jobs = ("3,a=1.5,name=xy\u00df,k=7", "2:5,a=2,name=,k=-1")
        rows, types = read_npy(self.output("-onpy", "-e", "s=a*i", "-e", "n=i", *jobs))
        self.assertEqual(types, {"run": "<i8", "start": "<i8", "end": "<i8", "a": "<f8",
                                 "name": "<U3", "k": "<i8", "s": "<f8", "n": "<i8"})
        self.assertEqual(rows, [[1, 0, 3, 1.5, "xy\u00df", 7, 4.5, 3], [2, 2, 5, 2.0, "", -1, 18.0, 9]])
        rows, types = read_npy(self.output("-onpy", "-e", "i", "2,b=1,run=first", "3,b=2,run=second"))
        self.assertEqual((types["run"], rows[1]), ("<U6", ["second", 0, 3, 2, 3]))
        self.assertEqual(read_npy(self.output("-onpy", "-i-"))[0], [])
        with open(self.path("out"), "wb") as file:
            subprocess.run([program.PARSUM, "-onpy", "3", "5"], stdout=file, check=True)
        with open(self.path("out"), "rb") as file:
            self.assertEqual(read_npy(file.read())[0], [[1, 0, 3, 3], [2, 0, 5, 10]])

    def test_an_array_has_results_and_keys(self):
        rows, types = read_npy(self.output("-onpy", "-e", "i*0.5", "--reduce", "mean,max", "4", "3:3"))
        self.assertEqual(types, {"run": "<i8", "start": "<i8", "end": "<i8", "mean": "<f8", "max": "<f8"})
        self.assertEqual((rows[0], rows[1][:3]), ([1, 0, 4, 0.75, 1.5], [2, 3, 3]))
        self.assertTrue(math.isnan(rows[1][3]) and math.isnan(rows[1][4]))
        rows, types = read_npy(self.output("-onpy", "-e", "i", "--by", "i%3-1", "7"))
        self.assertEqual((rows, types), ([[-1, 9], [0, 5], [1, 7]], {"key": "<i8", "sum": "<i8"}))
        self.assert_refuses(run("-onpy", "-e", "i", "--reduce", "max", "3:3"), "is of no terms",
                            "take --format csv", status=1)

    def test_many_rows(self):
        lines = "".join(f"{k % 97}\n" for k in range(20000)).encode()
        rows, _ = read_npy(self.output("-onpy", "-i-", stdin=lines))
        self.assertEqual([row[3] for row in rows], [k % 97 * (k % 97 - 1) // 2 for k in range(20000)])

    def test_a_sum_beyond_64_bits_names_csv(self):
        result = run("-onpy", "-e", "INT64_MAX", "1", "2")
        self.assert_refuses(result, "sum of job 2 is beyond 64 bits", "take --format csv", status=1)

    def test_any_format_may_go_to_a_file(self):
        self.assertEqual(self.output("-ocsv", "5"), b"run,start,end,sum\n1,0,5,10\n")
        self.assertEqual(json.loads(self.output("-ojson", "5"))["total"], "10")
        self.assertIn(b"sum is 10\n", self.output("5"))
        self.assertEqual(os.stat(self.path("out")).st_mode & 0o777, 0o666 & ~umask())

    def test_a_file_is_replaced_at_the_end_or_not_at_all(self):
        path = self.file(b"before", "out")
        for arguments in ("-e", "1/(i-3)", "5"), ("-onpy", "-e", "INT64_MAX", "3"), ("-e", "nope", "3"):
            for form in (), ("-ojson",):
                self.assertNotEqual(run("--output", path, *form, *arguments).status, 0)
                with open(path, "rb") as file:
                    self.assertEqual(file.read(), b"before")
        self.assertEqual(os.listdir(self.directory), ["out"])
        link = self.path("link")
        os.symlink("out", link)
        self.assertEqual(run("--output", link, "-ocsv", "5").status, 0)
        self.assertTrue(os.path.islink(link))
        with open(path, "rb") as file:
            self.assertIn(b"1,0,5,10", file.read())

    def test_a_pipe_is_written_in_place(self):
        fifo = self.path("fifo")
        os.mkfifo(fifo)
        with subprocess.Popen(["cat", fifo], stdout=subprocess.PIPE) as reader:
            self.assertEqual(run("--output", fifo, "-ocsv", "5").status, 0)
            self.assertEqual(reader.stdout.read(), b"run,start,end,sum\n1,0,5,10\n")
        self.assertEqual(run("--output", "/dev/stdout", "-ocsv", "5").out,
                         "run,start,end,sum\n1,0,5,10\n")

    def test_an_open_file_is_written_on_from_where_it_stands(self):
        path = self.file(b"before\n", "out")
        for how in "exec >> $1", "exec > $1; echo before":
            script = f'{how}; "$0" --output /dev/stdout -ocsv 5; echo after'
            subprocess.run(["sh", "-c", script, program.PARSUM, path], check=True)
            with open(path, "rb") as file:
                self.assertEqual(file.read(), b"before\nrun,start,end,sum\n1,0,5,10\nafter\n")

    def test_a_place_where_nothing_can_be_written(self):
        self.assert_refuses(run("--output", "/no/such/out", "5"), "/no/such/out", status=1)

    def test_no_file_has_two_roles(self):
        data = self.array(npy([1.0]))
        for option in "--output", "--trace", "--journal":
            self.assert_refuses(run(option, self.path("x.npy"), "--data", data, "-e", "x[i]"),
                                "are the same file")
            self.assert_refuses(run(option, self.path("x.npy"), "--segments", self.path("x.npy"),
                                    "-e", "1"), "are the same file")


if __name__ == "__main__":
    unittest.main()
