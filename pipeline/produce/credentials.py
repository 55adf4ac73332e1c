"""Content Credentials (C2PA): a signed record in the file of how the picture came about.

Off unless a certificate and its key are named. The signature is made over the finished file, so
it comes last, before the proof; it changes no pixel. Two signatures of one picture differ, so a
picture that is made on two machines may have two names.
"""

import io
import json
import pathlib
from collections.abc import Mapping
from types import ModuleType

import PIL.Image
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from pipeline.errors import ToolMissingError
from pipeline.plan.variants import Variant
from pipeline.produce.marking import TYPES, prompt_sha256, source_type

CERTIFICATE, KEY = "PROOFPRESS_C2PA_CERTIFICATE", "PROOFPRESS_C2PA_KEY"
"""Variables that name the files: the certificate with its chain, and its private key, as PEM."""

_CREATIVE = "urn.x-proofpress.creative"


class Credentials:
    """Signs files.

    Args:
        certificate: The certificate with its chain, leaf first, as PEM.
        key: Its private key, as PEM without a password.

    Raises:
        ToolMissingError: If c2pa-python is not installed, or cannot sign with these.
    """

    def __init__(self, certificate: bytes, key: bytes) -> None:
        self._c2pa = _library()
        try:
            told = self._c2pa.C2paSignerInfo(_algorithm(key), certificate, key, None)
            self._signer = self._c2pa.Signer.from_info(told)
        except (self._c2pa.C2paError, ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise _unable(error) from None
        self._signed(_probe(), _claim("probe", f"{TYPES}algorithmicMedia"))  # certificates too

    def sign(self, content: bytes, variant: Variant) -> bytes:
        """Return a JPEG with its credentials.

        Args:
            content: The finished file.
            variant: What it shows.

        Raises:
            ToolMissingError: If it cannot be signed.
        """
        claim = _claim(variant.key, source_type(variant), _creative(variant))
        return self._signed(content, claim)

    def _signed(self, content: bytes, claim: Mapping[str, object]) -> bytes:
        signed = io.BytesIO()
        try:
            context = self._c2pa.Context.from_dict({"builder": {"thumbnail": {"enabled": False}}})
            with self._c2pa.Builder(json.dumps(claim), context) as builder:
                builder.sign(self._signer, "image/jpeg", io.BytesIO(content), signed)
        except self._c2pa.C2paError as error:
            raise _unable(error) from None
        return signed.getvalue()


def read_credentials(files: tuple[pathlib.Path, pathlib.Path] | None) -> Credentials | None:
    """Return what signs, with a certificate and a key from files; None if none are named.

    Raises:
        ToolMissingError: If a file cannot be read, or nothing can be signed with it.
    """
    if files is None:
        return None
    try:
        certificate, key = (file.read_bytes() for file in files)
    except OSError as error:
        raise ToolMissingError(
            f"{error.filename} cannot be read ({error.strerror}); {CERTIFICATE} and {KEY} name "
            "the files of the content credentials"
        ) from None
    return Credentials(certificate, key)


def _probe() -> bytes:
    out = io.BytesIO()
    PIL.Image.new("RGB", (8, 8)).save(out, "JPEG")
    return out.getvalue()


def _library() -> ModuleType:
    try:
        import c2pa  # noqa: PLC0415 - 50 MB that only those who sign need
    except ImportError:
        raise ToolMissingError(
            "content credentials need c2pa-python; `pip install 'proofpress[c2pa]'`"
        ) from None
    found: ModuleType = c2pa
    return found


def _algorithm(key: bytes) -> bytes:
    """Return the name of the signature algorithm that a key is for, as C2PA has it.

    Raises:
        ValueError: If it is for none of C2PA's.
    """
    private = load_pem_private_key(key, password=None)
    if isinstance(private, ec.EllipticCurvePrivateKey):
        sizes = {256: b"es256", 384: b"es384", 521: b"es512"}
        if private.curve.key_size in sizes:
            return sizes[private.curve.key_size]
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return b"ed25519"
    if isinstance(private, rsa.RSAPrivateKey):
        return b"ps256"
    raise ValueError("the key is for no algorithm of C2PA")


def _claim(title: str, source: str, creative: Mapping[str, str] | None = None) -> dict[str, object]:
    created = {"action": "c2pa.created", "digitalSourceType": source}
    assertions: list[object] = [{"label": "c2pa.actions", "data": {"actions": [created]}}]
    assertions += [{"label": _CREATIVE, "data": dict(creative)}] if creative else []
    return {
        "claim_generator_info": [{"name": "Proofpress"}],
        "title": title,
        "assertions": assertions,
    }


def _creative(variant: Variant) -> dict[str, str]:
    return {
        "creative": variant.key,
        "fingerprint": variant.fingerprint,
        "prompt_sha256": prompt_sha256(variant),
    }


def _unable(error: Exception) -> ToolMissingError:
    return ToolMissingError(
        f"the content credentials cannot be signed ({error}); look at {CERTIFICATE} and {KEY}"
    )
