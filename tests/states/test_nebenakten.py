"""Die fünf kleinen Akten: Kanten im Wortlaut, Wächter, Fristen und was sie anderen sagen."""

from __future__ import annotations

from datetime import date
from typing import Any

from states.fristen import Blick
from states.glieder import Folge
from states.model import Prozess, fortgeschrieben, hin
from states.nebenakten import (
    ANFRAGE,
    AUSWAHLRUNDE,
    BERICHT,
    FOLGEN_AUSWAHLRUNDE,
    FOLGEN_BERICHT,
    KOOPERATIONSVEREINBARUNG,
    LAGE,
    PRUEFUNG,
)
from tests.states.fakten import HEUTE, lage, nachbar, schalte, schritt, waechter_von


def nach(
    p: Prozess, ausloeser: str, zustand: str, stand: dict[str, Any], daten: dict[str, Any], heute: str = "2026-03-02"
) -> dict[str, Any]:
    return fortgeschrieben(stand, p.kandidaten(ausloeser, zustand)[0].schreibt, daten, "k", heute)


def fristen(p: Prozess, zustand: str, **stand: Any) -> dict[str, list[date | None]]:
    b = Blick(zustand, {}, stand, HEUTE, HEUTE)
    return {f.name: t for f in p.fristen if (t := [x.anker for x in f.termine(b)])}


def test_kanten() -> None:
    assert AUSWAHLRUNDE.kanten() == {
        ("", "anlegen", "offen"),
        ("offen", "durchfuehren", "durchgefuehrt"),
        ("offen", "uebergeben", "offen"),
    }
    assert LAGE.kanten() == {
        ("", "ausrufen", "ausgerufen"),
        ("", "nicht_ausrufen", "nicht_ausgerufen"),
        ("ausgerufen", "erweitern", "ausgerufen"),
        ("ausgerufen", "sammelmeldung_verzeichnen", "ausgerufen"),
        ("ausgerufen", "beenden", "beendet"),
        ("ausgerufen", "uebergeben", "ausgerufen"),
    }
    assert BERICHT.kanten() == {
        ("", "anlegen", "entwurf"),
        ("", "vormerken", "entwurf"),
        ("entwurf", "bearbeiten", "entwurf"),
        ("entwurf", "versenden", "versandt"),
        ("versandt", "zur_kenntnis_verzeichnen", "zur_kenntnis"),
        ("entwurf", "nachfolger_vermerken", "entwurf"),
        ("versandt", "nachfolger_vermerken", "versandt"),
        ("zur_kenntnis", "nachfolger_vermerken", "zur_kenntnis"),
        ("entwurf", "uebergeben", "entwurf"),
        ("versandt", "uebergeben", "versandt"),
        *((z, "datei_anhaengen", z) for z in ("entwurf", "versandt")),
        *((z, "datei_entfernen", z) for z in ("entwurf", "versandt", "zur_kenntnis")),
    }
    assert ANFRAGE.kanten() == {
        ("", "erfassen", "offen"),
        ("offen", "beantworten", "beantwortet"),
        ("offen", "uebergeben", "offen"),
    }
    assert KOOPERATIONSVEREINBARUNG.kanten() == {
        ("", "abschliessen", "gueltig"),
        ("gueltig", "pruefung_faellig", "gueltig"),
        ("gueltig", "pruefung_abschliessen", "gueltig"),
        ("gueltig", "beenden", "beendet"),
        ("gueltig", "uebergeben", "gueltig"),
    }


def test_nur_die_koordination_fuehrt_die_nebenakten() -> None:
    for p in (AUSWAHLRUNDE, LAGE, BERICHT, ANFRAGE, KOOPERATIONSVEREINBARUNG):
        assert {w.rolle.value for u in p.uebergaenge for w in u.wer} <= {"koordination", "system", "kette"}


def test_auswahlrunde_sagt_es_der_sitzung_wenn_die_es_noch_nicht_weiss() -> None:
    glied = FOLGEN_AUSWAHLRUNDE[0]
    assert isinstance(glied, Folge) and glied.schritt is not None
    assert schritt(glied.schritt(lage("auswahlrunde", "anlegen", nachbar("LG-02", "sitzung", "geplant")))) == (
        "auswahlrunde_vermerken",
        {},
    )
    weiss = nachbar("LG-02", "sitzung", "geplant", auswahlrunde_am="2026-03-02")
    assert glied.schritt(lage("auswahlrunde", "anlegen", weiss)) is None
    assert nach(AUSWAHLRUNDE, "durchfuehren", "offen", {}, {"gesichtet": 40}) == {
        "gesichtet": 40,
        "durchgefuehrt_am": "2026-03-02",
    }


