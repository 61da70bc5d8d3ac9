"""Pages in headless Chromium: what it complains of, and how it lays them out."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-logging=stderr",
    "--hide-scrollbars",
    "--virtual-time-budget=2000",
)
MEASURE = """
<script>
for (const each of document.querySelectorAll("details")) each.open = true;
const seen = (node) => node.getClientRects().length > 0;
const named = (node) => (node.textContent || "").trim().slice(0, 40);
const found = {width: innerWidth, content: document.documentElement.scrollWidth,
               spilt: [], overlapping: [], cut: []};
for (const cell of document.querySelectorAll("td, th, p, li, dd, h1, h2, h3, button")) {
  if (seen(cell) && cell.scrollWidth > cell.clientWidth + 1 && cell.clientWidth > 0
      && getComputedStyle(cell).display !== "inline") found.spilt.push(named(cell));
}
for (const image of document.querySelectorAll("svg.chart")) {
  if (!seen(image)) continue;
  const frame = image.getBoundingClientRect();
  const texts = [...image.querySelectorAll("text")]
    .map((node) => [node, node.getBoundingClientRect()]);
  texts.forEach(([node, box], i) => {
    if (box.left < frame.left - 1 || box.right > frame.right + 1
        || box.top < frame.top - 1 || box.bottom > frame.bottom + 1) found.cut.push(named(node));
    for (const [other, next] of texts.slice(i + 1)) {
      const wide = Math.min(box.right, next.right) - Math.max(box.left, next.left);
      const high = Math.min(box.bottom, next.bottom) - Math.max(box.top, next.top);
      if (wide > 1 && high > 3) found.overlapping.push(named(node) + " / " + named(other));
    }
  });
}
const first = document.querySelector("#odds-table thead th:nth-child(2) button");
if (first) first.click();
found.sorted = [...document.querySelectorAll("#odds-table tbody td:nth-child(2)")]
  .map((cell) => Number(cell.dataset.v));
const said = document.createElement("pre");
said.id = "measured";
said.textContent = JSON.stringify(found);
parent.document.body.append(said);
</script>
"""


@dataclass(frozen=True)
class Shown:
    """What a browser made of a page: its complaints, and what was measured."""

    complaints: list[str]
    measured: dict[str, Any]


def show(html: str, width: int) -> Shown:
    """Open a page at a width: once as it is, for complaints, and once with a measuring script."""
    complaints = re.findall(r".*CONSOLE.*", _run(html, width).stderr)
    policy = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
    open_page = policy.sub("", html).replace("</body>", MEASURE + "</body>")
    # A window is 500 pixels wide at least; a frame is as narrow as it is told.
    frame = f'<iframe style="border:0;width:{width}px;height:2000px" srcdoc="{escape(open_page)}">'
    dom = _run(f"<!doctype html><body>{frame}</iframe></body>", width).stdout
    measured = re.search(r'<pre id="measured">(.*?)</pre>', dom, re.DOTALL)
    assert measured, dom[-2000:]
    return Shown(complaints, json.loads(unescape(measured.group(1))))


def _run(html: str, width: int) -> subprocess.CompletedProcess[str]:
    assert CHROMIUM is not None
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text(html, encoding="utf-8")
        return subprocess.run(
            [
                CHROMIUM,
                *FLAGS,
                f"--user-data-dir={folder}/profile",
                f"--window-size={width},2000",
                "--dump-dom",
                page.as_uri(),
            ],
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
