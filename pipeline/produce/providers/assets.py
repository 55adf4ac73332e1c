"""Assets: files that Runflow is given before it is asked to use them.

Three steps (https://docs.runflow.io/guides/upload-large-files): ask for a place, PUT the bytes
there without the key, confirm. The names inside the answers are not published, so the likely
ones are all read.
"""

import threading
from collections.abc import Callable
from typing import Any

from pipeline.produce.providers.calls import Calls
from pipeline.produce.providers.encoding import file_name
from pipeline.produce.providers.protocol import (
    NotAcceptedError,
    OutcomeUnknownError,
    TransientError,
)
from pipeline.produce.providers.replies import safe_id
from pipeline.produce.providers.whole import media_type_of

_KEPT = 3600.0
"""Seconds for which an uploaded file's address is used again; the vendor's lives about 7 days."""


class Assets:
    """Uploads each file once and remembers its address.

    Args:
        base: Runflow's API.
        calls: Calls it.
        clock: Monotonic seconds.
    """

    def __init__(self, base: str, calls: Calls, clock: Callable[[], float]) -> None:
        self._base = base
        self._calls = calls
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, str]] = {}

    def url_of(self, sha256: str, content: bytes) -> str:
        """Return an address under which Runflow finds a file.

        Args:
            sha256: Hash of the bytes.
            content: The bytes of a PNG, JPEG or WebP.

        Raises:
            NotAcceptedError: If the file was not taken; the request that needs it was not sent.
        """
        with self._lock:
            uploaded, url = self._known.get(sha256, (0.0, ""))
            if not url or self._clock() - uploaded > _KEPT:
                url = self._upload(sha256, content)
                self._known[sha256] = (self._clock(), url)
            return url

    def _upload(self, sha256: str, content: bytes) -> str:
        kind = media_type_of(content) or "image/png"
        asked = {
            "filename": file_name(sha256[:16], kind),
            "content_type": kind,
            "size_bytes": len(content),
        }
        try:
            place = self._post("asset-uploads", asked)
            name = safe_id(place.get("asset_id") or place.get("id"))
            target = place.get("upload_url") or place.get("url")
            if name is None or not isinstance(target, str):
                raise NotAcceptedError("runflow gave no place for an upload", retry=True)
            headers = place.get("headers")
            given = headers if isinstance(headers, dict) else {}
            self._calls.open.put(
                target, content, {"Content-Type": kind} | {k: str(v) for k, v in given.items()}
            )
            kept = self._post(f"asset-uploads/{name}/confirmations", {})
        except (TransientError, OutcomeUnknownError) as error:
            # An upload that went wrong costs nothing: the run that needs it was not asked for.
            raise NotAcceptedError(str(error), retry=True) from None
        url = kept.get("url") or kept.get("ref")
        if not isinstance(url, str):
            raise NotAcceptedError("runflow gave an upload no address", retry=True)
        return url

    def _post(self, path: str, tree: object) -> dict[str, Any]:
        return self._calls.submitted(self._calls.submit(f"{self._base}/{path}", tree))
