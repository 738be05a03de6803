"""Every kind of bad input: one line that names program, object, fault and remedy; exit status 2."""
import os
import random
import subprocess
import tempfile
import unittest

from program import PARSUM, Case, environment, run

INT64 = "-9223372036854775808 to 9223372036854775807"
JOB = "END or START:END"
LINE = "END, START END or START,END"


class Arguments(Case):
    def assert_refused(self, arguments, *fragments):
        with self.subTest(arguments=arguments):
            self.assert_refuses(run(*arguments), *fragments)

    def test_a_bound_that_is_no_integer(self):
        for text in ("abc", "1x", "x1", "1.5", "1e-1", "0x10", "--1", "1__0", "_1", "1_", "1e", "e5",
                     " 1", "1 ", "+", "-", "", ".", "1.", "nan", "inf", "1e5e5", "１"):
            self.assert_refused(["--", "3", text], f"job 2: '{text}' is not an integer", JOB)

    def test_a_bound_that_is_no_integer_in_a_range(self):
        for text, what in (("1:", ""), (":1", ""), (":", ""), ("1:2:3", "2:3"), ("1:x", "x"),
                           ("x:1", "x"), ("1-2", "1-2"), ("1,2", "1,2")):
            self.assert_refused(["--", text], f"job 1: '{what}' is not an integer", JOB)

    def test_a_bound_that_does_not_fit_in_64_bits(self):
        for text in ("9223372036854775808", "-9223372036854775809", "1e19", "1e30", "1e99999999999",
                     "9" * 50):
            self.assert_refused(["--", text], "job 1: '" + text[:20], "does not fit in 64 bits",
                                INT64, JOB)

    def test_a_range_that_runs_backwards(self):
        for arguments, what in ((["20:10"], "job 1: '20:10' runs backwards, from 20 to 10"),
                                (["3", "1e3:0"], "job 2: '1e3:0' runs backwards, from 1000 to 0"),
                                (["-5"], "job 1: '-5' runs backwards, from 0 to -5"),
                                (["-5:-6"], "job 1: '-5:-6' runs backwards")):
            self.assert_refused(["--", *arguments], what, JOB, "START <= END", "1000, 1_000 or 1e3")
        self.assert_refused(["--start=10", "5"], "job 1: '5' runs backwards, from 10 to 5")

    def test_grouped_digits_are_told_how_a_thousand_is_written(self):
        for text in ("1,000", "1 000", "1'000", "1.000.000"):
            self.assert_refused([text], f"job 1: '{text}' is not an integer", "1000, 1_000 or 1e3")

    def test_a_term_without_jobs(self):
        for arguments in (["-e", "i*i"], ["-f", "term.c"], ["-e", "i", "--compare"],
                          ["-e", "i", "-q", "-t2", "--start=5"]):
            self.assert_refused(arguments, "no jobs are given", "JOBs", "--input", "--random")

    def test_a_run_of_more_than_2_to_the_63_minus_1_terms(self):
        for jobs in (["-9223372036854775808:9223372036854775807"], ["-1:9223372036854775807"]):
            self.assert_refused(["--", *jobs], "job 1: ", "more than 2^63-1 terms", "several runs")

    def test_an_unknown_option(self):
        self.assert_refused(["--bogus"], "unknown option '--bogus'", "--help")
        self.assert_refused(["-x", "1"], "unknown option '-x'", "--help")
        self.assert_refused(["-qx", "1"], "unknown option '-x'", "--help")
        self.assert_refused(["--bogus=1"], "unknown option '--bogus=1'", "--help")

    def test_a_misspelt_option_is_told_what_was_meant(self):
        self.assert_refused(["--thraeds=1"], "'--thraeds=1'", "did you mean --threads?")

    def test_a_negative_job_without_the_two_dashes(self):
        self.assert_refused(["-5"], "unknown option '-5'", "after --")

    def test_an_option_without_its_value(self):
        for option in ("--input", "--threads", "--random", "-t", "-i"):
            self.assert_refused([option], f"option '{option}' needs a value")

    def test_an_option_with_a_value_that_takes_none(self):
        self.assert_refused(["--serial=1", "5"], "option '--serial=1' takes no value")

    def test_threads_that_are_no_number_from_1(self):
        for text, fault in (("0", "out of range"), ("-1", "out of range"), ("x", "not an integer"),
                            ("", "not an integer"), ("1.5", "not an integer"),
                            ("9999999999", "out of range"), ("1e30", "out of range")):
            self.assert_refused([f"--threads={text}", "1"], f"--threads: '{text}'", fault,
                                "from 1 to")

    def test_a_grain_that_is_no_number_from_1(self):
        for text in ("0", "-1", "x", "", "jobs", "1e30"):
            self.assert_refused([f"--grain={text}", "1"], f"--grain: '{text}'", '"job"')

    def test_numbers_of_random_jobs_that_make_no_sense(self):
        for option, text in (("random", "-1"), ("random", "x"), ("below", "0"), ("below", "-3"),
                             ("seed", "1e30"), ("start", "x")):
            self.assert_refused([f"--{option}={text}"], f"--{option}: '{text}'", "from ")

    def test_a_format_that_there_is_not(self):
        self.assert_refused(["-o", "xml", "1"], "--format: 'xml'", "text, csv, json or npy")

    def test_options_that_say_different_things(self):
        for arguments, named in ((["-i", "-", "5"], "--input"), (["--random=3", "5"], "--random"),
                                 (["--random=3", "-i", "-"], "--random"),
                                 (["--below=3", "5"], "--below"),
                                 (["--compare", "--serial", "5"], "--compare"),
                                 (["--serial", "--threads=2", "5"], "--serial"),
                                 (["--quiet", "--format=csv", "5"], "--quiet")):
            self.assert_refused(arguments, named, "give")

    def test_nothing_is_run_before_the_arguments_are_all_read(self):
        self.assert_refused(["10", "20", "x"], "job 3: 'x'")


