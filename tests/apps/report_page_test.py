"""The report page (apps/report) in a headless Chromium: it draws itself, fits a phone, asks the network for
nothing, and takes no text for markup. Documents come from tests/support/report_documents.py.

    MAKE_REPORT_PAGE  tests/make_report_page (default: in build/release)
    CHROMIUM          the browser (default: chromium on the PATH); tests that need one are skipped where there is none
"""

import copy
import html.parser
import http.server
import json
import os
import pathlib
import re
import shutil
import subprocess
import threading
import unittest

import harness
import report_documents as documents

MAKE_PAGE = pathlib.Path(os.environ.get("MAKE_REPORT_PAGE", harness.ROOT / "build/release/tests/make_report_page"))
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
DOCUMENTS = {"full": documents.full, "minimal": lambda: {"title": "Minimal"}, "empty": dict,
             "101 classes": documents.many_classes, "regression": documents.regression, "holes": documents.holes}
N_CHARTS = {"full": 11, "minimal": 0, "empty": 0, "101 classes": 6, "regression": 4, "holes": 5}

# A browser has errands of its own, the time of day for one; they are not the page's.
QUIET = ("--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--disable-features=NetworkTimeServiceQuerying")

# What would be markup, end the script it stands in, or fetch something, if it were not shown as text.
HOSTILE = ('</script><script>document.documentElement.dataset.owned="script"</script>'
           '<img src="http://beacon.example/a.png" onerror="document.documentElement.dataset.owned=1">'
           '<!--<script>\u2028\u2029&lt;b&gt; @DATA@ @PROGRAM@ ${1} `"\'\\ \x01 \U0001f3b5')


def make_page(document):
    """(exit code, page or error message)"""
    text = document if isinstance(document, bytes) else json.dumps(document, ensure_ascii=False).encode()
    done = subprocess.run([str(MAKE_PAGE)], input=text, capture_output=True, timeout=60, check=False)
    return done.returncode, (done.stdout or done.stderr).decode("utf-8", "replace")


def with_every_string(value, text):
    """The document with every string, but for those that the contract fixes, and every key of settings hostile."""
    if isinstance(value, dict):
        return {key: one if key in ("severity", "image", "looked", "key") else with_every_string(one, text)
                for key, one in value.items()}
    if isinstance(value, list):
        return [with_every_string(one, text) for one in value]
    return text if isinstance(value, str) else value