def ausrufen(art: str = "sammlung", **daten: Any) -> tuple[str, ...]:
    sichten = {(hin("gilt_fuer"),): (nachbar("SAM-01", art, "offen"),)}
    return waechter_von(
        LAGE,
        "ausrufen",
        daten={"sammlungen": ["SAM-01"], "von": "2026-03-02", "bis": "2026-04-30", **daten},
        sichten=sichten,
    )


def test_lage_gilt_fuer_sammlungen_in_einem_zeitraum() -> None:
    assert ausrufen() == ()
    assert ausrufen("generatives_thema") == ("nur_sammlungen",)
    assert ausrufen(von="2026-05-01") == ("zeitraum_richtig",)
    assert ausrufen(von="2026-01-01", bis="2026-03-01") == ("zukunft_bis",)


def test_lage_nicht_auszurufen_verlangt_einen_grund() -> None:
    daten = {"titel": "Häufung", "geprueft_am": "2026-02-27"}
    assert waechter_von(LAGE, "nicht_ausrufen", daten=daten) == ("grund",)
    assert schalte(LAGE, "nicht_ausrufen", daten=daten, grund="Die Fristen genügen.").nach == "nicht_ausgerufen"
    assert nach(LAGE, "nicht_ausrufen", "", {}, daten)["geprueft_am"] == "2026-02-27"


def test_lage_erweitern_behaelt_was_galt() -> None:
    stand = {"von": "2026-03-01", "bis": "2026-03-31", "sammlungen": ["SAM-01"]}
    assert waechter_von(LAGE, "erweitern", "ausgerufen", stand=stand) == ("erweiterung_genannt",)
    assert waechter_von(LAGE, "erweitern", "ausgerufen", stand=stand, daten={"bis": "2026-02-27"}) == (
        "zeitraum_richtig",
        "zukunft_bis",
    )
    assert waechter_von(LAGE, "erweitern", "ausgerufen", stand=stand, daten={"bis": "2026-04-30"}) == ()
    neu = nach(LAGE, "erweitern", "ausgerufen", stand, {"sammlungen": ["SAM-02", "SAM-01"]})
    assert (neu["sammlungen"], neu["bis"]) == (["SAM-01", "SAM-02"], "2026-03-31")
    assert (
        fristen(LAGE, "ausgerufen", **neu) == {"lage_ende": [date(2026, 3, 31)], "lage_tageszahl": [date(2026, 3, 1)]}
        and fristen(LAGE, "beendet", **neu) == {}
    )


def test_ein_leeres_feld_nimmt_dem_bericht_weder_titel_noch_gremium() -> None:
    stand = {"titel": "Halbjahr", "gremium": "Kreistag", "sitzung_am": "2026-03-20"}
    neu = nach(BERICHT, "bearbeiten", "entwurf", stand, {"titel": None, "gremium": None, "sitzung_am": None, "text": "Neu"})
    assert neu == {"titel": "Halbjahr", "gremium": "Kreistag", "sitzung_am": None, "text": "Neu"}


def test_gremium_ohne_neuen_bericht_faellt_auf() -> None:
    gesendet = nach(BERICHT, "versenden", "entwurf", {"sitzung_am": "2026-03-20"}, {"gesendet_am": "2026-03-01"})
    assert set(fristen(BERICHT, "entwurf", sitzung_am="2026-03-20")) == {"bericht_versenden"}
    assert set(fristen(BERICHT, "entwurf")) == set(fristen(BERICHT, "versandt", nachfolger="BE-02")) == {"bericht_ohne_termin"}
    assert set(fristen(BERICHT, "versandt", **gesendet)) == {"bericht_kenntnisnahme", "bericht_naechster"}
    assert fristen(BERICHT, "zur_kenntnis", **gesendet) == {"bericht_naechster": [date(2026, 3, 1)]}
    assert fristen(BERICHT, "zur_kenntnis", **gesendet, nachfolger="BE-02") == {}
    glied = FOLGEN_BERICHT[0]
    assert isinstance(glied, Folge) and glied.schritt is not None
    folge = glied.schritt(lage("bericht", "anlegen", nachbar("BE-01", "bericht", "zur_kenntnis"), key="BE-02"))
    assert schritt(folge) == ("nachfolger_vermerken", {"nachfolger": "BE-02"})
    assert waechter_von(BERICHT, "nachfolger_vermerken", "versandt", daten={"nachfolger": "X-01"}) == (
        "anderer_bericht",
    )
    assert waechter_von(BERICHT, "nachfolger_vermerken", "versandt", daten={"nachfolger": "BE-02"}) == ()


