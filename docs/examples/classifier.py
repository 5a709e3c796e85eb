"""A small image classifier that ends in global average pooling instead of a large dense layer."""

from paramcalc import GAP, Conv2D, Dense, Input, Model, Pool

classifier = Model(
    [
        Input((32, 32, 3)),
        Conv2D(32, 3, padding="same", activation="relu"),
        Pool(2),
        Conv2D(128, 3, padding="same", activation="relu"),
        Conv2D(256, 1, padding="same", activation="relu"),
        GAP(),
        Dense(10, activation="relu"),
        Dense(10, activation="softmax"),
    ],
    name="classifier",
)

if __name__ == "__main__":
    print(classifier.summary().to_text(["layer", "output_shape", "kernel", "params", "params_percent", "macs_percent"]))
    print()
    print(classifier["conv2d"].explain((32, 32, 3)))
