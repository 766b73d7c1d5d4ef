"""Der Beschluss: seine Kanten im Wortlaut, und jeder Wächter einmal erfüllt und einmal nicht."""

from __future__ import annotations

from datetime import date
from typing import Any

from states.beschluss import BESCHLUSS, FOLGEN
from states.fristen import Blick
from states.glieder import Bewegt, Folge
from states.model import Nachbar, fortgeschrieben, her, hin
from states.weiterleitung import noch_nicht_an_alle, offener_verteiler
from tests.states.fakten import HEUTE, lage, nachbar, schalte, waechter_von

WEITER = ("weitergeleitet", "in_erledigung", "erledigt")
GELTEND = ("gefasst", "weitergeleitet", "in_erledigung")
ANWESEND = {"S01": "inhaber", "S02": "vertretung", "S03": "inhaber", "S04": "abwesend"}


def sitzung(
    zustand: str = "laeuft", anwesend: dict[str, str] | None = None, **stand: Any
) -> dict[Any, tuple[Nachbar, ...]]:
    anwesenheit = ANWESEND if anwesend is None else anwesend
    return {(hin("gefasst_in"),): (nachbar("LG-01", "sitzung", zustand, anwesenheit=anwesenheit, **stand),)}


def beschluss(**anders: Any) -> dict[str, Any]:
    return {"sitzung": "LG-01", "titel": "Auftrag", "abstimmung": {"ja": 2, "nein": 1, "enthaltung": 0}, **anders}


def fassen(sichten: Any = None, **daten: Any) -> tuple[str, ...]:
    return waechter_von(
        BESCHLUSS, "fassen", daten=beschluss(**daten), sichten=sitzung() if sichten is None else sichten
    )


def nach(
    ausloeser: str, zustand: str, stand: dict[str, Any], daten: dict[str, Any], heute: str = "2026-03-02"
) -> dict[str, Any]:
    u = BESCHLUSS.kandidaten(ausloeser, zustand)[0]
    return fortgeschrieben(stand, u.schreibt, daten, "k", heute)


def test_kanten() -> None:
    gerichtet = {
        ("", "fassen", "gefasst"),
        ("", "umlauf_starten", "im_umlauf"),
        ("im_umlauf", "umlauf_feststellen", "gefasst"),
        ("im_umlauf", "umlauf_feststellen", "gescheitert"),
        ("gefasst", "weiterleiten", "weitergeleitet"),
        ("weitergeleitet", "erledigung_beginnen", "in_erledigung"),
        ("weitergeleitet", "erledigen", "erledigt"),
        ("in_erledigung", "erledigen", "erledigt"),
        ("gefasst", "aufheben", "aufgehoben"),
        ("weitergeleitet", "aufheben", "aufgehoben"),
        ("in_erledigung", "aufheben", "aufgehoben"),
    }
    unveraendert = {
        "stimme_abgeben": ("im_umlauf",),
        "umlauf_berichten": (*GELTEND, "erledigt", "gescheitert"),
        "sitzung_vermerken": (*GELTEND, "erledigt", "gescheitert", "aufgehoben"),
        "sitzung_entfaellt": (*GELTEND, "erledigt", "gescheitert", "aufgehoben"),
        "weiterleiten": WEITER,
        "bewegung_ausgeblieben": ("gefasst",),
        "bewegung_klaeren": (*GELTEND, "erledigt", "gescheitert", "aufgehoben"),
        "kenntnis_nehmen": WEITER,
        "erinnern": WEITER,
        "frist_aendern": GELTEND,
        "uebergeben": ("im_umlauf", *GELTEND),
        "gaeste_vermerken": (*GELTEND, "erledigt", "gescheitert"),
    }
    assert BESCHLUSS.kanten() == frozenset(
        gerichtet | {(z, a, z) for a, zustaende in unveraendert.items() for z in zustaende}
    )


def test_wer_darf() -> None:
    rollen = {u.ausloeser: {w.rolle.value for w in u.wer} for u in BESCHLUSS.uebergaenge}
    assert rollen["fassen"] == {"lg_vorsitz", "koordination"}
    assert rollen["umlauf_starten"] == {"koordination"} and rollen["umlauf_feststellen"] == {"koordination", "system"}
    assert rollen["stimme_abgeben"] == {"lg_mitglied", "lg_vorsitz", "koordination"}
    assert rollen["weiterleiten"] == {"koordination", "verwaltung"}
    assert rollen["kenntnis_nehmen"] == {"empfaenger", "koordination", "kette"}
    assert rollen["erledigung_beginnen"] == rollen["erledigen"] == {"umsetzende_stelle", "koordination"}
    assert rollen["frist_aendern"] == {"lg_vorsitz"} and rollen["aufheben"] == {"beschluss"}


