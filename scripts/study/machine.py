"""Where a study ran: what somebody needs to know to believe its numbers, and to repeat them.

Nothing here names a user, a directory or an address: a study is made to be shown around.
"""

import glob
import math
import os
import platform
import re
import subprocess


def read(path):
    """A file's text without its last newline, or None."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read().rstrip("\n")
    except OSError:
        return None


def usable_cpus():
    """The CPUs that the process may use: its affinity mask."""
    try:
        return sorted(os.sched_getaffinity(0))
    except AttributeError:
        return list(range(os.cpu_count() or 1))


def _groups(root):
    """{version of the hierarchy: the process's control group in it}."""
    groups = {}
    for line in (read(root + "/proc/self/cgroup") or "").splitlines():
        _, controllers, path = (line.split(":", 2) + ["", ""])[:3]
        if "cpu" in controllers.split(","):
            groups[1] = path
        elif controllers == "":
            groups[2] = path
    return groups


def _mounts(root):
    """(version, where it is mounted, the part of the hierarchy that is mounted there) of each."""
    found = []
    for line in (read(root + "/proc/self/mountinfo") or "").splitlines():
        mount, _, kind = line.partition(" - ")
        words, kind = mount.split(), kind.split()
        if len(words) >= 5 and len(kind) == 3 and kind[0] in ("cgroup", "cgroup2"):
            part, place = (re.sub(r"\\([0-7]{3})", lambda m: chr(int(m[1], 8)), w) for w in words[3:5])
            if kind[0] == "cgroup2":
                found.append((2, place, part))
            elif "cpu" in kind[2].split(","):
                found.append((1, place, part))
    usual = [(1, "/sys/fs/cgroup/cpu", "/"), (2, "/sys/fs/cgroup", "/")]
    return found + [mount for mount in usual if mount[0] not in [version for version, _, _ in found]]


def _quota(directory):
    """CPUs' worth of time that one control group allows, or None."""
    words = (read(directory + "/cpu.max") or "").split() or \
        [read(directory + "/cpu.cfs_quota_us"), read(directory + "/cpu.cfs_period_us")]
    try:
        time, period = (float(word) for word in words)
    except (TypeError, ValueError):
        return None
    return time / period if time > 0 and period > 0 else None


def quota_cpus(root=""):
    """CPUs' worth of time that control groups allow, or None if they set no limit. As in
    src/base/machine_cgroup.c; a test has a tree of its own below `root`."""
    groups, quotas = _groups(root), []
    for version, place, part in _mounts(root):
        path, part = groups.get(version, ""), part.rstrip("/")
        path = path[len(part):] if (path + "/").startswith(part + "/") else ""
        while True:
            quotas.append(_quota(root + place + path))
            if path == "":
                break
            path = path.rpartition("/")[0]
    return min((quota for quota in quotas if quota is not None), default=None)


def limit(usable, quota):
    """How many threads can really run at once on so many CPUs: a quota counted, as parsum does."""
    return usable if quota is None else max(1, min(usable, math.ceil(quota)))


def cpu_limit():
    return limit(len(usable_cpus()), quota_cpus())


def _cpuinfo():
    fields = {}
    for line in (read("/proc/cpuinfo") or "").splitlines():
        name, _, value = line.partition(":")
        if value:
            fields.setdefault(name.strip(), value.strip())
    return fields


def _caches():
    """The first usable CPU's caches: level, type, size, and how many CPUs share one."""
    found = []
    base = "/sys/devices/system/cpu/cpu%d/cache/index*" % usable_cpus()[0]
    for index in sorted(glob.glob(base)):
        shared = read(index + "/shared_cpu_list") or ""
        found.append({"level": int(read(index + "/level") or 0), "type": read(index + "/type"),
                      "size": read(index + "/size"), "shared_by_cpus": shared})
    return found


def _cores(cpus):
    """(physical cores, sockets) among the CPUs."""
    cores, sockets = set(), set()
    for cpu in cpus:
        topology = "/sys/devices/system/cpu/cpu%d/topology/" % cpu
        socket = read(topology + "physical_package_id")
        core = read(topology + "core_id")
        if socket is None or core is None:
            return None, None
        sockets.add(socket)
        cores.add((socket, core))
    return len(cores), len(sockets)


def _numa():
    nodes = {}
    for path in sorted(glob.glob("/sys/devices/system/node/node[0-9]*")):
        nodes[os.path.basename(path)] = read(path + "/cpulist")
    return nodes


def _governors(cpus):
    found = {read("/sys/devices/system/cpu/cpu%d/cpufreq/scaling_governor" % cpu) for cpu in cpus}
    return sorted(name for name in found if name)


def _distribution():
    for line in (read("/etc/os-release") or "").splitlines():
        if line.startswith("PRETTY_NAME="):
            return line.partition("=")[2].strip('"')
    return platform.system()


def _memory_gib():
    match = re.search(r"^MemTotal:\s+(\d+) kB", read("/proc/meminfo") or "", re.MULTILINE)
    return round(int(match.group(1)) / 2**20, 1) if match else None


def openmp_environment():
    """The variables that steer the OpenMP runtime, as they are set."""
    return {name: value for name, value in sorted(os.environ.items())
            if name.startswith(("OMP_", "GOMP_", "KMP_"))}


def describe(name):
    """The machine, as a dictionary that goes into study.json; `name` is what it is called there."""
    cpus = usable_cpus()
    cores, sockets = _cores(cpus)
    info = _cpuinfo()
    turbo = read("/sys/devices/system/cpu/cpufreq/boost")
    no_turbo = read("/sys/devices/system/cpu/intel_pstate/no_turbo")
    if no_turbo is not None:
        turbo = "0" if no_turbo == "1" else "1"
    return {
        "name": name,
        "cpu": info.get("model name") or platform.processor() or platform.machine(),
        "microcode": info.get("microcode"),
        "architecture": platform.machine(),
        "cpus_online": os.cpu_count(),
        "cpus_usable": len(cpus),
        "affinity": cpu_list(cpus),
        "quota_cpus": quota_cpus(),
        "cores": cores,
        "sockets": sockets,
        "caches": _caches(),
        "numa": _numa(),
        "governors": _governors(cpus),
        "turbo": {"0": "off", "1": "on"}.get(turbo or "", None),
        "virtual": "hypervisor" in info.get("flags", "").split(),
        "memory_gib": _memory_gib(),
        "kernel": platform.system() + " " + platform.release(),
        "system": _distribution(),
        "openmp_environment": openmp_environment(),
    }


def cpu_list(cpus):
    """[0, 1, 2, 5] as "0-2,5"."""
    parts, i = [], 0
    while i < len(cpus):
        j = i
        while j + 1 < len(cpus) and cpus[j + 1] == cpus[j] + 1:
            j += 1
        parts.append(str(cpus[i]) if i == j else "%d-%d" % (cpus[i], cpus[j]))
        i = j + 1
    return ",".join(parts)


def load():
    """The load average of the last minute."""
    return os.getloadavg()[0]


def busy_seconds(cpus):
    """Seconds that the CPUs have been busy since boot, or None: work of every process, and time
    that the hypervisor gave to others. Its unit is a clock tick, mostly 10 ms."""
    names = {"cpu%d" % cpu for cpu in cpus}
    ticks, seen = 0, False
    for line in (read("/proc/stat") or "").splitlines():
        words = line.split()
        if words and words[0] in names:
            user, nice, system, _, _, irq, softirq, steal = (int(w) for w in words[1:9])
            ticks += user + nice + system + irq + softirq + steal
            seen = True
    return ticks / os.sysconf("SC_CLK_TCK") if seen else None


def output(arguments, directory=None):
    """What a command prints, stripped, or None if it cannot be run or fails."""
    try:
        done = subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              cwd=directory, check=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", "replace").strip()


def commit(directory):
    """The commit that is checked out there, with "+" if files were changed, or None."""
    head = output(["git", "rev-parse", "--short=12", "HEAD"], directory)
    if head is None:
        return None
    changed = output(["git", "status", "--porcelain", "--untracked-files=no"], directory)
    return head + ("+" if changed else "")
