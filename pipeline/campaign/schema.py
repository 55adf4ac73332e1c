"""The JSON Schema that lets editors complete campaign files and mark mistakes as they are made."""

import json
from typing import Any

from pipeline.campaign.formats import known_formats
from pipeline.campaign.model import Campaign


def schema_text() -> str:
    """Return the schema as the text of `campaigns/campaign.schema.json`.

    It is made from the model, so the two cannot disagree. An editor reads `8.90` as a number,
    so the schema takes numbers where the model takes their text; it knows the formats by name.
    """
    schema = _without_null(Campaign.model_json_schema(by_alias=True))
    schema["properties"]["formats"]["items"]["enum"] = list(known_formats())
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Proofpress campaign",
        "description": "What to advertise, where, when and in which words",
    }
    return json.dumps({**schema, **head}, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _without_null(node: Any) -> Any:  # noqa: ANN401 - any part of a JSON tree
    """Return a part of the schema without null: a campaign file leaves out what it has not."""
    if isinstance(node, list):
        return [_without_null(item) for item in node if item != {"type": "null"}]
    if not isinstance(node, dict):
        return node
    kept = {key: _without_null(value) for key, value in node.items() if value is not None}
    options = kept.get("anyOf", [])
    if len(options) == 1:
        del kept["anyOf"]
        return {**options[0], **kept}
    return kept
