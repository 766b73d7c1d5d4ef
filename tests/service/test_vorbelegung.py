"""Was schon feststeht, steht schon da: die Vorbelegungen, die eine alltägliche Aufgabe kürzer machen."""

from __future__ import annotations


from service.app import Kreislauf
from service.db import Datenbank
from service.profil import Profil
from service.umfeld import Umfeld
from tests.browserprobe import Fenster, seiten
from tests.service.test_thema_kette import CM_STELLE, STELLE, Lauf
from tests.service.test_zielsystem_kette import Umsetzung


def test_die_kommune_der_meldenden_stelle_ist_vorbelegt(app: Kreislauf) -> None:
    felder = Fenster(app, "stelle-erstanlauf-luedenscheid").hole("/neu/meldebogen/einreichen").felder
    assert felder["kommune"] == ["Lüdenscheid"]


def test_der_weg_am_telefon_nennt_den_eingangsweg_und_eine_adresse_fuellt_kein_freies_feld(app: Kreislauf) -> None:
    k = Fenster(app, "koordination-a")
    assert "/neu/meldebogen/einreichen?kanal=telefon" in k.hole("/").verweise
    felder = k.hole("/neu/meldebogen/einreichen?kanal=telefon&titel=Werbung").felder
    assert felder["kanal"] == ["telefon"] and felder["titel"] == [""]
    assert "kanal" not in k.hole("/neu/meldebogen/einreichen?kanal=brieftaube").felder


def test_die_einladung_kennt_das_case_management_am_ort_die_moderation_und_den_letzten_ort(app: Kreislauf, db: Datenbank, umfeld: Umfeld
                                                                                         ) -> None:
    lauf = Lauf(db, umfeld)
    k = Fenster(app, "koordination-a")
    fr = lauf.tue("anlegen", art="fallrekonstruktion", meldungen=lauf.ausgewaehlt())
    felder = k.hole(f"/vorgang/{fr}/schritt/einladen").felder
    assert felder["teilnehmende.0.institution"] == [STELLE] and felder["teilnehmende.1.institution"] == [CM_STELLE]
    assert felder["teilnehmende.1.von_kim"] == ["ja"] and felder["moderation"] == ["ja"] and felder["ort"] == [""]
    k.sende(f"/vorgang/{fr}/schritt/einladen", termin="20.05.2026", ort="Kreishaus, Raum 5", rechtsgrundlage="ohne_personenbezug",
            bestaetigt="ja")
    zweite = lauf.tue("anlegen", art="fallrekonstruktion", meldungen=lauf.ausgewaehlt())
    assert k.hole(f"/vorgang/{zweite}/schritt/einladen").felder["ort"] == ["Kreishaus, Raum 5"]


def test_der_verteiler_beginnt_leer_denn_ein_versand_laesst_sich_nicht_zurueckholen(db: Datenbank, umfeld: Umfeld, profil: Profil) -> None:
    gruppe = Umsetzung(db, umfeld)
    gruppe.soll()
    felder = Fenster(seiten(db, profil, gruppe.jetzt), "koordination-a").hole("/neu/beschluss/fassen").felder
    (beschluss,) = gruppe.nachbarn(gruppe.ag, "setzt_ein", "her")
    assert gruppe.stand(beschluss)["verteiler"] and not any(felder["verteiler"])


def test_eine_neue_sitzung_folgt_der_letzten_die_noch_keine_nach_sich_hat(app: Kreislauf) -> None:
    k = Fenster(app, "koordination-a")
    erste, _ = k.sende("/neu/sitzung/planen", datum="2026-06-10", bestaetigt="ja")
    assert k.hole("/neu/sitzung/planen").felder["vorige"] == [erste.removeprefix("/vorgang/")]
    zweite, _ = k.sende("/neu/sitzung/planen", datum="2026-12-09", bestaetigt="ja")
    assert k.hole("/neu/sitzung/planen").felder["vorige"] == [zweite.removeprefix("/vorgang/")]
    assert zweite in k.hole(erste).verweise, "die erste weiß, wann die nächste ist"
