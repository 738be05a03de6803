"""The scaling study: how parsum scales on a machine, and why it stops.

The data flows through the files in this order:

    options   the command line, into a request
    problem   which jobs of which size, and how parsum is asked to add them up
    machine   where it runs: provenance that the numbers mean nothing without
    sweep     runs every point round by round and keeps every raw time
    trace     a run of each schedule, thread by thread
    stats     medians, quartiles, bootstrap intervals
    fit       Amdahl's law and the universal scalability law
    summary   a row a point; the CSV schema that the charts share
    trust     what speaks against the numbers
    charts    curves, labels and timeline for gnuplot, which draws them
    report    one page that holds it all

Only the standard library is used.
"""
