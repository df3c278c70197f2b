"""What is committed: complete, and free of what belongs to one machine."""

import re
import subprocess
from typing import Any

import yaml

from tests.tooling.checkouts import ROOT

# Split, so that this file does not hold what it looks for.
REGISTRIES = [
    "pypi" + ".org",
    "files.python" + "hosted.org",
    "registry." + "npmjs.org",
    "--index" + "-url",
    "--find" + "-links",
    '"resol' + 'ved":',
]


def committed() -> list[str]:
    answer = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [name for name in answer.stdout.split("\0") if name and (ROOT / name).is_file()]


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return loaded


def test_no_registry_is_named() -> None:
    found = []
    for name in committed():
        text = (ROOT / name).read_bytes().decode(errors="replace")
        found += [f"{name}: {host}" for host in REGISTRIES if host in text]

    assert found == []


def test_every_locked_package_carries_its_hashes() -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-node.txt"):
        blocks = re.split(r"\n(?=\S)", (ROOT / name).read_text().strip())
        assert all("--hash=sha256:" in block for block in blocks), name


def test_what_runs_in_production_is_locked_the_same_for_the_tests() -> None:
    locked = [
        set(re.findall(r"^(\S+==[^\s;]+)", (ROOT / name).read_text(), re.MULTILINE))
        for name in ("requirements.txt", "requirements-dev.txt")
    ]

    assert locked[0] <= locked[1]


def test_make_lists_every_command() -> None:
    answer = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True)

    listed = re.findall(r"^  make (\S+) +\S", answer.stdout, re.MULTILINE)

    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert phony
    assert {*listed, "assets"} == set(phony[1].split())


def test_the_services_are_complete() -> None:
    services = compose()["services"]

    assert set(services) == {"migrate", "web", "worker", "beat", "postgres", "redis"}
    for name in ("worker", "beat", "postgres", "redis"):
        assert services[name]["healthcheck"]["test"], name
    assert "HEALTHCHECK" in (ROOT / "Dockerfile").read_text()  # of web


def test_what_has_state_has_one_volume() -> None:
    services = compose()["services"]

    used = {name: services[name].get("volumes", []) for name in services}

    assert {name: len(volumes) for name, volumes in used.items() if volumes} == {
        "postgres": 1,
        "redis": 1,
    }
    assert set(compose()["volumes"]) == {"postgres", "redis"}


def test_the_site_alone_is_reached_from_outside_and_only_from_this_machine() -> None:
    ports = {
        name: service["ports"]
        for name, service in compose()["services"].items()
        if "ports" in service
    }

    assert ports == {"web": ["127.0.0.1:${PORT:-8000}:8000"]}


def test_the_image_does_not_run_as_root() -> None:
    last_stage = (ROOT / "Dockerfile").read_text().rsplit("\nFROM ", 1)[1]

    assert re.findall(r"^USER (\S+)", last_stage, re.MULTILINE) == ["kliniek"]


def test_the_services_see_only_settings_that_are_explained() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    explained = (ROOT / ".env.example").read_text()

    for name in re.findall(r"(?<!\$)\$\{([A-Z_]+)", text):
        assert f"#{name}=" in explained
