"""The charts of the report, as a template tag."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from clinic.office.charts import Chart, svg

register = template.Library()


@register.simple_tag
def chart(drawing: Chart) -> SafeString:
    """Draw a chart as SVG."""
    return mark_safe(svg(drawing))  # noqa: S308 (every text in it is escaped where it is drawn)
