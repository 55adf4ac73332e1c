"""Alerts: puts the automations of `flows/automations/` into a Prefect server.

    python -m flows.alerts --webhook              the address is in PROOFPRESS_ALERT_WEBHOOK
    python -m flows.alerts --block sendgrid-email/ops    a block made in Prefect, e-mail for one

It may be run again at any time: what is there by its name is brought up to date.
"""

import os
import pathlib
from collections.abc import Iterable, Mapping
from typing import Any

import click
import yaml
from prefect.blocks.abstract import NotificationBlock
from prefect.blocks.core import Block
from prefect.blocks.webhook import Webhook
from prefect.client.orchestration import get_client
from prefect.events.schemas.automations import AutomationCore

from pipeline.errors import ProofpressError, UsageError
from pipeline.publish.retire import checked_address

FOLDER = pathlib.Path(__file__).with_name("automations")
ALERTS, ZOMBIES = FOLDER / "alerts.yaml", FOLDER / "zombies.yaml"
WEBHOOK = "PROOFPRESS_ALERT_WEBHOOK"
"""Variable of the environment that holds the address; it may hold a secret, so it is no option."""
_BLOCK = "proofpress-alerts"


def automations(file: pathlib.Path, tell: Mapping[str, Any] | None = None) -> list[AutomationCore]:
    """Return the automations of a file.

    Args:
        file: One of `flows/automations/`.
        tell: What takes the place of an action `tell`; its templates have a `%s` for the text.
    """
    tree = yaml.safe_load(file.read_text("utf-8"))
    for automation in tree["automations"]:
        automation["actions"] = [_action(one, tell) for one in automation["actions"]]
    return [AutomationCore.model_validate(one) for one in tree["automations"]]


def _action(action: Mapping[str, Any], tell: Mapping[str, Any] | None) -> dict[str, Any]:
    if action["type"] != "tell":
        return dict(action)
    told = {"type": "do-nothing"} if tell is None else tell
    text = str(action["text"])
    return {key: str(one).replace("%s", text) for key, one in told.items()}


def install(wanted: Iterable[AutomationCore]) -> list[str]:
    """Put automations into the server and return their names; those of the name are replaced."""
    names = []
    with get_client(sync_client=True) as client:
        for automation in wanted:
            known = client.read_automations_by_name(automation.name)
            for one in known[1:]:
                client.delete_automation(one.id)
            if known:
                client.update_automation(known[0].id, automation)
            else:
                client.create_automation(automation)
            names.append(automation.name)
    return names


def webhook(address: str) -> dict[str, Any]:
    """Keep an address in the server and return the action that posts `{"text": …}` there.

    Slack, Mattermost, Teams and most others understand that.

    Raises:
        UsageError: If it is no address, or would go over the network in the clear.
    """
    block = Webhook(method="POST", url=checked_address(address))
    kept = block.save(_BLOCK, overwrite=True)
    payload = '{% set text %}%s{% endset %}{"text": {{ text | tojson }}}'
    return {"type": "call-webhook", "block_document_id": str(kept), "payload": payload}


def notification(named: str) -> dict[str, Any]:
    """Return the action that tells through a notification block, such as `slack-webhook/ops`.

    Raises:
        UsageError: If there is no such block, or it notifies nobody.
    """
    try:
        block = Block.load(named)
    except ValueError as error:
        raise UsageError(f"there is no block {named}; make it in Prefect's UI first") from error
    if not isinstance(block, NotificationBlock):
        raise UsageError(f"{named} notifies nobody; name one such as sendgrid-email/ops")
    kept = str(block._block_document_id)  # noqa: SLF001 - nothing public has it
    return {
        "type": "send-notification",
        "block_document_id": kept,
        "subject": "Proofpress",
        "body": "%s",
    }


@click.command()
@click.option("--webhook", "by_webhook", is_flag=True, help=f"Post to the address in {WEBHOOK}.")
@click.option("--block", default="", help="Notify through this block, such as slack-webhook/ops.")
def main(*, by_webhook: bool, block: str) -> None:
    """Put Proofpress's automations into the Prefect server of PREFECT_API_URL."""
    if by_webhook is bool(block):
        raise click.UsageError("say either --webhook or --block")
    try:
        tell = webhook(os.environ.get(WEBHOOK, "")) if by_webhook else notification(block)
        for name in install([*automations(ALERTS, tell), *automations(ZOMBIES)]):
            click.echo(name)
    except ProofpressError as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main()
