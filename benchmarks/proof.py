"""How good the proof is: on pictures that models drew, on what we typeset, and in time.

    python benchmarks/proof.py --labelled DIR [--show]
    python benchmarks/proof.py --typeset 30000 --work DIR [--show]
    python benchmarks/proof.py --time [--images 10000]

Each prints its figures and writes them into its own section of `benchmarks/proof.md`.
"""

import argparse
import os
import pathlib

from benchmarks import labelled, speed, typeset


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--labelled", type=pathlib.Path, metavar="DIR", help="labels.jsonl, images/")
    what.add_argument("--typeset", type=int, metavar="N", help="plant so many errors")
    what.add_argument("--time", action="store_true", help="CPU time, speed and memory")
    parser.add_argument("--work", type=pathlib.Path, metavar="DIR", help="results of --typeset")
    parser.add_argument("--images", type=int, default=0, help="proofs to watch the memory over")
    parser.add_argument("--show", action="store_true", help="print what is judged wrongly")
    options = parser.parse_args()
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")
    if options.labelled:
        labelled.measure(options.labelled, show=options.show)
    elif options.time:
        speed.measure(options.images)
    elif options.work is None:
        parser.error("--typeset writes its results as it goes; name a folder with --work")
    else:
        typeset.measure(options.typeset, options.work, show=options.show)


if __name__ == "__main__":
    main()
