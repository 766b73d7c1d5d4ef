"""`kreislauf konto einladen`: ein Weg zurück, wenn sich niemand mehr anmelden kann, der einladen darf."""

from __future__ import annotations

from service import konten
from service.befehle.ausgabe import schreibe
from service.befehle.betrieb import datenbank, systemkonto
from service.clock import jetzt
from service.errors import Betriebsfehler, NichtGefunden
from service.settings import lade_einstellungen


def lade_ein(person: str) -> int:
    e = lade_einstellungen()
    with datenbank(e) as db:
        try:
            wort = db.in_transaktion(lambda s: konten.lade_ein(s, person, jetzt(), konto=systemkonto()))
        except NichtGefunden as fehler:
            satz = f"Die Person „{person}“ gibt es nicht. Gemeint ist der Schlüssel, zum Beispiel systemverwaltung."
            raise Betriebsfehler(satz) from fehler
    schreibe(f"{e.webadresse}/einladung/{wort}")
    return 0
