"""Marking: what a file says of itself, as XMP that channels and archives read.

IPTC's digital source type says how the picture came about; Facebook, for one, labels pictures by
it, and the EU's AI Act (Article 50) wants generated ones marked so that machines can tell. Beside
it stand the hash of the prompt and the fingerprint by which the manifest knows the picture.
Nothing in it changes while the pixels do not, so that files keep their names.
"""

import hashlib
import json
from xml.sax.saxutils import quoteattr

from pipeline.plan.catalogue import STUDIO
from pipeline.plan.routing import TYPESET
from pipeline.plan.variants import Variant

TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
"""IPTC's vocabulary, https://cv.iptc.org/newscodes/digitalsourcetype."""

PACKET = """\
<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about=""
 xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
 xmlns:proofpress="urn:x-proofpress:1"
 xmp:CreatorTool="Proofpress"
 Iptc4xmpExt:DigitalSourceType={source}
 proofpress:PromptSHA256={prompt}
 proofpress:Creative={creative}
 proofpress:Fingerprint={fingerprint}/>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""


def source_type(variant: Variant) -> str:
    """Return the IPTC digital source type of a creative, as an address.

    Drawn by a model alone, drawn by a model with set words, painted by the studio's algorithms,
    or put together from pictures that the campaign brings.
    """
    request = variant.request
    if request.pin:
        return f"{TYPES}composite"
    if request.provider == STUDIO:
        pictured = any(subject.picture for subject in variant.scene.subjects) or variant.logo
        return f"{TYPES}{'composite' if pictured else 'algorithmicMedia'}"
    mixed = variant.logo or TYPESET in variant.lettering.values()
    kind = "compositeWithTrainedAlgorithmicMedia" if mixed else "trainedAlgorithmicMedia"
    return f"{TYPES}{kind}"


def prompt_sha256(variant: Variant) -> str:
    """Return the hash of what the picture was asked for: the prompt, or the studio's backdrop."""
    asked = variant.request.prompt or json.dumps(variant.request.backdrop, sort_keys=True)
    return hashlib.sha256(asked.encode()).hexdigest()


def packet(variant: Variant) -> bytes:
    """Return the XMP packet of a creative's file.

    Args:
        variant: What the file shows.
    """
    said = PACKET.format(
        source=quoteattr(source_type(variant)),
        prompt=quoteattr(prompt_sha256(variant)),
        creative=quoteattr(variant.key),
        fingerprint=quoteattr(variant.fingerprint),
    )
    return said.encode()
