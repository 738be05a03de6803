"""Whole studies: of a program whose serial share is known, and a small one of parsum itself."""

import array
import csv
import gzip
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree as xml

import support
from study import charts, fit, summary, sweep

GNUPLOT = shutil.which("gnuplot")


def rows_of(directory, name):
    with open(os.path.join(directory, name), encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read(directory, name):
    with open(os.path.join(directory, name), encoding="utf-8") as file:
        return file.read()


class Temporary(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.TemporaryDirectory()
        self.addCleanup(self.place.cleanup)
        self.directory = os.path.join(self.place.name, "study")
        self.log = os.path.join(self.place.name, "log")

    def pretend(self, *arguments, status=0, **environment):
        """A study of the pretended program; returns its standard error."""
        done, output, errors = support.scaling(
            "--parsum", support.PRETENDED, "--no-charts", *arguments,
            *([] if "--resume" in arguments else ["--name", "pretended", "--runs", "5"]),
            PRETEND_LOG=self.log, **environment)
        self.assertEqual(done, status, output + errors)
        return errors

    def calls(self):
        with open(self.log, encoding="utf-8") as file:
            return file.read().splitlines()


class Pretended(Temporary):
    def test_a_known_serial_share_and_noise_come_out(self):
        self.pretend("--threads", "1,2", "--output", self.directory,
                     PRETEND_SERIAL="0.2", PRETEND_NOISE="0.002")
        study = json.loads(read(self.directory, "study.json"))
        self.assertEqual(study["status"], "complete")
        law = study["fits"]["amdahl"]
        self.assertAlmostEqual(law["serial_share"], 0.2, delta=0.01)
        self.assertLessEqual(law["serial_share_95"][0], law["serial_share"])
        self.assertFalse(law["tested"])
        two = summary.find(study["summary"], "strong", "chunks", 2)
        self.assertAlmostEqual(two["speedup"], fit.law_speedup(2, 0.2), delta=0.01)
        self.assertAlmostEqual(two["efficiency"], two["speedup"] / 2)
        weak = summary.find(study["summary"], "weak", "chunks", 2)
        self.assertEqual(weak["terms"], 2 * two["terms"])
        self.assertAlmostEqual(weak["speedup"], two["speedup"], delta=0.02)
        self.assertTrue(any("Two thread counts" in item["text"] for item in study["trust"]))

    def test_every_run_is_kept_and_every_round_has_an_order_of_its_own(self):
        self.pretend("--threads", "2", "--output", self.directory)
        study = json.loads(read(self.directory, "study.json"))
        points = len(study["plan"]["points"])
        runs = rows_of(self.directory, "runs.csv")
        self.assertEqual(len(runs), 6 * points)
        orders = [[(r["study"], r["schedule"], r["threads"], r["factor"], r["grain"]) for r in runs
                   if r["round"] == str(number)] for number in range(6)]
        for order in orders:
            self.assertEqual(sorted(order), sorted(orders[0]))
        self.assertGreater(len({tuple(order) for order in orders}), 1)
        self.assertEqual(summary.COLUMNS, list(rows_of(self.directory, "summary.csv")[0]))
        medians = [row["runs"] for row in rows_of(self.directory, "summary.csv")]
        self.assertEqual(set(medians), {"5"})  # the warm-up does not count

    def timeline(self):
        """The caption of whole jobs, and the seconds of the run that is drawn over the median."""
        study = json.loads(read(self.directory, "study.json"))
        median = summary.find(study["summary"], "strong", "jobs", 2)["median_s"]
        caption, = re.findall("^timeline_jobs: (.*)$", read(self.directory, "labels.txt"), re.M)
        drawn = max(float(row["end_s"]) for row in rows_of(self.directory, "timeline.csv")
                    if row["panel"] == "jobs")
        self.assertIn("Whole jobs: " + charts.seconds(study["timeline"]["jobs"]["seconds"]), caption)
        self.assertAlmostEqual(drawn, study["timeline"]["jobs"]["seconds"], places=6)
        return caption, drawn / median

    def test_the_timeline_is_of_a_run_like_those_that_were_measured(self):
        self.pretend("--threads", "2", "--output", self.directory, PRETEND_SERIAL="0",
                     PRETEND_TRACED="1,0.8,1.01,1.5,1.6,0.7,1.8,1.02")
        caption, ratio = self.timeline()
        self.assertAlmostEqual(ratio, 1, delta=0.05)
        self.assertNotIn("median", caption)

    def test_a_timeline_of_a_run_unlike_them_says_so(self):
        self.pretend("--threads", "2", "--output", self.directory, PRETEND_SERIAL="0",
                     PRETEND_TRACED="1.5")
        caption, ratio = self.timeline()
        self.assertAlmostEqual(ratio, 1.5, delta=0.1)
        self.assertRegex(caption, r"\(median [0-9.]+ m?s\), threads wait")

    def test_an_interrupted_study_goes_on_where_it_was(self):
        self.pretend("--threads", "2", "--output", self.directory, status=1,
                     PRETEND_FAIL="40")
        before = read(self.directory, "runs.csv")
        with open(os.path.join(self.directory, "runs.csv"), "a", encoding="utf-8") as file:
            file.write("3,strong,chunks,1,1,0,123")  # the power went in the middle of a line
        made = len(self.calls())
        errors = self.pretend("--resume", self.directory)
        self.assertNotIn("failed", errors)
        after = read(self.directory, "runs.csv")
        self.assertTrue(after.startswith(before))
        study = json.loads(read(self.directory, "study.json"))
        total = 6 * len(study["plan"]["points"])
        self.assertEqual(len(rows_of(self.directory, "runs.csv")), total)
        missing = total - (len(before.splitlines()) - 1)
        self.assertEqual(len(self.calls()) - made, missing + 2 * 3)  # and the traced ones
        keys = [(row["round"], sweep.row_key(row))
                for row in sweep.read_runs(os.path.join(self.directory, "runs.csv"))]
        self.assertEqual(len(set(keys)), total)

    def test_a_finished_study_is_not_written_over_but_can_be_drawn_again_without_a_run(self):
        self.pretend("--threads", "1", "--output", self.directory)
        errors = self.pretend("--threads", "1", "--output", self.directory, status=1)
        self.assertIn("--resume", errors)
        made, first = len(self.calls()), read(self.directory, "summary.csv")
        os.remove(os.path.join(self.directory, "summary.csv"))
        self.pretend("--resume", self.directory)
        self.assertEqual(len(self.calls()), made)
        self.assertEqual(read(self.directory, "summary.csv"), first)

    def test_going_on_takes_no_option_that_the_study_has_settled(self):
        self.pretend("--threads", "1", "--output", self.directory)
        for name, *value in (["1:100"], ["--random", "3"], ["--term", "i"], ["-D", "K=2"],
                             ["--wrap"], ["--threads", "2"], ["--threads-a-rank", "1"],
                             ["--runs", "9"], ["--quick"], ["--name", "x"], ["--output", "x"]):
            errors = self.pretend("--resume", self.directory, name, *value, status=2)
            self.assertIn("leave out %s\n" % name, errors)

    def test_threads_that_slow_it_down_are_no_serial_share(self):
        self.pretend("--threads", "1,2", "--output", self.directory)
        runs = rows_of(self.directory, "runs.csv")
        for row in runs:
            row["seconds"] = float(row["seconds"]) * int(row["threads"]) ** 2
        with open(os.path.join(self.directory, "runs.csv"), "w", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(runs[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(runs)
        self.pretend("--resume", self.directory)
        study = json.loads(read(self.directory, "study.json"))
        self.assertGreater(study["fits"]["amdahl"]["serial_share"], 1)
        page = read(self.directory, "report.html")
        self.assertIn("<b>no fit</b>", page)
        self.assertIn("above 100%", " ".join(item["text"] for item in study["trust"]))
        for text in (page, read(self.directory, "labels.txt")):
            self.assertIn("no serial share fits", text)
            self.assertIsNone(re.search(r"[1-9]\d\d+% serial|serial share [1-9]\d\d+%", text))

    def test_another_build_of_the_program_is_not_mixed_in(self):
        self.pretend("--threads", "1", "--output", self.directory, status=1, PRETEND_FAIL="12")
        other = os.path.join(self.place.name, "other")
        with open(support.PRETENDED, encoding="utf-8") as file, \
                open(other, "w", encoding="utf-8") as copy:
            copy.write(file.read() + "# another build\n")
        os.chmod(other, 0o755)
        status, _, errors = support.scaling("--parsum", other, "--no-charts", "--resume",
                                            self.directory)
        self.assertEqual(status, 1)
        self.assertIn("another build", errors)

    def test_totals_that_differ_end_the_study(self):
        self.pretend("--threads", "1", "--output", self.directory, status=1, PRETEND_FAIL="30")
        text = read(self.directory, "runs.csv").splitlines()
        keys = text[0].split(",")
        line = text[1].split(",")
        line[keys.index("total")] = "1"
        with open(os.path.join(self.directory, "runs.csv"), "w", encoding="utf-8") as file:
            file.write("\n".join([text[0], ",".join(line), *text[2:]]) + "\n")
        errors = self.pretend("--resume", self.directory, status=1)
        self.assertIn("two runs of the same jobs gave", errors)

    def test_own_jobs_and_terms_are_passed_on_as_they_are(self):
        self.pretend("--threads", "1", "--output", self.directory, "-e", "i%3==0", "-e", "s", "-D", "K=2",
                     "--let", "s=i*i", "--reduce", "sum,max", "--skip-nan", "--libm", "100:3100", "50")
        self.assertEqual(read(self.directory, "jobs.txt"), "100 3100\n0 50\n")
        for call in self.calls():
            self.assertIn("--term i%3==0 --term s -D K=2 --let s=i*i --reduce sum,max --skip-nan --libm", call)
        study = json.loads(read(self.directory, "study.json"))
        self.assertEqual(study["problem"]["term"], "i%3==0, s K=2 s=i*i")

    def test_long_lists_of_jobs_go_through_files_beside_the_results(self):
        self.pretend("--threads", "1,2", "--output", self.directory, "--random", "70")
        weak = read(self.directory, os.path.join("jobs", "jobs-x2.txt")).splitlines()
        strong = read(self.directory, "jobs.txt").splitlines()
        self.assertEqual(weak, strong * 2)
        commands = json.loads(read(self.directory, "study.json"))["commands"]
        self.assertTrue(commands["weak/chunks/2"].endswith("--input jobs-x2.txt"))

    def test_wrong_options_are_refused_with_the_remedy(self):
        for arguments, word in ((["--runs", "4"], "5"), (["--threads", "x"], "1,2,4"),
                                (["10", "--random", "3"], "one of them"),
                                (["--minutes", "0"], "greater than 0")):
            status, _, errors = support.scaling("--parsum", support.PRETENDED, *arguments)
            self.assertEqual(status, 2, arguments)
            self.assertIn(word, errors)


class Data(Temporary):
    def test_without_jobs_the_job_is_all_of_the_array_and_all_results_are_compared(self):
        path = os.path.join(self.place.name, "x.raw")
        with open(path, "wb") as file:
            array.array("d", range(20000)).tofile(file)
        status, _, errors = support.scaling(
            "--parsum", support.PARSUM, "--no-charts", "--threads", "2", "--runs", "5", "--name", "tested",
            "--output", self.directory, "--data", "x=%s:f8" % path, "-e", "x[i]", "-e", "x[i]*x[i]")
        self.assertEqual(status, 0, errors)
        self.assertEqual(read(self.directory, "jobs.txt"), "0 20000\n")
        strong = {row["total"] for row in rows_of(self.directory, "runs.csv") if row["study"] == "strong"}
        self.assertEqual(strong, {"sum1=%d sum2=%d" % (sum(range(20000)), sum(k * k for k in range(20000)))})


class Parsum(Temporary):
    """A study of two points of the real program, with everything that comes of it."""

    def setUp(self):
        super().setUp()
        options = [] if GNUPLOT else ["--no-charts"]
        status, output, errors = support.scaling(
            "--parsum", support.PARSUM, "--threads", "2", "--seconds", "0.02", "--runs", "5",
            "--name", "tested", "--output", self.directory, *options)
        self.assertEqual(status, 0, errors)
        self.assertEqual(output.strip(), os.path.join(self.directory, "report.html"))

    def test_all_that_comes_of_a_study(self):
        self.check_numbers()
        self.check_extra_p()
        self.check_privacy()
        if GNUPLOT:
            self.check_charts()
        else:
            print("skipped: charts, for want of gnuplot")

    def check_numbers(self):
        rows = rows_of(self.directory, "summary.csv")
        strong = [(row["schedule"], row["threads"]) for row in rows if row["study"] == "strong"]
        self.assertEqual(strong, [("chunks", "1"), ("chunks", "2"), ("jobs", "1"), ("jobs", "2")])
        for row in rows:
            self.assertGreater(float(row["median_s"]), 0)
            self.assertLessEqual(float(row["speedup_lo"]), float(row["speedup_hi"]))
            self.assertLessEqual(float(row["parallel_efficiency"]), 1.001)
        study = json.loads(read(self.directory, "study.json"))
        for key in ("cpu", "caches", "numa", "governors", "kernel", "affinity", "cores"):
            self.assertIn(key, study["machine"])
        self.assertIn("gcc" if "gcc" in study["program"]["version"] else "clang",
                      study["program"]["version"])
        self.assertEqual(len(study["runs"]), len(rows_of(self.directory, "runs.csv")))
        self.assertIn("strong/jobs/2", study["commands"])

    def check_extra_p(self):
        lines = [json.loads(line) for line in read(self.directory, "extra-p.jsonl").splitlines()]
        points = {metric: sorted(tuple(line["params"].values()) for line in lines
                                 if line["metric"] == metric) for metric in ("time", "useful")}
        self.assertEqual(points["time"], points["useful"])  # every metric at every point
        self.assertEqual(len(set(points["time"])), len(points["time"]))
        self.assertGreater(len(points["time"]), 10)
        for line in lines:
            self.assertEqual(set(line), {"params", "callpath", "metric", "value"})
            self.assertEqual(set(line["params"]), {"p", "n"})
            self.assertEqual(len(line["value"]), 5)

    def check_privacy(self):
        names = [socket.gethostname(), self.place.name, os.path.expanduser("~")]
        for name in sorted(os.listdir(self.directory)):
            if name.endswith(".png"):
                continue
            opener = gzip.open if name.endswith(".gz") else open
            with opener(os.path.join(self.directory, name), "rt", encoding="utf-8") as file:
                content = file.read()
            for private in names:
                pattern = r"(?<![\w-])" + re.escape(private) + r"(?![\w-])"
                self.assertIsNone(re.search(pattern, content), "%s names %s" % (name, private))

    def check_charts(self):
        for name in charts.CHARTS:
            root = xml.parse(os.path.join(self.directory, name + ".svg")).getroot()
            self.assertEqual(root.tag, "{http://www.w3.org/2000/svg}svg")
            text = " ".join("".join(node.itertext()) for node in root.iter() if
                            node.tag.endswith("}text"))
            self.assertIn("10 jobs", text, name)
            with open(os.path.join(self.directory, name + ".png"), "rb") as file:
                self.assertEqual(file.read(8), b"\x89PNG\r\n\x1a\n")
        self.check_redrawing()

    def check_redrawing(self):
        """gnuplot alone draws what summary.csv says, without the files beside it too."""
        alone = os.path.join(self.place.name, "alone")
        os.mkdir(alone)
        shutil.copy(os.path.join(self.directory, "summary.csv"), alone)
        self.redraw(self.directory)
        self.redraw(alone, "speedup", "schedules")
        self.assertEqual(sorted(os.listdir(alone)), ["schedules.png", "schedules.svg",
                                                     "speedup.png", "speedup.svg", "summary.csv"])
        xml.parse(os.path.join(alone, "speedup.svg"))

    def redraw(self, directory, *names):
        """Also without a word: of a law that was not fitted there is nothing to warn."""
        done = subprocess.run(
            [GNUPLOT, "-c", os.path.join(support.ROOT, "scripts", "plot.gp"),
             os.path.join(directory, "summary.csv"), *names],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        self.assertEqual((done.returncode, done.stdout.decode()), (0, ""))


if __name__ == "__main__":
    unittest.main()