# --- fassen


def test_gefasst_wird_in_einer_laufenden_sitzung() -> None:
    assert fassen() == ()
    assert fassen(sitzung("protokoll_entwurf")) == ()
    assert fassen(sitzung("protokoll_entwurf", unterzeichnet_am="2026-03-01")) == ("sitzung_tagt",)
    for zustand in ("unterlagen_versandt", "protokoll_versandt"):
        assert fassen(sitzung(zustand)) == ("sitzung_tagt",)
    thema = {(hin("gefasst_in"),): (nachbar("GT-01", "generatives_thema", "laeuft", anwesenheit=ANWESEND),)}
    assert "sitzung_tagt" in fassen(thema) and "sitzung_tagt" in fassen({})


def test_quorum_ist_die_haelfte_der_sitze() -> None:
    halb = {**ANWESEND, "S03": "abwesend"}
    assert fassen(sitzung(anwesend=halb), abstimmung={"ja": 2, "nein": 0}) == ()
    weniger = {**halb, "S02": "abwesend"}
    assert fassen(sitzung(anwesend=weniger), abstimmung={"ja": 1, "nein": 0}) == ("quorum",)
    assert fassen(sitzung(beschlussunfaehig=True)) == ("quorum",)


def test_mehrheit_oder_konsens() -> None:
    assert fassen(abstimmung={"ja": 1, "nein": 1, "enthaltung": 1}) == ("mehrheit",)
    assert fassen(abstimmung=None) == ("mehrheit",)
    assert fassen(abstimmung={"ja": 1}) == ()
    assert fassen(abstimmung=None, verfahren="konsens") == ()
    assert fassen(verfahren="konsens") == ("mehrheit",)  # eine Gegenstimme ist kein Konsens


def test_wer_befangen_ist_stimmt_nicht_mit() -> None:
    assert fassen(abstimmung={"ja": 3, "nein": 0, "enthaltung": 0}) == ()
    assert fassen(abstimmung={"ja": 3, "nein": 0, "enthaltung": 1}) == ("stimmenzahl",)
    assert fassen(abstimmung={"ja": 3, "nein": 0}, befangen=["S03"]) == ("stimmenzahl",)
    assert fassen(abstimmung={"ja": 2, "nein": 0}, befangen=["S03"]) == ()
    assert fassen(abstimmung={"ja": 2, "nein": 0}, befangen=["S04"]) == ("befangene_anwesend",)


def test_bezug_nennt_nur_was_beschlossen_werden_kann() -> None:
    gut = {
        **sitzung(),
        (her("behandelt"),): (
            nachbar("GT-01", "generatives_thema", "vorgelegt"),
            nachbar("LG-00", "sitzung", "abgeschlossen"),
        ),
    }
    assert fassen(gut) == ()
    assert fassen({**gut, (her("behandelt"),): (nachbar("MK-1", "meldebogen", "eingegangen"),)}) == ("bezug_passt",)


def test_nachgetragenes_zaehlt_ab_dem_tag_der_sitzung() -> None:
    assert nach("fassen", "", {}, beschluss())["gefasst_am"] == "2026-03-02"
    assert nach("fassen", "", {}, beschluss(gefasst_am="2026-02-27"))["gefasst_am"] == "2026-02-27"


# --- Umlauf

UMLAUF: dict[str, Any] = {
    "verfahren": "umlauf",
    "antwort_bis": "2026-03-09",
    "titel": "Aufnahme",
    "sitze": [
        {"sitz": "S01", "personen": ["vorsitz", "stellv"]},
        {"sitz": "S02", "institution": "Jobcenter"},
        {"sitz": "S03"},
        {"sitz": "S04"},
    ],
}


def mit_stimmen(*stimmen: str, **anders: Any) -> dict[str, Any]:
    return {**UMLAUF, "stimmen": {f"S0{i}": {"stimme": s} for i, s in enumerate(stimmen, start=1)}, **anders}


