"""The nbconvert exporter: an executed notebook in, one self-contained page out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbconvert.exporters.exporter import Exporter
from traitlets import List

from cjlab.reports._page import Page

if TYPE_CHECKING:
    from nbformat import NotebookNode


class PageExporter(Exporter):
    """Make the page of an executed notebook.

    It shows the parts, figures and tables that the notebook put out, in their order, and none of its code, errors or
    warnings. ``resources["cjlab"]`` may hold the manifest of the record the page belongs to.

    Parameters
    ----------
    config : traitlets.config.Config, optional
        Settings of nbconvert.
    **kw : object
        Further traits of nbconvert's exporters.

    Examples
    --------
    >>> from nbformat.v4 import new_markdown_cell, new_notebook
    >>> html, _ = PageExporter().from_notebook_node(new_notebook(cells=[new_markdown_cell("# Does it pay?")]))
    >>> "<h1>Does it pay?</h1>" in html
    True
    """

    output_mimetype = "text/html"
    export_from_notebook = "cjlab page"
    default_preprocessors: List[Any] = List([])

    def _file_extension_default(self) -> str:
        return ".html"

    def from_notebook_node(  # type: ignore[override]  # nbconvert's own exporters return text too
        self,
        nb: NotebookNode,
        resources: Any = None,  # noqa: ANN401 - nbconvert's signature
        **kw: Any,  # noqa: ANN401 - nbconvert's signature
    ) -> tuple[str, Any]:
        """Turn a notebook node into the text of its page.

        Parameters
        ----------
        nb : NotebookNode
            An executed notebook.
        resources : dict, optional
            Under ``"cjlab"`` the manifest of its record.
        **kw : object
            Passed on to nbconvert.

        Returns
        -------
        tuple of (str, dict)
            The page, and the resources with its ``"title"``.

        Examples
        --------
        >>> from nbformat.v4 import new_markdown_cell, new_notebook
        >>> notebook = new_notebook(cells=[new_markdown_cell("# Does it pay?")])
        >>> PageExporter().from_notebook_node(notebook)[1]["title"]
        'Does it pay?'
        """
        kept, resources = super().from_notebook_node(nb, resources, **kw)
        page = Page.of(kept, resources.get("cjlab") or {})
        return page.write(), {**resources, "title": page.title}
