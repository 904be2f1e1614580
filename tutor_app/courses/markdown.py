"""Course texts as HTML that is safe to put on a page.

Markdown is rendered on the server and cleaned by an allow-list. Mathematics stays as TeX in
`<span class="math" data-tex="...">` (displayed: `class="math display"`), for KaTeX in the browser; without it the TeX
itself can be read. Pictures are only those the caller names: no text can make a browser fetch from elsewhere.
"""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import unquote

import nh3
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

LONGEST_TEXT = 50_000  # characters; nothing in a course is longer, and what is shown is cut there
DEEPEST_NESTING = 20

ALLOWED_TAGS = {
    "p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "img", "span", "div",
    "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ALLOWED_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "loading"},
    "span": {"data-tex"},
    "div": {"data-tex"},
    "ol": {"start"},
}
ALLOWED_CLASSES = {"span": {"math", "display", "missing-figure"}, "div": {"math", "display"}, "img": {"figure"}}


def render(text: str, figures: Mapping[str, str] | None = None) -> SafeString:
    """The text as HTML. `figures` maps the names in `![words](figure:NAME)` to addresses; a figure that is not among
    them is replaced by its words. Headings begin at level 2, below the page's own."""
    html = _MARKDOWN.render(text[:LONGEST_TEXT], {"figures": figures or {}})
    clean = nh3.clean(
        html,
        tags=ALLOWED_TAGS,
        attributes=ALLOWED_ATTRIBUTES,
        allowed_classes=ALLOWED_CLASSES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return mark_safe(clean)  # noqa: S308 (cleaned by the allow-list above)


def _inline_math(self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    tex = escape(tokens[index].content.strip())
    display = " display" if tokens[index].type == "math_inline_double" else ""
    return f'<span class="math{display}" data-tex="{tex}">{tex}</span>'


def _block_math(self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    tex = escape(tokens[index].content.strip())
    return f'<div class="math display" data-tex="{tex}">{tex}</div>\n'


def _image(self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    words = "".join(child.content for child in token.children or [])  # mathematics in words stays as its TeX
    name = unquote(str(token.attrs.get("src", ""))).removeprefix("figure:")
    address = env["figures"].get(name)
    if address is None:
        return f'<span class="missing-figure">{escape(_("Picture: %(words)s") % {"words": words})}</span>'
    return f'<img class="figure" src="{escape(address)}" alt="{escape(words)}" loading="lazy">'


def _heading_open(self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    return f"<{_lowered(tokens[index].tag)}>"


def _heading_close(self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    return f"</{_lowered(tokens[index].tag)}>\n"


def _lowered(tag: str) -> str:
    return f"h{min(int(tag[1]) + 1, 6)}"


def _build() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False, "maxNesting": DEEPEST_NESTING}).enable(
        ["table", "strikethrough"]
    )
    markdown.use(dollarmath_plugin, allow_labels=False, allow_blank_lines=False, double_inline=True)
    for name, rule in (
        ("math_inline", _inline_math),
        ("math_inline_double", _inline_math),
        ("math_block", _block_math),
        ("image", _image),
        ("heading_open", _heading_open),
        ("heading_close", _heading_close),
    ):
        markdown.add_render_rule(name, rule)
    return markdown


_MARKDOWN = _build()
