"""cluster: a Slurm cluster on this machine, of its own munged, slurmctld and slurmd's, as root.

All daemons listen on the loopback device, each on a port of its own, and keep their files in one
directory. They are ended by their numbers, which are on file with the times they were started, so
that no other process is ever hit, and a cluster that was left behind can be ended later.
"""
import contextlib
import os
import signal
import socket
import subprocess
import time

CLIENT_SECONDS = 60  # no client command takes longer but those that wait for a job
START_SECONDS = 30
PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"

# Several slurmd's on one host, no cgroups, no accounting, and nothing of the system's own Slurm.
# cred_expire is how long a requeued job has to wait before it may start again.
CONFIGURATION = """\
ClusterName=parsum
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
AuthType=auth/munge
AuthInfo=socket={root}/run/munge.socket,cred_expire=5
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
SlurmUser={user}
SlurmdUser={user}
StateSaveLocation={root}/state
SlurmdSpoolDir={root}/spool/%n
TmpFS={root}/tmp/%n
SlurmctldPidFile={root}/run/slurmctld.pid
SlurmdPidFile={root}/run/%n.pid
SlurmctldLogFile={root}/log/slurmctld.log
SlurmdLogFile={root}/log/%n.log
MailProg=/bin/true
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
MpiDefault=pmix
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
ReturnToService=2
SlurmdTimeout=10
KillWait=5
MinJobAge=3600
JobRequeue=1
SlurmdParameters=config_overrides
SchedulerParameters=batch_sched_delay=0,sched_interval=2,bf_interval=2
"""
NODE = ("NodeName={name} NodeHostname={host} NodeAddr=127.0.0.1 Port={port} CPUs={cpus} Boards=1 "
        "SocketsPerBoard=1 CoresPerSocket={cpus} ThreadsPerCore=1 RealMemory=1000\n")
PARTITION = "PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP\n"


