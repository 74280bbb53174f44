"""Pages stand alone, show results and no code, and escape what is not ours."""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from campaign_lib.show import pages
from campaign_lib.words import Words

#: What a browser would fetch.
FETCHED = re.compile(
    r"""<script|<link\b|@import|\burl\(\s*['"]?(?!\#|data:)|\bsrc\s*=\s*['"]?(?!data:)""", re.I
)


def code(*outputs: NotebookNode, tags: tuple[str, ...] = ()) -> NotebookNode:
    cell = new_code_cell("secret_input()", outputs=list(outputs), execution_count=3)
    cell.metadata["tags"] = list(tags)
    return cell


def shown(**kinds: str) -> NotebookNode:
    names = {"html": "text/html", "svg": "image/svg+xml", "plain": "text/plain"}
    return new_output("display_data", {names[kind]: text for kind, text in kinds.items()})


def page_of(*cells: NotebookNode, title: str = "Thôn 4", language: str = "vi") -> str:
    return pages.export(new_notebook(cells=list(cells)), title, language)


def body(page: str) -> str:
    return page[page.index("<main>") :]


def test_a_page_is_whole_and_fetches_nothing() -> None:
    page = page_of(new_markdown_cell("# Đăk Tờ Re $5 và $6"), code(shown(html="<b>98/127</b>")))
    assert page.startswith("<!DOCTYPE html>")
    assert '<html lang="vi">' in page
    assert page.index('<meta charset="utf-8">') < page.index("<title>Thôn 4</title>")
    assert '<meta name="viewport"' in page
    assert "<h1>Đăk Tờ Re $5 và $6</h1>" in page
    assert not FETCHED.search(page)
    assert "http" not in page.replace("http-equiv", "")


def test_policy_of_the_page_forbids_scripts_and_addresses() -> None:
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', page_of())
    assert policy.startswith("default-src 'none'")
    assert "script-src" not in policy
    assert "http" not in policy


def test_a_page_of_several_sections_lists_them_and_folds_each_where_there_is_a_script() -> None:
    boxed = '<div class="box"><div></div><h2 id="x">Trong khung</h2></div>'
    html = "".join(f'<h2 id="{one}">Phần {one}</h2><p>{one}</p>{boxed}' for one in "a%cd")
    page = page_of(code(shown(html=f"<h1>Thôn 4</h1>{html}")))
    assert re.findall(r'<li><a href="#(.+?)">Phần', page) == ["a", "%25", "c", "d"]
    assert page.count('<details class="section" open><summary><h2') == 4
    assert page.count("<script>") == 1
    few = page_of(code(shown(html=html.partition('<h2 id="d"')[0])))
    assert "<details" not in few and "<script" not in few


def test_a_page_s_own_script_is_the_only_one_that_may_run(tmp_path: Path) -> None:
    template = tmp_path / "x.html.j2"
    template.write_text('{% extends "base.html.j2" %}', encoding="utf-8")
    script = 'document.title = "Đăk Tờ" && 1 < 2;\n'
    page = pages.fill(template, "t", "vi", script=script)
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
    digest = b64encode(sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}';" in policy
    assert "unsafe-inline" not in policy.replace("style-src 'unsafe-inline'", "")
    assert f"<script>{script}</script>" in page
    assert "script-src" not in pages.fill(template, "t", "vi")


def test_title_is_escaped_wherever_it_stands() -> None:
    page = page_of(title='</title></style><script>"\\')
    assert "<script" not in page
    assert page.count("</style>") == 1


def test_inputs_and_prompts_are_hidden() -> None:
    page = page_of(code(shown(html="<p>kết quả</p>")))
    assert "secret_input" not in page
    assert "[3]" not in page


def test_html_is_preferred_and_left_as_it_is() -> None:
    page = page_of(code(shown(html="<p>a &lt; b</p>", svg="<svg>no</svg>", plain="no")))
    assert "<p>a &lt; b</p>" in page
    assert "no" not in re.findall(r"<main>(.*)</main>", page, re.S)[0].replace("note", "")


