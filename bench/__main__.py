"""`make bench`: how fast the clinic is, as ratios within one run.

A time alone says more about the machine than about the code; a ratio can be compared.

    make bench ARGS="--small"               a tenth of the appointments
    make bench ARGS="--only messages"       one part
"""

import argparse
import os
import sys

import django

from bench import messages, pages, side_by_side, table
from bench.preparing import Failed
from bench.servers import NotServing

PARTS = ("pages", "messages", "side-by-side")


def main() -> int:
    """Measure the parts that the command line asks for."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--small", action="store_true", help="far fewer appointments")
    parser.add_argument("--only", choices=PARTS, help="measure this part alone")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
    django.setup()
    parts = (options.only,) if options.only else PARTS
    if "pages" in parts:
        pages.run()
    try:
        if "messages" in parts:
            messages.run(small=options.small)
        if "side-by-side" in parts:
            table.show(side_by_side.run(small=options.small))
    except (Failed, NotServing) as trouble:
        print(f"Not measured: {trouble}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
