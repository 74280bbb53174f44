"""The telephone's form, drawn by ODK's own program for browsers: filled in, sent, read back."""

import csv
import json
import mimetypes
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, Route
from pyxform.xls2xform import convert
from watched_pages import PHONE

from campaign_lib.base.quarters import Quarter
from campaign_lib.intake import read_campaign, read_homes
from campaign_lib.office.forms import questionnaire_of, write_forms
from campaign_sample import write_sample

pytestmark = [pytest.mark.browser, pytest.mark.slow]
QUARTER, DAY = "2024Q1", date(2024, 2, 20)
#: Names the folder of npm's packages that has `@getodk/web-forms`; `.ci/run` sets it.
PACKAGES = "CAMPAIGN_WEB_FORMS"
HOST = "http://localhost/"
HTML = """<!doctype html><div id="app"></div>
<script type="importmap">{"imports": {"vue": "/vue/dist/vue.esm-browser.prod.js"}}</script>
<script type="module">
import { createApp, h } from "vue";
import { OdkWebForm, webFormsPlugin } from "/@getodk/web-forms/dist/index.js";
const formXml = await (await fetch("/form.xml")).text();
const onSubmit = async sent => {
    window.sent = await sent.data[0].get("xml_submission_file").text();
};
const fetchFormAttachment = () => fetch("/households.csv");
createApp({ render: () => h(OdkWebForm, { formXml, fetchFormAttachment, onSubmit }) })
    .use(webFormsPlugin).mount("#app");
</script>"""


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The raw files of a campaign of one village, before anybody was asked."""
    folder = tmp_path_factory.mktemp("phone")
    write_sample(folder, 1, 40, (Quarter.parse(QUARTER),), 3, 0)
    (folder / "raw" / "survey" / f"{QUARTER}.csv").unlink()
    return folder / "raw"


@pytest.fixture
def page(browser: Browser, raw: Path, tmp_path: Path) -> Iterator[Page]:
    """The form as a telephone's browser has it, on a day of the quarter."""
    if not (packages := os.environ.get(PACKAGES)):
        pytest.skip(f"{PACKAGES} names no folder with ODK's web forms")
    asked = questionnaire_of(read_homes(raw, DAY), DAY, QUARTER)
    form = write_forms(tmp_path, asked, "vi").xlsform
    own = {
        "": HTML.encode(),
        "form.xml": convert(form).xform.encode(),
        "households.csv": (form.parent / "households.csv").read_bytes(),
    }

    def answer(route: Route) -> None:
        name = route.request.url.removeprefix(HOST)
        kind = mimetypes.guess_type(name or "index.html")[0] or "text/plain"
        file = Path(packages, name)
        if name not in own and not file.is_file():
            route.fulfill(status=404)
            return
        body = own[name] if name in own else file.read_bytes()
        route.fulfill(body=body, content_type=f"{kind}; charset=utf-8")

    page = browser.new_page(
        viewport={"width": PHONE, "height": 900}, timezone_id="Asia/Ho_Chi_Minh"
    )
    page.route("**/*", answer)
    page.clock.install(time=f"{DAY}T03:00:00Z")
    page.goto(HOST)
    yield page
    page.close()


def test_it_is_filled_in_sent_and_read_back(page: Page, raw: Path) -> None:
    page.get_by_text("(T1)").click()
    page.locator(".p-select-label").last.click()
    first = page.get_by_role("option").first
    household = first.inner_text().partition(" ")[0]
    first.click()
    page.get_by_role("radio", name="Có", exact=True).first.check()  # informed
    page.locator("input[inputmode=numeric]").press_sequentially("1850")
    page.get_by_role("button", name="Send").click()
    page.wait_for_function("window.sent")
    sent = ElementTree.fromstring(page.evaluate("window.sent"))
    row = {f"{group.tag}-{one.tag}": one.text or "" for group in sent for one in group}
    with (raw / "survey" / f"{QUARTER}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*row])
        writer.writeheader()
        writer.writerow(row)
    (read,) = read_campaign(raw, DAY).tables["survey"].to_dict("records")
    given = {name: value for name, value in read.items() if not pd.isna(value)}
    wanted = {"household": household, "informed": "yes", "income": 1850}
    assert {name: given[name] for name in wanted} == wanted, json.dumps(row)
    assert given["surveyed_on"].date() == DAY  # nobody touched it
    assert "has_tv" not in given  # left empty is not known
