"""The assignment: "Fill in the output shape and the parameters of every layer of this network." It is the teacher's."""

from paramcalc import Conv1D, Dense, Dropout, Flatten, Input, Model, Pool

MODEL = Model(
    [
        Input((41, 1)),
        Conv1D(64, 3, padding="same"),
        Pool(2),
        Flatten(),
        Dense(128),
        Dropout(0.5),
        Dense(5),
    ],
    name="one_dimensional",
)