def feststellen(stand: dict[str, Any], **daten: Any) -> tuple[str, ...]:
    return waechter_von(BESCHLUSS, "umlauf_feststellen", "im_umlauf", stand=stand, daten=daten, rolle="system")


def ergebnis(stand: dict[str, Any]) -> str | None:
    return schalte(BESCHLUSS, "umlauf_feststellen", "im_umlauf", stand=stand).nach


def test_umlauf_fragt_sitze_und_nennt_einen_kuenftigen_tag() -> None:
    daten = {"sitze": UMLAUF["sitze"], "antwort_bis": "2026-03-09"}
    assert waechter_von(BESCHLUSS, "umlauf_starten", daten=daten) == ()
    assert waechter_von(BESCHLUSS, "umlauf_starten", daten={**daten, "sitze": []}) == ("feld_sitze",)
    assert waechter_von(BESCHLUSS, "umlauf_starten", daten={**daten, "antwort_bis": "2026-03-01"}) == (
        "zukunft_antwort_bis",
    )
    assert nach("umlauf_starten", "", {}, daten)["verfahren"] == "umlauf"


def test_der_umlauf_fragt_genau_die_sitze_die_heute_gelten() -> None:
    def starte(*sitze: str) -> tuple[str, ...]:
        daten = {"sitze": [{"sitz": s} for s in sitze], "antwort_bis": "2026-03-09"}
        return waechter_von(BESCHLUSS, "umlauf_starten", daten=daten,
                            sitze_am=lambda tag: frozenset({"S01", "S02"} if tag == HEUTE else {"S09"}))

    assert starte("S02", "S01") == ()
    for falsch in (("S01",), ("S01", "S02", "S03"), ("S01", "S02", "S02"), ("S01", "S09")):
        assert starte(*falsch) == ("sitze_des_tages",)


def test_eine_stimme_je_sitz_und_nur_fuer_den_eigenen() -> None:
    def stimme(
        sitz: str, rolle: str = "lg_mitglied", person: str = "p", institution: str | None = None, **stand: Any
    ) -> tuple[str, ...]:
        daten = {"sitz": sitz, "stimme": "ja"}
        return waechter_von(
            BESCHLUSS,
            "stimme_abgeben",
            "im_umlauf",
            stand={**UMLAUF, **stand},
            daten=daten,
            rolle=rolle,
            person=person,
            institution=institution,
        )

    assert stimme("S01", person="stellv") == () and stimme("S02", institution="Jobcenter") == ()
    assert stimme("S01", person="fremd") == stimme("S02", institution="Kreis") == stimme("S03") == ("eigener_sitz",)
    assert stimme("S03", rolle="koordination") == ()
    assert stimme("S09", rolle="koordination") == ("sitz_gefragt",)
    assert stimme("S01", person="vorsitz", stimmen={"S01": {"stimme": "nein"}}) == ("eine_stimme_je_sitz",)
    assert (
        nach("stimme_abgeben", "im_umlauf", UMLAUF, {"sitz": "S02", "stimme": "ja"})["stimmen"]["S02"]["stimme"] == "ja"
    )


def test_umlauf_endet_am_tag_danach_oder_wenn_alle_geantwortet_haben() -> None:
    assert feststellen(mit_stimmen("ja", "ja", "ja")) == ("umlauf_zu_ende",)
    assert feststellen(mit_stimmen("ja", "ja", "ja", antwort_bis=HEUTE.isoformat())) == ("umlauf_zu_ende",)
    assert ergebnis(mit_stimmen("ja", "ja", "ja", antwort_bis="2026-03-01")) == "gefasst"
    assert ergebnis(mit_stimmen("ja", "ja", "enthaltung", "nein")) == "gefasst"


def test_umlauf_scheitert_an_aussprache_quorum_oder_mehrheit() -> None:
    assert ergebnis(mit_stimmen("diskussion")) == "gescheitert"
    assert ergebnis(mit_stimmen("ja", antwort_bis="2026-03-01")) == "gescheitert"
    assert ergebnis(mit_stimmen("ja", "nein", antwort_bis="2026-03-01")) == "gescheitert"
    assert (
        ergebnis(mit_stimmen("ja", "befangen", antwort_bis="2026-03-01")) == "gescheitert"
    )  # Befangene zählen nicht zum Quorum
    assert ergebnis(mit_stimmen("ja", "enthaltung", antwort_bis="2026-03-01")) == "gefasst"