def test_anfrage_laeuft_bis_zu_ihrer_frist() -> None:
    offen = nach(ANFRAGE, "erfassen", "", {}, {"von": "Fraktion", "frist": "2026-04-08"})
    assert (offen["titel"], offen["eingang_am"]) == ("Anfrage: Fraktion", "2026-03-02")
    assert (
        fristen(ANFRAGE, "offen", **offen) == {"anfrage_frist": [date(2026, 4, 8)]}
        and fristen(ANFRAGE, "beantwortet", **offen) == {}
    )


def test_vereinbarung_wird_nicht_vergessen() -> None:
    daten = {
        "parteien": ["A", "B"],
        "gueltig_von": "2026-03-01",
        "gueltig_bis": "2028-02-28",
        "pruefung_am": "2027-01-15",
    }
    assert waechter_von(KOOPERATIONSVEREINBARUNG, "abschliessen", daten=daten) == ()
    assert waechter_von(KOOPERATIONSVEREINBARUNG, "abschliessen", daten={**daten, "gueltig_bis": "2026-02-28"}) == (
        "laufzeit_richtig",
    )
    ohne = {"parteien": ["A", "B"], "gueltig_von": "2026-03-01"}
    assert waechter_von(KOOPERATIONSVEREINBARUNG, "abschliessen", daten=ohne) == ("naechste_pruefung",)
    stand = nach(KOOPERATIONSVEREINBARUNG, "abschliessen", "", {}, daten)
    assert stand["titel"] == "Vereinbarung: A, B"
    assert set(fristen(KOOPERATIONSVEREINBARUNG, "gueltig", **stand)) == {"kooperation_pruefung", "kooperation_ablauf"}
    faellig = next(f for f in KOOPERATIONSVEREINBARUNG.fristen if f.name == "kooperation_pruefung")
    assert [s.feuert for s in faellig.stufen] == ["", "pruefung_faellig", ""]
    assert schalte(KOOPERATIONSVEREINBARUNG, "pruefung_faellig", "gueltig", rolle="system").setzt == PRUEFUNG


def test_pruefung_abschliessen_nennt_den_naechsten_termin_oder_das_ende() -> None:
    def pruefen(stand: dict[str, Any], **daten: Any) -> tuple[str, ...]:
        return waechter_von(
            KOOPERATIONSVEREINBARUNG,
            "pruefung_abschliessen",
            "gueltig",
            stand=stand,
            daten={"ergebnis": "passt", **daten},
        )

    assert pruefen({}) == ("naechste_pruefung",)
    assert pruefen({}, pruefung_am="2026-03-01") == ("zukunft_pruefung_am",)
    assert pruefen({}, pruefung_am="2027-03-01") == () and pruefen({"gueltig_bis": "2028-02-28"}) == ()
    stand = nach(
        KOOPERATIONSVEREINBARUNG,
        "pruefung_abschliessen",
        "gueltig",
        {"gueltig_bis": "2028-02-28", "pruefung_am": "2026-03-01"},
        {"ergebnis": "unverändert fortgeführt"},
    )
    assert set(fristen(KOOPERATIONSVEREINBARUNG, "gueltig", **stand)) == {"kooperation_ablauf"}
    assert stand["pruefungen"] == [{"am": "2026-03-02", "ergebnis": "unverändert fortgeführt"}]
    assert KOOPERATIONSVEREINBARUNG.kandidaten("pruefung_abschliessen", "gueltig")[0].loescht == (PRUEFUNG,)
