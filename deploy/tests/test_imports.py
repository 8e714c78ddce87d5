"""Rules about modules that the import contracts of pyproject.toml cannot express."""

import sys

import grimp


def test_the_verifier_needs_nothing_but_the_standard_library() -> None:
    graph = grimp.build_graph("apps", include_external_packages=True)
    imported = graph.find_modules_directly_imported_by("apps.common.proof")
    assert "hashlib" in imported
    assert {name.split(".")[0] for name in imported} <= sys.stdlib_module_names
