"""Jobs with columns: how tables are read, what they say in each format, and what is refused."""
import csv
import io
import json
import os
import random
import subprocess
import tempfile
import time
import unittest

from program import PARSUM, TIMEOUT, Case, environment, run

TABLE = b'start,end,a,name\n0,10,0.50,wide\n5,20,007,"x, ""y"""\n'
CSV = 'run,start,end,a,name,sum\n1,0,10,0.50,wide,45\n2,5,20,007,"x, ""y""",180\n'


class TableCase(Case):
    def file(self, content):
        """The name of a file that holds it."""
        with tempfile.NamedTemporaryFile(delete=False) as file:
            file.write(content)
        self.addCleanup(os.unlink, file.name)
        return file.name

    def assert_rows(self, table, expected, *options):
        """The table gives those rows of CSV, from a file and from a pipe."""
        with self.subTest(table=table):
            self.assert_prints(expected, "-ocsv", "-i", self.file(table), *options)
            self.assert_prints(expected, "-ocsv", "-i-", *options, stdin=table)

    def assert_refused(self, table, *fragments, out="", options=()):
        with self.subTest(table=table[:80]):
            name = self.file(table)
            self.assert_refuses(run("-ocsv", "-i", name, *options), name + ":", *fragments, out=out)
            self.assert_refuses(run("-ocsv", "-i-", *options, stdin=table), "standard input:",
                                *fragments, out=out)


class Headers(TableCase):
    def test_blanks_and_tabs_around_numbers_make_no_header(self):
        for line in (b"\t0 10\t\n", b" 0\t10 \n", b"0 ,\t10\n"):
            self.assertEqual(run("-i-", "--format", "csv", stdin=line).out,
                             "run,start,end,sum\n1,0,10,45\n")

    def test_a_table_has_its_rows_with_their_columns(self):
        self.assert_rows(TABLE, CSV)

    def test_a_file_without_one_is_read_as_ever(self):
        for lines in (b"10\n5 20\n", b"# x\n\n10 # y\n5,20\n", b"0,1e1\n5 , 20"):
            self.assert_rows(lines, "run,start,end,sum\n1,0,10,45\n2,5,20,180\n")

    def test_it_comes_behind_blank_lines_and_comments(self):
        self.assert_rows(b"\n# jobs, \"in\" a table\n  \n" + TABLE, CSV)

    def test_columns_may_stand_in_any_order(self):
        self.assert_rows(b"name,end,a,start\nx,10,1,0\ny,20,2,5\n",
                         "run,start,end,name,a,sum\n1,0,10,x,1,45\n2,5,20,y,2,180\n")

    def test_start_and_end_fill_what_rows_lack(self):
        self.assert_rows(b"a\n1\n2\n", "run,start,end,a,sum\n1,5,20,1,180\n2,5,20,2,180\n",
                         "--start=5", "--end=20")
        self.assert_rows(b"end,a\n10,1\n", "run,start,end,a,sum\n1,0,10,1,45\n")
        self.assert_rows(b"start,a\n5,1\n", "run,start,end,a,sum\n1,5,20,1,180\n", "--end=20")

    def test_a_header_alone_has_no_rows(self):
        self.assert_rows(b"start,end,a\n", "run,start,end,a,sum\n")
        self.assert_rows(b"end", "run,start,end,sum\n")

    def test_what_may_be_a_mistyped_job_is_quoted(self):
        self.assert_refused(b"1O\n20\n", ":1: '1O' is read as a header", "END, START END")
        self.assert_refused(b"start,a\n1,2\n", ":1: 'start,a' is read as a header",
                            "it names no end", "--end")

    def test_fields_are_parted_by_commas_tabs_semicolons_or_blanks(self):
        for separator in (b",", b"\t", b";", b" ", b"  ", b" , ", b" ; "):
            table = TABLE.replace(b",", separator).replace(b'"x' + separator, b'"x,')
            self.assert_rows(table, CSV)

    def test_the_first_of_them_in_the_header_counts(self):
        self.assert_rows(b"end,t\n10,a\tb;c d\n", "run,start,end,t,sum\n1,0,10,a\tb;c d,45\n")
        self.assert_rows(b"end\tt\n10\ta,b;c d\n", 'run,start,end,t,sum\n1,0,10,"a,b;c d",45\n')
        self.assert_rows(b"end;t\n10;a,b c\n", 'run,start,end,t,sum\n1,0,10,"a,b c",45\n')

    def test_marks_of_encoding_and_line_ends_of_all_kinds_are_taken(self):
        for end in (b"\r\n", b"\r"):
            self.assert_rows(TABLE.replace(b"\n", end), CSV)
        self.assert_rows(b"\xef\xbb\xbf" + TABLE.replace(b"\n", b"\r\n"), CSV)
        self.assert_rows(b"\xef\xbb\xbf10\n5 20\n", "run,start,end,sum\n1,0,10,45\n2,5,20,180\n")

    def test_the_last_line_needs_no_end(self):
        self.assert_rows(TABLE[:-1], CSV)

    def test_texts_in_quotes_may_hold_line_breaks(self):
        self.assert_rows(b'end,t\n10,"a\nb\r\nc"\n20," d "\n',
                         'run,start,end,t,sum\n1,0,10,"a\nb\r\nc",45\n2,0,20, d ,190\n')

    def test_quotes_in_comments_open_nothing(self):
        self.assert_rows(b'end,t\n# 5" disks\n10,a\n # "\n20,b\n',
                         "run,start,end,t,sum\n1,0,10,a,45\n2,0,20,b,190\n")


