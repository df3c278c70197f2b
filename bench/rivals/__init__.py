"""Other booking systems, installed as they are, behind as little of our code as will do.

Everything below a rival's own folder runs in an environment of its own, beside its package.
"""
