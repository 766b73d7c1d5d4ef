"""`kreislauf demo`: einen leeren Datenordner mit der Vorführung füllen."""

from __future__ import annotations

from datetime import date, datetime

from service.befehle.ausgabe import Fortschritt, sage, schreibe
from service.befehle.betrieb import angelegte_datenbank, lies_profil, systemkonto, umfeld
from service.clock import berliner_tag, jetzt
from service.db import Datenbank
from service.demo.fuellen import Fuellung, geschichten
from service.demo.fuellen import fuelle as spiele
from service.demo.stammdaten import pflege
from service.errors import Betriebsfehler
from service.profil import DEMONSTRATION, Profil
from service.protokoll import vermerke
from service.settings import lade_einstellungen
from service.stammdaten import geltendes_profil, uebernehme_profil
from service.umfeld import umfeld_aus

_BEGONNEN, _FERTIG, _LEER = "vorfuehrung_begonnen", "vorfuehrung", "vorfuehrung_leer"


def fuelle(*, leer: bool) -> int:
    """0 auch, wenn schon etwas da ist: dann bleibt es, wie es ist."""
    zeit, einstellungen = jetzt(), lade_einstellungen()
    if einstellungen.profil is not None and einstellungen.profil.resolve() != DEMONSTRATION.resolve():
        raise Betriebsfehler(f"KREISLAUF_PROFIL nennt {einstellungen.profil}; die Vorführung spielt nur in ihrer eigenen Kommune. Bitte "
                             "rufen Sie „kreislauf demo“ ohne KREISLAUF_PROFIL auf, oder beginnen Sie mit „kreislauf profil uebernehmen“.")
    with angelegte_datenbank(einstellungen) as db:
        if _ist_gefuellt(db):
            schreibe("Hier gibt es schon Vorgänge; es bleibt alles, wie es ist. Die Vorführung braucht einen leeren Datenordner.")
            return 0
        _richte_ein(db, zeit)
        if leer:
            db.in_transaktion(lambda s: vermerke(s, zeit, systemkonto(), _LEER, {}))
            schreibe("Profil und Konten der Vorführung sind angelegt; Vorgänge gibt es noch keine.")
            return 0
        schreibe("\n".join(_text(_spiele(db, zeit))))
    return 0


def _ist_gefuellt(db: Datenbank) -> bool:
    with db.lesen() as s:
        begonnen, fertig = (s.wert("SELECT 1 FROM protokoll WHERE was = :was LIMIT 1", {"was": was}) for was in (_BEGONNEN, _FERTIG))
        gefuellt = s.wert("SELECT 1 FROM vorgang LIMIT 1") is not None
    if gefuellt and begonnen and not fertig:
        raise Betriebsfehler("Hier ist eine Vorführung abgebrochen worden und nicht zu Ende erzählt. Bitte beginnen Sie mit einem leeren "
                             "Datenordner noch einmal.")
    return gefuellt


def _richte_ein(db: Datenbank, zeit: datetime) -> None:
    """Das Profil der Vorführung und seine Konten, gültig vom ersten Tag der Geschichte an."""
    profil = lies_profil(DEMONSTRATION)
    with db.lesen() as s:
        vorhanden = geltendes_profil(s)[0] if s.wert("SELECT 1 FROM profil LIMIT 1") else None
    if vorhanden is not None and vorhanden != profil:
        raise Betriebsfehler(f"Hier gilt schon das Profil {vorhanden.name} ({vorhanden.fassung}); die Vorführung bringt ihr eigenes mit. "
                             "Bitte verwenden Sie einen leeren Datenordner.")
    ab = _erster_tag(profil, berliner_tag(zeit))
    db.in_transaktion(lambda s: uebernehme_profil(s, profil, zeit, systemkonto(), mit_vorfuehrung=True, ab=ab))


def _erster_tag(profil: Profil, heute: date) -> date:
    fassungen = geschichten(umfeld_aus(profil, profil.fingerabdruck(), {}), heute)
    return min(date.fromisoformat(schritt["datum"]) for fassung in fassungen for schritt in fassung.schritte)


def _spiele(db: Datenbank, zeit: datetime) -> Fuellung:
    fortschritt = Fortschritt()
    sage("Die Geschichte wird Tag für Tag gespielt …")
    db.in_transaktion(lambda s: vermerke(s, zeit, systemkonto(), _BEGONNEN, {}))
    ergebnis = spiele(db, umfeld(db, zeit), zeit,
                      lambda fertig, alle, tag: fortschritt.zeige(f"{tag:%d.%m.%Y}: Schritt {fertig} von {alle}"))
    kreis = umfeld(db, zeit)
    db.in_transaktion(lambda s: pflege(s, kreis, zeit))
    db.in_transaktion(lambda s: vermerke(s, zeit, systemkonto(), _FERTIG, {"schritte": ergebnis.schritte}))
    fortschritt.ende()
    sage(f"Fertig nach {fortschritt.sekunden:.0f} Sekunden.")
    return ergebnis


def _text(f: Fuellung) -> list[str]:
    zeilen = [f"Gespielt: {f.schritte} Schritte (davon {f.ergaenzt} ergänzt), {f.runden} Tage, {f.erinnert} Erinnerungen, "
              f"{f.geschaltet} Schritte durch Fristen."]
    if f.unterschiede:
        zeilen.append(f"Wo Geschichte und Prozess auseinandergehen ({len(f.unterschiede)}), gilt der Prozess:")
    return [*zeilen, *(f"  {u.key} (Schritt {u.nr}): {u.satz}" for u in f.unterschiede)]
