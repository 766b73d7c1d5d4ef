"""Jeden Morgen: siegeln, Vergangenes vergessen, nachprüfen."""

from typing import Any

from prefect import flow

from service import lauf
from workflows.runde import fuehre


@flow(name="tagesrunde", timeout_seconds=540, persist_result=False)
async def tagesrunde() -> dict[str, Any]:
    return await fuehre(lauf.tagesrunde)
