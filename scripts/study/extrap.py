"""The runs as Extra-P reads them: JSON Lines, an object a point, with all of its times.

Extra-P (https://github.com/extra-p/extrap) fits performance models to such files. Its parameters
are `p`, the threads, and `n`, the terms; the callpath is the schedule.
"""

import json


def write(path, runs):
    """Writes the points of the strong, weak and size studies, warm-up left out. A metric that no
    run of a point has is left out there."""
    points = {}
    for row in runs:
        if row["round"] > 0 and row["study"] != "grain":
            points.setdefault((row["schedule"], row["threads"], row["terms"]), []).append(row)
    with open(path, "w", encoding="utf-8") as file:
        for (schedule, threads, terms), rows in sorted(points.items()):
            metrics = {"time": [row["seconds"] for row in rows],
                       "useful": [sum(row["busy_seconds"]) for row in rows if row["busy_seconds"]]}
            for metric, values in metrics.items():
                if values:
                    file.write(json.dumps({"params": {"p": threads, "n": terms},
                                           "callpath": schedule, "metric": metric,
                                           "value": values}) + "\n")
