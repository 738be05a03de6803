"""The mean of the last readings of a sensor, for hours: each reading is added when it comes and
subtracted when it leaves the window. With floats every step leaves an error, and the errors add up;
after one reading that was far off, for good. An exact sum has none.

    python3 moving_mean.py
"""
import random

import parsum

WINDOW, READINGS = 100, 200_000


def readings():
    source = random.Random(1)
    for i in range(READINGS):
        yield 1e17 if i == READINGS // 2 else source.uniform(20, 21)


window, rounded, exact = [], 0.0, parsum.Sum()
for reading in readings():
    window.append(reading)
    rounded += reading
    exact += reading
    if len(window) > WINDOW:
        gone = window.pop(0)
        rounded -= gone
        exact -= gone

print("with floats     ", rounded / WINDOW)
print("with parsum.Sum ", float(exact) / WINDOW)
print("of the window   ", parsum.fsum(window) / WINDOW)
