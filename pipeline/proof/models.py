"""The recognition models that come with the rapidocr wheel; nothing is ever fetched."""

import functools
import hashlib
import importlib.util
import pathlib

import onnxruntime

from pipeline.errors import ToolMissingError


def model_path(name: str) -> pathlib.Path:
    """Return where a bundled model lies.

    Raises:
        ToolMissingError: If the rapidocr wheel or the model in it is missing.
    """
    found = importlib.util.find_spec("rapidocr")
    folder = next(iter(found.submodule_search_locations or []), None) if found else None
    path = pathlib.Path(folder) / "models" / name if folder else None
    if path is None or not path.is_file():
        msg = (
            f"the text model {name} is not installed; it comes with the rapidocr package: "
            "install the locked requirements again (`make run` does)"
        )
        raise ToolMissingError(msg)
    return path


def load_session(path: pathlib.Path) -> onnxruntime.InferenceSession:
    """Return a session on one core that gives memory back after each run.

    Pictures are proofread in parallel, so one picture has no use for several threads.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    providers = ["CPUExecutionProvider"]
    return onnxruntime.InferenceSession(str(path), sess_options=options, providers=providers)


@functools.cache
def version_of(path: pathlib.Path) -> str:
    """Return the model's name with the first 12 hex digits of its SHA-256."""
    return f"{path.stem} {hashlib.sha256(path.read_bytes()).hexdigest()[:12]}"
