"""The whole table, of four points."""

from otter.test_files import test_case

OK_FORMAT = False
name = "q2"
points = 4


@test_case()
def test_table(table: object) -> None:
    from reference import MODEL

    from paramcalc.testing import assert_summary

    assert_summary(MODEL, table, reveal=False)
