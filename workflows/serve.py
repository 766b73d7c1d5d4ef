"""`python -m workflows.serve`: führt die Runden am eigenen Server, wenn er sie anstößt; einen Work-Pool braucht er nicht."""

from __future__ import annotations

from datetime import timedelta

from prefect.runner import Runner

from service.settings import Einstellungen
from workflows.bereitstellung import bis_gebeten, melde_an, melde_laufend, raeume_laufend, raeume_tote, starte


async def diene(e: Einstellungen) -> None:
    """Wie `prefect.serve`, nur mit geordnetem Ende: dessen Signalbehandlung bräche mitten in einem Schritt ab."""
    runner = Runner(pause_on_shutdown=False)
    angemeldet = await melde_an(runner.aadd_deployment, timedelta(seconds=e.takt))
    await raeume_tote(angemeldet, lambda _: True)  # am eigenen Server sind wir allein: was noch läuft, ist tot

    async def halte() -> None:
        if runner.started:
            await runner.astop()  # eine laufende Runde wird abgebrochen und gibt ihren Platz bei Prefect frei

    await bis_gebeten(runner.start(), raeume_laufend(angemeldet), melde_laufend(e), halte=halte)


if __name__ == "__main__":
    starte(diene)
