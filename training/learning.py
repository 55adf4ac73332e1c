"""Teaches a head with CTC, which needs to know what a line says but not where."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from torch import nn

from training.features import CHANNELS, Sample
from training.head import Head
from training.measure import Probabilities

_AT_ONCE = 64
_SPAN = 16
"""Batches that are sorted by length together: little is filled up, and chance remains."""
_RATE = 2.5e-3
_NOISE = 0.02
_STEEPEST = 5.0


def learn(
    lines: Sequence[Sample],
    characters: Sequence[str],
    epochs: int,
    rng: np.random.Generator,
    told: Callable[[int, float, Head], None],
) -> Head:
    """Return a head that has seen every line a number of times.

    Args:
        lines: What to learn from; all teachable.
        characters: What the head tells apart, without the blank.
        epochs: How often each line is seen.
        rng: Orders the lines.
        told: Called after each epoch with its number from 1, its mean loss and the head.
    """
    torch.manual_seed(0)
    torch.set_num_threads(1)
    head, size = Head(characters), min(_AT_ONCE, len(lines))
    ctc = nn.CTCLoss(blank=0, zero_infinity=True)
    best = torch.optim.AdamW(head.parameters(), lr=_RATE, weight_decay=1e-3)
    total = epochs * (len(lines) // size) + 1
    pace = torch.optim.lr_scheduler.OneCycleLR(best, _RATE, total_steps=total, pct_start=0.1)
    classes = {character: index for index, character in enumerate(characters, 1)}
    for epoch in range(1, epochs + 1):
        head.train()
        losses: list[float] = []
        for batch in _batches(lines, size, rng):
            features, steps, targets, lengths = _stacked(batch, classes)
            seen = features + torch.randn_like(features) * _NOISE
            loss = ctc(head(seen).transpose(0, 1), targets, steps, lengths)
            best.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(head.parameters(), _STEEPEST)
            best.step()
            pace.step()
            losses.append(loss.item())
        head.eval()
        told(epoch, float(np.mean(losses)), head)
    return head


def reads(head: Head, features: Probabilities) -> Probabilities:
    """Return the probabilities of one line, [steps, classes], from [steps, CHANNELS]."""
    with torch.no_grad():
        answer = head(torch.from_numpy(features)[None])
    return np.asarray(answer[0].exp().numpy(), np.float32)


def _batches(
    lines: Sequence[Sample], size: int, rng: np.random.Generator
) -> Iterator[Sequence[Sample]]:
    """Yield full batches of lines of similar length, in any order."""
    order = [lines[int(index)] for index in rng.permutation(len(lines))]
    spans = (order[at : at + size * _SPAN] for at in range(0, len(order), size * _SPAN))
    batches = [
        ordered[at : at + size]
        for ordered in (sorted(span, key=lambda line: len(line.features)) for span in spans)
        for at in range(0, len(ordered), size)
    ]
    full = [batch for batch in batches if len(batch) == size]
    return (full[int(index)] for index in rng.permutation(len(full)))


def _stacked(batch: Sequence[Sample], classes: dict[str, int]) -> tuple[torch.Tensor, ...]:
    """Return features filled up to the longest line, their steps, and the classes to read."""
    steps = [len(line.features) for line in batch]
    features = torch.zeros(len(batch), max(steps), CHANNELS)
    for row, line in zip(features, batch, strict=True):
        row[: len(line.features)] = torch.from_numpy(line.features.astype(np.float32))
    targets = [classes[character] for line in batch for character in line.text]
    lengths = [len(line.text) for line in batch]
    return features, torch.tensor(steps), torch.tensor(targets), torch.tensor(lengths)
