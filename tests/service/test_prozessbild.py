"""Der Ablauf zum Lesen: vollständig, ohne dass ein Text das Diagramm oder die Tabelle stört, und nicht veraltet."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from forms import formular
from service.prozessbild import ROLLEN, als_markdown, als_mermaid, als_text, dokument
from states.kette import GLIEDER, PROZESSE
from states.fristen import Frist, Stufe, im_zustand
from states.model import K, KETTE, Marke, Prozess, Rolle, Uebergang, Waechter, Zustand
from states.verbindungen import VERBINDUNGEN

SEITE = Path(__file__).parent.parent.parent / "docs" / "prozess.md"
BOESE = 'Fünf "Worte"; mit: # und <b>fett</b> --> [*] {x} %% | `code` \\ und\nneue Zeile'
_KANTE = re.compile(r"    (\S+) --> (\S+)(?: : (.+))?")

_GEDULD = Waechter("geduld", lambda f: None)

EINER = Prozess(
    "einer", "Einer", "E",
    zustaende=(Zustand("da", BOESE, "Er ist da.", Rolle.KOORDINATION), Zustand("weg", "Weg", "Er ist weg.", ende=True)),
    uebergaenge=(
        Uebergang("kommen", (), "da", (K,), BOESE),
        Uebergang("warten", ("da",), None, (K,), "Warten", setzt="wartet", waechter=(_GEDULD,), quelle="[004] 9.9"),
        Uebergang("gehen", ("da",), "weg", (K, KETTE), "Gehen", loescht=("wartet",), grund_noetig=True),
        Uebergang("fliehen", ("da",), "weg", (K,), "Fliehen"),
    ),
    marken=(Marke("wartet", "Wartet noch", "Er wartet."),),
    fristen=(Frist("einer_frist", "Gehen", im_zustand("da"), "5 WT", ruht_bei="wartet", quelle="[P]",
                   stufen=(Stufe("Ende", ("zustaendig", "leitung"), feuert="gehen", nur_zahl=True),)),),
)  # fmt: skip


def test_die_seite_ist_nicht_veraltet() -> None:
    assert SEITE.read_text(encoding="utf-8") == dokument(), "Bitte: kreislauf prozess --markdown > docs/prozess.md"


@pytest.mark.parametrize("art", PROZESSE)
def test_diagramm_hat_genau_die_kanten_der_tabelle(art: str) -> None:
    p = PROZESSE[art]
    gezeichnet = {m.groups() for zeile in als_mermaid(p).splitlines() if (m := _KANTE.fullmatch(zeile))}
    enden = {(z.wert, "[*]", None) for z in p.zustaende if z.ende}
    assert {(von, nach) for von, nach, _ in gezeichnet - enden} == {(v or "[*]", n) for v, _, n in p.kanten() if v != n}
    assert enden <= gezeichnet
    for von, nach, text in gezeichnet - enden:
        schritte = {u.bezeichnung for u in p.uebergaenge if u.nach == nach and von in (u.von or ("[*]",))}
        assert text and all(s in text for s in schritte)


@pytest.mark.parametrize("art", PROZESSE)
def test_seite_und_text_nennen_alles(art: str) -> None:
    p = PROZESSE[art]
    abschnitt = dokument().split(f"\n## {p.bezeichnung}\n")[1].split("\n## ")[0]
    for gesehen in (abschnitt, als_text(p)):
        for z in p.zustaende:
            assert z.bezeichnung in gesehen and z.erklaerung in gesehen
        for u in p.uebergaenge:
            assert u.ausloeser in gesehen and u.bezeichnung in gesehen and u.quelle in gesehen
            assert all(w.name in gesehen for w in u.waechter)
            felder = formular(art, u.formular).model_fields.values() if u.formular else ()
            assert all(f.title and f.title in gesehen for f in felder)
        for f in p.fristen:
            assert f.name in gesehen and f.bezeichnung in gesehen and all(s.wann in gesehen for s in f.stufen)
        for m in p.marken:
            assert m.bezeichnung in gesehen and m.erklaerung in gesehen


def test_jede_rolle_hat_einen_deutschen_namen() -> None:
    assert set(ROLLEN) == set(Rolle)


def test_jede_zeile_einer_tabelle_hat_gleich_viele_spalten() -> None:
    spalten = 0
    for zeile in als_markdown([*PROZESSE.values(), EINER], GLIEDER).splitlines():
        if not zeile.startswith("|"):
            spalten = 0
            continue
        anzahl = len(re.findall(r"(?<!\\)(?:\\\\)*\|", zeile))
        spalten = spalten or anzahl
        assert anzahl == spalten, zeile


def test_jeder_eintrag_des_inhalts_fuehrt_zu_einer_ueberschrift() -> None:
    seite = dokument()
    ziele = re.findall(r"^- \[[^]]+\]\(#([^)]+)\)$", seite, flags=re.M)
    anker = {re.sub(r"[^\w-]", "", u.lower().replace(" ", "-")) for u in re.findall(r"^## (.+)$", seite, flags=re.M)}
    assert len(ziele) == len(PROZESSE) + 2 and set(ziele) <= anker


def test_kette_und_verbindungen_stehen_vollstaendig_da() -> None:
    kette, verbindungen = dokument().split("## Die Kette")[1].split("## Verbindungen")
    assert kette.count("\n|") == len(GLIEDER) + 2
    assert all(f"`{v.name}`" in verbindungen and v.satz in verbindungen for v in VERBINDUNGEN.values())
    assert "lage." not in kette


def test_ein_text_mit_sonderzeichen_bleibt_text() -> None:
    diagramm = als_mermaid(EINER)
    beschriftung = diagramm.splitlines()[1].removeprefix('    state "').removesuffix('" as da')
    assert re.sub(r"#(\d+);", lambda m: chr(int(m[1])), beschriftung) == BOESE.replace("\n", " ")
    ohne_kodierung = re.sub(r"#\d+;", "", beschriftung)
    assert not set('"#;:<>{}[]%|`\\') & set(ohne_kodierung)
    assert "[*] --> da : " in diagramm and "    weg --> [*]" in diagramm and "Warten" not in diagramm
    assert "da --> weg : Gehen, Fliehen" in diagramm
    assert "<b>" not in als_markdown([EINER], ())


def test_ein_schritt_mit_allem() -> None:
    text = als_text(EINER)
    assert "Warten [warten]: " in text and "Bedingungen: geduld" in text and "Marken: setzt „Wartet noch“" in text
    assert "Grund: nötig" in text and "Koordination des Bereichs, folgt einem anderen Vorgang" in text
    assert "Ende: zuständige Person, Leitung (nur Zahl und Alter); „Gehen“ geschieht von selbst" in text
    assert "| `einer_frist` | Gehen | 5 WT |" in als_markdown([EINER], ()) and "| Wartet noch | [P] |" in als_markdown([EINER], ())
