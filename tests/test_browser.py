"""What a person sees: pictures and notebooks' pages in a real browser, in light and in dark.

Screenshots stay in build/screenshots/, to be looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from shutil import which
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from test_documentation import TOP
from test_notebook import REPORT, TestDifferences
from test_pictures import BLOCK, EVERY, LENET
from test_summary import HOSTILE

from paramcalc import GAP, Conv2D, Conv3D, Dense, Model, diff, zoo

SCREENSHOTS = TOP / "build" / "screenshots"
BROWSER = "chromium"
SCHEMES = ("light", "dark")
LONG_NAMES = Model(
    [*(Dense(3, name=letter * 300) for letter in "WM@%mOé"), Model([Dense(3)], name="畳" * 300)],
    in_shape=(3,), name="W" * 300,
)  # fmt: skip
DEEP = Model([Dense(4)], in_shape=(4,))
for level in range(20):
    DEEP = Model([Dense(4), DEEP], in_shape=(4,), name=f"level{level}")
PICTURES: dict[str, tuple[Model, int | None]] = {
    "lenet5": (LENET, 1),
    "vgg16": (zoo.vgg16(), None),
    "residual-block": (BLOCK, 1),
    "every-shape": (EVERY, None),
    "resnet50": (zoo.resnet50(), 1),
    "resnet50-opened": (zoo.resnet50(), None),
    "hostile": (HOSTILE, 1),
    "long-names": (LONG_NAMES, None),
    "deep": (DEEP, None),
    "huge": (Model([Conv3D(2**40, 3), GAP(), Dense(2**62)], in_shape=(2**40, 2**20, 2**10, 3), name="huge"), 1),
    "inception": (zoo.inception_v3(), None),
    "transformer": (zoo.transformer_base(), 1),
    "unet": (zoo.unet(), None),
}
PAGES: dict[str, Any] = {
    "notebook-lenet5": LENET,
    "notebook-resnet50": zoo.resnet50().summary(depth=2),
    "notebook-explanation": Conv2D(8, 5, 2, "same").explain((33, 32, 3)),
    "notebook-hostile": HOSTILE,
    "notebook-report": REPORT,
    "notebook-report-revealed": REPORT.revealed,
    "notebook-differences": diff(TestDifferences.FIRST, TestDifferences.SECOND),
}
# The colours that text is read against: of the text, and of whatever is nearest behind it
CONTRASTS = """(texts, back) => texts.map(text => {
    const channels = color => color.match(/[\\d.]+/g).map(Number)
    const light = color => channels(color).slice(0, 3).map(c => c / 255)
        .map(c => c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
        .reduce((sum, c, index) => sum + c * [.2126, .7152, .0722][index], 0)
    const [a, b] = [light(text), light(back)].sort((a, b) => b - a)
    return (a + .05) / (b + .05)
})"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=which(BROWSER))
        yield browser
        browser.close()


def complaints_of(page: Page) -> list[str]:
    """What a page asks for and what it complains about, as it comes."""
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text))
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("dialog", lambda dialog: found.append(dialog.message))
    page.on("request", lambda asked: None if asked.url.startswith("blob:") else found.append(asked.url))
    return found


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page in the scheme that a test asks for; one that asks for anything from outside, or complains, fails."""
    context = browser.new_context(color_scheme=request.param, viewport={"width": 1328, "height": 747})
    page = context.new_page()
    complaints = complaints_of(page)
    yield page
    context.close()
    assert complaints == []


in_both_schemes = pytest.mark.parametrize("page", SCHEMES, indirect=True)


def show(page: Page, html: str | None) -> None:
    assert html is not None
    page.set_content(
        f'<!doctype html><meta charset="utf-8"><meta name="color-scheme" content="light dark">'
        f'<body style="margin:24px">{html}'
    )


def keep(page: Page, name: str, scheme: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}-{scheme}.png", full_page=True)


def scheme_of(page: Page) -> str:
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    return "dark" if dark else "light"


@in_both_schemes
@pytest.mark.parametrize("name", PICTURES)
class TestPictures:
    def test_can_be_read(self, page: Page, name: str) -> None:
        """Its text is there as text, stands on nothing else, is within the page, and is unlike its background."""
        model, depth = PICTURES[name]
        svg = model.to_svg(depth=depth)
        show(page, svg)
        keep(page, name, scheme_of(page))
        texts = page.locator("svg text")
        shown = texts.all_text_contents()
        assert shown == [re.sub("<.*?>", "", each) for each in shown] or name in ("hostile", "every-shape")
        counts = [text.removesuffix(" params") for text in shown if text.endswith(" params")]
        assert sum(int(count.replace(",", "")) for count in counts) == model.params()
        boxes = page.evaluate(
            "[...document.querySelectorAll('svg text')].map(e => e.getBBox()).map(b => [b.x, b.y, b.width, b.height])"
        )
        wide, high = page.evaluate("(b => [b.width, b.height])(document.querySelector('svg').viewBox.baseVal)")
        assert all(x >= 0 and x + width <= wide and y >= 0 and y + height <= high for x, y, width, height in boxes)
        for (a, one), (b, other) in combinations(zip(shown, boxes, strict=True), 2):
            apart = one[0] + one[2] <= other[0] or other[0] + other[2] <= one[0]
            above = one[1] + one[3] <= other[1] + 3 or other[1] + other[3] <= one[1] + 3
            assert apart or above, (a, b)

    def test_has_colours_that_are_told_apart(self, page: Page, name: str) -> None:
        model, depth = PICTURES[name]
        show(page, model.to_svg(depth=depth))
        back = page.evaluate("getComputedStyle(document.querySelector('svg .page')).fill")
        texts = page.evaluate("[...document.querySelectorAll('svg text')].map(e => getComputedStyle(e).fill)")
        strokes = page.evaluate(
            "[...document.querySelectorAll('svg .arrow, svg .ray, svg .maps, svg .pools, svg .dense, svg .plain')]"
            ".map(e => getComputedStyle(e).stroke)"
        )
        assert min(page.evaluate(f"([texts, back]) => ({CONTRASTS})(texts, back)", [texts, back])) >= 4.5
        assert min(page.evaluate(f"([texts, back]) => ({CONTRASTS})(texts, back)", [strokes, back])) >= 3


@in_both_schemes
class TestNotebooks:
    @pytest.mark.parametrize("name", PAGES)
    def test_lines_open_and_show_where_their_numbers_come_from(self, page: Page, name: str) -> None:
        show(page, PAGES[name]._repr_html_())
        before = page.locator("table:visible").count()
        lines = page.locator("summary")
        if name != "notebook-explanation":
            assert before == 0
            line = lines.nth(1)
            line.click()
            assert page.locator("details[open]").count() >= 1
        keep(page, name, scheme_of(page))
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    def test_numbers_stand_on_the_right_below_each_other(self, page: Page) -> None:
        show(page, LENET._repr_html_())
        lines = page.locator(".line")
        ends = page.evaluate(
            "[...document.querySelectorAll('.line .number')].map(e => e.getBoundingClientRect().right)"
        )
        assert lines.count() == len(LENET) + 1
        assert len({round(end) for end in ends}) == 3
        style = page.evaluate("getComputedStyle(document.querySelector('.line .number')).fontVariantNumeric")
        assert style == "tabular-nums"

    def test_what_is_under_a_line_is_read_there(self, page: Page) -> None:
        show(page, LENET._repr_html_())
        under = page.get_by_text("(5 × 5 × 3 + 1) × 8")
        assert not under.is_visible()
        page.locator("summary", has_text="conv2d Conv2D").click()
        assert under.is_visible()
        page.locator("summary", has_text="conv2d Conv2D").click()
        assert not under.is_visible()

    def test_models_open_to_their_layers_and_those_to_their_numbers(self, page: Page) -> None:
        show(page, zoo.resnet50()._repr_html_())
        inner = page.locator("summary:visible", has_text="block1")
        assert inner.count() == 0
        page.locator("summary", has_text="conv2_x").click()
        assert inner.count() == 1
        inner.click()
        page.locator("summary:visible", has_text="conv2d_1").click()
        assert page.locator("td:visible", has_text="(1 × 1 × 64 + 1) × 64").count() == 1
        keep(page, "notebook-resnet50-opened", scheme_of(page))

    def test_answers_open_to_what_is_wrong_and_if_revealed_to_what_is_right(self, page: Page) -> None:
        for report, rows in ((REPORT, 1), (REPORT.revealed, 2)):
            show(page, report._repr_html_())
            message = page.get_by_text("654 has two neighbouring digits exchanged.")
            assert not message.is_visible()
            page.locator("summary", has_text="dense_1").click()
            assert message.is_visible()
            assert page.locator("tr:visible", has_text="params").count() == rows
            assert page.locator("td:visible", has_text="(128 + 1) × 5").count() == rows - 1
            right = page.get_by_text("dropout", exact=True)
            assert not right.is_visible()
            page.locator("summary", has_text="2 rows").click()
            assert right.is_visible()
            keep(page, f"notebook-report-opened-{rows}", scheme_of(page))

    def test_layers_that_differ_open_to_their_fields_and_those_that_are_equal_to_their_names(self, page: Page) -> None:
        show(page, diff(TestDifferences.FIRST, TestDifferences.SECOND)._repr_html_())
        assert page.locator("td:visible").count() == 0
        page.locator("summary", has_text="dense_2").click()
        assert page.locator("tr:visible").all_inner_texts()[-1].split() == ["params", "20", "30"]
        equal = page.get_by_text("dense_1", exact=True)
        assert not equal.is_visible()
        page.locator("summary", has_text="2 layers").click()
        assert equal.is_visible()
        keep(page, "notebook-differences-opened", scheme_of(page))

    @pytest.mark.parametrize("name", PAGES)
    def test_names_begin_below_each_other_whether_a_line_opens_or_not(self, page: Page, name: str) -> None:
        show(page, PAGES[name]._repr_html_())
        lefts = page.evaluate(
            "[...document.querySelectorAll('.paramcalc>.closed b, .paramcalc>details>summary b')]"
            ".map(e => Math.round(e.getBoundingClientRect().left))"
        )
        assert len({*lefts}) <= 1
        assert lefts or name == "notebook-explanation"

    def test_on_a_narrow_page_what_a_line_opens_to_is_as_wide_as_the_line(self, page: Page) -> None:
        page.set_viewport_size({"width": 400, "height": 747})
        show(page, REPORT._repr_html_())
        page.locator("summary", has_text="pool").click()
        line, inner = (page.locator(each).first.bounding_box() for each in ("summary", ".inner"))
        assert line is not None
        assert inner is not None
        assert line["x"] + line["width"] == inner["x"] + inner["width"] > 400
        assert inner["height"] < 200
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        keep(page, "notebook-narrow", scheme_of(page))

    def test_text_is_unlike_its_background(self, page: Page) -> None:
        show(page, LENET._repr_html_())
        back = {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 18, 18)"}[scheme_of(page)]
        texts = page.evaluate("[...document.querySelectorAll('.paramcalc span')].map(e => getComputedStyle(e).color)")
        assert min(page.evaluate(f"([texts, back]) => ({CONTRASTS})(texts, back)", [texts, back])) >= 7


@in_both_schemes
def test_the_picture_of_the_documentation_shows_as_an_image(page: Page) -> None:
    svg = (TOP / "docs" / "lenet5.svg").read_text(encoding="utf-8")
    page.set_content('<body style="margin:0">')
    drawn = page.evaluate(
        """svg => new Promise((done, failed) => {
            const image = new Image()
            image.onload = () => { document.body.append(image); done([image.naturalWidth, image.naturalHeight]) }
            image.onerror = failed
            image.src = URL.createObjectURL(new Blob([svg], {type: 'image/svg+xml'}))
        })""",
        svg,
    )
    assert drawn == [int(number) for number in re.findall(r'viewBox="0 0 (\d+) (\d+)"', svg)[0]]


def test_a_page_that_asks_for_more_would_be_seen(browser: Browser) -> None:
    """What every test above holds can fail."""
    page = browser.new_page()
    complaints = complaints_of(page)
    show(page, '<img src="http://localhost:9/a.png"><script>console.log("ran")</script>')
    page.close()
    assert {"http://localhost:9/a.png", "ran"} <= {*complaints}


def test_screenshots_are_no_part_of_the_repository() -> None:
    assert "build/" in (TOP / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert Path("build") in SCREENSHOTS.relative_to(TOP).parents
