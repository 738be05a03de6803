"""What a study measures: thread counts, points, jobs and their arguments; and what it warns of."""

import argparse
import os
import tempfile
import unittest
import unittest.mock

import support  # noqa: F401
from study import charts, fit, machine, options, problem, program, ranks, trust


class Threads(unittest.TestCase):
    def test_lists_and_ranges_are_understood_and_one_is_always_there(self):
        self.assertEqual(options.thread_counts("4,2"), [1, 2, 4])
        self.assertEqual(options.thread_counts("3-5,8"), [1, 3, 4, 5, 8])

    def test_what_is_no_list_of_counts_is_refused(self):
        for text in ("", "0", "-1", "2-1", "a", "1,,2", "5000", "1.5"):
            with self.assertRaises(argparse.ArgumentTypeError, msg=text):
                options.thread_counts(text)

    def test_by_default_counts_double_up_to_all_cpus(self):
        self.assertEqual(options.doubling(1), [1])
        self.assertEqual(options.doubling(6), [1, 2, 4, 6])
        self.assertEqual(options.doubling(16), [1, 2, 4, 8, 16])

    def test_the_most_that_have_a_cpu_each_or_else_the_fewest_are_fitting(self):
        self.assertEqual(problem.fitting([1, 2, 4, 64], 4), 4)
        self.assertEqual(problem.fitting([1, 3, 64], 4), 3)
        self.assertEqual(problem.fitting([8, 16], 4), 8)

    def test_tics_keep_the_largest_count_and_leave_out_what_would_collide(self):
        self.assertEqual(charts.tics([1, 2]), [1, 2])
        self.assertEqual(charts.tics([1, 2, 4, 8, 16, 32, 64]), [4, 8, 16, 32, 64])