def test_das_ergebnis_folgt_aus_den_stimmen_nicht_aus_dem_wunsch() -> None:
    gut, schlecht = mit_stimmen("ja", "ja", "ja", "ja"), mit_stimmen("ja", "ja", "ja", "diskussion")
    assert feststellen(gut, ziel="gescheitert") == ("umlauf_nicht_angenommen",)
    assert feststellen(schlecht, ziel="gefasst") == ("umlauf_angenommen",)
    stand = nach("umlauf_feststellen", "im_umlauf", mit_stimmen("ja", "ja", "befangen"), {}, "2026-03-10")
    assert stand["abstimmung"] == {
        "ja": 2,
        "nein": 0,
        "enthaltung": 0,
        "befangen": 1,
        "diskussion": 0,
        "keine_antwort": 1,
    }
    assert (stand["befangen"], stand["gefasst_am"]) == (["S03"], "2026-03-10")


def test_bewegt_nur_was_gefasst_ist() -> None:
    fassend, umlauf = (g for g in FOLGEN if isinstance(g, Bewegt))
    ziel = nachbar("BS-01", "beschluss", "gefasst")
    assert fassend.wenn(lage("beschluss", "fassen", ziel, zustand="gefasst"))
    assert umlauf.wenn(lage("beschluss", "umlauf_feststellen", ziel, zustand="gefasst"))
    assert not umlauf.wenn(lage("beschluss", "umlauf_feststellen", ziel, zustand="gescheitert"))


def test_ueber_einen_umlauf_wird_in_einer_kommenden_sitzung_berichtet() -> None:
    def berichten(zustand: str, **stand: Any) -> tuple[str, ...]:
        sichten = {(hin("steht_auf"),): (nachbar("LG-02", "sitzung", zustand),)}
        return waechter_von(
            BESCHLUSS, "umlauf_berichten", "erledigt", stand=stand, daten={"sitzung": "LG-02"}, sichten=sichten
        )

    assert berichten("geplant", verfahren="umlauf") == ()
    assert berichten("abgeschlossen", verfahren="umlauf") == ("sitzung_nimmt_punkte",)
    assert berichten("geplant", verfahren="abstimmung") == ("im_umlauf_entschieden",)
    assert berichten("geplant", verfahren="umlauf", berichtet_in="LG-01") == ("noch_nicht_berichtet",)
    glied = next(g for g in FOLGEN if isinstance(g, Folge) and g.bei == ("umlauf_berichten",))
    assert glied.schritt is not None
    kommend = lage(
        "beschluss",
        "umlauf_berichten",
        nachbar("LG-02", "sitzung", "geplant"),
        stand=UMLAUF,
        daten={"sitzung": "LG-02"},
        key="BS-01",
    )
    folge = glied.schritt(kommend)
    assert (
        folge is not None
        and folge.daten["bezug"] == "BS-01"
        and folge.daten["titel"] == "Bericht über den Umlauf: Aufnahme"
    )
    assert (
        glied.schritt(
            lage(
                "beschluss",
                "umlauf_berichten",
                nachbar("LG-01", "sitzung", "geplant"),
                stand=UMLAUF,
                daten={"sitzung": "LG-02"},
            )
        )
        is None
    )


# --- weiterleiten und Kenntnis


def test_weiterleiten_nennt_empfaenger() -> None:
    assert waechter_von(BESCHLUSS, "weiterleiten", "gefasst") == ("empfaenger_genannt",)
    assert waechter_von(BESCHLUSS, "weiterleiten", "gefasst", daten={"empfaenger": [{"institution": "A"}]}) == ()
    assert waechter_von(BESCHLUSS, "weiterleiten", "erledigt", stand={"weiterleitungen": {"A": {}}}) == ()


def test_weiterleitung_je_empfaenger_und_persoenlich_ist_schon_bestaetigt() -> None:
    stand = nach(
        "weiterleiten",
        "gefasst",
        {},
        {
            "weitere_empfaenger": True,
            "empfaenger": [
                {
                    "institution": "AG-Leitung",
                    "weg": "persoenlich",
                    "aufgabe": True,
                    "persoenlich": {"wer": "k", "wann": "2026-02-28"},
                },
                {"institution": "Kursträger", "weg": "anwesenheitsliste", "anwesenheitsliste": {"wann": "2026-02-27"}},
                {"institution": "Jobcenter", "weg": "protokoll", "aufgabe": True},
            ],
        },
    )
    w = stand["weiterleitungen"]
    assert (w["AG-Leitung"]["kenntnis_am"], w["Kursträger"]["kenntnis_am"]) == ("2026-02-28", "2026-02-27")
    assert w["Jobcenter"]["gesendet_am"] == "2026-03-02" and "kenntnis_am" not in w["Jobcenter"]
    assert stand["weitere_empfaenger"] is True
    fertig = nach("weiterleiten", "weitergeleitet", stand, {})
    assert fertig["weitere_empfaenger"] is False and fertig["weiterleitungen"] == w


