"""The subset of Twilio's API that the clinic uses, as strict as Twilio's own."""
