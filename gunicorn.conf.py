"""How the clinic's pages are served; gunicorn reads this file of its own accord.

Whoever starts gunicorn adds where it listens. A proxy (or a browser) that sends a form along a kept
connection just as we close it for idleness gets no answer and may not ask again, so we keep a
connection for longer than the sixty seconds that proxies keep theirs: they are the ones to close.
"""

worker_class = "gthread"
workers = 2
threads = 8
keepalive = 75  # seconds
graceful_timeout = 30  # seconds; a request may be waiting for Stripe
control_socket_disable = True
