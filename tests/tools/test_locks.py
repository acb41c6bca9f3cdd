"""The lock files hold what pyproject.toml asks for, one way for both commands."""

from __future__ import annotations

import tomllib

import pytest
from packaging.requirements import Requirement

from app.settings import PROJECT
from tools.tree import locked_versions

_PROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
_RUN = locked_versions(PROJECT / "requirements" / "run.txt")
_DEV = locked_versions(PROJECT / "requirements" / "dev.txt")


@pytest.mark.parametrize("wanted", _PROJECT["dependencies"])
def test_a_declared_package_is_locked_in_a_version_it_allows(wanted: str) -> None:
    requirement = Requirement(wanted)

    assert _RUN[requirement.name.lower()] in requirement.specifier


@pytest.mark.parametrize("wanted", _PROJECT["optional-dependencies"]["dev"])
def test_a_package_for_tests_is_locked_in_a_version_it_allows(wanted: str) -> None:
    requirement = Requirement(wanted)

    assert _DEV[requirement.name.lower()] in requirement.specifier


def test_tests_run_with_the_versions_that_people_run() -> None:
    assert {name: version for name, version in _RUN.items() if _DEV.get(name) != version} == {}
