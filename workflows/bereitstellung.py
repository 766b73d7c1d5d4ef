"""Was bei Prefect angemeldet wird, gleich wer die Läufe dann führt; und was beide Arten, sie zu führen, brauchen."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from prefect import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterDeploymentId, FlowRunFilterState, FlowRunFilterStateType
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy, FlowRun, StateType
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import PrefectHTTPStatusError
from prefect.schedules import Cron, Interval
from prefect.states import Crashed
from prefect.types.entrypoint import EntrypointType

from service import worker
from service.befehle.betrieb import datenbank
from service.clock import jetzt
from service.db import Sitzung
from service.errors import Betriebsfehler
from service.lauf import PACHTDAUER, gepachtete
from service.settings import Einstellungen, lade_einstellungen
from workflows.tagesrunde import tagesrunde
from workflows.takt import takt

_WARTEN = 180.0
_AUFHOEREN = 15.0
# Versäumte Minuten stauen sich nicht: läuft eine, werden die anderen verworfen.
_NUR_EINE = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW, grace_period_seconds=60)
_TOT_NACH = timedelta(minutes=10)  # länger als die Frist, die ein Flow für eine Runde hat
_NOCH_NICHT_ZU_ENDE = [StateType.PENDING, StateType.RUNNING, StateType.CANCELLING]
_ANKER = datetime(2026, 1, 1, tzinfo=UTC)  # fest, damit ein Neustart den Plan nicht verschiebt

Angemeldet = dict[UUID, str]


def bereitstellungen(alle: timedelta, **wohin: Any) -> list[RunnerDeployment]:
    """Einstieg über den Namen des Moduls: ein Dateipfad gälte nur in dem Ordner, in dem er entstand."""
    return [
        RunnerDeployment.from_flow(flow, name=flow.name, schedule=plan, concurrency_limit=_NUR_EINE,
                                   entrypoint_type=EntrypointType.MODULE_PATH, **wohin)
        for flow, plan in (
            (takt, Interval(alle, anchor_date=_ANKER, timezone="UTC")),
            (tagesrunde, Cron("30 5 * * *", timezone="Europe/Berlin")),
        )
    ]  # fmt: skip


async def melde_an(womit: Callable[[RunnerDeployment], Awaitable[UUID]], alle: timedelta, **wohin: Any) -> Angemeldet:
    """Die Kennung jeder Bereitstellung und der Name ihrer Runde; so heißt auch deren Pacht."""
    return {await womit(b): b.name for b in bereitstellungen(alle, **wohin)}


async def raeume_tote(angemeldet: Angemeldet, ist_tot: Callable[[FlowRun], bool]) -> int:
    """Ein getöteter Lauf behielte bei Prefect seinen Platz, und jeder neue würde abgewiesen."""
    zustand = FlowRunFilterState(type=FlowRunFilterStateType(any_=_NOCH_NICHT_ZU_ENDE))
    auswahl = FlowRunFilter(deployment_id=FlowRunFilterDeploymentId(any_=list(angemeldet)), state=zustand)
    async with get_client() as client:
        tote = [lauf for lauf in await client.read_flow_runs(flow_run_filter=auswahl) if ist_tot(lauf)]
        for lauf in tote:
            await client.set_flow_run_state(lauf.id, Crashed(message="Dieser Lauf ist abgebrochen."))
    return len(tote)


async def raeume_laufend(angemeldet: Angemeldet) -> None:
    while True:
        await asyncio.sleep(60)
        with suppress(PrefectHTTPStatusError, Betriebsfehler):
            await _raeume(angemeldet, await asyncio.to_thread(_gefuehrte))


async def _raeume(angemeldet: Angemeldet, gefuehrt: set[str]) -> None:
    await raeume_tote(angemeldet, lambda lauf: ist_verlassen(lauf, angemeldet, gefuehrt, jetzt()))


def ist_verlassen(lauf: FlowRun, angemeldet: Angemeldet, gefuehrt: set[str], jetzt: datetime) -> bool:
    """Wer lebt, hält die Pacht seiner Runde und verlängert sie; hält sie niemand, ist ein Lauf nach ihrer Dauer tot."""
    if lauf.state is None or lauf.deployment_id is None:
        return False
    return jetzt - lauf.state.timestamp >= (_TOT_NACH if angemeldet[lauf.deployment_id] in gefuehrt else PACHTDAUER)


def _gefuehrte() -> set[str]:
    with datenbank(lade_einstellungen()) as db, db.lesen() as s:
        return gepachtete(s, jetzt())


async def melde_laufend(e: Einstellungen) -> None:
    """In derselben Schleife wie alles andere: Hängt sie, bleibt auch die Meldung aus."""
    while True:
        with suppress(Betriebsfehler):
            await asyncio.to_thread(_in_transaktion, e, lambda s: worker.melde(s, e, jetzt()))
        await asyncio.sleep(worker.meldet_sich_alle(e).total_seconds())


def _in_transaktion(e: Einstellungen, arbeit: Callable[[Sitzung], None]) -> None:
    with datenbank(e) as db:
        db.in_transaktion(arbeit)


async def bis_gebeten(dienst: Coroutine[Any, Any, None], *weitere: Coroutine[Any, Any, None],
                      halte: Callable[[], Awaitable[None]] | None = None) -> None:
    """Führt alle, bis SIGTERM oder SIGINT kommt oder einer endet. `halte` bittet den ersten, von selbst aufzuhören."""
    laufend = [asyncio.ensure_future(d) for d in (dienst, *weitere)]
    await asyncio.sleep(0)  # Prefects Runner setzt als Erstes seine eigene Signalbehandlung; die hier gilt danach
    ende = asyncio.Event()
    for s in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(s, ende.set)
    gebeten = asyncio.ensure_future(ende.wait())
    await asyncio.wait({gebeten, *laufend}, return_when=asyncio.FIRST_COMPLETED)
    if halte is not None:
        await halte()
        await asyncio.wait(laufend[:1], timeout=_AUFHOEREN)
    for uebrig in (gebeten, *laufend):
        uebrig.cancel()
    for ergebnis in await asyncio.gather(*laufend, return_exceptions=True):
        if isinstance(ergebnis, Exception) and not ende.is_set():
            raise ergebnis


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


def starte(diene: Callable[[Einstellungen], Coroutine[Any, Any, None]]) -> None:
    """Der gemeinsame Anfang von `workflows.serve` und `workflows.pool`."""
    if not os.environ.get("PREFECT_API_URL"):
        sys.exit("Es ist kein Prefect-Server genannt. Bitte starten Sie „kreislauf worker“ oder „kreislauf run“.")
    if not asyncio.run(warte_auf_server()):
        sys.exit("Der Prefect-Server antwortet nicht.")
    e = lade_einstellungen()
    asyncio.run(diene(e))
    with suppress(Betriebsfehler):  # wer abbricht statt aufzuhören, meldet sich nicht ab
        _in_transaktion(e, lambda s: worker.melde_ab(s, e))
