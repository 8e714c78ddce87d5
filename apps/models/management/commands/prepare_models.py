from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from apps.common.commands import QuothCommand
from apps.models.config import default_encoder
from apps.models.inference.engine import onnx_encoder
from apps.models.inference.weights import EncoderUnavailable


@dataclass(frozen=True)
class Prepared:
    name: str
    digest: str
    dimensions: int
    graph: str
    built: bool
    seconds: float


class Command(QuothCommand):
    writes_to_database = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.description = _(
            "Build the graph of an encoder in quoth.yaml from its packaged weights. A complete graph is kept."
        )
        parser.add_argument(
            "names", nargs="*", metavar="NAME", help=_("encoder in quoth.yaml (default: default_encoder)")
        )
        parser.add_argument("--json", action="store_true", help=_("print one JSON list"))

    def handle(self, *args: Any, **options: Any) -> None:
        self._quiet = options["json"]
        prepared = [self._prepare(name) for name in options["names"] or [default_encoder()]]
        if self._quiet:
            self.stdout.write(json.dumps([asdict(one) for one in prepared], indent=2))

    def _prepare(self, name: str) -> Prepared:
        started = time.perf_counter()
        try:
            with self.ticking(_("%(name)s: checking the weights and the graph") % {"name": name}):
                encoder = onnx_encoder(name)
                built = encoder.prepare()
                encoder.warm_up()
        except EncoderUnavailable as error:
            raise CommandError(str(error)) from error
        seconds = round(time.perf_counter() - started, 2)
        done = _("%(name)s: built in %(seconds)s s, %(dimensions)s dimensions")
        whole = _("%(name)s: ready in %(seconds)s s, %(dimensions)s dimensions")
        self._report(
            (done if built else whole) % {"name": name, "seconds": seconds, "dimensions": encoder.dimensions}
        )
        return Prepared(name, encoder.digest, encoder.dimensions, str(encoder.graph.path), built, seconds)

    def _report(self, line: str) -> None:
        if not self._quiet:
            self.stdout.write(line)
            self.stdout.flush()
