"""HTML, for notebooks and pages. Every text is escaped; nothing in it can run, and nothing comes from outside.

Knows: the pieces that pages are made of. Must not know: where a fact comes from.

A `fragment` is a part of a page with its own style: its text has the colour of the text around it, and all else is a
grey or a blue that is seen on light and on dark, so that it need not ask which of them a notebook has chosen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

from paramcalc.errors import printable
from paramcalc.render.table import (
    REPORT_HEADERS,
    Header,
    difference_headers,
    difference_lines,
    difference_totals,
    headers,
    lines,
    report_lines,
    report_title,
    totals,
)
from paramcalc.summary import Column, Summary

if TYPE_CHECKING:
    from paramcalc.difference import Differences
    from paramcalc.grading.report import Report

STYLE = "".join(
    f".paramcalc{name}{{{rule}}}"
    for name, rule in {
        "": "max-width:66em;overflow-x:auto;color:inherit;text-align:left;"
        "font:14px/1.55 system-ui,-apple-system,'Segoe UI',Arial,sans-serif;font-variant-numeric:tabular-nums",
        ">details,.paramcalc>.line": "min-width:47em",
        " .title": "font-size:1.25em;font-weight:600",
        " .soft": "opacity:.72",
        " .marked": "font-weight:600",
        " .line": "display:grid;grid-template-columns:minmax(11em,1fr) minmax(8em,12em) 8em 9em 7em;column-gap:1em;"
        "align-items:baseline;padding:.28em .5em;border-bottom:1px solid rgba(127,127,127,.25)",
        " .line>*": "overflow-wrap:anywhere",
        " .graded": "grid-template-columns:minmax(11em,1fr) minmax(11em,1fr) minmax(11em,1fr) 7em",
        " .different": "grid-template-columns:minmax(11em,1fr) 6em minmax(14em,2fr) 9em",
        " .head": "font-weight:600;border-bottom:2px solid rgba(127,127,127,.55)",
        " .number": "text-align:right;white-space:nowrap",
        " summary": "cursor:pointer;list-style:none",
        " summary::-webkit-details-marker": "display:none",
        " summary:hover": "background:rgba(127,127,127,.12)",
        " summary>:first-child,.paramcalc .closed>:first-child": "position:relative;padding-left:1.1em",
        " summary>:first-child::before": "content:'▸';position:absolute;left:0;opacity:.6",
        " details[open]>summary>:first-child::before": "content:'▾'",
        " .inner": "margin:0 0 .5em .55em;padding:.1em 0 .1em .9em;border-left:2px solid rgba(127,127,127,.35)",
        " .bar": "align-self:center;height:.5em;border-radius:2px;background:rgba(127,127,127,.22)",
        " .bar i": "display:block;height:100%;border-radius:2px;background:#4a80d4",
        " table": "border-collapse:collapse;margin:.35em 0;font-size:1em",
        " th": "font-weight:600;text-align:left;padding:.15em .9em .15em 0;white-space:nowrap;border:0;"
        "border-bottom:1px solid rgba(127,127,127,.4)",
        " td": "text-align:left;vertical-align:baseline;padding:.15em .9em .15em 0;white-space:normal;border:0",
        " td:first-child": "white-space:nowrap",
        " th.number,.paramcalc td.number": "text-align:right;white-space:nowrap",
        " .totals": "margin:.5em 0 0 .5em",
    }.items()
)


def summary_as_html(summary: Summary, columns: Sequence[Column]) -> str:
    """A summary as a table with its name as the caption and the totals in the foot."""
    foot = (f"{label}: {count}" for label, count in totals(summary, columns))
    return _table(f"Model: {summary.name}", headers(columns), lines(summary, columns), foot)


def report_as_html(report: Report) -> str:
    """A graded table with its points as the caption and the messages in the foot."""
    return _table(report_title(report), REPORT_HEADERS, report_lines(report), report.messages)


def differences_as_html(differences: Differences) -> str:
    """Differences as a table with the totals of both models in the foot; nothing where there are none."""
    if not differences:
        return ""
    cells = (line for row in differences.rows for line in difference_lines(row))
    foot = (f"{label}: {counts}" for label, counts in difference_totals(differences))
    return _table("", difference_headers(differences), cells, foot)


def _table(caption: str, headers: Sequence[Header], cells: Iterable[Sequence[str]], foot: Iterable[str]) -> str:
    head = "".join(_cell("th", header, on_right) for header, on_right in headers)
    rows = (
        "".join(_cell("td", text, on_right) for text, (_, on_right) in zip(row, headers, strict=True)) for row in cells
    )
    below = "<br>".join(map(escaped, foot))
    return "\n".join(
        [
            "<table>",
            *([f"<caption>{escaped(caption)}</caption>"] if caption else []),
            f"<thead><tr>{head}</tr></thead>",
            "<tbody>",
            *(f"<tr>{row}</tr>" for row in rows),
            "</tbody>",
            f'<tfoot><tr><td colspan="{len(headers)}" style="text-align: left">{below}</td></tr></tfoot>',
            "</table>",
        ]
    )


def _cell(tag: str, text: str, on_right: bool) -> str:
    return f'<{tag} style="text-align: {"right" if on_right else "left"}">{escaped(text)}</{tag}>'


def escaped(text: str) -> str:
    """`text` so that a page shows it as it is.

    >>> escaped("<script> & 'more'")
    '&lt;script&gt; &amp; &#x27;more&#x27;'
    """
    return escape(printable(text))


# The pieces of pages


def fragment(*parts: str) -> str:
    """A part of a page, with its style.

    >>> fragment("<p>608</p>").endswith("</style><p>608</p></div>")
    True
    """
    return f'<div class="paramcalc"><style>{STYLE}</style>{"".join(parts)}</div>'


def titled(text: str) -> str:
    """What a page is about.

    >>> titled("LeNet-5")
    '<div class="title">LeNet-5</div>'
    """
    return f'<div class="title">{escaped(text)}</div>'


def under_each_other(texts: Sequence[str], style: str = "") -> str:
    """Texts, each in a line of its own, in one style of the page; nothing for none.

    >>> under_each_other(["608", "0"])
    '<div>608<br>0</div>'
    """
    styled = f' class="{style}"' if style else ""
    return f"<div{styled}>{'<br>'.join(map(escaped, texts))}</div>" if texts else ""


def line(cells: Iterable[str], style: str = "") -> str:
    """A line of cells, HTML each, that does not open.

    >>> line([spanned("608", "number")], "head")
    '<div class="line head"><span class="number">608</span></div>'
    """
    return f'<div class="{f"line {style}".strip()}">{"".join(cells)}</div>'


def spanned(text: str, style: str = "") -> str:
    """A text in one style of the page, or in several.

    >>> spanned("608", "number")
    '<span class="number">608</span>'
    """
    return f'<span class="{style}">{escaped(text)}</span>' if style else f"<span>{escaped(text)}</span>"


def folded(summary: str, inner: str, *, style: str = "", is_open: bool = False) -> str:
    """What opens and closes by itself: HTML that is always seen, and HTML that is seen when it is open.

    >>> folded("<b>608</b>", "76 × 8")
    '<details><summary><b>608</b></summary><div class="inner">76 × 8</div></details>'
    """
    styled = f' class="{style}"' if style else ""
    opened = " open" if is_open else ""
    return f'<details{opened}><summary{styled}>{summary}</summary><div class="inner">{inner}</div></details>'


def table(headers: Sequence[tuple[str, bool]], rows: Iterable[Sequence[str]]) -> str:
    """A table of texts; a header says whether its column holds numbers, which stand on the right.

    >>> table([("params", True)], [["608"]])
    '<table><tr><th class="number">params</th></tr><tr><td class="number">608</td></tr></table>'
    """
    styles = [' class="number"' if is_number else "" for _, is_number in headers]
    head = "".join(f"<th{style}>{escaped(text)}</th>" for style, (text, _) in zip(styles, headers, strict=True))
    body = (
        "".join(f"<td{style}>{escaped(text)}</td>" for style, text in zip(styles, row, strict=True)) for row in rows
    )
    return f"<table><tr>{head}</tr>{''.join(f'<tr>{row}</tr>' for row in body)}</table>"
