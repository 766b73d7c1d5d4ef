"""Barrierefrei nach WCAG 2.0, 2.1 und 2.2 (A und AA), soweit ein Programm es prüfen kann, und gültiges HTML; keine Seite greift nach außen.

axe-core prüft im echten Browser, der Nu Html Checker die Antworten des Servers. Beide kommen mit `make barrierefrei`.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Response

from service.app import ROUTER
from states.kette import PROZESSE
from tests.lagen import LAGEN, gestoert
from tests.seitenliste import ROLLEN, SEITEN
from tests.vorfuehrserver import chromium, fenster, gefuellte_vorfuehrung

pytestmark = pytest.mark.barrierefrei
WERKZEUG = Path(__file__).parents[1] / "pruefzeug" / "node_modules"
REGELN = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
          "resultTypes": ["violations"]}
FARBREGELN = {**REGELN, "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
SIEHT_ALLES = "koordination-a"


@pytest.fixture(scope="module")
def ort(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("barrierefrei")


@pytest.fixture(scope="module")
def adresse(ort: Path) -> Iterator[str]:
    with gefuellte_vorfuehrung(ort) as antwortet:
        yield antwortet


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as gestartet:
        yield gestartet


@pytest.fixture(scope="module")
def seiten(browser: Browser, adresse: str) -> list[tuple[str, str]]:
    """Die Liste, dazu von jeder Art die Liste, ein Vorgang je Zustand und dessen erstes Formular."""
    seite = fenster(browser, adresse, 1280, SIEHT_ALLES)
    gefunden = [*SEITEN, *((wer, "/") for wer in ROLLEN)]
    for art, prozess in PROZESSE.items():
        gefunden.append((SIEHT_ALLES, f"/vorgaenge/{art}"))
        for zustand in prozess.zustaende:
            antwort = seite.request.get(f"/api/v1/vorgaenge?art={art}&zustand={zustand.wert}&anzahl=1").json()
            for eintrag in antwort["vorgaenge"]:
                gefunden += [(SIEHT_ALLES, f"/vorgang/{eintrag['key']}"), (SIEHT_ALLES, f"/vorgang/{eintrag['key']}/spur")]
                seite.goto(f"/vorgang/{eintrag['key']}")
                gefunden += [(SIEHT_ALLES, weg) for weg in _wege(seite, "a[href*='/schritt/']")[:2]]
    seite.context.close()
    return list(dict.fromkeys(gefunden))


def _wege(seite: Page, auswahl: str) -> list[str]:
    return [verweis.get_attribute("href") or "" for verweis in seite.locator(auswahl).all()]


def _befunde(seite: Page, *, auch_dunkel: bool = True) -> list[str]:
    """Hell alle Regeln; dunkel ist dieselbe Seite in anderen Farben, also nur, was an Farben hängt."""
    seite.evaluate((WERKZEUG / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    befunde = _axe(seite, REGELN)
    if auch_dunkel:
        seite.emulate_media(color_scheme="dark")
        befunde += [f"dunkel: {befund}" for befund in _axe(seite, FARBREGELN)]
        seite.emulate_media(color_scheme="light")
    breiter = int(seite.evaluate("document.documentElement.scrollWidth - document.body.clientWidth"))
    return [*befunde, f"{breiter} Pixel breiter als das Fenster"] if breiter > 0 else befunde


def _axe(seite: Page, regeln: dict[str, Any]) -> list[str]:
    ergebnis: dict[str, Any] = seite.evaluate("regeln => axe.run(document, regeln)", regeln)
    return [f"{v['id']}: {v['help']} ({', '.join(' '.join(map(str, n['target'])) for n in v['nodes'][:3])})"
            for v in ergebnis["violations"]]


def _html_fehler(ordner: Path, namen: dict[str, str]) -> dict[str, set[str]]:
    """Meldung -> Seiten, auf denen der Nu Html Checker sie macht."""
    java = shutil.which("java")
    assert java, "Für die Prüfung des HTML braucht es Java, zum Beispiel: apt-get install default-jre-headless"
    pruefer = str(WERKZEUG / "vnu-jar" / "build" / "dist" / "vnu.jar")
    lauf = subprocess.run([java, "-Xss2m", "-jar", pruefer, "--format", "json", "--exit-zero-always", str(ordner)],
                          capture_output=True, text=True, check=True)
    fehler: dict[str, set[str]] = {}
    for m in json.loads(lauf.stderr or lauf.stdout)["messages"]:
        if m["type"] == "error":
            fehler.setdefault(m["message"], set()).add(namen[Path(m["url"]).name])
    return fehler


def test_keine_seite_fehlt(seiten: list[tuple[str, str]]) -> None:
    """Jeder Weg, der eine Seite zeigt, ist dabei; die Links aus Nachrichten kommen in den Lagen."""
    wege = {urlsplit(weg).path for _, weg in seiten}
    ohne_seite = re.compile(r"/(api/v1|static|healthz|readyz|metrics|favicon|api/openapi)|.*(termin\.ics|/anhaenge/\{nummer\})$")
    in_den_lagen = {"/antwort/{wort}", "/einladung/{wort}", "/postfach/{nummer}"}
    fehlend = [w.path for router in ROUTER for w in router if "GET" in (w.methods or ()) and not ohne_seite.match(w.path)
               and w.path not in in_den_lagen and not any(w.path_regex.fullmatch(weg) for weg in wege)]
    assert fehlend == []


@pytest.mark.parametrize("breite", [1280, 360])
def test_auch_was_nur_eine_handlung_zeigt(browser: Browser, adresse: str, ort: Path, breite: int, tmp_path: Path) -> None:
    befunde: dict[str, list[str]] = {}
    lagen = {**LAGEN, "gestoert": (SIEHT_ALLES, lambda seite: gestoert(seite, ort / "daten"))}
    for name, (wer, weg) in lagen.items():
        seite = fenster(browser, adresse, breite, wer)
        antworten: list[Response] = []
        seite.on("response", lambda r, an=antworten: an.append(r) if r.request.is_navigation_request() else None)
        weg(seite)
        (tmp_path / f"{name}.html").write_bytes(antworten[-1].body())
        if gefunden := _befunde(seite):
            befunde[name] = gefunden
        seite.context.close()
    assert befunde == {}, json.dumps(befunde, ensure_ascii=False, indent=1)
    fehler = _html_fehler(tmp_path, {f"{name}.html": name for name in lagen})
    assert fehler == {}, fehler


@pytest.mark.parametrize("breite", [1280, 360])
def test_axe_findet_nichts(browser: Browser, adresse: str, seiten: list[tuple[str, str]], breite: int) -> None:
    """Wer alles sieht, und wer nicht angemeldet ist, hell und dunkel; was die anderen dazu sehen, hell."""
    offen: dict[str, Page] = {}
    befunde: dict[str, list[str]] = {}
    fremde: set[str] = set()
    for wer, weg in seiten:
        if wer not in offen:
            offen[wer] = fenster(browser, adresse, breite, wer)
            offen[wer].on("request", lambda anfrage: fremde.add(urlsplit(anfrage.url).netloc))
        offen[wer].goto(weg)
        if gefunden := _befunde(offen[wer], auch_dunkel=wer in ("", SIEHT_ALLES)):
            befunde[f"{wer or 'niemand'} {weg}"] = gefunden
    assert befunde == {}, json.dumps(befunde, ensure_ascii=False, indent=1)
    assert fremde == {urlsplit(adresse).netloc}


def test_das_html_ist_gueltig(browser: Browser, adresse: str, seiten: list[tuple[str, str]], tmp_path: Path) -> None:
    offen: dict[str, Page] = {}
    namen: dict[str, str] = {}
    for nr, (wer, weg) in enumerate(seiten):
        if wer not in offen:
            offen[wer] = fenster(browser, adresse, 1280, wer)
        namen[f"{nr:04d}.html"] = f"{wer} {weg}"
        (tmp_path / f"{nr:04d}.html").write_bytes(offen[wer].request.get(weg).body())
    fehler = _html_fehler(tmp_path, namen)
    assert len(namen) > 80 and fehler == {}, "\n".join(f"{satz}: {sorted(wo)[:3]} ({len(wo)} Seiten)" for satz, wo in fehler.items())
