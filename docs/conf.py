"""How the documentation becomes a site that opens from a folder: `make docs`."""

import sys
from contextlib import ExitStack
from pathlib import Path

from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).parent))

import running

project = "Cuộc vận động · The campaign"
language = "vi"
extensions = ["myst_nb"]
root_doc = "docs/index"
# Pages come from the project's own folder, so that links lead where they do in a checkout.
include_patterns = ["*.md", "docs/**.md", "notebooks/*.ipynb"]
exclude_patterns = [".*", "build", "campaign_*", "data", "dist", "reports", "site", "tests"]
suppress_warnings = ["misc.highlighting_failure"]  # `csv` is no language of Pygments

myst_heading_anchors = 4
nb_custom_formats = {".ipynb": "running.run"}
nb_execution_mode = "off"  # `running` has executed it
nb_output_stderr = "remove-warn"

# Nothing is loaded from elsewhere, and nothing asks for a server.
html_theme = "alabaster"
html_theme_options = {"page_width": "75rem", "fixed_sidebar": True, "show_powered_by": False}
html_sidebars = {"**": ["about.html", "searchbox.html", "navigation.html"]}
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_copyright = False
html_show_search_summary = False  # it would fetch pages, which a browser refuses from a folder
nb_ipywidgets_js: dict[str, dict[str, str]] = {}


def setup(app: Sphinx) -> None:
    """Have the sample built before notebooks are read, and taken away at the end."""
    kept = ExitStack()
    app.connect("builder-inited", lambda _app: kept.enter_context(running.sample_built()))
    app.connect("build-finished", lambda _app, _error: kept.close())
