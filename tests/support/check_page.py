#!/usr/bin/env python3
"""check_page.py PAGE: what a browser relies on in report.html.

Tags match, ids are there once, links stay in the page and find their id,
nothing acts but the one script that the page's policy names.
"""
import base64
import hashlib
import html.parser
import sys

VOID = {"meta", "br"}


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.ids, self.wanted = [], [], []
        self.scripts, self.policy, self.headers = [], "", 0

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        assert len(values) == len(attributes), (tag, attributes)
        assert tag not in {"iframe", "object", "embed", "img", "link", "form"}
        for name, value in attributes:
            assert not name.startswith("on"), (tag, name)
            assert name not in {"src", "style", "srcset"}, (tag, name)
            if name == "href":
                assert value.startswith("#"), value
                self.wanted.append(value[1:])
            if name == "id":
                self.ids.append(value)
            if name == "aria-labelledby":
                self.wanted.append(value)
        if values.get("http-equiv") == "Content-Security-Policy":
            self.policy = values["content"]
        if tag == "script":
            self.scripts.append("")
        if tag == "th":
            self.headers += 1
            assert values["scope"] in {"col", "row"}
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, (self.open, tag)
        self.open.pop()

    def handle_data(self, data):
        if self.open and self.open[-1] == "script":
            self.scripts[-1] += data


with open(sys.argv[1], encoding="utf-8", newline="") as file:
    text = file.read()
page = Page()
page.feed(text)
page.close()
assert not page.open, page.open
assert len(page.ids) == len(set(page.ids)), "an id stands twice"
assert set(page.wanted) <= set(page.ids), set(page.wanted) - set(page.ids)
assert page.headers > 0
assert len(page.scripts) == 1
digest = base64.b64encode(hashlib.sha256(page.scripts[0].encode()).digest())
assert f"script-src 'sha256-{digest.decode()}'" in page.policy, page.policy
assert page.policy.startswith("default-src 'none'")
assert "<!DOCTYPE" in text and "://" not in text, "something from elsewhere"
