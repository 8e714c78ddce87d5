from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from typing import Any

from django.core.management.base import CommandError, CommandParser

from apps.common.commands import QuothCommand
from apps.common.config import config
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
    help = (
        "Build the graph of every encoder in quoth.yaml from its packaged weights; a whole one is left alone."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON list")

    def handle(self, *args: Any, **options: Any) -> None:
        self._quiet = options["json"]
        prepared = [self._prepare(name) for name in config().encoders]
        if self._quiet:
            self.stdout.write(json.dumps([asdict(one) for one in prepared], indent=2))

    def _prepare(self, name: str) -> Prepared:
        started = time.perf_counter()
        try:
            encoder = onnx_encoder(name)
            self._say(f"{name}: checking the weights and the graph (a few seconds) ...")
            built = encoder.prepare()
            encoder.warm_up()
        except EncoderUnavailable as error:
            raise CommandError(str(error)) from error
        seconds = round(time.perf_counter() - started, 2)
        self._say(f"{name}: {'built' if built else 'ready'} in {seconds} s, {encoder.dimensions} dimensions")
        return Prepared(name, encoder.digest, encoder.dimensions, str(encoder.graph.path), built, seconds)

    def _say(self, line: str) -> None:
        if not self._quiet:
            self.stdout.write(line)
            self.stdout.flush()
