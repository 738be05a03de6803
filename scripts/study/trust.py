"""What speaks against the numbers: said beside them, not left to the reader to find."""

SPREAD_MOST = 0.10
SHORTEST = 0.010
OTHER_LOAD_MOST = 0.10  # of the CPUs
NOTE, WARNING = "note", "warning"


def judge(rows, machine, load_at_start, fits):
    """[(level, text)], warnings first. `rows` are those of summary.build, `machine` that of
    machine.describe, `fits` {"amdahl": Fit or None, "usl": ...}."""
    found = _of_runs(rows) + _of_machine(rows, machine, load_at_start) + _of_fits(fits)
    return sorted(found, key=lambda item: item[0] != WARNING)


def _name(row):
    return "%s %s on %d" % (row["study"], row["schedule"], row["threads"])


def _listed(names):
    return ", ".join(names[:4]) + (" and %d more" % (len(names) - 4) if len(names) > 4 else "")


def _of_runs(rows):
    found = []
    scaling = [row for row in rows if row["study"] != "size"]
    wide = ["%s (%.0f%%)" % (_name(row), 100 * row["spread"])
            for row in scaling if row["spread"] > SPREAD_MOST]
    if wide:
        found.append((WARNING, "Runs of the same point differ by more than 10%% (interquartile "
                      "range over median): %s. Something else used the machine, or its clock "
                      "changed; measure again." % _listed(wide)))
    short = [_name(row) for row in scaling if row["median_s"] < SHORTEST]
    if short:
        found.append((WARNING, "Runs shorter than 10 ms measure starting up as much as adding up: "
                      "%s. Give more terms, or --lengthen." % _listed(short)))
    fast = [_name(row) for row in scaling if row["efficiency_lo"] > 1.02]
    if fast:
        found.append((WARNING, "Faster than the ideal: %s. The one-thread runs were slowed down by "
                      "something that the others were not." % _listed(fast)))
    few = [row for row in rows if row["runs"] < 5]
    if few:
        found.append((WARNING, "%d points have fewer than 5 runs; the study is not finished."
                      % len(few)))
    return found


def _of_machine(rows, machine, load_at_start):
    found = []
    usable = machine["cpus_usable"]
    limit = usable
    if machine["quota_cpus"] is not None and machine["quota_cpus"] < usable:
        limit = machine["quota_cpus"]
        found.append((NOTE, "A control group grants %.3g CPUs' worth of time, fewer than the %d "
                      "CPUs that may be used." % (limit, usable)))
    most = max((row["threads"] for row in rows), default=1)
    if most > limit:
        found.append((WARNING, "Up to %d threads shared %.3g CPUs: points with more threads than "
                      "CPUs measure the scheduler. The fits leave them out." % (most, limit)))
    elif machine["cores"] is not None and most > machine["cores"]:
        found.append((NOTE, "Beyond %d threads, two share a core (SMT), so the speedup of those "
                      "points cannot be expected to be ideal." % machine["cores"]))
    busy = [row for row in rows if row["other_cpus"] is not None
            and row["other_cpus"] > OTHER_LOAD_MOST * usable]
    if busy:
        worst = max(row["other_cpus"] for row in busy)
        found.append((WARNING, "Other programs, or other guests of the host, kept up to %.1f of %d "
                      "CPUs busy during the runs (median of a point)." % (worst, usable)))
    if load_at_start > 0.25 * usable:
        found.append((WARNING, "The load average was %.2f on %d CPUs when the study began."
                      % (load_at_start, usable)))
    governors = [name for name in machine["governors"] if name != "performance"]
    if governors:
        found.append((WARNING, "The frequency governor is %s, not performance: the clock may "
                      "change with the load." % ", ".join(governors)))
    elif not machine["governors"]:
        found.append((NOTE, "The frequency governor cannot be seen from here."))
    if machine["virtual"]:
        found.append((NOTE, "A virtual machine: its CPUs may be threads of a core, and the "
                      "host may take them away for a while."))
    if machine["turbo"] == "on":
        found.append((NOTE, "Turbo is on: one busy core may run at a higher clock than many, which "
                      "looks like a serial share."))
    return found


def _of_fits(fits):
    found = []
    amdahl = fits.get("amdahl")
    if amdahl is not None and not amdahl.tested:
        found.append((NOTE, "Two thread counts determine Amdahl's law whatever they are: the "
                      "serial share says the speedup in other words and tests nothing."))
    for fit, name in ((amdahl, "Amdahl's law"), (fits.get("usl"), "The scalability law")):
        if fit is not None and fit.tested and fit.misfit > 0.05:
            found.append((NOTE, "%s misses a point by %.0f%%: do not extrapolate with it."
                          % (name, 100 * fit.misfit)))
    if amdahl is not None and amdahl.contention_interval[1] < 0:
        found.append((NOTE, "The serial share comes out below 0, which no program has: more "
                      "threads ran at a better rate each than one alone."))
    if amdahl is not None and amdahl.contention > 1:
        found.append((NOTE, "The serial share comes out above 100%, which no program has: more "
                      "threads were slower than one."))
    return found
