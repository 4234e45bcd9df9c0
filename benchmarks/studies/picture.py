"""Picture: success of every cell as a dot with its interval, one panel per task, as SVG."""

from collections.abc import Mapping
from html import escape

from studies.design import TASKS
from studies.results import Results

WIDTH, ROW, TOP, LEFT, PANEL, GAP = 1180, 22, 56, 300, 178, 44
COLOURS = {"base": "#555555", "naive": "#D55E00", "elicited": "#009E73"}
"""Okabe and Ito's; every other cell is blue."""
_OTHER = "#0072B2"
_STYLE = (
    "text{font:13px sans-serif;fill:#222}.faint{fill:#666;font-size:11px}"
    "@media(prefers-color-scheme:dark){text{fill:#ddd}.faint{fill:#999}}"
)


def draw(results: Results, cells: Mapping[str, str]) -> str:
    """The picture as text.

    Args:
        results: of the study.
        cells: name → what it is called.
    """
    height = TOP + ROW * len(cells) + 40
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}"><style>{_STYLE}</style>']
    parts += [
        f'<text x="{LEFT - 12}" y="{TOP + ROW * i + 15}" text-anchor="end">{escape(text)}</text>'
        for i, text in enumerate(cells.values())
    ]
    for number, task in enumerate(TASKS):
        parts += _panel(results, task, list(cells), LEFT + number * (PANEL + GAP))
    return "\n".join((*parts, "</svg>\n"))


def _panel(results: Results, task: str, cells: list[str], left: float) -> list[str]:
    bottom = TOP + ROW * len(cells)
    parts = [f'<text x="{left}" y="20">{task}</text>']
    for per_cent in (0, 50, 100):
        x = left + PANEL * per_cent / 100
        parts.append(f'<line x1="{x}" x2="{x}" y1="{TOP - 8}" y2="{bottom}" stroke="#999" stroke-width="0.5"/>')
        parts.append(f'<text class="faint" x="{x}" y="{bottom + 18}" text-anchor="middle">{per_cent} %</text>')
    naive = results.share(task, "naive")
    if naive is not None:
        x = left + PANEL * naive.value
        line = f'y1="{TOP - 8}" y2="{bottom}" stroke="{COLOURS["naive"]}" stroke-dasharray="3 3"'
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" {line}/>')
    for i, cell in enumerate(cells):
        share = results.share(task, cell)
        if share is None:
            continue
        y, colour = TOP + ROW * i + 10, COLOURS.get(cell, _OTHER)
        low, high = (left + PANEL * end for end in share.interval)
        parts.append(f'<line x1="{low:.1f}" x2="{high:.1f}" y1="{y}" y2="{y}" stroke="{colour}" stroke-width="2"/>')
        parts.append(f'<circle cx="{left + PANEL * share.value:.1f}" cy="{y}" r="4.5" fill="{colour}"/>')
    return parts