class Input(Case):
    def assert_refused(self, lines, *fragments, out="run,start,end,sum\n"):
        """The same from standard input and from a file."""
        with self.subTest(lines=lines[:60]):
            self.assert_refuses(run("-ocsv", "-i-", stdin=lines), *fragments,
                                *(["standard input:"] if fragments else []), out=out)
            with tempfile.NamedTemporaryFile() as file:
                file.write(lines)
                file.flush()
                self.assert_refuses(run("-ocsv", "-i", file.name), file.name + ":", *fragments,
                                    out=out)

    def assert_refused_behind_a_job(self, lines, *fragments):
        """A first line that is no number would be read as a header."""
        self.assert_refused(b"7\n" + lines, ":2: ", *fragments, out="run,start,end,sum\n1,0,7,21\n")

    def test_a_missing_file(self):
        self.assert_refuses(run("-i", "/nonexistent/jobs"), "/nonexistent/jobs: No such file",
                            "give a file")

    def test_a_name_cannot_command_the_terminal(self):
        self.assert_refuses(run("-i", "no\033[31m\177such"), "no\\x1b[31m\\x7fsuch: No such file")

    def test_names_are_shown_whatever_they_hold(self):
        """A newline, C1 controls (in UTF-8 and as a byte) and characters that turn text around."""
        name = b"a\nb\r\xc2\x9b2J\x9b\xe2\x80\xae\xe2\x81\xa6\xc3\xb6"
        shown = r"a\x0ab\x0d\u009b2J\x9b\u202e\u2066" + "\u00f6"
        for arguments in (["-i", b"/no/" + name], ["--trace", b"/no/" + name, "10"],
                          ["--journal", b"/no/" + name, "10"], [name], [b"--" + name],
                          ["-o", name, "10"], ["-f", name + b".so", "10"], ["-f", name, "10"],
                          ["-D", name, "-e", "i", "10"], ["-D", b"x=" + name, "-e", "i", "10"]):
            with self.subTest(arguments=arguments):
                done = subprocess.run([PARSUM, *arguments], stdin=subprocess.DEVNULL,
                                      capture_output=True, env=environment(), check=False)
                self.assertIn(shown, done.stderr.decode())  # which is UTF-8
                self.assertEqual((done.stderr.count(b"\n"), done.stdout), (1, b""))

    def test_a_directory(self):
        self.assert_refuses(run("-i", "/"), "/: is a directory", "give a file")
        directory = os.open("/", os.O_RDONLY)
        self.addCleanup(os.close, directory)
        self.assert_refuses(run("-i-", stdin=directory), "standard input: is a directory",
                            "give a file")

    def test_a_file_that_cannot_be_read(self):
        # The memory of a process is a file like any other, but nothing lies at its first address.
        self.assert_refuses(run("-i", "/proc/self/mem"), "/proc/self/mem: reading failed", status=1)

    def test_a_line_that_is_no_integer(self):
        self.assert_refused_behind_a_job(b"abc\n", "'abc' is not an integer", LINE)
        self.assert_refused(b"\n# c\n 1.5\n", ":3: '1.5' is not an integer", LINE)
        self.assert_refused_behind_a_job(b"5:7\n", "'5:7' is not an integer", LINE)
        self.assert_refused_behind_a_job(b"\xef\xbb\xbf5\n", "is not an integer", LINE)

    def test_a_first_line_that_is_no_header_either(self):
        for line in ("abc", "5:7", "x,y", "1O"):
            self.assert_refused(line.encode() + b"\n10\n", f":1: '{line}' is read as a header", LINE,
                                out="")
        self.assert_refused(b"0;1 000\n10\n", ":1: '0;1' is not an integer", LINE,
                            out="run,start,end,sum\n")

    def test_a_line_that_does_not_fit_in_64_bits(self):
        self.assert_refused(b"0 9223372036854775808\n", ":1: '9223372036854775808' does not fit",
                            INT64, LINE)

    def test_a_range_that_runs_backwards(self):
        for line in (b"20,10", b"20 10", b"1,000", b"1 000", b"25,000", b"-3 -4", b"-1"):
            self.assert_refused(b"10\n" + line + b" # so\n", ":2: '" + line.decode(),
                                "runs backwards, from ", LINE, "START <= END",
                                "1000, 1_000 or 1e3", out="run,start,end,sum\n1,0,10,45\n")
        self.assert_refused(b"1,000,000\n", "more than two fields", "1000, 1_000 or 1e3")

    def test_an_end_below_start(self):
        self.assert_refuses(run("-i-", "--start=10", stdin=b"5\n"), ":1: '5' runs backwards, from 10")

    def test_three_fields(self):
        for line in (b"1 2 3", b"1,2,3", b"1 2,3", b"1 2 x"):
            self.assert_refused_behind_a_job(line + b"\n", "more than two fields", LINE)

    def test_a_comma_that_parts_nothing(self):
        for line in (b"5,", b",5", b",", b"1,,2"):
            self.assert_refused(line + b"\n", ":1: ", "comma", LINE)

    def test_binary_junk(self):
        junk = random.Random(1)
        for size in (1, 10, 5000, 100_000):
            lines = b"\xff" + junk.randbytes(size)
            self.assert_refused(lines, ":1: ", LINE, out="")
            self.assert_refused_behind_a_job(lines, LINE)

    def test_lines_are_counted_whatever_ends_them(self):
        for end in (b"\n", b"\r", b"\r\n"):
            lines = end.join((b"10", b"", b"# nothing", b"x", b"30", b""))
            self.assert_refused(lines, ":4: 'x' is not an integer",
                                out="run,start,end,sum\n1,0,10,45\n")

    def test_nul_bytes(self):
        for lines in (b"\0", b"\0\n", b"1\0\n", b"\0" + b"1\n", b"1 2\0 3\n", b"\0" * 5000):
            self.assert_refused(lines, ":1: ", LINE, out="")
            self.assert_refused_behind_a_job(lines, LINE)

    def test_control_bytes_do_not_reach_the_terminal(self):
        self.assert_refused(b"\x1b[2J\n", r":1: '\x1b[2J' is read as a header", out="")
        self.assert_refused_behind_a_job(b"\x1b[2J\n", r"'\x1b[2J' is not an integer")

    def test_a_line_of_a_megabyte(self):
        for byte in (b"1", b"x", b" ", b"#", b"1 "):
            self.assert_refused(b"7\n" + byte * 2**20, ":2: ", "longer than 65536 bytes", LINE,
                                out="run,start,end,sum\n1,0,7,21\n")

    def test_what_was_reported_before_a_bad_line_stays(self):
        self.assert_refused(b"10\n20\nx\n30\n", ":3: 'x' is not an integer",
                            out="run,start,end,sum\n1,0,10,45\n2,0,20,190\n")

    def test_there_is_no_total_after_a_bad_line(self):
        self.assert_refuses(run("-i-", stdin=b"10\nx\n"), ":2:", out="Run #1, sum is: 45\n")
        self.assert_refuses(run("-qi-", stdin=b"10\nx\n"), ":2:")

    def test_a_run_of_too_many_terms_ends_where_it_becomes_one(self):
        for line in (b"0 9223372036854775800", b"-9223372036854775808 9223372036854775807"):
            self.assert_refused(b"10\n20\n" + line + b"\n30\n", ":3: ", "2^63-1 terms",
                                out="run,start,end,sum\n1,0,10,45\n2,0,20,190\n")


