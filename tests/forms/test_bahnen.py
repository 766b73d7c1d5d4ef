"""Die Zeichnung der Bahnen: nichts überlappt, nichts ragt hinaus, jede Art ist an der Form zu erkennen."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from forms.bahnen import ZEICHEN, Schritt, umbrochen, zeichne

STELLEN = ("Jobcenter", "Ausländerbehörde", "Klientin", "Krankenkasse", "Sozialamt", "VHS", "BAMF-Regionalkoordination")


def _kette(anzahl: int, stellen: int) -> list[Schritt]:
    arten = list(ZEICHEN)
    return [Schritt(STELLEN[n % stellen], f"{n + 1}. Unterlagen und Vollständigkeitsprüfungsverfahren", ("Brief · 5 WT",),
                    arten[n % len(arten)], ("fällt auf",) if n % 2 else (), f"W {n}", n % 3 == 0) for n in range(anzahl)]  # type: ignore[arg-type]


@pytest.mark.parametrize(("anzahl", "stellen", "breite"), [(1, 1, 640), (6, 3, 640), (12, 7, 640), (9, 5, 1180), (40, 7, 320)])
def test_kaesten_liegen_untereinander_und_in_ihrer_bahn(anzahl: int, stellen: int, breite: int) -> None:
    bild = zeichne(_kette(anzahl, stellen), breite)
    bahnen = {b.name: b for b in bild.bahnen}
    assert list(bahnen) == list(STELLEN[:min(stellen, anzahl)]) and len(bild.kaesten) == anzahl and len(bild.pfeile) == anzahl - 1
    unterkanten: list[float] = []
    for kasten, schritt in zip(bild.kaesten, _kette(anzahl, stellen), strict=True):
        bahn, oben = bahnen[schritt.bahn], kasten.zeilen[0].y - 13
        assert all(bahn.x < z.x < bahn.x + bahn.breite for z in kasten.zeilen)
        assert all(z.x + len(z.text) * 7.6 <= bahn.x + bahn.breite for z in kasten.zeilen), "ein Text ragt aus seinem Kasten"
        assert oben > max([bild.kopf, *unterkanten])
        unterkanten.append(kasten.zeilen[-1].y)
    assert unterkanten[-1] < bild.hoehe and all(b.x + b.breite <= bild.breite + 1 for b in bild.bahnen)


def test_ein_pfeil_zwischen_stellen_ist_eine_uebergabe() -> None:
    schritte = [Schritt("A", "eins"), Schritt("A", "zwei"), Schritt("B", "drei", neue_uebergabe=True), Schritt("A", "vier")]
    assert [p.art for p in zeichne(schritte).pfeile] == ["weiter", "uebergabe", "neue_uebergabe"]


def _ende(weg: str) -> tuple[float, float]:
    zahlen = [float(z) for z in re.findall(r"[-\d.]+", weg)]
    return zahlen[-2] if " H " in weg else zahlen[0], zahlen[-1]


def test_die_uebergabe_geht_zur_genannten_stelle_die_reihenfolge_laeuft_daneben() -> None:
    bild = zeichne([Schritt("A", "eins", an="c"), Schritt("B", "zwei", an="Kasse", neue_uebergabe=True), Schritt("C", "drei", an="C"),
                    Schritt("C", "vier")])
    mitte = {b.name: round(b.x + b.breite / 2, 1) for b in bild.bahnen}
    assert list(mitte) == ["A", "B", "C", "Kasse"], "wer nur empfängt, hat seine eigene Bahn"
    assert [p.art for p in bild.pfeile] == ["uebergabe", "weiter", "neue_uebergabe", "weiter", "weiter"]
    ziele = [_ende(p.weg) for p in bild.pfeile]
    assert [x for x, _ in ziele] == [mitte["C"], mitte["B"] - 14, mitte["Kasse"], mitte["C"] - 14, mitte["C"]]
    oben = [k.zeilen[0].y - 23 for k in bild.kaesten]
    assert ziele[0][1] == oben[2] - 4, "bis zum Schritt der genannten Stelle, nicht zum nächsten"
    assert oben[1] < ziele[2][1] < oben[2], "in der Bahn der Kasse, gleich unter dem Schritt"
    assert all(y <= bild.hoehe for _, y in ziele)


@pytest.mark.parametrize(("an", "bahn"), [
    ("Jobcenter", "Jobcenter Kreis, Dienststelle Altena"), ("ABH", "Ausländerbehörde Kreis"), ("jc", "jc"),
    ("Kreis", "Kreis"), ("Ausländerbehörde Hagen", "Ausländerbehörde Hagen"), ("vhs", "VHS"), ("Volkshochschule", "VHS"), ("…", "…"),
])
def test_ein_kurzer_name_meint_die_stelle_zu_der_er_allein_passt(an: str, bahn: str) -> None:
    stellen = {"Jobcenter Kreis, Dienststelle Altena": ("jobcenter-altena",), "Ausländerbehörde Kreis": ("abh-kreis",),
               "VHS": ("Volkshochschule", "VHS Nord"), "VHS Süd": ("Volkshochschule Süd",)}
    bild = zeichne([*(Schritt(s, "tut etwas") for s in stellen), Schritt("Klientin", "wartet", an=an)],
                   rufnamen=lambda stelle: stellen.get(stelle, ()))
    assert [b.name for b in bild.bahnen][-1] == (bahn if bahn not in stellen else "Klientin")
    mitte = next(round(b.x + b.breite / 2, 1) for b in bild.bahnen if b.name == bahn)
    assert _ende(bild.pfeile[-1].weg)[0] == mitte


def test_zwei_dienststellen_sind_mit_dem_haus_nicht_gemeint() -> None:
    bild = zeichne([Schritt("Jobcenter, Altena", "eins"), Schritt("Jobcenter, Hemer", "zwei"), Schritt("Klientin", "drei", an="Jobcenter")])
    assert [b.name for b in bild.bahnen] == ["Jobcenter, Altena", "Jobcenter, Hemer", "Klientin", "Jobcenter"]


def test_jede_art_hat_ihre_eigene_form() -> None:
    bilder = {art: zeichne([Schritt("A", "Prüfen", art=art)]).kaesten[0] for art in ZEICHEN}  # type: ignore[arg-type]
    formen = {(k.umriss, k.innen) for art, k in bilder.items()}
    assert len(formen) == len(ZEICHEN)
    assert len({z for z in ZEICHEN.values() if z}) == len(ZEICHEN) - 1


def test_ohne_schritte_bleibt_die_zeichnung_leer() -> None:
    assert zeichne([]).kaesten == () and zeichne([]).breite == 0


@pytest.mark.parametrize("text", ["Vollständigkeitsprüfungsverfahren der Stelle", "kurz", "a " * 80, "x" * 200,
                                  "BAMF-Regionalkoordination Dortmund"])
def test_umbruch_haelt_die_breite_und_verliert_nur_am_ende(text: str) -> None:
    zeilen = umbrochen(text, 16, 4)
    assert 1 <= len(zeilen) <= 4 and all(len(z) <= 16 for z in zeilen)
    ganz = re.sub(r"[\s-]", "", text)
    gezeigt = re.sub(r"[\s-]", "", "".join(zeilen))
    assert gezeigt == ganz or (gezeigt.endswith("…") and ganz.startswith(gezeigt[:-1]))


def test_die_zeit_steht_links_vor_den_bahnen() -> None:
    bild = zeichne([Schritt("A", "eins", zeit="W 0"), Schritt("B", "zwei", zeit="W 12")])
    assert [z.text for z in bild.zeiten] == ["W 0", "W 12"] and all(z.x + len(z.text) * 7.6 < bild.bahnen[0].x for z in bild.zeiten)
    assert all(a.y < b.y for a, b in pairwise(bild.zeiten))


def test_auch_die_uebergabe_des_letzten_schritts_ist_ganz_zu_sehen() -> None:
    bild = zeichne([Schritt("A", "eins", an="B")])
    assert _ende(bild.pfeile[0].weg)[1] < bild.hoehe
