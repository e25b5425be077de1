"""Where a page comes from, in rows a reader can check."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from cjlab._display import Numbers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cjlab._display import Wording

_SHORT = 12  # digits of a digest that a reader compares


def provenance(manifest: Mapping[str, Any], *, say: Wording) -> Markup:
    """Lay out a manifest as a table of two columns."""
    rows = Markup("").join(
        Markup('<tr><th scope="row">{}</th><td>{}</td></tr>').format(name, value)
        for name, value in _rows(manifest, say=say)
    )
    return Markup('<table class="numbers"><tbody>{}</tbody></table>').format(rows)


def _rows(manifest: Mapping[str, Any], *, say: Wording) -> Iterator[tuple[str, Markup]]:
    numbers = Numbers(say.language)
    if "cjlab" in manifest.get("versions", {}):
        yield say("from_package"), Markup("cjlab {}").format(manifest["versions"]["cjlab"])
    if "notebook" in manifest:
        yield (
            say("from_notebook"),
            _lines([f"{manifest['notebook']['name']} {manifest['notebook']['sha256'][:_SHORT]}"]),
        )
    if manifest.get("parameters"):
        yield say("from_parameters"), _lines(f"{name} = {value!r}" for name, value in manifest["parameters"].items())
    if manifest.get("data"):
        yield say("from_data"), _lines(f"{name} {digest[:_SHORT]}" for name, digest in manifest["data"].items())
    if "key" in manifest:
        yield say("from_record"), _lines([manifest["key"]])
    if "environment" in manifest.get("digests", {}):
        yield say("from_environment"), _lines([manifest["digests"]["environment"][:_SHORT]])
    if "seconds" in manifest:
        made = numbers.date(dt.datetime.fromisoformat(manifest["made"]).date())
        seconds = numbers.decimal(manifest["seconds"], digits=1)
        yield say("from_run"), Markup("{}").format(say("took", date=made, seconds=seconds, threads=manifest["threads"]))


def _lines(texts: Iterable[str]) -> Markup:
    """Set names and digests as code, in no language, one a line."""
    return Markup("<br>").join(Markup('<code translate="no">{}</code>').format(text) for text in texts)
