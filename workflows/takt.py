"""Jede Minute: fällige Fristen, dann der Ausgang."""

from typing import Any

from prefect import flow

from service import lauf
from service.befehle.betrieb import umfeld
from service.settings import lade_einstellungen
from workflows.runde import fuehre


@flow(name="takt", timeout_seconds=540, persist_result=False)
async def takt() -> dict[str, Any]:
    return await fuehre(lambda db, zeit: lauf.takt(db, lade_einstellungen(), umfeld(db, zeit), zeit))