class Roles(Case):
    """A file that is written and has another use as well is refused before it is touched."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.jobs = os.path.join(directory.name, "jobs")
        self.link = os.path.join(directory.name, "link")
        with open(self.jobs, "w", encoding="utf-8") as file:
            file.write("10\n")
        os.link(self.jobs, self.link)

    def assert_refused_and_untouched(self, result, first, second):
        self.assert_refuses(result, f"{first} and {second} are the same file", "its own")
        with open(self.jobs, encoding="utf-8") as file:
            self.assertEqual(file.read(), "10\n")

    def test_what_is_read_is_not_written(self):
        for path in (self.jobs, self.link):
            self.assert_refused_and_untouched(run("-i", self.jobs, "--trace", path), "--input",
                                              "--trace")
            self.assert_refused_and_untouched(run("-i", self.jobs, "--journal", path), "--input",
                                              "--journal")
        with open(self.jobs, encoding="utf-8") as file:
            self.assert_refused_and_untouched(run("-i", "-", "--trace", self.jobs, stdin=file),
                                              "--input", "--trace")

    def test_what_is_written_is_written_once(self):
        self.assert_refused_and_untouched(run("--journal", self.jobs, "--trace", self.link, "9"),
                                          "--journal", "--trace")
        path = self.jobs + "-new"
        self.assert_refuses(run("--journal", path, "--trace", path, "9"), "--journal and --trace")
        self.assertFalse(os.path.exists(path))

    def test_standard_output_is_no_journal(self):
        with open(self.jobs, "ab") as out:
            done = subprocess.run([PARSUM, "--journal", self.link, "9"], stdout=out,
                                  stderr=subprocess.PIPE, text=True, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("--journal and standard output are the same file", done.stderr)

    def test_devices_and_pipes_may_have_many_uses(self):
        with open("/dev/null", "rb") as null:
            self.assertEqual(run("-i", "-", "--trace", "/dev/null", stdin=null).status, 0)

    def test_a_saved_term_takes_the_place_of_an_ordinary_file_alone(self):
        self.assert_refuses(run("-e", "i", "--save-term", self.jobs), "does not end with .so")
        os.symlink(self.jobs, self.link + ".so")
        self.assert_refuses(run("-e", "i", "--save-term", self.link + ".so"), "no ordinary file")
        self.assertTrue(os.path.islink(self.link + ".so"))


if __name__ == "__main__":
    unittest.main()
