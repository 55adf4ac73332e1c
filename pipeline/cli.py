"""The command line: `proofpress --help` lists what it does."""

import os
import sys
from typing import NoReturn

import click

from pipeline.commands import campaigns, editing, messages, money, outside, proofs
from pipeline.commands.ending import complain
from pipeline.errors import ExitCode, ProofpressError
from pipeline.observe.lines import set_up, speaks_json

SECTIONS: dict[str, tuple[click.Command, ...]] = {
    "Creatives": (
        campaigns.check,
        campaigns.plan,
        campaigns.preview,
        campaigns.run,
        campaigns.serve,
        campaigns.stop,
    ),
    "Campaign files": (editing.new, editing.set_, editing.diff),
    "Translators": (messages.messages,),
    "Outside": (outside.review, outside.live),
    "Proof": (proofs.proof, proofs.selftest, proofs.verify, proofs.gallery),
    "Money": (money.spend, money.halt, money.simulate),
    "This machine": (proofs.doctor,),
}
"""All commands, under the headings of the help."""


class Sections(click.Group):
    """A group whose help lists its commands under headings, in the order of use."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands into the help."""
        del ctx
        width = formatter.width - 16
        for heading, commands in SECTIONS.items():
            with formatter.section(heading):
                rows = [(str(one.name), one.get_short_help_str(width)) for one in commands]
                formatter.write_dl(rows)


@click.group(
    cls=Sections,
    commands=[command for commands in SECTIONS.values() for command in commands],
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="proofpress")
def cli() -> None:
    """Campaign YAML in, localised and proofread ad creatives out.

    Start with: proofpress run campaigns/*.yaml
    """


def main() -> NoReturn:
    """Run the command line and end the process with the exit code of what happened.

    After an error the process ends at once: no thread at work, or waiting for a Prefect server,
    may hold it.
    """
    try:
        set_up(os.environ)
        cli(standalone_mode=False)
    except ProofpressError as error:
        complain(str(error))
        _abandon(error.exit_code)
    except click.ClickException as error:
        complain(error.format_message()) if speaks_json() else error.show()
        _abandon(ExitCode.CAMPAIGN)
    except (KeyboardInterrupt, click.Abort):
        complain("interrupted; what was finished is kept, run again to go on")
        _abandon(ExitCode.INTERRUPTED)
    sys.exit(ExitCode.ACCEPTED)


def _abandon(code: int) -> NoReturn:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
