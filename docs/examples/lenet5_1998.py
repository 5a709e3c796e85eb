"""LeNet-5 as published in 1998: 60 000 trainable parameters and 340 908 connections, as the paper says.

LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition", Proceedings of the IEEE.
Four things set it apart from the network that is taught under its name: the input has one channel; the subsampling
layers have a coefficient and a bias for each map; a filter of C3 sees only some of the six maps; and the output
compares its 84 inputs with ten fixed codes.
"""

from paramcalc import Conv2D, Dense, Flatten, Input, Model, Pool

# Six filters of C3 see three maps of S2, nine see four, and one sees all six
MAPS_SEEN = (3,) * 6 + (4,) * 9 + (6,)

lenet5_1998 = Model(
    [
        Input((32, 32, 1)),
        Conv2D(6, 5, activation="tanh", name="C1"),
        Pool(2, mode="average", use_scale=True, use_bias=True, name="S2"),
        Conv2D(16, 5, activation="tanh", connection_table=MAPS_SEEN, name="C3"),
        Pool(2, mode="average", use_scale=True, use_bias=True, name="S4"),
        Conv2D(120, 5, activation="tanh", name="C5"),
        Flatten(),
        Dense(84, activation="tanh", name="F6"),
        Dense(10, use_bias=False, trainable=False, name="output"),
    ],
    name="lenet5_1998",
)

if __name__ == "__main__":
    print(lenet5_1998.summary().to_text(["layer", "output_shape", "trainable_params", "non_trainable_params"]))
    print()
    print(f"{'layer':8}{'connections':>12}")
    for row in lenet5_1998.summary().rows:
        print(f"{row.name:8}{row.layer.connections(row.in_shape):>12,}")
    print(f"{'total':8}{lenet5_1998.connections():>12,}")
    print()
    print(lenet5_1998["C3"].explain((14, 14, 6)).to_text(full=True))
