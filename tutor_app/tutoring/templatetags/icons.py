"""`{% icon "check" %}`: an icon from lucide, drawn into the page.

An icon is decoration: it stands beside a word, never instead of one, so screen readers pass over it.
"""

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from lucide.templatetags.lucide import lucide

register = template.Library()

# What the session page's scripts draw themselves; they copy them from <template> elements.
SCRIPT_ICONS = (
    "arrow-right",
    "book-open",
    "check",
    "circle-question-mark",
    "cloud-off",
    "flag",
    "footprints",
    "lightbulb",
    "list-ordered",
    "rotate-cw",
    "trending-down",
    "trending-up",
    "triangle-alert",
)


@register.simple_tag
def icon(name: str, size: int = 20, css: str = "") -> SafeString:
    """The icon as inline SVG, `size` pixels square. An unknown name raises `lucide.IconDoesNotExist`."""
    attributes = {"class": f"icon {css}".strip(), "aria-hidden": "true", "focusable": "false"}
    return SafeString(lucide(name, size=size, **attributes))


@register.simple_tag
def icon_templates() -> SafeString:
    """A <template id="icon-NAME"> for every icon that scripts copy into the page."""
    return format_html_join(
        "\n", '<template id="icon-{}">{}</template>', ((name, icon(name, 18)) for name in SCRIPT_ICONS)
    )
