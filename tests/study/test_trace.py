"""Traces: what is read from them, and that parsum's own hold together."""

import gzip
import json
import os
import subprocess
import tempfile
import unittest

import support
from study import charts, trace


def span(tid, ts, dur, job=1, terms=10):
    return {"ph": "X", "name": "job", "pid": 1, "tid": tid, "ts": ts, "dur": dur,
            "args": {"job": job, "terms": terms}}


class Reading(unittest.TestCase):
    def read(self, document, packed=False):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "trace.json" + (".gz" if packed else ""))
            with (gzip.open if packed else open)(path, "wt", encoding="utf-8") as file:
                json.dump(document, file)
            return trace.read(path)

    def test_events_come_by_thread_and_time_in_seconds(self):
        events = self.read({"traceEvents": [span(7, 2e6, 1e6, 2), span(3, 5e5, 1e6),
                                            span(7, 0, 1)]})
        self.assertEqual([event.thread for event in events], [0, 1, 1])
        self.assertAlmostEqual(events[0].begin, 0.5)
        self.assertAlmostEqual(events[0].end, 1.5)
        self.assertEqual((events[2].job, events[2].terms), (2, 10))

    def test_a_bare_list_and_a_compressed_file_are_read_too(self):
        self.assertEqual(len(self.read([span(0, 0, 1)], packed=True)), 1)

    def test_a_thread_that_never_worked_keeps_its_place(self):
        name = {"ph": "M", "name": "thread_name", "pid": 1, "tid": 0, "args": {"name": "thread 0"}}
        self.assertEqual(self.read([name, span(1, 0, 1)])[0].thread, 1)

    def test_two_things_at_once_on_a_thread_are_refused(self):
        events = self.read([span(0, 0, 10), span(0, 9, 5)])
        with self.assertRaises(ValueError):
            trace.check(events)

    def test_rounding_to_nanoseconds_and_other_threads_are_no_overlap(self):
        trace.check(self.read([span(0, 0, 10.001), span(0, 10, 5), span(1, 3, 5)]))

    def test_busy_time_is_the_sum_by_thread(self):
        busy = trace.busy(self.read([span(0, 0, 1e6), span(0, 2e6, 5e5), span(1, 0, 25e4)]))
        self.assertAlmostEqual(busy[0], 1.5)
        self.assertAlmostEqual(busy[1], 0.25)

    def test_the_start_of_the_threads_is_no_waiting(self):
        events = trace.from_first(self.read([span(1, 7e6, 1e6), span(0, 5e6, 2e6)]))
        self.assertEqual([(event.begin, event.end) for event in events], [(0, 2), (2, 3)])
        self.assertEqual(trace.from_first([]), [])

    def test_only_close_neighbours_of_one_job_are_merged(self):
        events = self.read([span(0, 0, 10, 1), span(0, 11, 10, 1), span(0, 40, 10, 1),
                            span(0, 50, 10, 2), span(1, 60, 10, 2)])
        merged = trace.merge(events, 2e-6)
        self.assertEqual([event.job for event in merged], [1, 1, 2, 2])
        self.assertEqual(merged[0].terms, 20)
        self.assertAlmostEqual(merged[0].end, 21e-6)

    def test_the_timeline_holds_all_terms_of_the_trace(self):
        events = self.read([span(0, i * 10, 9, 1 + i // 50) for i in range(100)])
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "timeline.csv")
            charts.write_timeline(path, {"chunks": events}, pixels=20)
            with open(path, encoding="utf-8") as file:
                rows = [line.strip().split(",") for line in file][1:]
        self.assertEqual(sum(int(row[5]) for row in rows), 1000)
        self.assertEqual([row[2] for row in rows], ["1", "2"])


class Parsum(unittest.TestCase):
    """Traces of the real program. A stretch of work may span the hand-outs between neighbouring
    chunks, so its length is at least the busy time, and not much more."""

    def check(self, *arguments):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "trace.json")
            done = subprocess.run([support.PARSUM, "--format", "json", "--trace", path, *arguments],
                                  stdout=subprocess.PIPE, check=True)
            document = json.loads(done.stdout)
            events = trace.read(path)
        trace.check(events)
        self.assertEqual(sum(event.terms for event in events), int(document["terms"]))
        seconds = trace.busy(events)
        for thread, busy in enumerate(document["busy_seconds"]):
            rounding = 1e-6
            self.assertGreaterEqual(seconds.get(thread, 0.0), busy - rounding)
            self.assertLessEqual(seconds.get(thread, 0.0), 1.1 * busy + rounding + 1e-4)
        span = max(event.end for event in events) - min(event.begin for event in events)
        self.assertLessEqual(span, document["seconds"] + 1e-6)
        return events, document

    def test_chunks_of_uneven_jobs_on_two_threads(self):
        self.check("--threads", "2", "300000000", "70000000", "1000000000", "5")

    def test_whole_jobs_are_one_event_each(self):
        events, document = self.check("--threads", "3", "--grain", "job", "300000000", "70000000",
                                      "500000000", "100000000")
        self.assertEqual(sorted(event.job for event in events), [1, 2, 3, 4])
        lengths = {job["run"]: int(job["end"]) - int(job["start"]) for job in document["jobs"]}
        for event in events:
            self.assertEqual(event.terms, lengths[event.job])

    def test_many_tiny_jobs(self):
        self.check("--threads", "2", "--quiet", "--random", "20000", "--below", "100")


if __name__ == "__main__":
    unittest.main()
