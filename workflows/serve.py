"""`python -m workflows.serve`: meldet die Runden bei Prefect an und führt sie aus, wenn er sie anstößt."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from prefect import get_client
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment
from prefect.runner import Runner
from prefect.schedules import Cron, Interval
from prefect.types.entrypoint import EntrypointType

from service.settings import lade_einstellungen
from workflows.tagesrunde import tagesrunde
from workflows.takt import takt

_WARTEN = 180.0
# Versäumte Minuten stauen sich nicht: läuft eine, werden die anderen verworfen.
_NUR_EINE = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW, grace_period_seconds=60)
_ANKER = datetime(2026, 1, 1, tzinfo=UTC)  # fest, damit ein Neustart den Plan nicht verschiebt


def bereitstellungen(alle: timedelta) -> list[RunnerDeployment]:
    """Einstieg über den Namen des Moduls: ein Dateipfad gälte nur in dem Ordner, in dem er entstand."""
    return [
        RunnerDeployment.from_flow(flow, name=flow.name, schedule=plan, concurrency_limit=_NUR_EINE,
                                   entrypoint_type=EntrypointType.MODULE_PATH)
        for flow, plan in (
            (takt, Interval(alle, anchor_date=_ANKER, timezone="UTC")),
            (tagesrunde, Cron("30 5 * * *", timezone="Europe/Berlin")),
        )
    ]  # fmt: skip


async def _antwortet() -> bool:
    async with get_client() as client:
        return await client.api_healthcheck() is None


async def warte_auf_server(laengstens: float = _WARTEN) -> bool:
    schluss = asyncio.get_running_loop().time() + laengstens
    while not await _antwortet():
        if asyncio.get_running_loop().time() > schluss:
            return False
        await asyncio.sleep(1)
    return True


async def diene(alle: timedelta) -> None:
    """Wie `prefect.serve`, nur mit geordnetem Ende: dessen Signalbehandlung bräche mitten in einem Schritt ab."""
    runner = Runner(pause_on_shutdown=False)
    for bereitstellung in bereitstellungen(alle):
        await runner.aadd_deployment(bereitstellung)
    dienst = asyncio.ensure_future(runner.start())
    await asyncio.sleep(0)  # start() setzt als Erstes seine eigene Behandlung
    ende = asyncio.Event()
    for s in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(s, ende.set)
    gebeten = asyncio.ensure_future(ende.wait())
    await asyncio.wait({dienst, gebeten}, return_when=asyncio.FIRST_COMPLETED)
    gebeten.cancel()
    if ende.is_set() and runner.started:
        await runner.astop()  # eine laufende Runde wird abgebrochen und gibt ihren Platz bei Prefect frei
    elif ende.is_set():
        dienst.cancel()
    with suppress(asyncio.CancelledError):
        await dienst


def main() -> None:
    if not os.environ.get("PREFECT_API_URL"):
        sys.exit("Es ist kein Prefect-Server genannt. Bitte starten Sie „kreislauf worker“ oder „kreislauf run“.")
    if not asyncio.run(warte_auf_server()):
        sys.exit("Der Prefect-Server antwortet nicht.")
    alle = timedelta(seconds=lade_einstellungen().takt)
    asyncio.run(diene(alle))


if __name__ == "__main__":
    main()