def started(pid):
    """When the process was started, in ticks of the kernel; None if it has ended."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else int(fields[19])


def environment_of(pid):
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            return dict(entry.partition("=")[::2]
                        for entry in file.read().decode(errors="replace").split("\0"))
    except OSError:
        return {}


def parent_of(pid):
    with contextlib.suppress(OSError), open(f"/proc/{pid}/stat") as file:
        return int(file.read().rpartition(")")[2].split()[1])
    return 0


def name_of(pid):
    with contextlib.suppress(OSError), open(f"/proc/{pid}/comm") as file:
        return file.read().strip()
    return ""


def processes():
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def wait_until(what, seconds, condition):
    """Waits for the condition, and returns what it came to."""
    end = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {seconds} s")
        time.sleep(0.1)


def free_ports(count):
    """The first of `count` free ports in a row."""
    for first in range(20000 + os.getpid() % 5000, 32000, count):
        with contextlib.ExitStack() as stack:
            try:
                for port in range(first, first + count):
                    stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
            except OSError:
                continue
            return first
    raise OSError(f"no {count} free ports in a row")


class Cluster:
    """Nodes n1, n2, ...; `root` is a directory of its own, which a later cluster may use again."""

    def __init__(self, root, nodes, cpus):
        self.root = os.path.abspath(root)
        self.nodes = [f"n{k}" for k in range(1, nodes + 1)]
        self.cpus = cpus
        self.configuration = os.path.join(self.root, "slurm.conf")
        self.environment = {
            **os.environ, "PATH": PATH, "SLURM_CONF": self.configuration,
            # As root, Open MPI wants to be told twice; and all nodes are on the loopback device.
            "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
            "OMPI_MCA_btl_tcp_if_include": "lo", "OMPI_MCA_oob_tcp_if_include": "lo",
        }
        if nodes > 1:
            # It names a rank's shared memory after the host and the rank's place on its node, so
            # ranks of several nodes on one host would share what is not theirs. Without that, two
            # ranks of one node do not connect, in any MPI program: jobs have one rank a node here.
            self.environment["OMPI_MCA_btl"] = "tcp,self"

    def path(self, *parts):
        return os.path.join(self.root, *parts)

    # ---- beginning and end ----

    def __enter__(self):
        if os.geteuid() != 0:
            raise PermissionError("the tests on a cluster need root: slurmd starts jobs as users")
        self.stop()
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        for part in ("state", "spool", "log", "run", "tmp"):
            subprocess.run(["rm", "-rf", self.path(part)], check=True)
            os.makedirs(self.path(part))
        self.write_configuration()
        with open(self.path("munge.key"), "wb") as file:
            os.chmod(file.fileno(), 0o400)
            file.write(os.urandom(1024))
        run = self.path("run", "munge")
        self.start_daemon("munged", run + ".pid",
                          ["munged", "--force", f"--key-file={self.path('munge.key')}",
                           f"--socket={run}.socket", f"--pid-file={run}.pid",
                           f"--log-file={self.path('log', 'munged.log')}",
                           f"--seed-file={run}.seed", "--num-threads=2"])
        self.start_daemon("slurmctld", self.path("run", "slurmctld.pid"), ["slurmctld"])
        for node in self.nodes:
            self.start_node(node)
        wait_until("idle nodes", START_SECONDS, lambda: self.client(
            "sinfo", "-h", "-t", "idle", "-o", "%D", check=False).strip() == str(len(self.nodes)))

    def write_configuration(self):
        host = socket.gethostname().partition(".")[0]
        port = free_ports(len(self.nodes) + 1)
        user = "root"
        with open(self.configuration, "w") as file:
            file.write(CONFIGURATION.format(host=host, port=port, root=self.root, user=user))
            for k, node in enumerate(self.nodes, 1):
                os.makedirs(self.path("spool", node))
                os.makedirs(self.path("tmp", node))
                file.write(NODE.format(name=node, host=host, port=port + k, cpus=self.cpus))
            file.write(PARTITION)
        with open(self.path("cgroup.conf"), "w") as file:
            file.write("CgroupPlugin=cgroup/v1\n")  # slurmd looks at it even if it uses none

    def start_daemon(self, name, pid_file, command):
        """Starts a daemon, which leaves its number in pid_file, and notes it."""
        with contextlib.suppress(FileNotFoundError):
            os.remove(pid_file)
        log = self.path("log", name + ".start")
        with open(log, "wb") as file:
            subprocess.run(command, env=self.environment, stdin=subprocess.DEVNULL, stdout=file,
                           stderr=file, timeout=START_SECONDS, check=True)

        def number():
            with contextlib.suppress(FileNotFoundError, ValueError), open(pid_file) as file:
                return int(file.read())
            return None
        pid = wait_until(f"{name}, see {log}", START_SECONDS, number)
        with open(self.path("daemons"), "a") as file:
            file.write(f"{name} {pid} {started(pid)}\n")

    def start_node(self, node):
        self.start_daemon(node, self.path("run", node + ".pid"), ["slurmd", "-N", node])

    def daemons(self):
        """Name and number of each noted daemon that is alive."""
        found = []
        with contextlib.suppress(FileNotFoundError), open(self.path("daemons")) as file:
            for line in file:
                name, pid, start = line.split()
                if started(int(pid)) == int(start):
                    found.append((name, int(pid)))
        return found

    def stop(self):
        """Ends jobs, then daemons, those of an earlier cluster in this directory too."""
        if any(name == "slurmctld" for name, _ in self.daemons()):
            with contextlib.suppress(subprocess.TimeoutExpired, TimeoutError):
                self.client("scancel", "--user=root", check=False)
                wait_until("the end of all jobs", 10,
                           lambda: not self.client("squeue", "-h", check=False).strip())
        for number in (signal.SIGTERM, signal.SIGKILL):
            for _, pid in self.daemons():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)
            with contextlib.suppress(TimeoutError):
                wait_until("the end of the daemons", 5, lambda: not self.daemons())
                break
        self.kill_steps(None)
        with contextlib.suppress(FileNotFoundError):
            os.remove(self.path("daemons"))

    # ---- clients and nodes ----

    def client(self, *command, check=True, timeout=CLIENT_SECONDS, **changes):
        """Runs a client of the cluster and returns its standard output."""
        done = subprocess.run(list(map(str, command)), env={**self.environment, **changes},
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=timeout, check=False)
        if check and done.returncode != 0:
            raise AssertionError(f"{command}: status {done.returncode}: {done.stderr}")
        return done.stdout

    def tasks(self, node=None):
        """The processes of all jobs' tasks on a node, or on all of them."""
        found = []
        for pid in processes():
            environment = environment_of(pid)
            if (environment.get("SLURM_CONF") == self.configuration and
                    environment.get("SLURMD_NODENAME") in (self.nodes if node is None else [node])):
                found.append(pid)
        return found

    def kill_steps(self, node):
        """Kills all tasks at once, and the slurmstepd's that watch them."""
        for pid in self.tasks(node):
            watcher = parent_of(pid)
            for victim in (watcher, pid):
                if victim == pid or name_of(watcher).startswith("slurmstepd"):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(victim, signal.SIGKILL)

    def kill_node(self, node):
        """What a power failure does to it."""
        for name, pid in self.daemons():
            if name == node:
                os.kill(pid, signal.SIGKILL)
        self.kill_steps(node)
        for part in ("spool", "tmp"):  # a reboot leaves no sockets behind
            subprocess.run(["rm", "-rf", self.path(part, node)], check=True)
            os.makedirs(self.path(part, node))

    def logs(self):
        """The last lines of the daemons' logs, for a failure's message."""
        return subprocess.run(["tail", "-n", "15", *(self.path("log", name) for name in
                                                     sorted(os.listdir(self.path("log"))))],
                              capture_output=True, text=True, check=False).stdout
