"""LeNet-5 as it is taught today: its summary, and where every number of it comes from."""

from paramcalc import Conv2D, Dense, Flatten, Input, Model, Pool

lenet5 = Model(
    [
        Input((32, 32, 3)),
        Conv2D(8, 5, activation="relu"),
        Pool(2),
        Conv2D(16, 5, activation="relu"),
        Pool(2),
        Flatten(),
        Dense(120, activation="relu"),
        Dense(84, activation="relu"),
        Dense(10, activation="softmax"),
    ],
    name="lenet5",
)

if __name__ == "__main__":
    print(lenet5.summary())
    print()
    print(lenet5.explain())
