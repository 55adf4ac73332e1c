"""The head in PyTorch: two convolutions over the backbone's features, then the characters."""

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn.functional import linear, silu

from training.features import CHANNELS
from training.jamo import composition

_WIDTH = 192
_REACH = 5
"""Steps that a convolution sees; two of them, one after the other, see 9."""
_DROPOUT = 0.1


class Trunk(nn.Module):
    """From features to what the characters are told from."""

    def __init__(self) -> None:
        super().__init__()
        self.narrow = nn.Linear(CHANNELS, _WIDTH)
        self.norms = nn.ModuleList(nn.LayerNorm(_WIDTH) for _ in range(2))
        self.looks = nn.ModuleList(
            nn.Conv1d(_WIDTH, _WIDTH, _REACH, padding=_REACH // 2) for _ in range(2)
        )
        self.drop = nn.Dropout(_DROPOUT)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Return shape [lines, steps, width] for features of shape [lines, steps, CHANNELS]."""
        seen = silu(self.narrow(features))
        for norm, look in zip(self.norms, self.looks, strict=True):
            seen = seen + self.drop(silu(look(norm(seen).transpose(1, 2)).transpose(1, 2)))
        return seen


class Head(nn.Module):
    """Tells characters apart; a Hangul syllable is the sum of its letters and a rest of its own.

    A syllable that was hardly ever seen is so read from letters seen in a thousand others.

    Args:
        characters: What it tells apart, without the blank.
    """

    def __init__(self, characters: Sequence[str]) -> None:
        super().__init__()
        table = torch.from_numpy(composition(characters))
        self.trunk = Trunk()
        self.own = nn.Linear(_WIDTH, len(table))
        self.parts = nn.Linear(_WIDTH, table.shape[1])
        self.register_buffer("table", table)
        if table.any():
            nn.init.zeros_(self.own.weight)
            nn.init.zeros_(self.own.bias)

    def weights(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Return weight and bias of each class, those of its letters included."""
        weight = self.own.weight + self.table @ self.parts.weight
        return weight, self.own.bias + self.table @ self.parts.bias

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Return logarithms of probabilities, shape [lines, steps, classes].

        Args:
            features: Shape [lines, steps, CHANNELS].
        """
        return linear(self.trunk(features), *self.weights()).log_softmax(-1)


class Reader(nn.Module):
    """A learned head as the proof uses it: letters and rests summed up once and for all.

    Args:
        head: The head, done learning.
    """

    def __init__(self, head: Head) -> None:
        super().__init__()
        weight, bias = head.weights()
        self.trunk = head.trunk
        self.out = nn.Linear(weight.shape[1], weight.shape[0])
        self.out.weight, self.out.bias = (nn.Parameter(one.detach()) for one in (weight, bias))

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Return probabilities, shape [1, steps, classes], for shape [1, CHANNELS, 1, steps]."""
        return self.out(self.trunk(features.squeeze(2).transpose(1, 2))).softmax(-1)
