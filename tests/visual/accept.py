"""Take the pictures as they are now for the golden ones: `python -m tests.visual.accept`.

Pictures that do not differ are left as they are. Look at the rest before you commit them.
"""

import sys

import PIL.Image

from benchmarks.wall import Painter
from pipeline.typeset.renderer import TakumiRenderer
from tests.visual.pictures import (
    GOLDEN,
    LOSSLESS,
    MOST,
    chosen,
    compare,
    golden,
    name_of,
    small,
    variant_of,
)


def main() -> int:
    """Rewrite what differs, remove what is no longer asked for."""
    painter = Painter(TakumiRenderer())
    GOLDEN.mkdir(exist_ok=True)
    names = {name_of(*one) for one in chosen()}
    for file in GOLDEN.glob("*.webp"):
        if file.stem not in names:
            file.unlink()
    for one in chosen():
        name = name_of(*one)
        file = GOLDEN / f"{name}.webp"
        new = small(painter, variant_of(*one, painter.renderer.engine))
        worst = compare(new, golden(name)).worst if file.exists() else None
        if worst is not None and worst <= MOST:
            continue
        PIL.Image.fromarray(new).save(file, format="WEBP", **LOSSLESS)
        sys.stdout.write(f"{name}: {'new' if worst is None else f'differed by {worst:.1f}'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
