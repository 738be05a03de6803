"""The checks of what cpack makes: packages of Debian's, which are installed in a system of their own,
and the source as a tarball, which is built elsewhere."""

import gzip
import os
import pathlib
import platform
import re
import shutil
import subprocess
import tarfile
import tempfile

from checks import check, test
from log import ROOT, Finding

WORK = ROOT / "build" / "check"
PAGE = "usr/share/man/man1/parsum.1.gz"
NO_COMPILER = r"there is no compiler cc here; install one .* PARSUM_CC, .* --save-term"


def pack(log, config, kind, count):
    """Builds the preset deb and has cpack make as many files that end with `kind` of it."""
    directory = WORK / "packages"
    shutil.rmtree(directory, ignore_errors=True)
    log.run(["scripts/build", "deb"])
    log.run(["cpack", "--config", ROOT / "build" / "deb" / config, "-B", directory])
    made = sorted(directory.glob("*" + kind))
    if len(made) != count:
        raise Finding(f"cpack made {len(made)} files *{kind} in place of {count}")
    return made


def lint(log, packages):
    """Figures of lintian; its errors are a finding."""
    status, output = log.try_run(["lintian", "--fail-on", "error", *packages])
    errors, warnings = (len(re.findall(f"^{c}: ", output, re.M)) for c in "EW")
    if status or errors:
        raise Finding(f"lintian exits with {status} and has {errors} errors")
    return f"lintian: {warnings} warnings"


def archive():
    """The address from which this system has its packages, and the name of its release."""
    name = platform.freedesktop_os_release().get("VERSION_CODENAME")
    listed = subprocess.run(["apt-get", "indextargets", "--format", "$(SITE) $(RELEASE)",
                             "Created-By: Packages"], capture_output=True, text=True, check=False)
    for line in listed.stdout.splitlines():
        site, _, release = line.partition(" ")
        if release == name:
            return site, name
    raise Finding("apt names no archive of this system's release")


def remove_chroot(log, directory):
    """Removes what debootstrap made, and first what it may have left mounted there; where that
    cannot be done nothing is removed."""
    with open("/proc/self/mounts", encoding="utf-8") as file:
        mounted = [line.split()[1] for line in file]
    for path in reversed(mounted):
        if path.startswith(f"{directory}/"):
            log.run(["umount", path])
    log.run(["rm", "-rf", "--one-file-system", directory])


def files(chroot):
    """All that is in the chroot, but what programs that ran there keep for themselves."""
    found = {os.path.relpath(os.path.join(path, name), chroot)
             for path, folders, names in os.walk(chroot) for name in folders + names}
    return {name for name in found if not name.startswith(("tmp/", "var/log/", "proc/", "sys/"))}


def inside(log, chroot, command):
    """Runs a command in the chroot, with an environment of its own; returns status and output."""
    path = "PATH=/usr/sbin:/usr/bin:/sbin:/bin"
    return log.try_run(["chroot", chroot, "env", "-i", path, *command])


def expect(log, chroot, command, status, pattern):
    got, output = inside(log, chroot, command)
    if got != status or not re.search(pattern, output):
        raise Finding(f"{' '.join(command)} exits with {got}, or does not say what it should")


def try_installed(log, chroot):
    """What somebody does who has just installed the packages, on a system without a compiler."""
    expect(log, chroot, ["python3", "-c", "import parsum; print(parsum.fsum([1e100, 1, -1e100]))"], 0, r"^1.0\n$")
    expect(log, chroot, ["parsum", "10", "20"], 0,
           r"Run #1, sum is: 45\nRun #2, sum is: 190\nTime took using omp is \S+ sum is 235\n")
    expect(log, chroot, ["parsum", "-e", "i*i", "10"], 1, NO_COMPILER)
    log.run([ROOT / "build" / "deb" / "parsum", "-e", "i*i", "--save-term",
             chroot / "tmp" / "square.so"])
    expect(log, chroot, ["parsum", "-q", "-f", "/tmp/square.so", "10"], 0, r"sum is 285\n")
    if b"\n.TH PARSUM 1 " not in gzip.decompress((chroot / PAGE).read_bytes()):
        raise Finding("the manual page is not one")


def depended_on(log, packages):
    """What the packages depend on, but for each other."""
    listed = "".join(log.run(["dpkg-deb", "--field", package, "Depends"]) for package in packages)
    names = set(re.findall(r"(?:^|, )([a-z0-9.+-]+)", listed, re.M))
    return sorted(names - {package.name.partition("_")[0] for package in packages})


def install(log, packages):
    """Installs the packages in a new system, which has what they depend on and little else, tries them,
    and removes them again."""
    site, release = archive()
    names = [package.name.partition("_")[0] for package in packages]
    # Outside of the tree: while debootstrap works, /proc is mounted there, and must not be copied.
    directory = pathlib.Path(tempfile.mkdtemp(prefix="parsum-", dir="/var/tmp"))
    chroot = directory / "system"
    try:
        log.run(["debootstrap", "--variant=minbase", "--include=" + ",".join(depended_on(log, packages)),
                 release, chroot, site])
        for package in packages:
            shutil.copy(package, chroot / "tmp")
        before = files(chroot)
        expect(log, chroot, ["dpkg", "--install", *(f"/tmp/{package.name}" for package in packages)], 0,
               "Setting up python3-parsum")
        added = len(files(chroot) - before)
        try_installed(log, chroot)
        expect(log, chroot, ["dpkg", "--purge", *names], 0, "Removing parsum")
        left = sorted(files(chroot) ^ before)
        log.say("\n".join(left))
    finally:
        remove_chroot(log, directory)
    if left:
        raise Finding(f"dpkg --purge leaves {len(left)} files, such as {left[0]}")
    return f"installed on {release}, {added} files, none left"


@check("package", "cpack, lintian; .debs installed in a new system, removed",
      needs=["dpkg-shlibdeps", "file", "lintian", "debootstrap"], group="full")
def run_package(log, _):
    packages = pack(log, "CPackConfig.cmake", ".deb", 4)
    linted = lint(log, packages)
    if os.geteuid() != 0:
        log.left_out.append("the packages' installation, which needs root")
        return linted
    return f"{linted}; {install(log, packages)}"


def compare_with_git(log, names):
    """The tarball has what git has, or would add: no more, so no rubbish, and no less."""
    listed = log.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"])
    expected = {name for name in listed.split("\0") if name and os.path.lexists(ROOT / name)}
    for name in sorted(names ^ expected):
        log.say(f"{name}: {'not of git' if name in names else 'left out'}")
    if names != expected:
        raise Finding(f"{len(names - expected)} files that git does not have, "
                      f"{len(expected - names)} left out")


@check("tarball", "cpack: source, built and tested elsewhere")
def run_tarball(log, _):
    path, = pack(log, "CPackSourceConfig.cmake", ".tar.gz", 1)
    top = path.name.removesuffix(".tar.gz")
    with tempfile.TemporaryDirectory() as directory:
        with tarfile.open(path) as tar:
            names = {member.name for member in tar if not member.isdir()}
            tar.extractall(directory)
        if any(not name.startswith(top + "/") for name in names):
            raise Finding(f"not everything lies in {top}")
        if (ROOT / ".git").exists():
            compare_with_git(log, {name.removeprefix(top + "/") for name in names})
        tested = test(log, "release", ["-R", "^(unit|cli)[.]"], cwd=os.path.join(directory, top))
        return f"{len(names)} files, {tested}"
