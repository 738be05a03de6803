"""Reads a trace that parsum wrote (Chrome trace events): who worked on which job, when."""

import collections
import gzip
import json

# thread: 0, 1, ... in the order of the trace's processes and their tids; begin and end in seconds since the trace's
# origin; job: its run number.
Event = collections.namedtuple("Event", "thread begin end job terms")

ROUNDING = 2.5e-9  # seconds; begin and length are each rounded to a nanosecond at best


def read(path):
    """The trace's events, by thread and time. ValueError if it is no trace of parsum's."""
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8") as file:
        document = json.load(file)
    listed = document["traceEvents"] if isinstance(document, dict) else document
    raw = [event for event in listed if event.get("ph") == "X"]
    threads = {(event.get("pid", 0), event["tid"]) for event in listed
               if event.get("ph") == "X" or event.get("name") == "thread_name"}
    order = {thread: place for place, thread in enumerate(sorted(threads))}
    events = []
    for event in raw:
        begin, length = float(event["ts"]) * 1e-6, float(event["dur"]) * 1e-6
        if length < 0:
            raise ValueError("an event of negative length at %g s" % begin)
        events.append(Event(order[event.get("pid", 0), event["tid"]], begin, begin + length, int(event["args"]["job"]),
                            int(event["args"]["terms"])))
    return sorted(events)


def from_first(events):
    """The same events, with times that count from the beginning of the first. A trace's clock begins
    before the threads are started, the `seconds` of a run after that."""
    first = min((event.begin for event in events), default=0.0)
    return [event._replace(begin=event.begin - first, end=event.end - first) for event in events]


def check(events):
    """ValueError if a thread works on two things at once."""
    for before, after in zip(events, events[1:]):
        if before.thread == after.thread and after.begin < before.end - ROUNDING:
            raise ValueError("thread %d: the event at %.9f s begins before that of %.9f s ends"
                             % (after.thread, after.begin, before.begin))


def busy(events):
    """Seconds of work by thread."""
    seconds = collections.defaultdict(float)
    for event in events:
        seconds[event.thread] += event.end - event.begin
    return dict(seconds)


def merge(events, gap):
    """Joins neighbours of one job on one thread that are at most `gap` seconds apart, since a
    picture cannot show such gaps anyway."""
    merged = []
    for event in events:
        last = merged[-1] if merged else None
        if (last and last.thread == event.thread and last.job == event.job
                and event.begin - last.end <= gap):
            merged[-1] = last._replace(end=max(last.end, event.end), terms=last.terms + event.terms)
        else:
            merged.append(event)
    return merged
