"""One network, three totals: each is right for the network that it describes.

The question that this network comes from mixes three readings up. Side by side they differ in padding, in a Flatten,
and in whether pooling has weights; each difference is named with what it costs.
"""

from paramcalc import Conv2D, Dense, Flatten, Input, Layer, Model, Pool

as_coded = Model(
    [
        Input((100, 100, 1)),
        Conv2D(60, 7, padding="same"),
        Conv2D(100, 5, padding="same"),
        Pool(2),
        Dense(250),
        Dense(200),
    ],
    name="as coded",
)


def flattened(name: str, pool: Pool) -> Model:
    """The network of the printed summary, with this pooling."""
    layers: list[Layer] = [Input((100, 100, 1)), Conv2D(60, 7), Conv2D(100, 5), pool, Flatten(), Dense(250), Dense(200)]
    return Model([*layers, Dense(1)], name=name)


as_printed = flattened("as printed", Pool(2))
with_pooling_weights = flattened("with pooling weights", Pool(2, use_scale=True, use_bias=True))

if __name__ == "__main__":
    for model in (as_coded, as_printed, with_pooling_weights):
        print(model.summary())
        print()
    first_dense = as_coded["dense"].params((50, 50, 100)), as_printed["dense"].params((202_500,))
    print("Why they differ:")
    print("- padding: 'same' keeps 100 × 100, 'valid' leaves 94 × 94 and then 90 × 90; no parameter comes or goes.")
    print(f"- Flatten: without it a dense layer works on the last axis alone, {first_dense[0]:,} parameters;")
    print(f"  with it every one of 45 × 45 × 100 numbers has its own weights, {first_dense[1]:,}.")
    print(f"- a last Dense(1): {as_printed['dense_2'].params((200,)):,} more.")
    pooling = with_pooling_weights["pool"].params((90, 90, 100))
    print(f"- pooling with a coefficient and a bias for each of its 100 maps, as LeNet-5 had it: {pooling:,} more.")