class Types(TableCase):
    def test_names_may_say_them(self):
        self.assert_rows(b"end,p:int,q:real,r:text\n10,1.0,1,7\n",
                         "run,start,end,p,q,r,sum\n1,0,10,1.0,1,7,45\n")
        self.assert_refused(b"end,p:int\n10,0.5\n", ":2: column p: '0.5' is not an integer",
                            "p:real or p:text", out="run,start,end,p,sum\n")
        self.assert_refused(b"end,p:real\n10,x\n", ":2: column p: 'x' is not a finite real number",
                            "p:text", out="run,start,end,p,sum\n")
        self.assert_refused(b"end,p:double\n", "int, real and text")

    def test_all_rows_of_a_file_decide(self):
        name = self.file(b"end,n,x,t\n5,1e3,1,1\n6,2,2.0,2\n7,3,3,z\n")
        self.assert_prints("run,start,end,n,x,t,sum\n1,0,5,1e3,1,1,10\n2,0,6,2,2.0,2,15\n"
                           "3,0,7,3,3,z,21\n", "-ocsv", "-i", name)
        text = run("-i", name).timeless
        self.assertIn("Run #1 1, sum is: 10\n", text)  # t alone is a text

    def test_the_first_row_of_a_pipe_decides(self):
        table = b"end,n,x,t\n5,1e3,1.0,a\n6,2,2,2\n7,3.5,3,z\n"
        self.assert_refuses(run("-i-", stdin=table),
                            "standard input:4: column n: '3.5' is not an integer", "n:real or n:text",
                            out="Run #1 a, sum is: 10\nRun #2 2, sum is: 15\n")
        self.assert_refuses(run("-i-", stdin=b"end,x\n5,1.0\n6,z\n"),
                            "standard input:3: column x: 'z' is not a finite real number", "x:text",
                            out="Run #1, sum is: 10\n")

    def test_the_first_row_of_a_pipe_knows_start_and_end(self):
        for options in (["--end=7"], ["--end=7", "--compare"]):
            self.assert_refuses(run("-qi-", *options, stdin=b"start,x\n5,1.5\n6,z\n"),
                                ":3: column x: 'z' is not a finite")

    def test_all_arguments_decide(self):
        self.assert_prints("Run #1 q, sum is: 10\nRun #2 7, sum is: 15\n"
                           "Time took using omp is TIME sum is 25\n", "5,t=q,x=1", "6,t=7,x=0.5")
        self.assert_refuses(run("5,x:int=1", "6,x=0.5"), "job 2: column x: '0.5' is not an integer")

    def test_digits_are_not_lost(self):
        for value in ("9007199254740993", "18446744073709551617", "9223372036854775807"):
            self.assert_refused(f"end,x:real\n5,{value}\n".encode(),
                                f":2: column x: '{value}' loses digits", "x:text",
                                out="run,start,end,x,sum\n")
        self.assert_rows(b"end,x:real\n5,9007199254740992\n",
                         "run,start,end,x,sum\n1,0,5,9007199254740992,10\n")
        self.assert_refused(b"end,x\n5,9223372036854775808\n", "column x:", "does not fit in 64 bits",
                            out="run,start,end,x,sum\n")

    def test_a_missing_text_is_empty_and_a_missing_number_is_none(self):
        self.assert_rows(b"end,t:text,n\n5,,1\n", "run,start,end,t,n,sum\n1,0,5,,1,10\n")
        self.assert_refused(b"end,t,n:int\n5,x,1\n6,y,\n", ":3: column n: '' is empty",
                            out="run,start,end,t,n,sum\n1,0,5,x,1,10\n")
        self.assert_refuses(run("5,n=1", "6"), "job 2: column n: '' is empty")
        self.assert_prints("Run #1 x, sum is: 10\nRun #2, sum is: 15\n"
                           "Time took using omp is TIME sum is 25\n", "5,t=x", "6")


