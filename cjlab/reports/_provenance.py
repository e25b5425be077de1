"""Where a page comes from, in rows a reader can check."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from cjlab._display import Numbers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cjlab._display import Wording


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
        yield say("from_notebook"), _code(manifest["notebook"]["name"], manifest["notebook"]["sha256"])
    for name, value in manifest.get("parameters", {}).items():
        yield say("from_parameters"), _code(f"{name} = {value!r}", manifest.get("data", {}).get(name, ""))
    if "key" in manifest:
        yield say("from_record"), _code(manifest["key"])
    if "environment" in manifest.get("digests", {}):
        yield say("from_environment"), _code(manifest["digests"]["environment"][:12])
    if "seconds" in manifest:
        made = numbers.date(dt.datetime.fromisoformat(manifest["made"]).date())
        seconds = numbers.decimal(manifest["seconds"], digits=1)
        yield say("from_run"), Markup("{}").format(say("took", date=made, seconds=seconds, threads=manifest["threads"]))


def _code(text: str, digest: str = "") -> Markup:
    """Set a name as code, in no language, with the first digits of what it names."""
    code = Markup('<code translate="no">{}</code>').format(text)
    return code + Markup(" <code>{}</code>").format(digest[:12]) if digest else code
