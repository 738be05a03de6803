"""scripts/plot.gp by itself: whatever the path is, and whatever an editor made of the numbers."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import support
from study import charts

GNUPLOT = shutil.which("gnuplot")
SKIPPED = 77  # what ctest takes for a skipped test
MARK = b"\xef\xbb\xbf"
DATA = ["summary.csv", "curves.csv", "timeline.csv", "times.csv", "labels.txt"]
FILES = sorted("%s.%s" % (name, kind) for name in charts.CHARTS for kind in ("svg", "png"))
PATHS = ["x';touch PWNED;'", 'a "b" c', "$(touch PWNED)", "`touch PWNED`", "new\nline", "<touch PWNED",
         "|touch PWNED", "$data", "~", "-c", "back\\slash", "*", "caf\xe9", "a'b/c'd"]


def contents(directory, names):
    found = {}
    for name in names:
        with open(os.path.join(directory, name), "rb") as file:
            found[name] = file.read()
    return found


class Plot(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        place = tempfile.TemporaryDirectory()
        cls.addClassCleanup(place.cleanup)
        cls.study = os.path.join(place.name, "study")
        status, _, errors = support.scaling(
            "--parsum", support.PRETENDED, "--threads", "1,2", "--runs", "5", "--name", "pretended",
            "--output", cls.study)
        assert status == 0, errors
        cls.drawn = contents(cls.study, FILES)

    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.place = place.name
        self.directory = os.path.join(place.name, "copy")

    def copy(self, directory, names=DATA):
        os.makedirs(directory)
        for name in names:
            shutil.copy(os.path.join(self.study, name), directory)

    def plot(self, summary, *names, script=None, cwd=None):
        script = script or os.path.join(support.ROOT, "scripts", "plot.gp")
        done = subprocess.run([GNUPLOT, "-c", script, summary, *names], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False, cwd=cwd or self.place)
        return done.returncode, done.stdout.decode("utf-8", "replace")

    def change(self, names, change):
        for name, content in contents(self.directory, names).items():
            with open(os.path.join(self.directory, name), "wb") as file:
                file.write(change(content))

    def test_no_shell_sees_a_path_and_every_chart_is_drawn(self):
        path = "x';touch PWNED;'" + '$(touch PWNED) "a"\n`touch PWNED`\\'
        self.copy(os.path.join(self.place, path))
        self.assertEqual(self.plot(path + "/summary.csv"), (0, ""))
        self.assertEqual(contents(os.path.join(self.place, path), FILES), self.drawn)
        self.assertEqual(os.listdir(self.place), [path])

    def test_a_directory_may_have_any_name(self):
        for path in PATHS:
            with self.subTest(path=path):
                self.copy(os.path.join(self.place, path))
                self.check(path + "/summary.csv", os.path.join(self.place, path))
                shutil.rmtree(os.path.join(self.place, path.split("/")[0]))
                self.assertEqual(os.listdir(self.place), [])

    def test_the_numbers_may_have_any_name(self):
        for path in PATHS[:-1]:
            with self.subTest(path=path):
                self.copy(self.directory, DATA[1:])
                shutil.copy(os.path.join(self.study, DATA[0]), os.path.join(self.directory, path))
                self.check(path, self.directory, cwd=self.directory)
                self.assertEqual(len(os.listdir(self.directory)), len(DATA) + 1)
                shutil.rmtree(self.directory)

    def test_the_script_may_lie_anywhere(self):
        self.copy(self.directory)
        for path in PATHS:
            with self.subTest(path=path):
                scripts = os.path.join(self.place, path)
                shutil.copytree(os.path.join(support.ROOT, "scripts", "study", "charts"),
                                os.path.join(scripts, "study", "charts"))
                shutil.copy(os.path.join(support.ROOT, "scripts", "plot.gp"), scripts)
                self.check("copy/summary.csv", self.directory, script=scripts + "/plot.gp")
                shutil.rmtree(os.path.join(self.place, path.split("/")[0]))
                self.assertEqual(os.listdir(self.place), ["copy"])

    def check(self, summary, directory, **how):
        """One chart is enough to see that all files are found: it needs three of them."""
        self.assertEqual(self.plot(summary, "speedup", **how), (0, ""))
        self.assertEqual(contents(directory, ["speedup.svg"])["speedup.svg"],
                         self.drawn["speedup.svg"])
        os.remove(os.path.join(directory, "speedup.svg"))

    def test_a_mark_of_the_encoding_and_lines_of_windows_change_no_chart(self):
        def quoted(content):
            header, rows = content.split(b"\n", 1)
            return b'"' + header.replace(b",", b'","') + b'"\n' + rows

        for names, change in ((DATA, lambda content: MARK + content.replace(b"\n", b"\r\n")),
                              (DATA, lambda content: content.replace(b"\n", b"\r\n")),
                              (DATA[:1], lambda content: MARK + content), (DATA[:4], quoted),
                              (DATA[:4], lambda content: MARK + quoted(content))):
            self.copy(self.directory)
            self.change(names, change)
            self.assertEqual(self.plot("copy/summary.csv"), (0, ""))
            self.assertEqual(contents(self.directory, FILES), self.drawn)
            shutil.rmtree(self.directory)

    def test_a_good_chart_is_not_replaced_by_an_empty_one(self):
        header, rows = contents(self.study, DATA[:1])["summary.csv"].split(b"\n", 1)
        for broken in (b"", header + b"\n", rows, (header + b"\n" + rows).replace(b",", b";"),
                       header.replace(b"speedup_hi", b"other") + b"\n" + rows,
                       header + b"\n" + rows.replace(b"strong", b"weak"),
                       header.replace(b"study", b"x") + b"\n" + rows):
            self.copy(self.directory, DATA + FILES)
            self.change(["summary.csv"], lambda _, broken=broken: broken)
            status, output = self.plot("copy/summary.csv")
            self.assertEqual(status, 1, broken[:60])
            self.assertTrue("copy/summary.csv: " in output or b"speedup_lo,speedup_hi" in broken, output)
            self.assertEqual(contents(self.directory, FILES), self.drawn)
            self.assertEqual(sorted(os.listdir(self.directory)), sorted(DATA + FILES))
            shutil.rmtree(self.directory)

    def test_charts_whose_numbers_are_missing_stay_as_they_are(self):
        self.copy(self.directory, ["summary.csv", "runs.svg", "timeline.svg"])
        self.assertEqual(self.plot("copy/summary.csv"), (0, ""))
        self.assertEqual(contents(self.directory, ["runs.svg", "timeline.svg"]),
                         {name: self.drawn[name] for name in ("runs.svg", "timeline.svg")})

    def test_without_chunks_of_a_fixed_size_the_other_charts_are_drawn(self):
        self.copy(self.directory)
        self.change(["summary.csv", "times.csv"], lambda content: b"".join(
            line for line in content.splitlines(True) if b"grain,fixed" not in line))
        self.assertEqual(self.plot("copy/summary.csv", "grain", "size", "runs"), (0, ""))
        self.assertTrue(os.path.exists(os.path.join(self.directory, "size.svg")))
        self.assertFalse(os.path.exists(os.path.join(self.directory, "grain.svg")))
        runs = contents(self.directory, ["runs.svg"])["runs.svg"]
        self.assertTrue(b"whole jobs" in runs and b"fixed chunks" not in runs)

    def test_a_missing_file_and_an_unknown_chart_are_named(self):
        for _ in range(2):  # without the directory, and with it
            status, output = self.plot("copy/summary.csv")
            self.assertEqual(status, 1)
            self.assertIn("copy/summary.csv: no such file", output)
            os.makedirs(self.directory, exist_ok=True)
        self.copy(os.path.join(self.place, "other"))
        for name in ("no", "x';touch PWNED;'", "", "../style"):
            status, output = self.plot("other/summary.csv", name)
            self.assertEqual(status, 2)
            self.assertIn("there is no chart '%s'; there are: speedup" % name, output)
        self.assertEqual(sorted(os.listdir(self.place)), ["copy", "other"])


if __name__ == "__main__":
    if not GNUPLOT:
        print("skipped: no gnuplot; scripts/setup charts installs it")
        sys.exit(SKIPPED)
    unittest.main()