class Refusals(TableCase):
    def assert_bad_row(self, row, *fragments):
        """It is told of when the row before it was reported."""
        self.assert_refused(b"start,end,a,t\n0,5,1,x\n" + row + b"\n0,6,1,y\n", ":3: ", *fragments,
                            out="run,start,end,a,t,sum\n1,0,5,1,x,10\n")

    def test_bad_rows(self):
        self.assert_bad_row(b"0,6,2", "column t is missing", "3 fields", "header has 4")
        self.assert_bad_row(b"0,6,2,y,z", "fields behind column t", "quotes around a field")
        self.assert_bad_row(b"0,6x,2,y", "column end: '6x' is not an integer")
        self.assert_bad_row(b"0,9223372036854775808,2,y", "column end: ", "does not fit in 64 bits")
        self.assert_bad_row(b"7,6,2,y", "runs backwards, from 7 to 6")
        self.assert_bad_row(b"0,6,2,y\0", "column t holds a NUL byte", "UTF-8")
        self.assert_bad_row(b'0,6,2,"y', "column t has a quote that is not closed", "double those")
        self.assert_bad_row(b'0,6,2,5" disk', "column t has a quote", "double those")
        self.assert_bad_row(b'0,6,"2"3,y', "column a has a quote")
        self.assert_bad_row(b"-9223372036854775808,9223372036854775807,2,y", "2^63-1 terms")

    def test_a_text_where_a_number_was(self):
        self.assert_refuses(run("-ocsv", "-i-", stdin=b"end,a\n5,1\n6,x\n"),
                            "standard input:3: column a: 'x' is not an integer", "a:text",
                            out="run,start,end,a,sum\n1,0,5,1,10\n")

    def test_an_endless_quote(self):
        self.assert_refused(b'end,t\n5,x\n6,"' + b"y\n" * 100_000, ":3: a quote is opened here",
                            "close it", out="run,start,end,t,sum\n1,0,5,x,10\n")

    def test_bad_headers(self):
        for header, what in ((b"end,a,a", "column 'a' is there twice"),
                             (b"end,end", "column end is there twice"),
                             (b"end,a:int,a:real", "column 'a:real' is there twice"),
                             (b"end,", "'' is not a name"), (b"end,a b", "'a b' is not a name"),
                             (b"end,1a", "is not a name"), (b"end,\xc3\xa4", "is not a name"),
                             (b"end,a;system", "is not a name"), (b"end,a\0b", "is not a name"),
                             (b'end,"a', "field 2 has a quote"),
                             (b"end," + b"x" * 64, "longer than 63")):
            self.assert_refused(header + b"\n5,1,2\n", ":1: ", " is read as a header", what)

    def test_names_of_c_and_of_the_output_are_refused(self):
        for name in ("i", "while", "int", "_a", "__a", "sum", "key", "count", "value", "term"):
            self.assert_refused(f"end,{name}\n5,1\n".encode(), f"column '{name}' ", "another name")
            self.assert_refuses(run(f"5,{name}=1"), f"job 1: column '{name}' ", "another name")
        for name in ("start", "end"):
            self.assert_refuses(run(f"5,{name}=1"), f"job 1: column '{name}' ", "another name")

    def test_names_of_the_c_library_are_free(self):
        self.assert_rows(b"end,gamma,y1,sin\n5,1,2,3\n",
                         "run,start,end,gamma,y1,sin,sum\n1,0,5,1,2,3,10\n")

    def test_lines_are_counted_as_editors_do(self):
        self.assert_refused(b'# x\n\nend,t\n5,"a\n\nb"\n6\n', ":7: column t is missing",
                            out='run,start,end,t,sum\n1,0,5,"a\n\nb",10\n')

    def test_bad_arguments(self):
        for argument, what in (("5,a=1,", "'' is no column"), ("5,a=1,b", "'b' is no column"),
                               ("5,a=1,a=2", "column a is there twice"), ("a=1", "'' is not an"),
                               ("5,=1", "'' is not a name")):
            self.assert_refuses(run(argument), "job 1: ", what)

    def test_terminals_and_documents_are_safe_from_what_texts_hold(self):
        table = b'end,t\n5,"\x1b[2J\xff\xe2\x80\xae"\n'
        self.assertIn("Run #1 \\u001b[2J\\ufffd\\u202e, sum is: 10\n", run("-i-", stdin=table).out)
        job = json.loads(run("-ojson", "-i-", stdin=table).out)["jobs"][0]
        self.assertEqual(job["columns"], {"t": "\x1b[2J\ufffd\u202e"})


