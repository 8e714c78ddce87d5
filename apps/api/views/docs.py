"""The description of the API: as a file for programs, and as a page for people. No request leaves this site."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import conditional_page, require_safe

from apps.api.reference import Reference, read_reference
from apps.common.errors import NotFound

DESCRIPTION = Path(__file__).resolve().parents[1] / "openapi.json"


@require_safe
@conditional_page
def openapi(request: HttpRequest) -> HttpResponse:
    return HttpResponse(_description(), content_type="application/json")


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    return render(request, "api/reference.html", {"reference": _reference()})


@csrf_exempt
def unknown(request: HttpRequest) -> HttpResponse:
    """Every method of every other address below /api/."""
    raise NotFound


@cache
def _reference() -> Reference:
    return read_reference(_description())


@cache
def _description() -> bytes:
    return DESCRIPTION.read_bytes()
