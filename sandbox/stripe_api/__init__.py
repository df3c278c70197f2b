"""The subset of Stripe's API that the clinic uses, as strict as Stripe's own."""
