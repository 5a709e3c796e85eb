"""The benchmark measures what its page says, and fails when it should. Nothing here asserts a time."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from benchmark import BEGIN, PAGE, ROWS, Result, figure_text, main, ratio_text, table, words
from benchmarks import alone
from benchmarks.measuring import FEWEST_PAIRS, Measured, Row, Sides, agreeing, times

COUNTED = (
    "<!-- the list is made from ROWS in tests/benchmark.py: python -m pytest --overwrite-golden writes it anew -->\n\n"
)


def row(name: str, budget: float, *, needs: tuple[str, ...] = (), of_memory: bool = False) -> Row:
    """A row whose sides both sum a list."""
    side = partial(sum, range(1_000))
    return Row(name, "Sums.", "Sums, too.", lambda _: Sides(side, side), budget, needs, of_memory=of_memory)


HELD, NOT_HELD, MISSING = row("held", 1e9), row("not-held", 1e-9), row("missing", 1e9, needs=("no_such_module",))


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """As few pairs as there may be."""
    monkeypatch.setattr("benchmarks.measuring.SECONDS", 0)
    monkeypatch.setattr("benchmarks.measuring.SHORTEST", 0)


class TestThePage:
    def test_says_what_both_sides_of_each_row_do(self, golden_part: Callable[[Path, str, str, str], None]) -> None:
        golden_part(PAGE, COUNTED, words(ROWS), "\n\n## ")

    def test_has_the_rows_and_the_budgets_of_the_command(self) -> None:
        """The figures are those of a machine, and change when the command writes them."""
        _, _, written = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in written.splitlines() if "|" in line]
        at_most = lines[0].index("at most")
        expected = [(f"`{row.name}`", ratio_text(row.budget)) for row in ROWS]
        assert [(line[0], line[at_most]) for line in lines[2:]] == expected

    def test_has_no_row_that_was_not_measured(self) -> None:
        assert "NOT MEASURED" not in PAGE.read_text(encoding="utf-8")


class TestTheCommand:
    @pytest.mark.parametrize(
        ("rows", "arguments", "status"),
        [
            ([HELD], [], 0),
            ([HELD, NOT_HELD], [], 1),
            ([HELD, NOT_HELD], ["held"], 0),
            ([HELD, MISSING], [], 1),
            ([HELD, MISSING], ["held"], 0),
            ([HELD, MISSING], ["missing"], 1),
        ],
    )
    def test_fails_where_a_row_is_not_held_or_not_measured(
        self, rows: list[Row], arguments: list[str], status: int, tmp_path: Path
    ) -> None:
        assert main(arguments, rows, tmp_path / "page.md") == status

    def test_says_loudly_what_is_missing(self, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
        main([], [HELD, MISSING], tmp_path / "page.md")
        printed = capsys.readouterr()
        assert "NOT MEASURED: no no_such_module" in printed.out
        assert "missing NOT MEASURED: it needs no_such_module" in printed.err

    def test_writes_the_page_from_the_mark_on(self, tmp_path: Path) -> None:
        page = tmp_path / "page.md"
        page.write_text(f"# Above\n\n{BEGIN}an old table\n", encoding="utf-8")
        main(["--write"], [HELD], page)
        text = page.read_text(encoding="utf-8")
        assert text.startswith(f"# Above\n\n{BEGIN}")
        assert "| `held` |" in text
        assert "an old table" not in text

    @pytest.mark.parametrize("arguments", [["--write", "held"], ["hold"]])
    def test_refuses_what_makes_no_sense(self, arguments: list[str], tmp_path: Path) -> None:
        with pytest.raises(SystemExit) as refused:
            main(arguments, [HELD], tmp_path / "page.md")
        assert refused.value.code == 2

    def test_does_not_write_a_table_that_lacks_a_row(self, tmp_path: Path) -> None:
        page = tmp_path / "page.md"
        page.write_text(BEGIN, encoding="utf-8")
        assert main(["--write"], [HELD, MISSING], page) == 1
        assert page.read_text(encoding="utf-8") == BEGIN


class TestMeasuring:
    def test_the_ratio_is_the_median_of_the_pairs(self) -> None:
        """Not the ratio of the medians: the two sides of a pair are slowed down together."""
        found = Measured((1.0, 30.0, 8.0), (1.0, 10.0, 4.0))
        assert found.ratio == 2
        assert found.half == (1.5, 2.5)

    def test_both_sides_run_equally_often_and_take_turns_to_begin(self) -> None:
        order: list[str] = []
        times(Sides(lambda: order.append("ours"), lambda: order.append("theirs")))
        assert order[:2] == ["ours", "theirs"]  # which does not count
        pairs = [tuple(order[at : at + 2]) for at in range(2, len(order), 2)]
        assert len(pairs) == FEWEST_PAIRS
        assert pairs[:2] == [("ours", "theirs"), ("theirs", "ours")]

    def test_figures_stay_with_their_side(self, monkeypatch: pytest.MonkeyPatch) -> None:
        figures = {"ours": 1.0, "theirs": 2.0}
        monkeypatch.setattr("benchmarks.measuring.seconds", lambda side, *_: figures[side()])
        assert times(Sides(lambda: "ours", lambda: "theirs")) == [(1.0, 2.0)] * FEWEST_PAIRS

    def test_memory_is_what_a_side_has_at_a_time(self, tmp_path: Path) -> None:
        sides = Sides(lambda: bytearray(3_000_000), lambda: bytearray(1_000_000))
        found = row("memory", 1, of_memory=True)._replace(prepare=lambda _: sides).measured(tmp_path)
        assert found.ratio == pytest.approx(3, rel=0.01)

    def test_sides_that_differ_are_not_measured(self) -> None:
        with pytest.raises(SystemExit, match="1 and 2"):
            agreeing(lambda: 1, lambda: 2)

    @pytest.mark.parametrize(
        ("figure", "of_memory", "expected"),
        [(2e-5, False, "20 µs"), (0.0123, False, "12.3 ms"), (1.5, False, "1.5 s"), (945.4, True, "945 B")],
    )
    def test_figures_have_units(self, figure: float, of_memory: bool, expected: str) -> None:
        assert figure_text(row("one", 1, of_memory=of_memory), figure) == expected
        many = row("many", 1, of_memory=of_memory)._replace(parts=10, part="layer")
        assert figure_text(many, 10 * figure) == f"{expected} a layer"

    def test_ratios_below_one_are_parts(self) -> None:
        assert [ratio_text(ratio) for ratio in (20, 1.247, 0.05)] == ["20", "1.25", "1 / 20"]

    def test_columns_stand_under_each_other(self) -> None:
        lines = table([Result(HELD, Measured((1.0,), (2.0,))), Result(MISSING, None)]).splitlines()
        assert len({len(line) for line in lines}) == 1


@pytest.mark.parametrize("length", [1, 10])
def test_the_bare_loops_come_to_what_models_come_to(length: int, tmp_path: Path) -> None:
    """Else a row would compare two things; the command itself asks it of every row."""
    alone.chain_against_loop(length, tmp_path)
    alone.graph_against_loop(2 * length, tmp_path)


@pytest.mark.parametrize("row", [row for row in alone.ROWS if row.parts <= 1_000], ids=lambda row: row.name)
def test_rows_that_need_nothing_can_be_measured(row: Row, tmp_path: Path) -> None:
    found = row.measured(tmp_path)
    assert len(found.ratios) == (1 if row.of_memory else FEWEST_PAIRS)
    assert all(ratio > 0 for ratio in found.ratios)


def test_names_are_different() -> None:
    assert len({row.name for row in ROWS}) == len(ROWS)
