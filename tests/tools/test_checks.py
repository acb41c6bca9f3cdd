"""Each check turns red on a seeded violation, on a copy of the tree; and the tree itself keeps the rules."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.settings import PROJECT
from tools.tree import problems, tree_files


@dataclass(slots=True)
class Tree:
    """A copy of the project into which a test puts files of its own."""

    root: Path
    seeded: list[Path] = field(default_factory=list)

    def seed(self, name: str, text: str) -> None:
        """Put a file that does not exist yet."""
        path = self.root / name
        assert not path.exists()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        self.seeded.append(path)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a check as tools/check does."""
        programs = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        environment = {**os.environ, "PATH": programs, "PYTHONPATH": str(self.root), "NO_COLOR": "1"}
        return subprocess.run(command, cwd=self.root, capture_output=True, text=True, env=environment)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("tree") / "copy"
    for source in tree_files(PROJECT):
        place = target / source.relative_to(PROJECT)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, place)
    return target


@pytest.fixture
def tree(copy: Path) -> Iterator[Tree]:
    tree = Tree(copy)
    yield tree
    for path in tree.seeded:
        path.unlink()


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        pytest.param(
            "core/shared/seeded.py", "import django", "Core knows no framework", id="core imports a framework"
        ),
        pytest.param(
            "bots/seeded.py", "import web", "Doors stand side by side", id="one door imports another"
        ),
        pytest.param(
            "web/seeded.py",
            "import core.polls.model",
            "The tables of a folder of core are private",
            id="a door reads tables",
        ),
        pytest.param(
            "core/store/seeded.py", "import core.polls", "Inside core each folder", id="core looks upwards"
        ),
        pytest.param(
            "web/seeded.py", "import aiogram", "aiogram lives in bots only", id="a library leaves its folder"
        ),
    ],
)
def test_a_forbidden_import_breaks_its_contract(tree: Tree, file: str, line: str, contract: str) -> None:
    tree.seed(file, f'"""Seeded."""\n\n{line}\n')

    done = tree.run("lint-imports")

    assert done.returncode != 0
    assert any(contract in shown and "BROKEN" in shown for shown in done.stdout.splitlines()), done.stdout


def test_an_import_of_a_package_that_is_not_declared_is_found(tree: Tree) -> None:
    tree.seed("web/seeded.py", '"""Seeded."""\n\nimport scrapy\n')

    done = tree.run("deptry", ".")

    assert done.returncode != 0
    assert "'scrapy' imported but missing" in done.stderr


def test_a_function_without_types_is_found(tree: Tree) -> None:
    tree.seed("core/shared/seeded.py", '"""Seeded."""\n\n\ndef doubled(count):\n    return count * 2\n')

    done = tree.run("mypy", "core/shared/seeded.py")

    assert done.returncode != 0
    assert "Function is missing a type annotation" in done.stdout


@pytest.mark.parametrize(
    ("file", "line", "rule"),
    [
        pytest.param(
            "core/shared/seeded.py", "MOMENT = datetime.now(UTC)", "one-clock", id="a second clock in core"
        ),
        pytest.param(
            "bots/seeded.py",
            "PORT = os.environ['PORT']",
            "environment-in-settings-only",
            id="environment read",
        ),
        pytest.param(
            "core/polls/seeded.py", "session.commit()", "core-never-commits", id="a command that commits"
        ),
        pytest.param("web/seeded.py", "mark_safe(text)", "no-unescaped-html", id="unescaped markup"),
        pytest.param(
            "web/seeded.py", "try:\n    work()\nexcept Exception:\n    pass", "no-silent-except", id="silence"
        ),
    ],
)
def test_a_rule_of_our_own_is_broken(tree: Tree, file: str, line: str, rule: str) -> None:
    tree.seed(file, f'"""Seeded."""\n\n{line}\n')

    done = tree.run("ast-grep", "scan", "--error", file)

    assert done.returncode != 0
    assert f"error[{rule}]" in done.stdout


@pytest.mark.parametrize(
    ("file", "text", "problem"),
    [
        pytest.param(
            "requirements/seeded.txt",
            "--index-url https://packages.example/simple\naiohttp==3.14.5\n",
            "requirements/seeded.txt:1: a lock file holds no address",
            id="address in a lock",
        ),
        pytest.param(
            "requirements/seeded.txt",
            "aiohttp==3.14.3\n",
            "requirements/seeded.txt: aiohttp 3.14.3 is below 3.14.4",
            id="version with a known hole",
        ),
        pytest.param(
            "web/templates/seeded.html",
            "<p>{{ text|safe }}</p>\n",
            "web/templates/seeded.html:1: a template never switches escaping off",
            id="unescaped template",
        ),
        pytest.param(
            "core/polls/helpers.py",
            '"""Seeded."""\n',
            "core/polls/helpers.py: a module is named by what it does",
            id="a name that says nothing",
        ),
    ],
)
def test_a_rule_about_files_is_broken(tree: Tree, file: str, text: str, problem: str) -> None:
    tree.seed(file, text)

    found = list(problems(tree.root))

    assert any(line.startswith(problem) for line in found), found


def test_the_tree_keeps_the_rules_about_files() -> None:
    assert list(problems(PROJECT)) == []


def test_a_failed_check_is_named_with_its_words_and_fails_the_whole(tree: Tree) -> None:
    tree.seed("web/seeded.py", '"""Seeded."""\n\nimport os\n')

    done = tree.run("tools/check", "style", "rules")

    assert done.returncode == 1
    assert "`os` imported but unused" in done.stdout
    assert done.stdout.endswith("checks FAILED: style\n")
