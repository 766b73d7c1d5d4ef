"""Was länger liegt, als das Profil vorsieht, steht auf einer Liste und auf der Startseite der Koordination; gelöscht wird nichts."""

from __future__ import annotations

from datetime import timedelta

from service.db import Datenbank
from service.profil import Profil
from service.settings import Einstellungen
from tests.anwendung import baue_app
from tests.bau import JETZT
from tests.browserprobe import Fenster, rohes, seiten
from tests.service.test_seiten import ANGABEN


def test_was_laenger_liegt_als_es_soll_steht_auf_der_liste(db: Datenbank, profil: Profil) -> None:
    app = seiten(db, profil, JETZT)
    beendet, offen = (Fenster(app, "stelle-abh-mk").sende("/neu/meldebogen/einreichen", **{**ANGABEN, "beschreibung": text})[0]
                      for text in ("Kurse beginnen nicht, seit Monaten", "Ganz andere Sache, die noch offen ist"))
    Fenster(app, "koordination-a").sende(f"{beendet}/schritt/kurz_klaeren", mit="Jobcenter", vereinbart="Zusage", bestaetigt="ja")
    for tage, erwartet in ((300, []), (380, [beendet])):
        spaeter = JETZT + timedelta(days=tage)
        koordination = Fenster(baue_app(Einstellungen(), db, lambda tag=spaeter: tag), "koordination-a")
        blatt = koordination.hole("/aufbewahrung")
        assert [v for v in blatt.verweise if v in (beendet, offen)] == erwartet
        assert blatt.maengel() == [] == rohes(blatt)
        assert ("Aufbewahrung abgelaufen" in koordination.hole("/").text) == bool(erwartet)
    Fenster(koordination.app, "s01").hole("/aufbewahrung", 404)
    koordination.hole("/aufbewahrung?ab=x", 422)
    with db.lesen() as s:
        assert s.wert("SELECT count(*) FROM vorgang") == 2
