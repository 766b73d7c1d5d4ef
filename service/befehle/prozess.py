"""`kreislauf prozess`: der Ablauf, wie ihn die Tabellen festlegen. Braucht keine Datenbank."""

from __future__ import annotations

from service.befehle.ausgabe import schreibe
from service.errors import Betriebsfehler
from service.prozessbild import als_markdown, als_mermaid, als_text, dokument
from states.kette import GLIEDER, PROZESSE
from states.model import Prozess


def zeige(art: str, *, mermaid: bool, markdown: bool) -> int:
    prozesse = _prozesse(art)
    if mermaid:  # ein Diagramm nach dem anderen; die Bemerkung davor sagt, welches
        text = "\n".join(f"%% {p.bezeichnung}\n{als_mermaid(p)}" for p in prozesse)
    elif markdown:
        text = als_markdown(prozesse, [g for g in GLIEDER if g.art == art]) if art else dokument()
    else:
        text = "\n\n".join(als_text(p) for p in prozesse)
    schreibe(text.rstrip("\n"))
    return 0


def _prozesse(art: str) -> tuple[Prozess, ...]:
    if art and art not in PROZESSE:
        raise Betriebsfehler(f"Die Art „{art}“ gibt es nicht; möglich sind {', '.join(PROZESSE)}.")
    return (PROZESSE[art],) if art else tuple(PROZESSE.values())
