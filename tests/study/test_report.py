"""The report in a browser: it renders, every chart is seen, nothing sticks out, and a screenshot of
each width and colour scheme is kept in $PARSUM_SCREENSHOTS."""

import os
import shutil
import sys
import tempfile
import unittest
from html.parser import HTMLParser

import browser
import support
from study import charts

SKIPPED = 77  # what ctest takes for a skipped test

# Boxes that reach out of the page to the left or right, and charts of no size.
MEASURE = """(() => {
  const width = document.documentElement.clientWidth;
  const out = [...document.querySelectorAll('body *')].filter(e => {
    if (e.closest('details:not([open])') && !e.closest('summary')) return false;
    const box = e.getBoundingClientRect();
    return box.width > 0 && (box.left < -0.5 || box.right > width + 0.5);
  }).map(e => e.tagName + ' ' + e.textContent.trim().slice(0, 40));
  const cut = [...document.querySelectorAll('figure svg text')].filter(e => {
    const box = e.getBoundingClientRect();
    const frame = e.closest('svg').getBoundingClientRect();
    return box.left < frame.left - 1 || box.right > frame.right + 1
        || box.top < frame.top - 1 || box.bottom > frame.bottom + 1;
  }).map(e => e.closest('figure').id + ': ' + e.textContent);
  const charts = [...document.querySelectorAll('figure')].map(e => {
    const box = e.querySelector('svg').getBoundingClientRect();
    const marks = e.querySelectorAll('svg path, svg use, svg polygon').length;
    return [e.id, box.width, box.height, marks];
  });
  const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
  const twice = ids.filter((id, at) => ids.indexOf(id) !== at);
  return {width, scroll: document.documentElement.scrollWidth, out, cut, charts, twice,
          paper: getComputedStyle(document.body).backgroundColor,
          ink: getComputedStyle(document.querySelector('svg text').parentNode).fill};
})()"""


class Elements(HTMLParser):
    """Every start tag, and whether tags are closed in order."""

    VOID = {"meta", "br", "hr", "img", "link"}

    def __init__(self):
        super().__init__()
        self.open, self.seen, self.links = [], [], []

    def handle_starttag(self, tag, attributes):
        self.seen.append(tag)
        self.links += [value for name, value in attributes
                       if name in ("src", "href", "xlink:href") and not value.startswith("#")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, "%s closed within %s" % (tag, self.open[-3:])
        self.open.pop()


class Report(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.place.cleanup)
        directory = os.path.join(cls.place.name, "study")
        status, _, errors = support.scaling(
            "--parsum", support.PRETENDED, "--threads", "1,2,4-6,8", "--runs", "5",
            "--name", "pretended", "--output", directory,
            "--term", "i % 3 == 0 && \"a<b>\" ? {i} : 'c'", PRETEND_SERIAL="0.03")
        assert status == 0, errors
        cls.page = os.path.join(directory, "report.html")
        cls.shots = os.environ.get("PARSUM_SCREENSHOTS") or cls.place.name
        os.makedirs(cls.shots, exist_ok=True)
        cls.browser = browser.Browser()
        cls.addClassCleanup(cls.browser.close)

    def test_the_page_is_one_file_without_scripts_and_well_nested(self):
        elements = Elements()
        with open(self.page, encoding="utf-8") as file:
            elements.feed(file.read())
        self.assertEqual(elements.open, [])
        self.assertNotIn("script", elements.seen)
        self.assertEqual(elements.links, [])
        self.assertEqual(elements.seen.count("figure"), len(charts.CHARTS))

    def test_it_renders_at_both_widths_light_and_dark(self):
        papers = {}
        for width in (400, 1400):
            for scheme in ("light", "dark"):
                with self.subTest(width=width, scheme=scheme):
                    papers[scheme] = self.check(width, scheme)
        self.assertNotEqual(papers["light"], papers["dark"])

    def check(self, width, scheme):
        self.browser.open(self.page, width, scheme)
        seen = self.browser.evaluate(MEASURE)
        shot = os.path.join(self.shots, "report-%d-%s.png" % (width, scheme))
        self.browser.screenshot(shot)
        self.assertGreater(os.path.getsize(shot), 20000)
        self.assertEqual(seen["width"], width)
        self.assertLessEqual(seen["scroll"], width)
        self.assertEqual(seen["out"], [])
        self.assertEqual(seen["cut"], [])
        self.assertEqual(seen["twice"], [])
        self.assertEqual([chart[0] for chart in seen["charts"]],
                         ["chart-" + name for name in charts.CHARTS])
        for name, wide, high, marks in seen["charts"]:
            self.assertGreater(wide, 0.85 * min(width, 500), name)
            self.assertGreater(high, 150, name)
            self.assertGreater(marks, 20, name)
        return seen["paper"], seen["ink"]


if __name__ == "__main__":
    for tool, found in (("Chromium", browser.find()), ("gnuplot", shutil.which("gnuplot"))):
        if not found:
            print("skipped: no %s; scripts/setup charts report installs it" % tool)
            sys.exit(SKIPPED)
    unittest.main()
