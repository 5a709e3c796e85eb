"""RoBERTa (Liu et al., "RoBERTa: A robustly optimized BERT pretraining approach", 2019).

Knows: what differs from BERT: the vocabulary, and that there is one segment. Must not know: other networks.
"""

from __future__ import annotations

from paramcalc.layers.core import Input
from paramcalc.model import Model
from paramcalc.shapes import Shape
from paramcalc.zoo.bert import BASE, LARGE, Size, embeddings, network


def roberta(size: Size, in_shape: Shape, vocabulary: int, name: str, *, language_model: bool) -> Model:
    """RoBERTa of one size. Two of its 514 positions are never used: counting begins behind that of the padding."""
    tokens, segments = Input(in_shape, name="tokens")(), Input(in_shape, name="segments")()
    x = embeddings(tokens, segments, vocabulary, 514, 1, size.width, name="embeddings")
    return network([tokens, segments], x, size, vocabulary, name, language_model=language_model)


def roberta_base(in_shape: Shape = (512,), vocabulary: int = 50_265, *, language_model: bool = False) -> Model:
    """The encoder with its pooler; or with its language model's head, whose kernel is that of the embeddings.

    The head's bias is its own. Counted as in the authors' release, which transformers has too.

    >>> roberta_base().params(), roberta_base(language_model=True).params()
    (124645632, 124697433)
    """
    return roberta(BASE, in_shape, vocabulary, "roberta_base", language_model=language_model)


def roberta_large(in_shape: Shape = (512,), vocabulary: int = 50_265, *, language_model: bool = False) -> Model:
    """The large encoder, counted as `roberta_base`.

    >>> roberta_large().params()
    355359744
    """
    return roberta(LARGE, in_shape, vocabulary, "roberta_large", language_model=language_model)
