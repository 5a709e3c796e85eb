"""LeNet-5 as published in 1998: 60 000 trainable parameters and 340 908 connections, as the paper says.

The network itself is paramcalc/zoo/lenet.py, which says what sets it apart from the one that is taught under its name.
"""

from paramcalc import zoo

lenet5_1998 = zoo.lenet5_1998()

if __name__ == "__main__":
    print(lenet5_1998.summary().to_text(["layer", "output_shape", "trainable_params", "non_trainable_params"]))
    print()
    print(f"{'layer':8}{'connections':>12}")
    for row in lenet5_1998.summary().rows:
        print(f"{row.name:8}{row.layer.connections(row.in_shape):>12,}")
    print(f"{'total':8}{lenet5_1998.connections():>12,}")
    print()
    print(lenet5_1998["C3"].explain((14, 14, 6)).to_text(full=True))
