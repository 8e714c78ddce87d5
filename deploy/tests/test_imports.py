"""Rules about modules that the import contracts of pyproject.toml cannot express."""

import sys
from collections import Counter
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest

APPS = Path(__file__).resolve().parents[2] / "apps"


def test_the_verifier_needs_nothing_but_the_standard_library() -> None:
    graph = grimp.build_graph("apps", include_external_packages=True)
    imported = graph.find_modules_directly_imported_by("apps.common.proof")
    assert "hashlib" in imported
    assert {name.split(".")[0] for name in imported} <= sys.stdlib_module_names


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = grimp.build_graph("apps", "chatbot_saas")
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert len(imports) > 300
    TopologicalSorter(imports).prepare()  # raises CycleError, which names the modules


@pytest.mark.parametrize("app", [folder.name for folder in APPS.iterdir() if (folder / "apps.py").exists()])
def test_no_two_modules_of_an_app_have_the_same_name(app: str) -> None:
    found = [path.stem for path in (APPS / app).rglob("*.py") if not _is_excepted(path)]
    assert [name for name, times in Counter(found).items() if times > 1] == []


def _is_excepted(path: Path) -> bool:
    """Names in tests and migrations may repeat, and every package has an __init__."""
    return path.name == "__init__.py" or {"tests", "migrations"} & set(path.parts) != set()
