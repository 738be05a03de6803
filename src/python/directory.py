"""directory.py --below PREFIX: where below the prefix this Python looks for packages; nothing if nowhere.
directory.py --otherwise PREFIX: where it would look if that were its own prefix."""
import os
import site
import sys

option, prefix = sys.argv[1], os.path.realpath(sys.argv[2])
if option == "--otherwise":
    print("lib/python%d.%d/site-packages" % sys.version_info[:2])
else:
    for place in [*site.getsitepackages(), site.getusersitepackages()]:
        below = os.path.relpath(os.path.realpath(place), prefix)
        if below.startswith("lib"):  # /usr/local is below /usr, and has a prefix of its own
            print(below)
            break
