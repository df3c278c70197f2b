"""`python -m sandbox <command>`: what the Makefile calls."""

import sys
from importlib import import_module
from typing import NamedTuple

from sandbox.places import CannotStart

ARGUMENTS = True


class Command(NamedTuple):
    """Where a command lives; loaded only when it is asked for."""

    module: str
    function: str
    words: str
    takes_arguments: bool = False


COMMANDS = {
    "run": Command("run", "run", "start the clinic and watch over it"),
    "serve": Command("serve", "main", "the stand-ins for Stripe and Twilio, phone and mailbox"),
    "test": Command("testing", "test", "run the tests with the servers they need", ARGUMENTS),
    "coverage": Command("testing", "coverage", "run the tests, and tell what they leave out"),
    "bench": Command("testing", "bench", "run the measurements in bench/", ARGUMENTS),
    "faults": Command(
        "testing", "faults", "let many things go wrong while texts go out", ARGUMENTS
    ),
    "lint": Command("testing", "lint", "run every linter"),
    "manage": Command("run", "manage", "run one of Django's commands as `run` does", ARGUMENTS),
    "messages": Command("messages", "main", "collect the texts of the screens, compile them"),
    "postgres": Command("postgres", "main", "start, stop or name an embedded database", ARGUMENTS),
    "browser": Command("browser", "main", "name a Chromium, installing one when there is none"),
    "clean": Command("postgres", "remove_all", "stop the embedded databases and delete them"),
}


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code; a known trouble is told in words."""
    name, *rest = arguments or [""]
    if name not in COMMANDS:
        print(_usage(), file=sys.stderr)
        return 2
    command = COMMANDS[name]
    function = getattr(import_module(f"sandbox.{command.module}"), command.function)
    # An empty `--` only keeps the options behind it from whoever stands before us.
    passed_on = [rest[1:] if rest[:1] == ["--"] else rest] if command.takes_arguments else []
    try:
        return int(function(*passed_on) or 0)
    except CannotStart as trouble:
        print(f"\n{trouble}", file=sys.stderr)
        return 1


def _usage() -> str:
    lines = [f"  {name:<10} {command.words}" for name, command in COMMANDS.items()]
    return "\n".join(["Usage: python -m sandbox <command>", *lines])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