class Jobs(unittest.TestCase):
    def test_stretched_jobs_start_where_they_did(self):
        self.assertEqual(problem.stretch([(10, 20), (5, 5), (7, 3)], 2.5),
                         [(10, 35), (5, 5), (7, 7)])

    def test_jobs_that_would_leave_64_bits_are_refused(self):
        with self.assertRaises(ValueError):
            problem.stretch([(0, 2**62)], 4.0)

    def test_weak_scaling_repeats_the_jobs(self):
        point = problem.Point("weak", "chunks", 3)
        self.assertEqual(point.jobs([(0, 5), (2, 4)]), [(0, 5), (2, 4)] * 3)

    def test_whole_jobs_go_to_the_thread_that_is_free_first(self):
        # Lengths 5, 3, 4, 2 on two threads: 5 | 3+4, then 2 goes after 5: both end at 7.
        jobs = [(0, 5), (0, 3), (0, 4), (0, 2)]
        self.assertEqual(problem.list_schedule(jobs, 2), 7)
        self.assertEqual(problem.list_schedule(jobs, 1), 14)
        self.assertEqual(problem.list_schedule(jobs, 9), 5)

    def test_the_reference_jobs_are_the_published_ones(self):
        self.assertEqual(sum(end * (end - 1) // 2 for _, end in problem.REFERENCE),
                         16484330702487280)

    def test_every_point_has_a_key_of_its_own(self):
        points = problem.points([1, 2, 4], 4, [0.25, 0.5], [100, 1000])
        keys = [point.key for point in points]
        self.assertEqual(len(set(keys)), len(keys))
        self.assertIn("strong/jobs/4", keys)
        self.assertIn("weak/chunks/4", keys)
        self.assertNotIn("weak/chunks/1", keys)
        self.assertIn("grain/fixed/4/1000", keys)

    def test_sizes_and_grains_are_measured_where_every_thread_has_a_cpu(self):
        points = problem.points([1, 2, 64], 2, [0.5], [100])
        self.assertEqual({point.threads for point in points if point.study == "size"}, {1, 2})
        self.assertEqual({point.threads for point in points if point.study == "grain"}, {2})
        self.assertIn("strong/chunks/64", [point.key for point in points])

    def test_fixed_chunks_are_many_enough_to_be_shared(self):
        # 1e6 terms a second: 10 terms take 10 us, and a chunk of 0.1 s would be a tenth of all.
        self.assertEqual(problem.grains(10**6, 1.0), [10, 100, 1000, 10000])

    def test_schedules_are_grains_of_parsum(self):
        self.assertEqual(problem.grain_arguments(problem.Point("strong", "chunks", 2)), [])
        self.assertEqual(problem.grain_arguments(problem.Point("strong", "jobs", 2)),
                         ["--grain", "job"])
        self.assertEqual(problem.grain_arguments(problem.Point("grain", "fixed", 2, grain=7)),
                         ["--grain", "7"])


class Commands(unittest.TestCase):
    def test_a_command_is_shown_without_directories_of_this_machine(self):
        self.assertEqual(program.shown(["--data", "x=/home/me/x.npy:f8", "--input", "/home/me/jobs.txt",
                                        "--term", "a/b==c/d", "--data", "y=own/y.npy"]),
                         "parsum --data x=x.npy:f8 --input jobs.txt --term a/b==c/d --data y=own/y.npy")


class RanksInPlaceOfThreads(unittest.TestCase):
    def command(self, threads_a_rank, total, **changes):
        """The command of a run of so many threads, in an environment with these changes."""
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "parsum")
            for name in (path, path + "-mpi"):
                with open(name, "w", encoding="ascii"):
                    os.chmod(name, 0o755)
            with unittest.mock.patch.dict(os.environ, changes):
                return ranks.Ranks(path, threads_a_rank).command(["--threads", str(total), "--", "9"])

    def test_threads_are_dealt_out_to_ranks(self):
        command = self.command(2, 6)
        self.assertEqual(command[:3], ["mpirun", "-n", "3"])
        self.assertEqual(command[4:], ["--format", "json", "--no-progress", "--mpi", "--threads",
                                       "2", "--", "9"])

    def test_one_thread_is_one_rank_of_one(self):
        self.assertEqual(self.command(4, 1)[:3], ["mpirun", "-n", "1"])
        self.assertEqual(self.command(4, 1)[8:10], ["--threads", "1"])

    def test_in_a_job_of_slurm_srun_starts_them(self):
        self.assertEqual(self.command(4, 8, SLURM_JOB_ID="7")[:3],
                         ["srun", "--ntasks=2", "--cpus-per-task=4"])

    def test_a_program_without_mpi_is_refused(self):
        with self.assertRaises(program.Failure):
            ranks.Ranks("/bin/true", 1)

    def test_counts_of_ranks_become_counts_of_threads(self):
        asked = options.parse(["--ranks", "2,4", "--threads-a-rank", "3"])
        self.assertEqual(asked.threads, [1, 3, 6, 12])


class Words(unittest.TestCase):
    def test_command_lines_are_quoted_and_name_no_directory(self):
        self.assertEqual(program.shown(["--term", "i%3==0", "--input", "/home/me/jobs.txt"]),
                         "parsum --term 'i%3==0' --input jobs.txt")

    def test_numbers_and_times_are_short(self):
        self.assertEqual(charts.number(12000), "12 000")
        self.assertEqual(charts.number(91000000000), "9.1e10")
        self.assertEqual(charts.seconds(0.0123), "12.3 ms")
        self.assertEqual(charts.seconds(1.5), "1.500 s")
        self.assertEqual(charts.percent(0.0203), "2.0%")

    def test_a_serial_share_is_never_above_all(self):
        self.assertEqual(charts.serial_share(0.02, (0.01, 0.03)),
                         "serial share 2.0% (95%: 1.0% to 3.0%)")
        self.assertNotIn("%", charts.serial_share(1.44, (1.4, 1.5)))


