"""The names under which a notebook hands over what its page is made of."""

PART = "application/vnd.cjlab.part+json"
RESULT = "application/vnd.cjlab.result+json"
PLOTLY = "application/vnd.plotly.v1+json"
WIDGET = "application/vnd.jupyter.widget-view+json"
