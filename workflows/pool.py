"""`python -m workflows.pool`: ein Worker unter mehreren an einem gemeinsamen Prefect-Server, in dessen Work-Pool."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from prefect import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.exceptions import ObjectAlreadyExists
from prefect.settings import get_current_settings
from prefect.utilities.services import critical_service_loop
from prefect.workers.process import ProcessWorker

from service.settings import Einstellungen
from service.worker import eigener_name
from workflows.bereitstellung import bis_gebeten, melde_an, melde_laufend, raeume_laufend, starte

_ZUGLEICH = 2  # der Takt und die Tagesrunde
# Ausdrücklich, sonst startete Prefect je Lauf zwei Prozesse: einen, der nach dem Flow sieht, und einen, der ihn führt.
_BEFEHL = "python -m prefect.engine"


async def richte_pool_ein(name: str) -> None:
    """Legt ihn an, wenn es ihn nicht gibt; ein anderer Worker darf schneller sein."""
    async with get_client() as client:
        with suppress(ObjectAlreadyExists):
            vorlage = ProcessWorker.get_default_base_job_template()
            await client.create_work_pool(WorkPoolCreate(name=name, type=ProcessWorker.type, base_job_template=vorlage))
        pool = await client.read_work_pool(name)
    if pool.type != ProcessWorker.type:
        sys.exit(f"Der Work-Pool „{name}“ ist von der Art {pool.type}, gebraucht wird {ProcessWorker.type}. "
                 "Bitte nennen Sie in KREISLAUF_PREFECT_POOL einen anderen.")


async def diene(e: Einstellungen) -> None:
    # „python“ soll für jeden Worker das eigene sein
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    await richte_pool_ein(e.prefect_pool)
    angemeldet = await melde_an(lambda b: b.aapply(), timedelta(seconds=e.takt), work_pool_name=e.prefect_pool,
                                job_variables={"command": _BEFEHL})
    fragt = get_current_settings().worker
    # Im Voraus geholt, hielte der nächste Lauf schon den einzigen Platz.
    async with ProcessWorker(e.prefect_pool, name=eigener_name(e), prefetch_seconds=0, limit=_ZUGLEICH) as worker:
        await bis_gebeten(
            critical_service_loop(worker.get_and_submit_flow_runs, fragt.query_seconds, jitter_range=0.3, backoff=4),
            critical_service_loop(worker.sync_with_backend, fragt.heartbeat_seconds, jitter_range=0.3, backoff=4),
            raeume_laufend(angemeldet),
            melde_laufend(e),
        )  # beim Verlassen wartet er auf die Runde, die er gerade führt


if __name__ == "__main__":
    starte(diene)
