"""parsum under MPI: where the study says threads, there are ranks of so many threads each."""

import os

from .program import Failure, Program


def launcher(ranks, threads):
    """The command that starts so many ranks: within a job of Slurm that is Slurm's."""
    if "SLURM_JOB_ID" in os.environ:
        return ["srun", "--ntasks=%d" % ranks, "--cpus-per-task=%d" % threads]
    return ["mpirun", "-n", str(ranks)]


def cpus():
    """How many CPUs a job of Slurm has on all its nodes, or None where there is no such job."""
    tasks = os.environ.get("SLURM_NTASKS")
    return int(tasks) * int(os.environ.get("SLURM_CPUS_PER_TASK", 1)) if tasks else None


class Ranks(Program):
    """The program with `threads` threads in each rank; on one thread it is one rank of one."""

    def __init__(self, path, threads):
        super().__init__(path)
        if not os.access(self.path + "-mpi", os.X_OK):
            raise Failure("%s-mpi: no such program; --ranks needs a parsum that was built with MPI"
                          % path)
        self.threads = threads

    def command(self, arguments):
        arguments = list(arguments)
        place = arguments.index("--threads") + 1
        total = int(arguments[place])
        threads = min(total, self.threads)
        arguments[place] = str(threads)
        return launcher(total // threads, threads) + super().command(["--mpi"] + arguments)

    def busy(self, cpus_here):
        """srun's tasks are no children of ours, so what they used cannot be told from the rest."""
        return None if "SLURM_JOB_ID" in os.environ else super().busy(cpus_here)
