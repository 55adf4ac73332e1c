"""Content credentials: a signed record in the file, made last, that changes no pixel."""

import datetime as dt
import io
import json
import pathlib
from collections.abc import Callable
from typing import Any

import c2pa
import numpy as np
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from pipeline.errors import ToolMissingError
from pipeline.plan.variants import Variant
from pipeline.produce.credentials import Credentials, read_credentials
from pipeline.produce.finish import decode, encode
from pipeline.produce.marking import packet, source_type

Variants = Callable[..., list[Variant]]
Key = ec.EllipticCurvePrivateKey


def name(common: str) -> x509.Name:
    organisation = x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Juniper Street")
    return x509.Name([organisation, x509.NameAttribute(NameOID.COMMON_NAME, common)])


def certificate(subject: str, key: Key, issuer: Key, *, authority: bool) -> x509.Certificate:
    begin = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    usage = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement"), False
    ) | dict.fromkeys(("encipher_only", "decipher_only"), False)
    built = (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name("Authority"))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + dt.timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True, key_cert_sign=authority, crl_sign=authority, **usage
            ),
            critical=True,
        )
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key()), critical=False
        )
    )
    if not authority:
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        built = built.add_extension(purpose, critical=False)
    return built.sign(issuer, hashes.SHA256())


def pem(key: Key | ed25519.Ed25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


@pytest.fixture(scope="module")
def chain_and_key() -> tuple[bytes, bytes]:
    """Return a certificate with its chain, and its key, made for these tests."""
    authority, own = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    made = (
        certificate("Creatives", own, authority, authority=False),
        certificate("Authority", authority, authority, authority=True),
    )
    chain = b"".join(one.public_bytes(serialization.Encoding.PEM) for one in made)
    return chain, pem(own)


def record_of(content: bytes) -> dict[str, Any]:
    with c2pa.Reader("image/jpeg", io.BytesIO(content)) as reader:
        found: dict[str, Any] = json.loads(reader.json())
    return found


def test_a_signed_file_says_how_it_came_about_and_shows_the_same_pixels(
    variants: Variants, chain_and_key: tuple[bytes, bytes]
) -> None:
    variant, credentials = variants()[0], Credentials(*chain_and_key)
    size = (variant.format.width, variant.format.height)
    picture = np.full((size[1], size[0], 3), 90, np.uint8)
    plain = encode(picture, variant.format, packet(variant))
    signed = encode(
        picture, variant.format, packet(variant), lambda one: credentials.sign(one, variant)
    )
    assert plain is not None
    assert signed is not None
    assert (decode(signed, *size) == decode(plain, *size)).all()
    record = record_of(signed)
    assert record["validation_state"] == "Valid"
    manifest = record["manifests"][record["active_manifest"]]
    said = {one["label"]: one["data"] for one in manifest["assertions"]}
    assert said["urn.x-proofpress.creative"]["fingerprint"] == variant.fingerprint
    (action,) = said["c2pa.actions.v2"]["actions"]
    assert action["digitalSourceType"] == source_type(variant)


def test_a_pixel_changed_after_the_signature_is_noticed(
    variants: Variants, chain_and_key: tuple[bytes, bytes]
) -> None:
    variant = variants()[0]
    picture = np.full((variant.format.height, variant.format.width, 3), 90, np.uint8)
    content = encode(picture, variant.format) or b""
    signed = bytearray(Credentials(*chain_and_key).sign(content, variant))
    signed[-40] ^= 1
    assert record_of(bytes(signed))["validation_state"] == "Invalid"


def test_the_signature_counts_towards_the_weight(
    variants: Variants, chain_and_key: tuple[bytes, bytes]
) -> None:
    variant, credentials = variants()[0], Credentials(*chain_and_key)
    picture = np.zeros((variant.format.height, variant.format.width, 3), np.uint8)
    heavy: list[int] = []

    def signed(content: bytes) -> bytes:
        heavy.append(len(content))
        return credentials.sign(content, variant) + b"\0" * variant.format.most_bytes

    assert encode(picture, variant.format, sign=signed) is None
    assert len(heavy) == 4


@pytest.mark.parametrize("wrong", ["key", "certificate", "algorithm"])
def test_what_cannot_sign_is_refused_before_anything_is_made_and_shows_no_key(
    wrong: str, chain_and_key: tuple[bytes, bytes]
) -> None:
    certificates, key = chain_and_key
    key = {"key": b"no key", "algorithm": pem(ed25519.Ed25519PrivateKey.generate())}.get(wrong, key)
    if wrong == "certificate":
        certificates = b"no certificate"
    with pytest.raises(ToolMissingError, match="PROOFPRESS_C2PA_CERTIFICATE") as caught:
        Credentials(certificates, key)
    assert "PRIVATE" not in str(caught.value)


def test_files_are_read_from_where_they_are_named(
    tmp_path: pathlib.Path, chain_and_key: tuple[bytes, bytes]
) -> None:
    files = (tmp_path / "chain.pem", tmp_path / "key.pem")
    with pytest.raises(ToolMissingError, match=r"chain\.pem cannot be read"):
        read_credentials(files)
    for file, content in zip(files, chain_and_key, strict=True):
        file.write_bytes(content)
    assert read_credentials(files) is not None
    assert read_credentials(None) is None