def test_kenntnis_nur_fuer_die_eigene_stelle_und_muendlich_nur_belegt() -> None:
    stand = {"weiterleitungen": {"Jobcenter": {"gesendet_am": "2026-02-27", "aufgabe": True}}}

    def kenntnis(rolle: str, **daten: Any) -> tuple[str, ...]:
        return waechter_von(
            BESCHLUSS,
            "kenntnis_nehmen",
            "erledigt",
            stand=stand,
            daten={"empfaenger": "Jobcenter", **daten},
            rolle=rolle,
            institution="Jobcenter" if rolle == "empfaenger" else "Kreis",
        )

    assert kenntnis("empfaenger") == ()
    assert kenntnis("empfaenger", empfaenger="VHS") == ("empfaenger_bekannt", "eigene_kenntnisnahme")
    assert waechter_von(
        BESCHLUSS,
        "kenntnis_nehmen",
        "weitergeleitet",
        stand=stand,
        daten={"empfaenger": "Jobcenter"},
        rolle="empfaenger",
        institution="VHS",
    ) == ("eigene_kenntnisnahme",)
    assert kenntnis("koordination") == ("persoenlich_belegt",)
    assert kenntnis("koordination", persoenlich={"wann": "2026-03-01"}) == ()
    danach = nach(
        "kenntnis_nehmen", "weitergeleitet", stand, {"empfaenger": "Jobcenter", "persoenlich": {"wann": "2026-03-01"}}
    )
    assert danach["weiterleitungen"]["Jobcenter"]["kenntnis_am"] == "2026-03-01"
    nochmal = nach("kenntnis_nehmen", "weitergeleitet", danach, {"empfaenger": "Jobcenter"})
    assert nochmal["weiterleitungen"]["Jobcenter"]["kenntnis_am"] == "2026-03-01"


def test_erinnert_wird_nur_wer_noch_nicht_bestaetigt_hat() -> None:
    stand = {
        "weiterleitungen": {
            "A": {"gesendet_am": "2026-02-27"},
            "B": {"gesendet_am": "2026-02-27", "kenntnis_am": "2026-02-28"},
        }
    }
    assert waechter_von(BESCHLUSS, "erinnern", "weitergeleitet", stand=stand, daten={"empfaenger": "A"}) == ()
    assert waechter_von(BESCHLUSS, "erinnern", "weitergeleitet", stand=stand, daten={"empfaenger": "B"}) == (
        "kenntnis_offen",
    )
    assert waechter_von(BESCHLUSS, "erinnern", "weitergeleitet", stand=stand, daten={"empfaenger": "C"}) == (
        "empfaenger_bekannt",
    )


def test_frist_aendern_und_aufheben_verlangen_einen_grund() -> None:
    daten = {"frist": "2026-04-01"}
    assert waechter_von(BESCHLUSS, "frist_aendern", "gefasst", daten=daten) == ("grund",)
    assert waechter_von(BESCHLUSS, "frist_aendern", "gefasst", daten=daten, grund="Zahlen fehlen") == ()
    assert waechter_von(BESCHLUSS, "frist_aendern", "gefasst", daten={"frist": "2026-03-01"}, grund="x") == (
        "zukunft_frist",
    )
    assert nach("frist_aendern", "gefasst", {"frist": "2026-03-15"}, daten)["vorige_fristen"] == ["2026-03-15"]
    assert waechter_von(BESCHLUSS, "aufheben", "gefasst", rolle="beschluss") == ("grund",)
    assert waechter_von(BESCHLUSS, "aufheben", "gefasst", rolle="beschluss", grund="überholt") == ()


# --- Fristen


