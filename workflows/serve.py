"""`python -m workflows.serve`: meldet die Runden bei Prefect an und führt sie aus, wenn er sie anstößt."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import UTC, datetime, timedelta

from prefect import get_client, serve
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment
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


def main() -> None:
    if not os.environ.get("PREFECT_API_URL"):
        sys.exit("Es ist kein Prefect-Server genannt. Bitte starten Sie „kreislauf worker“ oder „kreislauf run“.")
    if not asyncio.run(warte_auf_server()):
        sys.exit("Der Prefect-Server antwortet nicht.")
    alle = timedelta(seconds=lade_einstellungen().takt)
    serve(*bereitstellungen(alle), pause_on_shutdown=False, print_starting_message=False)


if __name__ == "__main__":
    main()
