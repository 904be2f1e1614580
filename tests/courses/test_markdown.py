"""Course texts become HTML that does nothing but show."""

import re

import pytest
from django.utils.safestring import SafeString
from hypothesis import given
from hypothesis import strategies as st

from tutor_app.courses.markdown import render


def test_mathematics_is_left_for_the_browser() -> None:
    assert render("Solve $3x + 5 = 20$.") == (
        '<p>Solve <span class="math" data-tex="3x + 5 = 20">3x + 5 = 20</span>.</p>\n'
    )


def test_displayed_mathematics_is_a_block_or_stands_in_its_paragraph() -> None:
    assert render("Look:\n\n$$\nx < 8\n$$\n") == (
        '<p>Look:</p>\n<div class="math display" data-tex="x &lt; 8">x &lt; 8</div>\n'
    )
    assert '<span class="math display" data-tex="x">x</span>' in render("Look: $$x$$ there")


def test_markdown_means_what_it_says() -> None:
    html = render("# Title\n\n*a* **b** `c`\n\n1. one\n2. two\n\n| p | q |\n|---|---|\n| 1 | 2 |")
    for part in ("<h2>Title</h2>", "<em>a</em>", "<strong>b</strong>", "<code>c</code>", "<li>two</li>", "<td>2</td>"):
        assert part in html
    assert isinstance(html, SafeString)


def test_stars_and_underscores_in_mathematics_are_not_emphasis() -> None:
    assert 'data-tex="a_1 * b_1 * c"' in render("$a_1 * b_1 * c$")


def test_an_escaped_dollar_is_money() -> None:
    assert render(r"It costs \$5 and \$6.") == "<p>It costs $5 and $6.</p>\n"


def test_a_figure_is_shown_from_the_address_given() -> None:
    html = render("![A *balance* of $x$](figure:balance.png)", {"balance.png": "/figures/7/balance.png"})
    assert '<img class="figure" src="/figures/7/balance.png" alt="A balance of x" loading="lazy">' in html


def test_a_figure_that_is_not_known_is_told_in_words() -> None:
    assert render("![A balance](figure:gone.png)") == (
        '<p><span class="missing-figure">Picture: A balance</span></p>\n'
    )


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        "[a](data:text/html;base64,PHNjcmlwdD4=)",
        "[a](vbscript:x 'onclick=alert(1)')",
        "![a](https://elsewhere.example/x.png)",
        "![a](//elsewhere.example/x.png)",
        '![" onerror="alert(1)](figure:x)',
        "![a](figure:evil)",
        '$" onmouseover="alert(1)$',
        '$$"><script>alert(1)</script>$$',
        "$\\href{javascript:alert(1)}{x}$",
        "```html onload=alert(1)\n<script>\n```",
        "<style>*{display:none}</style><iframe src=https://elsewhere.example></iframe>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "<svg/onload=alert(1)>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    ],
)
def test_nothing_in_a_text_runs_or_fetches(text: str) -> None:
    html = render(text, {"evil": 'javascript:alert(1)" onerror="x'})
    tags = re.findall(r"<[^>]*>", html)
    assert not any(re.match(r"</?(script|style|iframe|svg|math|object|embed|form)\b", tag, re.I) for tag in tags)
    for tag in tags:
        outside_values = re.sub(r'"[^"]*"', '""', tag)
        assert not re.search(r"\son\w+\s*=|style=", outside_values, re.I)
        assert not re.search(r'(src|href)="(?!/)(?!http)(?!mailto)[^"]+"', tag)
        assert not re.search(r'src="(https?:)?//', tag)


@given(st.text(alphabet='$<>"&![]()`*_\\{}figure: \nax=/', max_size=80))
def test_no_text_breaks_the_rendering(text: str) -> None:
    html = render(text, {"a": "/figures/1/a"})
    assert set(re.findall(r"<(\w+)", html)) <= {
        "p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "img", "span", "div",
        "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["", ">" * 5_000, "[" * 20_000, "*" * 20_000, "- " * 5_000, "$" * 20_001, "a" * 10**6])
def test_large_and_deep_texts_are_shown_in_bounded_time(text: str) -> None:
    assert len(render(text)) < 200_000