def offene_fristen(zustand: str, **stand: Any) -> dict[str, list[tuple[str, date | None]]]:
    b = Blick(zustand, {}, {"gefasst_am": "2026-03-02", "frist": "2026-06-30", **stand}, HEUTE, HEUTE)
    return {f.name: t for f in BESCHLUSS.fristen if (t := [(x.schluessel, x.anker) for x in f.termine(b)])}


def test_fristen_je_zustand() -> None:
    assert set(offene_fristen("im_umlauf", antwort_bis="2026-03-09", verfahren="umlauf")) == {"umlauf_antwort"}
    assert set(offene_fristen("gefasst")) == {"beschluss_auszug", "beschluss_frist"}
    assert set(offene_fristen("weitergeleitet", weitere_empfaenger=True)) == {"beschluss_auszug", "beschluss_frist"}
    assert set(offene_fristen("in_erledigung")) == {"beschluss_frist"}
    assert set(offene_fristen("gescheitert", verfahren="umlauf")) == {"umlauf_bericht", "umlauf_tagesordnung"}
    assert set(offene_fristen("erledigt", verfahren="umlauf", berichtet_in="LG-02")) == set()


def test_erinnert_wird_je_empfaenger_mit_aufgabe() -> None:
    w = {
        "A": {"gesendet_am": "2026-03-03", "aufgabe": True},
        "B": {"gesendet_am": "2026-03-03"},
        "C": {"gesendet_am": "2026-03-03", "aufgabe": True, "kenntnis_am": "2026-03-04"},
    }
    assert offene_fristen("erledigt", weiterleitungen=w)["beschluss_kenntnisnahme"] == [("A", date(2026, 3, 3))]


def test_weitergeleitet_ist_erst_wenn_jeder_eintrag_des_verteilers_bedient_ist() -> None:
    stand = {"verteiler": ["alle Kommunen", "VHS", "Arbeitsgruppen"]}
    erster = nach("weiterleiten", "gefasst", stand, {"empfaenger": [{"institution": "Hemer", "sammelempfaenger": "alle Kommunen"}]})
    assert offener_verteiler({**stand, **erster}) == ["VHS", "Arbeitsgruppen"] and noch_nicht_an_alle({**stand, **erster})
    zweiter = nach("weiterleiten", "weitergeleitet", {**stand, **erster},
                   {"empfaenger": [{"institution": "VHS"}], "ohne_empfaenger": ["Arbeitsgruppen"]})
    assert offener_verteiler(zweiter) == [] and not noch_nicht_an_alle(zweiter)


def test_bestaetigt_wird_auch_was_derselbe_empfaenger_aus_der_sitzung_noch_hat() -> None:
    def folge(ausloeser: str, ziel: str = "BS-02", **eintrag: Any) -> str | None:
        weitere = {"weiterleitungen": {"VHS": eintrag} if eintrag else {}}
        daten = {"empfaenger": "VHS", "weg": "anruf"} if ausloeser == "erinnern" else {"empfaenger": "VHS"}
        glied = next(g for g in FOLGEN if isinstance(g, Folge) and g.bei == (ausloeser,))
        assert glied.weg == (hin("gefasst_in"), her("gefasst_in")) and glied.schritt is not None
        anderer = nachbar(ziel, "beschluss", "weitergeleitet", **weitere)
        getan = glied.schritt(lage("beschluss", ausloeser, anderer, daten=daten, key="BS-01"))
        return getan.ausloeser if getan else None

    for ausloeser in ("kenntnis_nehmen", "erinnern"):
        assert folge(ausloeser, weg="mail") == ausloeser
        assert folge(ausloeser, weg="mail", kenntnis_am="2026-03-02") is None
        assert folge(ausloeser) is None and folge(ausloeser, "BS-01", weg="mail") is None


def test_ein_anruf_mit_grund_laeuft_nicht_im_kreis() -> None:
    daten = {"empfaenger": "VHS", "weg": "anruf"}
    glied = next(g for g in FOLGEN if isinstance(g, Folge) and g.bei == ("erinnern",))
    assert glied.schritt is not None
    verzeichnet = nach("erinnern", "weitergeleitet", {"weiterleitungen": {"VHS": {"weg": "mail"}}}, {**daten, "grund": "Es eilt."},
                       heute=HEUTE.isoformat())
    anderer = nachbar("BS-02", "beschluss", "weitergeleitet", **verzeichnet)
    assert glied.schritt(lage("beschluss", "erinnern", anderer, daten=daten, key="BS-01")) is None
