"""Fits gnuplot's SVG into a page: its colours become those of the page, light or dark."""

import re

# The colours of charts/style.gp, and the page's names for them.
COLOURS = {
    (0x24, 0x29, 0x2f): "ink", (0x57, 0x60, 0x6a): "muted", (0xd0, 0xd7, 0xde): "faint",
    (0x00, 0x72, 0xb2): "blue", (0xd5, 0x5e, 0x00): "vermilion", (0x00, 0x9e, 0x73): "green",
    (0x56, 0xb4, 0xe9): "sky", (0xe6, 0x9f, 0x00): "amber", (0xcc, 0x79, 0xa7): "purple",
    (0xff, 0xff, 0xff): "paper", (0x00, 0x00, 0x00): "ink",
    (0xd8, 0xde, 0xe4): "waiting", (0xfe, 0xfe, 0xfe): "on-blue",
}
NAMES = {"black": "ink", "white": "paper", "#ffffff": "paper", "#000000": "ink"}


def inline(text, name, description):
    """The <svg> element of a chart for a page: no prologue, ids that begin with `name`, a role and
    a label for those who listen to it, and colours as variables of the page."""
    text = text[text.index("<svg"):]
    text = re.sub(r"<title>.*?</title>\s*<desc>.*?</desc>", "", text, flags=re.DOTALL)
    text = re.sub(r"\b(id)=(['\"])([^'\"]*)\2", r"\1=\2%s-\3\2" % name, text)
    text = re.sub(r"href=(['\"])#([^'\"]*)\1", r"href=\1#%s-\2\1" % name, text)
    text = re.sub(r"url\(#([^)]*)\)", r"url(#%s-\1)" % name, text)
    text = re.sub(r"""(fill|stroke|color)(\s*=\s*)(['"])([^'"]*)\3""", _colour, text)
    head = 'role="img" aria-label="%s" ' % description
    text = re.sub(r'width="\d+" height="\d+"', head, text, count=1)
    return re.sub(r"[ \t]*\n\s*", "\n", text)


def _colour(match):
    attribute, equals, quote, value = match.groups()
    rgb = re.fullmatch(r"rgb\(\s*(\d+),\s*(\d+),\s*(\d+)\)", value)
    name = COLOURS.get(tuple(map(int, rgb.groups()))) if rgb else NAMES.get(value.lower())
    if name is None:
        return match.group(0)
    return "%s%s%svar(--%s)%s" % (attribute, equals, quote, name, quote)
