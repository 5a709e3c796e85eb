"""Makes the samples beside it with TensorFlow 2.15, the last to write models as Keras 2 did.

    python -m pip install tensorflow-cpu==2.15.1
    python tests/data/legacy/make.py

Each sample holds what `to_json` wrote, and what this Keras says of each layer: its name, output shape and parameters.
"""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

tf: Any = import_module("tensorflow")
layers = tf.keras.layers


def chain() -> Any:
    """A Sequential that says its input shape in its first layer."""
    return tf.keras.Sequential(
        [
            layers.Conv2D(8, 3, input_shape=(28, 28, 1), activation="relu"),
            layers.BatchNormalization(),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
    )


def open_chain() -> Any:
    """A Sequential on an Input, with axes that are not known, and an Embedding with an input length."""
    return tf.keras.Sequential(
        [
            layers.Embedding(1000, 16, input_length=12),
            layers.Bidirectional(layers.LSTM(8, return_sequences=True)),
            layers.GRU(4),
            layers.Dense(1),
        ]
    )


def operations() -> Any:
    """Operators on tensors, which are layers of their own here."""
    x = layers.Input((16, 16, 3))
    y = layers.Conv2D(3, 3, padding="same")(x)
    y = (y * 2.0 + x - 1.0) / 3.0
    y = tf.nn.relu(y)
    y = tf.math.multiply(y, x)
    return tf.keras.Model(x, layers.GlobalAveragePooling2D()(y))


def shared() -> Any:
    """A shared layer, a shared model, several inputs and outputs."""
    a, b = layers.Input((8, 4), name="left"), layers.Input((8, 4), name="right")
    dense = layers.Dense(4, name="shared")
    inner = tf.keras.Sequential([layers.Dense(5), layers.Dense(4)], name="tower")
    joined = layers.Concatenate()([inner(dense(a)), inner(dense(b))])
    encoded, state = layers.GRU(6, return_state=True, name="encoder")(joined)
    decoded = layers.GRU(6, name="decoder")(a, initial_state=state)
    return tf.keras.Model([a, b], [layers.Add()([encoded, decoded]), joined])


def attention() -> Any:
    """Tensors in arguments that have names."""
    x = layers.Input((10, 16))
    y = layers.MultiHeadAttention(2, 8)(x, value=x, key=x)
    y = layers.LayerNormalization()(layers.Add()([x, y]))
    z = layers.Attention()([y, x])
    return tf.keras.Model(x, layers.GlobalMaxPooling1D()(z))


def nested() -> Any:
    """A model in a model, one of them frozen."""
    x = layers.Input((16, 16, 3))
    y = layers.ZeroPadding2D(1)(x)
    y = layers.SeparableConv2D(4, 3)(y)
    body = tf.keras.Model(x, layers.ReLU(max_value=6.0)(y), name="body")
    body.trainable = False
    z = layers.Input((16, 16, 3))
    head = layers.Reshape((-1, 4))(body(z))
    return tf.keras.Model(z, layers.TimeDistributed(layers.Dense(2))(head))


def facts(layer: Any) -> dict[str, Any]:
    shape = layer.output_shape
    shape = shape[0] if isinstance(layer, layers.InputLayer) else shape
    several = isinstance(shape, list)
    return {
        "name": layer.name,
        "output_shape": [list(each[1:]) for each in shape] if several else list(shape[1:]),
        "params": layer.count_params(),
        "trainable_params": sum(int(tf.size(weight)) for weight in layer.trainable_weights),
    }


for make in (chain, open_chain, operations, shared, attention, nested):
    tf.keras.backend.clear_session()
    model = make()
    sample = {
        "about": make.__doc__,
        "written_by": f"tf.keras of TensorFlow {tf.__version__}",
        "model": json.loads(model.to_json()),
        "layers": [facts(layer) for layer in model.layers],
    }
    path = Path(__file__).with_name(f"{make.__name__}.json")
    path.write_text(json.dumps(sample, indent=1) + "\n", encoding="utf-8")