class Page(html.parser.HTMLParser):
    """What a test asks of a page: facts of <html>, elements by name, texts, headings."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.text, self.silent = [], "", 0
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.silent += tag in ("script", "style")

    def handle_endtag(self, tag):
        self.silent -= tag in ("script", "style")

    def handle_data(self, data):
        if not self.silent:
            self.text += data

    def all(self, *tags):
        return [attributes for tag, attributes in self.elements if tag in tags]

    def facts(self):
        return {key[5:]: value for key, value in self.all("html")[0].items() if key.startswith("data-")}


class Server(http.server.ThreadingHTTPServer):
    """Serves one page and a frame of a given width around it; remembers whatever else is asked for.

    Chromium opens no window under 500 px, but a frame may be as narrow as a phone."""

    FRAME = """<!doctype html><iframe id="f" src="/page.html" style="width:%spx;height:900px;border:0"></iframe><script>
        setInterval(() => { const root = document.getElementById("f").contentDocument.documentElement;
                            Object.assign(document.documentElement.dataset, root.dataset); }, 100)</script>"""

    def __init__(self, page):
        super().__init__(("127.0.0.1", 0), Handler)
        self.page, self.strangers = page, []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def stop(self):
        self.shutdown()
        self.server_close()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = (self.server.page if self.path == "/page.html" else
                Server.FRAME % self.path[7:] if self.path.startswith("/frame-") else None)
        if body is None and self.path != "/favicon.ico":  # a browser asks for that by itself
            self.server.strangers.append(f"{self.headers.get('Host')}{self.path}")
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write((body or "").encode())

    def log_message(self, *_):
        pass


class ReportPage(harness.Case):
    def page_of(self, document):
        code, page = make_page(document)
        self.assertEqual(code, 0, page)
        return page

    def browse(self, url, *options):
        if not CHROMIUM:
            self.skipTest("Chromium is absent: nothing draws the page (CHROMIUM)")
        done = subprocess.run([CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu",
                               f"--user-data-dir={self.tmp}/profile", *QUIET, "--virtual-time-budget=8000",
                               *options, "--dump-dom", url],
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False)
        return Page(done.stdout.decode("utf-8", "replace"))

    def opened(self, document):
        path = self.tmp / "report.html"
        path.write_text(self.page_of(document), encoding="utf-8")
        return self.browse(path.as_uri(), "--window-size=1280,900")

    def assertDrawn(self, facts, n_charts):
        self.assertEqual(facts.get("errors"), "0", facts)
        self.assertEqual(facts.get("charts"), f"{n_charts}/{n_charts}", facts)
        self.assertLessEqual(int(facts["scroll-width"]), int(facts["window-width"]), facts)

    def test_every_kind_of_document_is_drawn_from_a_file_without_an_error(self):
        for name, document in DOCUMENTS.items():
            with self.subTest(document=name):
                self.assertDrawn(self.opened(document()).facts(), N_CHARTS[name])

    def test_every_kind_of_document_fits_a_phone_and_asks_the_network_for_nothing(self):
        for name, document in DOCUMENTS.items():
            with self.subTest(document=name):
                server = Server(self.page_of(document()))
                self.addCleanup(server.stop)
                port = server.server_address[1]
                facts = self.browse(f"{server.url}/frame-360", f"--host-resolver-rules=MAP * 127.0.0.1:{port}").facts()
                self.assertEqual(facts.get("window-width"), "360", facts)
                self.assertDrawn(facts, N_CHARTS[name])
                self.assertEqual(server.strangers, [])

    def test_the_page_names_no_resource_outside_itself(self):
        page = Page(self.page_of(documents.full()))
        for attributes in (attributes for _, attributes in page.elements):
            for key in ("src", "href", "srcset", "action", "data"):
                self.assertNotIn(key, attributes)
        self.assertNotRegex(self.page_of({}), r"url\(|@import|<link")
        for key in ("src", "href"):
            for attributes in self.opened(documents.full()).all("img", "a", "script", "link"):
                self.assertRegex(attributes.get(key) or "#", r"^(#|data:image/png;base64,)")

    def test_hostile_strings_are_shown_as_text_everywhere(self):
        document = with_every_string(documents.full(), HOSTILE)
        document["heads"].append({"name": "pictures", "spectrograms": [
            {"image": "http://beacon.example/b.png", "caption": "x", "right": True},
            {"image": 'data:image/svg+xml,<svg onload="x">', "caption": "x", "right": True},
            {"image": document["heads"][0]["spectrograms"][0]["image"], "looked": "http://beacon.example/c.png"}]})
        document["settings"] = {HOSTILE: HOSTILE, "versions": {HOSTILE: HOSTILE, "__proto__": "1"}}
        page = self.page_of(document)
        self.assertEqual(page.count("</script"), 3)
        self.assertNotIn("\u2028", page)
        server = Server(page)
        self.addCleanup(server.stop)
        drawn = self.browse(f"{server.url}/page.html",
                            f"--host-resolver-rules=MAP * 127.0.0.1:{server.server_address[1]}")
        self.assertDrawn(drawn.facts(), N_CHARTS["full"])
        self.assertNotIn("owned", drawn.facts())
        self.assertEqual(server.strangers, [])
        self.assertEqual(len(drawn.all("script")), 3)
        self.assertTrue(all(image["src"].startswith("data:image/png;base64,") for image in drawn.all("img")))
        self.assertEqual(len(drawn.all("img")), 2 * 8 + 1, "eight clips with two pictures each, one with one")
        self.assertIn("<img src=\"http://beacon.example/a.png\"", drawn.text)
        self.assertIn("</script><script>", drawn.text)

    def test_a_server_that_maps_every_host_would_notice_a_request(self):
        server = Server('<!doctype html><img src="http://beacon.example/a.png">')
        self.addCleanup(server.stop)
        self.browse(server.url + "/page.html", f"--host-resolver-rules=MAP * 127.0.0.1:{server.server_address[1]}")
        self.assertEqual(server.strangers, ["beacon.example/a.png"])

    def test_an_error_in_the_page_would_be_counted(self):
        broken = {"title": "x", "facts": [1], "labels": {"names": 3, "parts": {}}, "command": "c", "findings": [None]}
        self.assertNotEqual(self.opened(broken).facts().get("errors"), "0")

    def test_the_verdict_comes_first_and_the_numbers_are_there_as_text(self):
        page = self.opened(documents.full())
        self.assertSays(page.text, "1 leak found", "14 of 1 560 test rows", "0.612 [0.588, 0.636]", "--seed 42",
                         "LibTorch")
        self.assertLess(page.text.index("1 leak found"), page.text.index("7 800 rows of 8 112 used"))
        for words in ("ambient 0.847", "Best of 30 epochs", "danceability 0.098"):  # AUC, training, importance
            self.assertSays(page.text, words)
        clean = self.opened(documents.regression()).text
        self.assertSays(clean, "Clean: no leak found", "1 warning to check", "400 of 900 test rows",
                         "Decrease in R² when the column is shuffled")

    def test_it_can_be_read_aloud(self):
        page = self.opened(documents.full())
        levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
        self.assertEqual(levels[0], 1)
        self.assertEqual(levels.count(1), 1)
        self.assertTrue(all(after <= before + 1 for before, after in zip(levels, levels[1:])), levels)
        for canvas in page.all("canvas"):
            self.assertEqual(canvas["role"], "img")
            self.assertGreater(len(canvas["aria-label"]), 20)
        self.assertEqual(len(page.all("table")), len(page.all("caption")))
        self.assertTrue(all(cell.get("scope") in ("row", "col") for cell in page.all("th")))
        self.assertTrue(all(image.get("alt") for image in page.all("img")))

    def test_it_unfolds_for_paper_and_folds_again(self):
        path = self.tmp / "report.html"
        count = 'document.querySelectorAll("details[open]").length'
        path.write_text(self.page_of(documents.full()) + f"""<script>
            const facts = document.documentElement.dataset;
            facts.before = {count};
            dispatchEvent(new Event("beforeprint"));
            facts.during = {count};
            facts.light = facts.printing;
            dispatchEvent(new Event("afterprint"));
            facts.after = {count};</script>""", encoding="utf-8")
        page = self.browse(path.as_uri(), "--window-size=1280,900")
        facts = page.facts()
        self.assertDrawn(facts, N_CHARTS["full"])
        self.assertEqual(facts["light"], "yes")
        self.assertEqual((facts["before"], facts["during"], facts["after"]), ("1", str(len(page.all("details"))), "1"))

    def test_sections_without_data_are_left_out(self):
        document = documents.full()
        for key, heading in (("findings", "Audit"), ("leaderboard", "Scores"), ("heads", "Heads"),
                             ("settings", "Settings")):
            fewer = copy.deepcopy(document)
            del fewer[key]
            with self.subTest(without=key):
                page = self.opened(fewer)
                self.assertEqual(page.facts()["errors"], "0")
                self.assertEqual(len(page.all("h2")), 6)
        self.assertEqual(len(self.opened(document).all("h2")), 7)

    def test_what_is_no_json_object_is_refused(self):
        for text in (b"", b"   ", b"[]", b"3", b"{", b'{"a": NaN}', b'{"a": "\xff"}', b"{} {}"):
            with self.subTest(text=text):
                code, message = make_page(text)
                self.assertEqual(code, 2, message)
                self.assertSays(message, "data_json", "must be a JSON object")

    def test_the_same_document_makes_the_same_bytes(self):
        self.assertEqual(self.page_of(documents.full()), self.page_of(documents.full()))


if __name__ == "__main__":
    unittest.main(verbosity=2)
