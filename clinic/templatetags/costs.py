"""What a visit costs and how long it takes, in words."""

from django import template
from django.utils.translation import gettext as _

from clinic.portal.costs import Costs
from clinic.templatetags.formats import euros

register = template.Library()


@register.filter
def price(costs: Costs) -> str:
    """Write the price: “€ 95,00”, or “from € 95,00” where practitioners differ."""
    amount = euros(costs.price_cents)
    return _("from %(amount)s") % {"amount": amount} if costs.prices_differ else amount


@register.filter
def minutes(costs: Costs) -> str:
    """Write the length: “45 minutes”, or “45 to 60 minutes” where practitioners differ."""
    if not costs.minutes_differ:
        return _("%(minutes)s minutes") % {"minutes": costs.minutes}
    return _("%(least)s to %(most)s minutes") % {
        "least": costs.minutes,
        "most": costs.longest_minutes,
    }
