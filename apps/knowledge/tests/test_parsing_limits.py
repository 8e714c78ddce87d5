"""The limits of the reading process where the operating system refuses one."""

import os
import resource
import sys

import pytest

from apps.knowledge.parsing.limits import limit_process

Limits = list[tuple[int, tuple[int, int]]]


def refuse_address_space(monkeypatch: pytest.MonkeyPatch, error: Exception, platform: str) -> Limits:
    kept: Limits = []

    def setrlimit(kind: int, limits: tuple[int, int]) -> None:
        if kind == resource.RLIMIT_AS:
            raise error
        kept.append((kind, limits))

    monkeypatch.setattr(resource, "setrlimit", setrlimit)
    monkeypatch.setattr(os, "nice", lambda value: value)
    monkeypatch.setattr(sys, "platform", platform)
    return kept


@pytest.mark.parametrize("error", [ValueError("current limit exceeds maximum limit"), OSError(22, "Invalid")])
def test_macos_reads_without_a_limit_of_memory(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    kept = refuse_address_space(monkeypatch, error, "darwin")
    limit_process(512, 60)
    assert kept == [
        (resource.RLIMIT_CORE, (0, 0)),
        (resource.RLIMIT_FSIZE, (0, 0)),
        (resource.RLIMIT_NPROC, (0, 0)),
        (resource.RLIMIT_CPU, (60, 60)),
    ]


def test_elsewhere_no_file_is_read_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    refuse_address_space(monkeypatch, ValueError("refused"), "linux")
    with pytest.raises(ValueError, match="refused"):
        limit_process(512, 60)
