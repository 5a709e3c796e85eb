"""The parameters of the convolution, of one point."""

from otter.test_files import test_case

OK_FORMAT = False
name = "q1"
points = 1


@test_case()
def test_conv_params(conv_params: object) -> None:
    from reference import MODEL

    from paramcalc.testing import assert_params

    assert_params(MODEL["conv1d"], (41, 1), conv_params, reveal=False)