class Trust(unittest.TestCase):
    MACHINE = {"cpus_usable": 4, "quota_cpus": None, "cores": 4, "governors": ["performance"],
               "virtual": False, "turbo": None}
    ROW = {"study": "strong", "schedule": "chunks", "threads": 4, "spread": 0.01, "median_s": 1.0,
           "efficiency_lo": 0.9, "runs": 9, "other_cpus": 0.0}

    def judge(self, row=None, machine=None, load=0.0, law=None):
        return trust.judge([{**self.ROW, **(row or {})}], {**self.MACHINE, **(machine or {})}, load,
                           {"amdahl": law, "usl": None})

    def test_a_clean_study_has_nothing_against_it(self):
        self.assertEqual(self.judge(), [])

    def test_each_fault_is_a_warning_of_its_own(self):
        for change in ({"row": {"spread": 0.11}}, {"row": {"median_s": 0.009}},
                       {"row": {"threads": 5}}, {"row": {"other_cpus": 0.5}}, {"load": 2.0},
                       {"machine": {"governors": ["powersave"]}}, {"row": {"runs": 4}},
                       {"row": {"efficiency_lo": 1.1}},
                       {"machine": {"quota_cpus": 2.0}}):
            levels = [level for level, _ in self.judge(**change)]
            self.assertEqual(levels.count(trust.WARNING), 1, change)

    def test_just_within_the_bounds_there_is_no_warning(self):
        self.assertEqual(self.judge(row={"spread": 0.10, "median_s": 0.010, "other_cpus": 0.4}), [])

    def test_what_cannot_be_known_is_a_note(self):
        for change in ({"governors": []}, {"virtual": True}, {"cores": 2}, {"turbo": "on"}):
            self.assertEqual([level for level, _ in self.judge(machine=change)], [trust.NOTE])

    def test_a_serial_share_that_no_program_has_is_a_note(self):
        for share, word in ((-0.1, "below 0"), (0.5, None), (1.44, "slower than one")):
            law = fit.amdahl({p: [share + (1 - share) / p] * 5 for p in (1, 2, 4)}, 1, 50)
            found = self.judge(law=law)
            self.assertEqual(len(found), 1 if word else 0, found)
            for level, text in found:
                self.assertEqual(level, trust.NOTE)
                self.assertIn(word, text)


class Quota(unittest.TestCase):
    """CPUs that control groups leave, in a tree that stands for / of a machine."""

    def quota(self, **files):
        with tempfile.TemporaryDirectory() as root:
            for name, text in files.items():
                path = os.path.join(root, name.replace("__", "/"))
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "w", encoding="ascii") as file:
                    file.write(text)
            return machine.quota_cpus(root)

    def test_there_need_not_be_any(self):
        self.assertIsNone(self.quota())
        self.assertIsNone(self.quota(proc__self__cgroup="0::/a\n", 
                                     **{"sys__fs__cgroup__a__cpu.max": "max 100000"}))

    def test_the_tightest_of_a_group_and_those_above_counts(self):
        groups = {"proc__self__cgroup": "0::/a/b\n", "sys__fs__cgroup__a__cpu.max": "250000 100000\n",
                  "sys__fs__cgroup__a__b__cpu.max": "max 100000\n"}
        self.assertEqual(self.quota(**groups), 2.5)

    def test_controllers_come_in_any_order_and_are_mounted_anywhere(self):
        for controllers in ("cpu", "cpu,cpuacct", "cpuacct,cpu"):
            self.assertEqual(self.quota(
                proc__self__cgroup="4:%s:/docker/abc/inner\n" % controllers,
                proc__self__mountinfo="32 31 0:29 /docker/abc /my\\040place rw - cgroup cgroup rw,%s\n"
                % controllers,
                **{"my place__inner__cpu.cfs_quota_us": "150000\n",
                   "my place__inner__cpu.cfs_period_us": "100000\n"}), 1.5)
        self.assertEqual(self.quota(
            proc__self__cgroup="4:cpuacct,cpu:/\n",
            **{"sys__fs__cgroup__cpu__cpu.cfs_quota_us": "150000\n",
               "sys__fs__cgroup__cpu__cpu.cfs_period_us": "100000\n"}), 1.5)


if __name__ == "__main__":
    unittest.main()