class Output(TableCase):
    def test_text_names_the_texts(self):
        self.assertEqual(run("-i-", stdin=TABLE).timeless,
                         'Run #1 wide, sum is: 45\nRun #2 x, "y", sum is: 180\n'
                         "Time took using omp is TIME sum is 225\n")

    def test_json_has_an_object(self):
        jobs = json.loads(run("-ojson", "-i-", stdin=TABLE).out)["jobs"]
        self.assertEqual(jobs, [
            {"run": 1, "start": "0", "end": "10", "columns": {"a": "0.50", "name": "wide"},
             "sum": "45"},
            {"run": 2, "start": "5", "end": "20", "columns": {"a": "007", "name": 'x, "y"'},
             "sum": "180"}])

    def test_a_column_run_is_a_label(self):
        table = b'run,end,a\nfirst,10,1\n"2nd, ""x""",20,2\n7,5,3\n007,5,4\n'
        self.assert_rows(table, 'run,start,end,a,sum\nfirst,0,10,1,45\n"2nd, ""x""",0,20,2,190\n'
                         "7,0,5,3,10\n007,0,5,4,10\n")
        self.assertIn('Run #first, sum is: 45\nRun #2nd, "x", sum is: 190\nRun #7, sum is: 10\n',
                      run("-i-", stdin=table).out)
        jobs = json.loads(run("-ojson", "-i", self.file(table)).out)["jobs"]
        self.assertEqual([job["run"] for job in jobs], ["first", '2nd, "x"', 7, "007"])
        self.assertEqual(jobs[0]["columns"], {"a": "1"})

    def test_arguments_carry_them_as_well(self):
        self.assert_prints("run,start,end,a,name,sum\n1,0,10,0.5,wide,45\n2,5,20,0.7,,180\n",
                           "-ocsv", "0:10,a=0.5,name=wide", "5:20,a=0.7")
        self.assert_prints("run,start,end,a,sum\n1,0,10,b=c,45\n", "-ocsv", "--end=10", "a=b=c")

    def test_a_long_row_comes_out_whole(self):
        text = "x\"y" * 10_000
        quoted = '"' + text.replace('"', '""') + '"'
        self.assert_rows(f"end,t\n5,{quoted}\n".encode(),
                         f"run,start,end,t,sum\n1,0,5,{quoted},10\n")
        for length in range(850, 1100, 7):  # its buffer is full at each of its parts
            self.assertEqual(run("-ocsv", f"5,t={'y' * length}").out.split("\n")[1],
                             f"1,0,5,{'y' * length},10")

    def test_threads_and_grains_give_the_same_bytes(self):
        rows = [f"{k % 7},{k % 7 + k},{k / 8},t{k}" for k in range(3000)]
        name = self.file(("start,end,a,t\n" + "\n".join(rows)).encode())
        for form in ("text", "csv"):
            expected = run("-o", form, "-i", name, "-t", 1).timeless
            for threads, grain in ((2, 1), (2, 1000), (8, 64), (3, 10**9)):
                self.assertEqual(
                    run("-o", form, "-i", name, "-t", threads, "-g", grain).timeless, expected)


