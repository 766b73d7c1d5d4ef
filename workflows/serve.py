"""`python -m workflows.serve`: meldet die Runden bei Prefect an und führt sie aus, wenn er sie anstößt."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import UUID

from prefect import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterDeploymentId, FlowRunFilterState, FlowRunFilterStateType
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy, StateType
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import PrefectHTTPStatusError
from prefect.runner import Runner
from prefect.schedules import Cron, Interval
from prefect.states import Crashed
from prefect.types.entrypoint import EntrypointType

from service.clock import jetzt
from service.settings import lade_einstellungen
from workflows.tagesrunde import tagesrunde
from workflows.takt import takt

_WARTEN = 180.0
_AUFHOEREN = 15.0
# Versäumte Minuten stauen sich nicht: läuft eine, werden die anderen verworfen.
_NUR_EINE = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW, grace_period_seconds=60)
_TOT_NACH = timedelta(minutes=10)  # länger als die Frist, die ein Flow für eine Runde hat
_NOCH_NICHT_ZU_ENDE = [StateType.PENDING, StateType.RUNNING, StateType.CANCELLING]
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


async def raeume_tote(angemeldet: list[UUID], seit: timedelta) -> int:
    """Ein getöteter Lauf behielte bei Prefect seinen Platz, und jeder neue würde abgewiesen."""
    zustand = FlowRunFilterState(type=FlowRunFilterStateType(any_=_NOCH_NICHT_ZU_ENDE))
    auswahl = FlowRunFilter(deployment_id=FlowRunFilterDeploymentId(any_=angemeldet), state=zustand)
    tote = 0
    async with get_client() as client:
        for lauf in await client.read_flow_runs(flow_run_filter=auswahl):
            if lauf.state is not None and jetzt() - lauf.state.timestamp >= seit:
                await client.set_flow_run_state(lauf.id, Crashed(message="Dieser Lauf ist abgebrochen."))
                tote += 1
    return tote


async def _raeume_laufend(angemeldet: list[UUID]) -> None:
    while True:
        await asyncio.sleep(60)
        with suppress(PrefectHTTPStatusError):
            await raeume_tote(angemeldet, _TOT_NACH)


async def diene(alle: timedelta) -> None:
    """Wie `prefect.serve`, nur mit geordnetem Ende: dessen Signalbehandlung bräche mitten in einem Schritt ab."""
    runner = Runner(pause_on_shutdown=False)
    angemeldet = [await runner.aadd_deployment(b) for b in bereitstellungen(alle)]
    if os.environ.get("PREFECT_SERVER_API_PORT"):  # am eigenen Server sind wir allein: was noch läuft, ist tot
        await raeume_tote(angemeldet, timedelta(0))
    dienst = asyncio.ensure_future(runner.start())
    await asyncio.sleep(0)  # start() setzt als Erstes seine eigene Behandlung
    ende = asyncio.Event()
    for s in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(s, ende.set)
    gebeten, aufraeumer = asyncio.ensure_future(ende.wait()), asyncio.ensure_future(_raeume_laufend(angemeldet))
    await asyncio.wait({dienst, gebeten, aufraeumer}, return_when=asyncio.FIRST_COMPLETED)
    if runner.started:
        await runner.astop()  # eine laufende Runde wird abgebrochen und gibt ihren Platz bei Prefect frei
        await asyncio.wait({dienst}, timeout=_AUFHOEREN)
    for uebrig in (gebeten, aufraeumer, dienst):
        uebrig.cancel()
    for ergebnis in await asyncio.gather(dienst, aufraeumer, return_exceptions=True):
        if isinstance(ergebnis, Exception) and not ende.is_set():
            raise ergebnis


def main() -> None:
    if not os.environ.get("PREFECT_API_URL"):
        sys.exit("Es ist kein Prefect-Server genannt. Bitte starten Sie „kreislauf worker“ oder „kreislauf run“.")
    if not asyncio.run(warte_auf_server()):
        sys.exit("Der Prefect-Server antwortet nicht.")
    alle = timedelta(seconds=lade_einstellungen().takt)
    asyncio.run(diene(alle))


if __name__ == "__main__":
    main()
