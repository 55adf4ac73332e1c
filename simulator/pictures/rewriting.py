"""Prompt rewriting: what BFL's flex does to a prompt unless it is told not to."""

from collections.abc import Mapping

from simulator.orders import Order

_FLOURISH = " Crisp commercial photograph, refined composition, rich and luminous colours."


def rewritten(order: Order, scenario: Mapping[str, str], seed: int) -> str:
    """Return the prompt that is really run.

    With `prompt_upsampling` on, words are added around the copy. The fault `upsampled_prompt`
    changes the copy too, which is what a client must notice.
    """
    prompt = order.prompt
    if "upsampled_prompt" in scenario:
        head, quote, rest = prompt.partition('"')
        copy, end, tail = rest.partition('"')
        if quote and end:
            prompt = f'{head}"{_embellished(copy, seed)}"{tail}'
    return prompt + _FLOURISH if order.upsample or "upsampled_prompt" in scenario else prompt


def _embellished(copy: str, seed: int) -> str:
    return f"{copy.rstrip('.!')} {('today', 'now', 'for you')[seed % 3]}!"