class Runs(TableCase):
    def test_a_table_is_compared_from_a_file_and_from_a_pipe(self):
        for source, stdin in ((self.file(TABLE), b""), ("-", TABLE)):
            self.assertEqual(run("-i", source, "--compare", stdin=stdin).timeless,
                             'Run #1 wide, sum is: 45\nRun #2 x, "y", sum is: 180\n'
                             "Time took using for is TIME sum is 225\n"
                             "Time took using omp is TIME sum is 225\nSpeedup RATIOx on 2 threads\n"
                             .replace("2 threads", f"{os.cpu_count()} threads"))

    def test_a_journal_goes_on_with_the_same_columns_alone(self):
        with tempfile.TemporaryDirectory() as directory:
            journal = os.path.join(directory, "journal")
            first = run("-i-", "--journal", journal, stdin=TABLE)
            again = run("-i-", "--journal", journal, stdin=TABLE)
            self.assertEqual((again.status, again.timeless), (0, first.timeless))
            for old, new in ((b"wide", b"long"), (b"0.50", b"0.5"), (b"name", b"nome"),
                             (b",a,", b",a:text,"), (b"start,end,a,", b"start,end,a:real,b,")):
                changed = run("-i-", "--journal", journal, stdin=TABLE.replace(old, new, 1))
                self.assertEqual(changed.status, 2, (new, changed.err))
            self.assert_refuses(run("-i-", "--journal", journal, stdin=b"10\n5 20\n"), "journal")
            again = run("-i-", "--journal", journal, stdin=TABLE)
            self.assertEqual((again.status, again.timeless), (0, first.timeless))

    def test_a_file_that_changes_while_it_is_read_is_refused(self):
        with tempfile.TemporaryDirectory() as directory:
            name = os.path.join(directory, "table")
            rows = b"".join(b"5,%06d\n" % k for k in range(300_000))
            with open(name, "wb") as file:
                file.write(b"end,a\n" + rows)
            process = subprocess.Popen([PARSUM, "-ocsv", "-i", name], stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE, env=environment(), bufsize=0)
            self.addCleanup(process.kill)
            header = b"run,start,end,a,sum\n"
            self.assertEqual(process.stdout.read(len(header)), header)
            with open(name, "r+b") as file:  # standard output is full long before this is read
                file.seek(-7, os.SEEK_END)
                file.write(b"000007\n")
            out, err = process.communicate(timeout=TIMEOUT)
            self.assertEqual(process.returncode, 1)
            self.assertRegex(err.decode(), r"\Aparsum: .*/table:\d+: was changed while it was read")
            self.assertEqual(out[:32], b"1,0,5,000000,10\n2,0,5,000001,10\n")

    def test_rows_are_reported_while_a_pipe_waits(self):
        process = subprocess.Popen([PARSUM, "-i-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   env=environment())
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        for piece, line in ((b'end,t\n5,"a\nb"\n', b"Run #1 a\\u000ab, sum is: 10\n"),
                            (b"6,x\n", b"Run #2 x, sum is: 15\n")):
            for at in range(len(piece)):
                process.stdin.write(piece[at:at + 1])
                process.stdin.flush()
                time.sleep(0.002)
            self.assertEqual(process.stdout.readline(), line)
        process.stdin.close()
        self.assertEqual(process.wait(TIMEOUT), 0)


class Differential(TableCase):
    """Python's csv module writes and reads random tables; parsum must agree with it both ways."""

    ALPHABET = "abc019 ,;\t\"\n\r'#=-.eE\u00e4\u20ac"

    def table(self, chance):
        names = chance.sample(["a", "b", "name", "run", "x1", "Y", "start"], chance.randrange(6))
        names.insert(chance.randrange(len(names) + 1), "end")
        rows = []
        for _ in range(chance.randrange(8)):
            row = {}
            for name in names:
                row[name] = (str(chance.randrange(100, 200)) if name == "end"
                             else str(chance.randrange(100)) if name == "start" else
                             "".join(chance.choices(self.ALPHABET, k=chance.randrange(8))))
            rows.append(row)
        return names, rows

    def write(self, names, rows, separator, end, quoting):
        out = io.StringIO()
        writer = csv.writer(out, delimiter=separator, lineterminator=end, quoting=quoting)
        writer.writerow([name if name in ("start", "end") else name + ":text" for name in names])
        for row in rows:
            writer.writerow([row[name] for name in names])
        return out.getvalue().encode()

    def test_random_tables(self):
        chance = random.Random(18)
        for round_ in range(80):
            names, rows = self.table(chance)
            separator = chance.choice(",\t;") if len(names) > 1 else ","
            quoting = csv.QUOTE_ALL if chance.random() < 0.5 else csv.QUOTE_NONNUMERIC
            table = self.write(names, rows, separator, chance.choice(["\n", "\r\n", "\r"]), quoting)
            with self.subTest(round=round_, table=table):
                result = run("-ocsv", "-i-", stdin=table)
                self.assertEqual((result.status, result.err), (0, ""))
                got = list(csv.DictReader(io.StringIO(result.out, newline="")))
                self.assertEqual(len(got), len(rows))
                carried = [name for name in names if name not in ("start", "end")]
                for number, (row, job) in enumerate(zip(rows, got), 1):
                    self.assertEqual({name: job[name] for name in carried},
                                     {name: row[name] for name in carried})
                    self.assertEqual(job["run"], row.get("run", str(number)))
                    start, end = int(row.get("start", 0)), int(row["end"])
                    self.assertEqual(int(job["sum"]), sum(range(start, end)))
                jobs = json.loads(run("-ojson", "-i", self.file(table)).out)["jobs"]
                for row, job in zip(rows, jobs):
                    self.assertEqual(job.get("columns", {}),
                                     {name: row[name] for name in carried if name != "run"})

    def test_minimal_quotes(self):
        """Without quotes blanks around a field do not count."""
        chance = random.Random(19)
        for round_ in range(30):
            rows = [["10"] + ["".join(chance.choices('ab,"\n\r', k=chance.randrange(6)))
                              for _ in range(3)] for _ in range(5)]
            out = io.StringIO()
            csv.writer(out).writerows([["end", "p:text", "q:text", "r:text"], *rows])
            with self.subTest(round=round_, table=out.getvalue()):
                result = run("-ocsv", "-i-", stdin=out.getvalue().encode())
                self.assertEqual((result.status, result.err), (0, ""))
                self.assertEqual(list(csv.reader(io.StringIO(result.out, newline=""))),
                                 [["run", "start", "end", "p", "q", "r", "sum"],
                                  *[[str(k), "0", *row, "45"] for k, row in enumerate(rows, 1)]])


if __name__ == "__main__":
    unittest.main()
