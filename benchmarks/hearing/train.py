"""Trains the networks that hear the bars, on grooves drawn and rendered here.

``uv run --group benchmark --with torch python benchmarks/hearing/train.py --out bar_positions.npz``

Some 1,000 grooves are rendered through two soundfonts and seen as the analysis sees them, on a
pulse that is a little astray, then two networks are trained from different beginnings; on two
cores that takes a quarter of an hour. What comes out takes the place of
``engine/audio/bar_positions.npz`` only if ``benchmarks/hearing.py`` and ``benchmarks/analysis.py``
say that it hears better. No piece by another composer is among what it is trained on.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

import numpy as np  # noqa: E402
import torch  # noqa: E402
from numpy.typing import NDArray  # noqa: E402

from engine.audio.bar_positions import (  # noqa: E402
    N_LAYERS,
    N_NETWORKS,
    POSITIONS,
    SLOTS_PER_BEAT,
    slot_features,
    slots_of,
    standardized_features,
)
from engine.audio.decoding import ANALYSIS_RATE_HZ, decode_mono  # noqa: E402
from engine.audio.spectra import compute_features  # noqa: E402
from hearing.corpus import SOUNDFONTS, render  # noqa: E402
from hearing.grooves import draw_groove  # noqa: E402

N_BANDS, N_INPUTS, WIDTH, TAPS = 8, 12, 24, 5
SLOTS, BATCH = 192, 32
STRAY_S, TREMBLE_S = 0.008, 0.004
"""How far a pulse lies from the beats, and its beats from an even pulse."""

type Example = tuple[NDArray[np.float32], int]


class Net(torch.nn.Module):
    """The network that ``engine.audio.bar_positions`` computes in numpy."""

    def __init__(self) -> None:
        super().__init__()
        widths = [N_INPUTS] + [WIDTH] * (N_LAYERS - 1)
        self.layers = torch.nn.ModuleList(
            torch.nn.Conv1d(width, WIDTH, TAPS, padding=TAPS // 2 * 2**depth, dilation=2**depth)
            for depth, width in enumerate(widths)
        )
        self.out = torch.nn.Conv1d(WIDTH, POSITIONS, 1)
        self.drop = torch.nn.Dropout(0.2)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        """Return scores of shape (batch, POSITIONS, slots)."""
        hidden = torch.relu(self.layers[0](rows))
        for layer in self.layers[1:]:
            hidden = hidden + torch.relu(layer(self.drop(hidden)))
        return self.out(hidden)


def main() -> int:
    """Draw, render, train, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--grooves", type=int, default=1000)
    parser.add_argument("--steps", type=int, default=1300)
    options = parser.parse_args()
    torch.set_num_threads(1)  # so small a network is only slowed down by more
    with TemporaryDirectory() as folder:
        examples = [
            example
            for seed in range(options.grooves)
            for example in make_examples(seed, Path(folder))
        ]
    weights: dict[str, NDArray[np.float16]] = {}
    for member in range(N_NETWORKS):
        net = train(examples, steps=options.steps, seed=member)
        weights |= weights_of(net, member)
    np.savez_compressed(options.out, **weights)
    return 0


def make_examples(seed: int, folder: Path) -> list[Example]:
    """Return what is seen of a groove on two pulses, and its first bar's first beat."""
    groove = draw_groove(seed)
    score, sound = folder / "groove.mid", folder / "groove.wav"
    groove.midi.save(score)
    render(score, sound, soundfont=SOUNDFONTS[seed % len(SOUNDFONTS)])
    features = compute_features(decode_mono(sound, min_s=1), sample_rate_hz=ANALYSIS_RATE_HZ)
    random, examples = np.random.default_rng(seed), []
    for _ in range(2):
        tremble_s = random.normal(0, TREMBLE_S, len(groove.beats_s))
        beats_s = np.array(groove.beats_s) + random.normal(0, STRAY_S) + tremble_s
        examples.append((slot_features(features, slots_of(beats_s)), groove.first_bar))
    return examples


def train(examples: list[Example], *, steps: int, seed: int) -> Net:
    """Return a network trained on random stretches of the examples."""
    torch.manual_seed(seed)
    random, net = np.random.default_rng(seed), Net()
    optimizer = torch.optim.AdamW(net.parameters(), weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=steps)
    for step in range(steps):
        rows, positions = draw_batch(examples, random)
        scores = net(torch.from_numpy(rows))
        loss = torch.nn.functional.cross_entropy(
            scores, torch.from_numpy(positions), ignore_index=-1
        )
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if step % 100 == 0:
            print(f"network {seed}, step {step}: {loss.item():.3f}", flush=True)
    return net


def draw_batch(
    examples: list[Example], random: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return stretches heard through other rooms: bands louder or softer, noise, one cue lost."""
    rows = np.zeros((BATCH, N_INPUTS, SLOTS), np.float32)
    positions = np.full((BATCH, SLOTS), -1, np.int64)
    for index in range(BATCH):
        seen, first_bar = examples[random.integers(len(examples))]
        length = min(len(seen), SLOTS)
        start = int(random.integers(len(seen) - length + 1))
        part = seen[start : start + length].copy()
        part[:, :N_BANDS] *= np.exp(random.normal(0, 0.25, N_BANDS)).astype(np.float32)
        noise = random.normal(0, random.uniform(0, 0.04), (length, N_BANDS))
        part[:, :N_BANDS] += np.abs(noise).astype(np.float32)
        part = standardized_features(part)
        if random.random() < 0.3:
            part[:, random.integers(N_INPUTS)] = 0
        rows[index, :, :length] = part.T
        slots = np.arange(start, start + length)
        positions[index, :length] = (slots - SLOTS_PER_BEAT * first_bar) % POSITIONS
    return rows, positions


def weights_of(net: Net, member: int) -> dict[str, NDArray[np.float16]]:
    """Return a network's weights by the names that ``bar_positions.py`` reads."""

    def stored(tensor: torch.Tensor) -> NDArray[np.float16]:
        return tensor.detach().numpy().astype(np.float16)

    weights = {
        f"{member}_kernel_out": stored(net.out.weight)[:, :, 0].T,
        f"{member}_bias_out": stored(net.out.bias),
    }
    for depth, layer in enumerate(net.layers):
        weights[f"{member}_kernel_{depth}"] = stored(layer.weight).transpose(2, 1, 0)
        weights[f"{member}_bias_{depth}"] = stored(layer.bias)
    return weights


if __name__ == "__main__":
    sys.exit(main())
