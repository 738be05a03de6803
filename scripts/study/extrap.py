"""The runs with chunks as Extra-P reads them: JSON Lines, an object a point, with all of its times.

Extra-P (https://github.com/extra-p/extrap) fits performance models to such files. The parameters
are `p`, the threads, and `n`, the terms. It wants every metric at every point, so whole jobs, which
are measured at fewer points, are not among them.
"""

import json


def write(path, runs):
    """Writes the points of the strong, weak and size studies, warm-up left out: `time`, the seconds
    of a run, and `useful`, those of all threads together, where every run tells them."""
    points = {}
    for row in runs:
        if row["round"] > 0 and row["schedule"] == "chunks":
            points.setdefault((row["threads"], row["terms"]), []).append(row)
    metrics = {"time": lambda row: row["seconds"]}
    if all(row["busy_seconds"] for rows in points.values() for row in rows):
        metrics["useful"] = lambda row: sum(row["busy_seconds"])
    with open(path, "w", encoding="utf-8") as file:
        for (threads, terms), rows in sorted(points.items()):
            for metric, value in metrics.items():
                file.write(json.dumps({"params": {"p": threads, "n": terms}, "callpath": "chunks",
                                       "metric": metric, "value": [value(row) for row in rows]})
                           + "\n")
