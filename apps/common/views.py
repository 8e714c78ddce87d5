from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from apps.common.errors import AppError, NotFound


def error_response(request: HttpRequest, error: AppError) -> HttpResponse:
    """RFC 9457 problem details for JSON callers, a page for people."""
    if wants_json(request):
        body = {"type": "about:blank", "status": error.status, "code": error.code, "detail": str(error.message)}
        return JsonResponse(body, status=error.status, content_type="application/problem+json")
    return render(request, "error.html", {"error": error}, status=error.status)


def wants_json(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def not_found(request: HttpRequest, exception: Http404) -> HttpResponse:
    return error_response(request, NotFound())


def server_error(request: HttpRequest) -> HttpResponse:
    return render(request, "500.html", status=500)


def live(request: HttpRequest) -> HttpResponse:
    """The process runs; says nothing of its stores, so that an outage of one restarts nobody."""
    return HttpResponse("ok", content_type="text/plain")