def test_drawing_is_inline_without_its_heading() -> None:
    svg = (
        '<?xml version="1.0"?>\n<!DOCTYPE svg PUBLIC "x" "http://www.example.org/svg11.dtd">\n'
        '<svg viewBox="0 0 1 1"><metadata>2024-01-01</metadata><text>Quý III</text></svg>\n'
    )
    page = page_of(code(shown(svg=svg, plain="<Figure>")))
    expected = '<figure class="chart"><svg viewBox="0 0 1 1"><text>Quý III</text></svg></figure>'
    assert expected in page
    assert page.count("<!DOCTYPE") == 1
    assert "Figure" not in page


def test_no_two_parts_of_drawings_have_one_name() -> None:
    svg = (
        '<svg><metadata>x</metadata><g id="axes_1"><path id="m" d="M 0 0"/></g><clipPath id="c"/>'
        '<use xlink:href="#m" clip-path="url(#c)" style="fill: url(#c)" stroke="#0072B2"/></svg>'
    )
    page = body(page_of(code(shown(svg=svg), shown(html=f"<p id='m'>{svg}</p>"))))
    for n in (1, 2):
        own = svg.replace("<metadata>x</metadata>", "").replace(' id="axes_1"', "")
        own = re.sub(r'(id="|href="#|url\(#)', rf"\g<0>d{n}-", own)
        assert own in page
    assert "<p id='m'>" in page


@pytest.mark.parametrize(
    "output",
    [
        shown(plain="<script>alert(1)</script> & more"),
        new_output("stream", name="stdout", text="<script>alert(1)</script> & more\n"),
    ],
)
def test_text_is_escaped(output: NotebookNode) -> None:
    page = body(page_of(code(output)))
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more</pre>" in page


def test_warnings_and_parameters_are_left_out() -> None:
    page = page_of(
        code(new_output("stream", name="stderr", text="FutureWarning")),
        code(shown(plain="the default"), tags=("parameters",)),
        code(shown(plain="what was asked"), tags=("injected-parameters",)),
    )
    assert not re.search("FutureWarning|the default|what was asked", page)


def test_error_is_a_plain_sentence() -> None:
    error = new_output(
        "error", ename="KeyError", evalue="'<nhà>'", traceback=["\x1b[31mTraceback\x1b[0m"]
    )
    page = body(page_of(code(error)))
    assert "KeyError: &#39;&lt;nhà&gt;&#39;" in page
    assert "Traceback" not in page
    assert "\x1b" not in page


def test_markdown_keeps_our_html_and_wraps_tables() -> None:
    page = page_of(
        new_markdown_cell('<p class="note">Ghi chú</p>\n\n| a | b |\n|---|---|\n| 1 | 2 |')
    )
    assert '<p class="note">Ghi chú</p>' in page
    assert re.search(r'<div class="scroll"[^>]*>\s*<table>', page)


def test_crumbs_lead_back() -> None:
    page = pages.export(new_notebook(), "t", "en", crumbs=[("All & more", "../index.html")])
    assert '<a href="../index.html">All &amp; more</a>' in page
    assert "<nav" not in page_of()


def test_notebook_stays_as_it_is_and_pages_are_repeatable() -> None:
    notebook = new_notebook(cells=[code(shown(plain="1"))])
    before = str(notebook)
    first = pages.export(notebook, "t", "vi")
    assert first == pages.export(notebook, "t", "vi")
    assert str(notebook) == before


def test_fill_escapes_values(tmp_path: Path) -> None:
    template = tmp_path / "x.html.j2"
    template.write_text(
        '{% extends "base.html.j2" %}{% block content %}{{ name }}{% endblock %}', encoding="utf-8"
    )
    assert "&lt;b&gt;" in body(pages.fill(template, "t", "vi", name="<b>"))


def test_every_status_has_a_mark_of_its_own_beside_its_colour() -> None:
    css = (pages.FOLDER / "page.css").read_text(encoding="utf-8")
    coloured = set(re.findall(r"\.status-(\w+) \{ color", css)) | {"no_target", "unmeasured"}
    marks = {status: Words("vi")(f"codes.status.{status}.mark") for status in coloured}
    assert len(coloured) == len(set(marks.values())) == 6


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * p for weight, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_text_has_the_contrast_that_wcag_aa_asks_for() -> None:
    css = (pages.FOLDER / "page.css").read_text(encoding="utf-8")
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", css))
    paper = luminance(colours["paper"]) + 0.05
    for name in ("ink", "soft", "link", "met", "on-track", "behind"):
        assert paper / (luminance(colours[name]) + 0.05) >= 4.5, name
