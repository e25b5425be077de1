"""A plotly figure, as it stands in a notebook's output, made ready for a page that loads nothing."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from cjlab.reports import _persons, _tables
from cjlab.reports._blocks import Figure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjlab._display import Wording

_ROWS = 200  # a longer list is no longer read
_HEIGHT = 380
_CARTESIAN = {"bar", "box", "candlestick", "funnel", "histogram", "ohlc", "scatter", "violin", "waterfall"}
_SURFACES = {"contour", "heatmap", "histogram2d", "histogram2dcontour"}
_SHARES = {"funnelarea", "icicle", "indicator", "parcats", "pie", "sankey", "sunburst", "treemap"}
_ROUND = {"barpolar", "scatterpolar", "scatterternary"}
_DRAWN = _CARTESIAN | _SURFACES | _SHARES | _ROUND  # the others need WebGL, which needs eval, or fetch maps
_HOVER = ("customdata", "hovertext", "hovertemplate", "hoverinfo", "ids")
_READ = ("x", "y", "z", "labels", "values", "r", "theta", "text")


def figure(bundle: Mapping[str, Any], *, say: Wording) -> Figure:
    """Turn plotly's JSON into a figure of the page, with its finding and its table of numbers."""
    layout = dict(bundle.get("layout", {}))
    told = dict((layout.get("meta") or {}).get("cjlab", {})) if isinstance(layout.get("meta"), dict) else {}
    traces = _inked([_still(trace) for trace in bundle.get("data", [])])
    drawn = all(trace.get("type", "scatter") in _DRAWN for trace in traces)
    given = told.get("table") or {}
    finding = str(told.get("finding") or _title(layout))
    if not told:  # its title is now its caption
        layout.pop("title", None)
    numbers = _given(given, say=say) if given else _found(traces, say=say)
    return Figure(
        finding=finding,
        title=str(told.get("title") or ""),
        summary=str(given.get("summary") or say("numbers")),
        numbers=numbers if drawn else Markup("<p>{}</p>{}").format(say("not_drawn"), numbers),
        data=data_block({"data": traces, "layout": _layout(layout, told)}) if drawn else Markup(""),
        height=int(layout.get("height") or _HEIGHT),
    )


def withheld(bundle: Mapping[str, Any], *, say: Wording) -> str:
    """Say why a figure may not be drawn on a page, where it holds customers; empty when it may."""
    layout = bundle.get("layout", {})
    meta = layout.get("meta")
    told = meta.get("cjlab") if isinstance(meta, dict) else None
    if told:
        table = told.get("table") or {"columns": [], "rows": []}
        heads, *lines = [[str(cell) for cell in line] for line in (table["columns"], *table["rows"])]
        return _persons.of_ours([_persons.Cells([heads], lines)], say=say)
    axes = [_title(axis) for name, axis in layout.items() if name[1:5] == "axis" and isinstance(axis, dict)]
    return _persons.of_chart(bundle.get("data", []), axes, say=say)


def data_block(value: object) -> Markup:
    """Write a value as JSON that no HTML parser can take for markup."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=str)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704 - no sign of markup is left


def _still(trace: Mapping[str, Any]) -> dict[str, Any]:
    """Drop what only a moving chart needs, which may hold customers; WebGL points become plain ones."""
    kept = {key: value for key, value in trace.items() if key not in _HOVER}
    kept["type"] = str(kept.get("type", "scatter")).removesuffix("gl")
    return kept


def _inked(traces: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give a lone trace that asks for no colour the page's own."""
    if len(traces) == 1 and not traces[0].get("uid") and not _coloured(traces[0]):
        return [traces[0] | {"uid": "accent"}]
    return traces


def _coloured(trace: Mapping[str, Any]) -> bool:
    return any("color" in (trace.get(part) or {}) for part in ("marker", "line"))


def _layout(layout: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in layout.items() if key not in {"meta", "images", "updatemenus", "sliders"}}
    return kept | {"meta": {"cjlab": {"narrow": told.get("narrow", {})}}}


def _title(layout: Mapping[str, Any]) -> str:
    title = layout.get("title")
    return str((title.get("text") if isinstance(title, dict) else title) or "")


def _given(told: Mapping[str, Any], *, say: Wording) -> Markup:
    return _tables.table([str(name) for name in told["columns"]], told["rows"], language=say.language)


def _found(traces: list[dict[str, Any]], *, say: Wording) -> Markup:
    """List the points of a figure that brings no table of its own."""
    rows = [row for trace in traces for row in _points(trace)]
    if not rows:
        return Markup("<p>{}</p>").format(say("no_points"))
    if len(rows) > _ROWS:
        return Markup("<p>{}</p>").format(say("too_many_points", count=_tables.write(len(rows), language=say.language)))
    columns = [name for name in ("name", *_READ) if any(name in row for row in rows)]
    return _tables.table(columns, [[row.get(name) for name in columns] for row in rows], language=say.language)


def _points(trace: Mapping[str, Any]) -> list[dict[str, object]]:
    read = {key: values(trace[key]) for key in _READ if key in trace}
    name = {"name": trace["name"]} if trace.get("name") else {}
    longest = max(map(len, read.values()), default=0)
    return [name | {key: array[i] for key, array in read.items() if i < len(array)} for i in range(longest)]


def values(array: object) -> list[Any]:
    """Read an array of a trace: a list, or plotly's base64 of a typed array."""
    if isinstance(array, dict) and "bdata" in array:
        import numpy as np

        flat: list[Any] = np.frombuffer(base64.b64decode(array["bdata"]), dtype=np.dtype(array["dtype"])).tolist()
        return flat
    return list(array) if isinstance(array, list | tuple) else []
