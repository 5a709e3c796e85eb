"""A network on sequences, with its total running from weight array to weight array."""

from paramcalc import Conv1D, Dense, Dropout, Flatten, Input, Model, Pool

one_dimensional = Model(
    [
        Input((41, 1)),
        Conv1D(64, 3, padding="same", activation="relu"),
        Pool(2),
        Flatten(),
        Dense(128, activation="relu"),
        Dropout(0.5),
        Dense(5, activation="softmax"),
    ],
    name="one_dimensional",
)

if __name__ == "__main__":
    columns = ["layer", "output_shape", "weight_shapes", "params", "running_params_by_weight"]
    print(one_dimensional.summary().to_text(columns))
    print()
    print("41 positions make 20 pairs, and one position is left over:")
    print(one_dimensional["pool"].explain((41, 64)))
