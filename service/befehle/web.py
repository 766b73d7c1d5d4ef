"""`kreislauf web`: die Seiten und die Schnittstelle, bis jemand sie beendet."""

from __future__ import annotations

import logging
import socket

import uvicorn

from service import konten
from service.app import Kreislauf, baue_app
from service.befehle.ausgabe import sage
from service.befehle.betrieb import beginne, eingerichtete_datenbank
from service.clock import jetzt
from service.db import Datenbank
from service.errors import Betriebsfehler
from service.fehlerspur import OhneAngaben
from service.settings import Einstellungen, lade_einstellungen
from service.statisch import fehlende
from service.vorfuehrung import ist_vorfuehrung


def biete_an() -> int:
    e = lade_einstellungen()
    beginne(e)
    if fehlende():
        sage("Hinweis: Schrift und Stil der Seiten fehlen. Bitte rufen Sie „make assets“ auf.")
    with eingerichtete_datenbank(e, jetzt()) as db:
        _nenne_ersten_zugang(db, e)
    anschluss = _anschluss(e)
    sage(f"Die Seiten stehen unter {e.webadresse}. Beenden: Strg+C.")
    with anschluss:
        server(baue_app(e), e).run(sockets=[anschluss])
    return 0


def server(app: Kreislauf, e: Einstellungen) -> uvicorn.Server:
    """Ohne Zugriffsprotokoll: In Adressen stehen Einmallinks. Kopfzeilen von Proxys gelten nur, wenn sie genannt sind."""
    angaben = uvicorn.Config(
        app, access_log=False, server_header=False, log_level="warning", proxy_headers=bool(e.proxy),
        forwarded_allow_ips=e.proxy or [], timeout_keep_alive=30, timeout_graceful_shutdown=10,
    )  # fmt: skip
    logging.getLogger("uvicorn.error").addFilter(OhneAngaben())
    return uvicorn.Server(angaben)


def _anschluss(e: Einstellungen) -> socket.socket:
    # Ohne IPPROTO_TCP schaltete asyncio TCP_NODELAY nicht ein, und jede weitere Anfrage einer Verbindung wartete 40 ms.
    anschluss = socket.socket(socket.AF_INET6 if ":" in e.host else socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    anschluss.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        anschluss.bind((e.host, e.port))
    except OSError as fehler:
        anschluss.close()
        raise Betriebsfehler(f"Unter {e.host} lässt sich der Anschluss {e.port} nicht öffnen ({fehler.strerror}). Läuft dort schon etwas? "
                             "Einen anderen nennen Sie in KREISLAUF_PORT.") from fehler
    return anschluss


def _nenne_ersten_zugang(db: Datenbank, e: Einstellungen) -> None:
    """Ein Kennwort ab Werk gibt es nicht: Wer diesen Link sieht, hat die Maschine in der Hand."""
    with db.lesen() as s:
        if ist_vorfuehrung(s) or s.wert("SELECT 1 FROM konto LIMIT 1"):
            return
    wort = db.in_transaktion(lambda s: konten.erster_zugang(s, jetzt()))
    if wort:
        sage(f"Es gibt noch kein Konto. Mit diesem Link richten Sie binnen 72 Stunden das der Systemverwaltung ein:\n"
             f"  {e.webadresse}/einladung/{wort}")
