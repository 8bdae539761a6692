"""Prints how long building and asking take, side by side in one run. Nothing is asserted.

python -m benchmarks                       everything, in about an hour
python -m benchmarks build --plans 1 4     the steps of a build, ours and the reference
python -m benchmarks commands pages        commands of the bundled plan; a page with and without the cache
python -m benchmarks bundled generated     requests per second beside other servers
"""

from __future__ import annotations

import argparse

from benchmarks import building, serving


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    every = ("build", *serving.PARTS)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(every)}; without any, all of them")
    building.add_options(parser)
    given = parser.parse_args()
    if unknown := set(given.parts) - set(every):
        parser.error(f"There is no part {', '.join(sorted(unknown))}; the parts are {', '.join(every)}.")
    parts = given.parts or every
    if "build" in parts:
        building.measure(given)
    if set(serving.PARTS) & set(parts):
        serving.measure(parts)


if __name__ == "__main__":
    main()
