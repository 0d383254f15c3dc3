"""The faults of fault_server.py as tables: what the server does, and what `hitscope fetch` must make of it.

By hand: python3 fault_catalogue.py [--port N] [--for SECONDS]   prints a catalogue of all faults and serves them.
"""

import argparse
import sys
import time

# Each enters its faults into the tables, in this order.
import fault_resumptions  # noqa: F401
import fault_throttles  # noqa: F401
import fault_statuses  # noqa: F401
import fault_bodies  # noqa: F401
import fault_protocol  # noqa: F401
import fault_redirects  # noqa: F401
from fault_server import FaultServer
from fault_table import FAULTS, HANDLERS, THROTTLES


def main():
    parser = argparse.ArgumentParser(description="Serves every fault on 127.0.0.1 and prints a catalogue of them.")
    parser.add_argument("--port", type=int, default=0, help="default: any free one")
    parser.add_argument("--for", dest="seconds", type=float, default=600.0, help="seconds to serve, then end")
    options = parser.parse_args()
    with FaultServer(HANDLERS, options.port, options.seconds) as server:
        print("id,url,expected")
        for row in FAULTS + THROTTLES:
            print(f"{row.name},{server.url(row.path, scheme=row.scheme)},{row.kind}", flush=True)
        time.sleep(options.seconds)


if __name__ == "__main__":
    sys.exit(main())
