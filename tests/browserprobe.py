"""Seiten prüfen, wie ein Browser sie bekommt: anmelden, aufrufen, das gezeigte Formular ausfüllen und absenden."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from functools import cache
from html.parser import HTMLParser
from typing import Any

from starlette.testclient import TestClient

from forms import formular
from forms.felder import Feld, felder_von
from service import anmeldung
from service.app import Kreislauf
from service.db import Datenbank
from service.profil import Profil
from service.settings import Einstellungen
from states.kette import PROZESSE
from tests.anwendung import baue_app
from tests.erstes_profil import uebernimm


_FOKUS = ("input", "select", "textarea", "button", "a", "summary")
_EIN_VORGANG = re.compile(r"/vorgang/[^/?#]+")
_STUMM, _WOERTLICH = ("script", "style"), ("code", "textarea", "pre")


class Blatt(HTMLParser):
    """Was auf einer Seite steht: Verweise, Felder mit ihren Werten, Kennungen, Beschriftungen, der sichtbare Text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.verweise: list[str] = []
        self.ziele: list[str] = []  # wohin die Formulare gehen
        self.felder: dict[str, list[str]] = {}
        self.kennungen: Counter[str] = Counter()
        self.beschriftet: set[str] = set()
        self.eingaben: list[dict[str, str | None]] = []
        self.ueberschriften: list[str] = []
        self.bezuege: set[str] = set()
        self.text = ""
        self.worte: list[str] = []  # die sichtbaren Texte, jeder für sich; ohne das, was jemand in ein Feld geschrieben hat
        self.titel = ""
        self.anspringbar: set[str] = set()  # Kennungen, die den Fokus nehmen können
        self.verweisnamen: list[tuple[str, str]] = []  # (was ein Vorleseprogramm sagt, Ziel)
        self.tafeln: list[dict[str, int]] = []
        self.html = html
        self._auswahl = self._textfeld = ""
        self._verweis = self._ueber = self._im_titel = False
        self._stumm = self._woertlich = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = dict(attrs)
        if "id" in a:
            self.kennungen[a["id"] or ""] += 1
            if tag in _FOKUS or "tabindex" in a:
                self.anspringbar.add(a["id"] or "")
        self._stumm += tag in _STUMM
        self._woertlich += tag in _WOERTLICH
        self.worte += [a[name] or "" for name in ("aria-label", "title", "placeholder") if a.get(name)]
        if tag == "a" and a.get("href"):
            self.verweise.append(a["href"] or "")
            self.verweisnamen.append((a.get("aria-label") or "", a["href"] or ""))
            self._verweis = not a.get("aria-label")
        if tag == "form":
            self.ziele.append(a.get("action") or "")
        if tag == "label" and a.get("for"):
            self.beschriftet.add(a["for"] or "")
        for name in ("aria-labelledby", "aria-describedby"):
            self.bezuege |= set((a.get(name) or "").split())
        if tag == "h1":
            self.ueberschriften.append("")
        if tag in ("input", "select", "textarea") and a.get("type") != "hidden":
            self.eingaben.append(a)
        self._tafel(tag, a)
        name = a.get("name") or ""
        if tag == "input" and name and (a.get("type") not in ("checkbox", "radio") or "checked" in a):
            self.felder.setdefault(name, []).append(a.get("value") or "")
        self._auswahl = name if tag == "select" else self._auswahl
        if tag == "option" and self._auswahl and "selected" in a:
            self.felder.setdefault(self._auswahl, []).append(a.get("value") or "")
        if tag == "textarea":
            self._textfeld = name
            self.felder.setdefault(name, []).append("")

    def _tafel(self, tag: str, a: dict[str, str | None]) -> None:
        """Zählt je Tabelle die Zeilen und die, die einen Zeilenkopf haben; `benannt`: Sie hat eine Überschrift."""
        self._im_titel = tag == "title" and not self.titel
        self._ueber = tag in ("thead", "table") or (self._ueber and tag != "tbody")
        if tag == "table":
            self.tafeln.append({"benannt": 0, "zeilen": 0, "koepfe": 0})
        elif self.tafeln and tag == "caption":
            self.tafeln[-1]["benannt"] = 1
        elif self.tafeln and tag == "tr" and not self._ueber:
            self.tafeln[-1]["zeilen"] += 1
        elif self.tafeln and tag == "th" and a.get("scope") == "row":
            self.tafeln[-1]["koepfe"] += 1

    def handle_endtag(self, tag: str) -> None:
        self._auswahl = "" if tag == "select" else self._auswahl
        self._textfeld = "" if tag == "textarea" else self._textfeld
        self._verweis = self._verweis and tag != "a"
        self._im_titel = self._im_titel and tag != "title"
        self._stumm -= tag in _STUMM
        self._woertlich -= tag in _WOERTLICH

    def handle_data(self, data: str) -> None:
        if self._verweis:
            name, ziel = self.verweisnamen[-1]
            self.verweisnamen[-1] = (name + data, ziel)
        if self._im_titel:
            self.titel += data
        if self._textfeld:
            self.felder[self._textfeld][-1] += data
        elif not self._stumm:
            self.text += data
        if not self._stumm and not self._woertlich and data.strip():
            self.worte.append(" ".join(data.split()))

    def maengel(self) -> list[str]:
        """Was Menschen mit Vorleseprogramm aufhielte."""
        doppelt = [f"zweimal vergeben: {k}" for k, n in self.kennungen.items() if n > 1]
        stumm = [
            f"ohne Beschriftung: {e.get('name')}" for e in self.eingaben if e.get("id") not in self.beschriftet and not e.get("aria-label")
        ]
        eine = [] if len(self.ueberschriften) == 1 else [f"{len(self.ueberschriften)} Hauptüberschriften"]
        return doppelt + stumm + self._gleichnamige() + self._kopflose() + self._ins_leere() + eine

    def _ins_leere(self) -> list[str]:
        """Sprünge auf derselben Seite; die zu einem Feld („f-“) müssen den Fokus mitnehmen."""
        ziele = {v[1:] for v in self.verweise if v.startswith("#") and len(v) > 1}
        return [f"Sprung ins Leere: {z}" for z in sorted(ziele) if z not in (self.anspringbar if z.startswith("f-") else self.kennungen)]

    def _kopflose(self) -> list[str]:
        tafeln = list(enumerate(self.tafeln, 1))
        return [f"Tabelle {nr} ohne Überschrift" for nr, t in tafeln if not t["benannt"]] + [
            f"Tabelle {nr}: {t['zeilen'] - t['koepfe']} Zeilen ohne Kopf" for nr, t in tafeln if t["koepfe"] < t["zeilen"]]

    def _gleichnamige(self) -> list[str]:
        """In der Liste der Verweise, die ein Vorleseprogramm zeigt, unterscheidet nur der Name. Titel von Vorgängen geben Menschen."""
        ziele: dict[str, set[str]] = {}
        for name, ziel in self.verweisnamen:
            ziele.setdefault(" ".join(name.split()), set()).add("/vorgang/…" if _EIN_VORGANG.fullmatch(ziel) else ziel)
        return [f"„{name}“ führt zu {sorted(wege)[:3]}" for name, wege in ziele.items() if len(wege) > 1 or not name]


_ROHES = (
    ("Datum", re.compile(r"\b20\d\d-\d\d-\d\d\b")),
    ("Kennung", re.compile(r"\b[a-zäöüß]+_[a-zäöüß_]+\b")),
    ("Englisch", re.compile(r"Input should|Field required|Value error|String should|\bTrue\b|\bFalse\b|\bNone\b|\bnull\b")),
    ("Mehrzahl", re.compile(r"(?<![\d.,/])\b1 (?:Befunde|Vorgänge|Meldungen|Sammlungen|Nachrichten|Stellen|Sitze|Tage|Werktage|Wochen|"
                            r"Monate|Personen|Schritte|Beschlüsse|Punkte|Einträge|Kommunen|Bruchstellen|Erhebungen|Auflagen|Entwürfe)\b")),
)


@cache
def _werte() -> frozenset[str]:
    """Gespeicherte Werte, die Menschen anders lesen, als sie geschrieben sind: „inhaber“, „nicht_erhoben“."""
    paare = [(w, b) for art, p in PROZESSE.items() for u in p.uebergaenge if u.formular
             for w, b in _optionen(felder_von(formular(art, u.formular)))]
    paare += [(z.wert, z.bezeichnung) for p in PROZESSE.values() for z in p.zustaende]
    return frozenset({"inhaber", "keine_antwort", *(w for w, b in paare if w.islower() and b.casefold() != w)})


def _optionen(felder: Iterable[Feld]) -> Iterator[tuple[str, str]]:
    for f in felder:
        yield from f.optionen
        yield from _optionen((*f.felder, *((f.element,) if f.element else ())))


def rohes(blatt: Blatt, kuerzel: Collection[str] = ()) -> list[str]:
    """Was auf einer Seite nach Programm aussieht statt nach Deutsch. `kuerzel`: Schlüssel von Personen und Stellen."""
    gefunden = []
    for text in blatt.worte:
        if text.startswith("gemeinsame Wörter:"):
            continue  # das sind Wörter der Menschen, klein geschrieben
        gefunden += [f"{name}: {f[0]} in „{text[:120]}“" for name, muster in _ROHES for f in muster.finditer(text)]
        teile = {t.strip(" .)") for t in re.split(r"[:,;(]\s*", text)}
        gefunden += [f"Wert: {t} in „{text[:120]}“" for t in sorted(teile & (_werte() | set(kuerzel)))]
    return gefunden


class Fenster:
    """Ein Browser einer angemeldeten Person."""

    def __init__(self, app: Kreislauf, person: str) -> None:
        self.app, self.person = app, person
        self.client = TestClient(app, base_url="http://localhost:8000", follow_redirects=False)
        a = app.state.anwendung
        ausweis = a.db.in_transaktion(lambda s: anmeldung.melde_an(s, person, a.jetzt()))
        self.client.cookies.set("kreislauf", ausweis)

    def hole(self, weg: str, status: int = 200) -> Blatt:
        antwort = self.client.get(weg)
        if status == 200 and antwort.status_code == 303 and antwort.headers["location"].startswith("/vorgang/"):
            antwort = self.client.get(antwort.headers["location"])  # der Schritt hat eine eigene Seite
        assert antwort.status_code == status, (weg, antwort.status_code, antwort.text[-600:])
        return Blatt(antwort.text)

    def sende(self, weg: str, status: int = 303, **anders: Any) -> tuple[str, Blatt]:
        """Holt das Formular, trägt ein und sendet; (Ziel der Weiterleitung, die Antwort)."""
        return self.sende_blatt(self.hole(weg), weg, status, **anders)

    def sende_blatt(self, blatt: Blatt, weg: str, status: int = 303, **anders: Any) -> tuple[str, Blatt]:
        """Wie `sende`, mit einem Formular, das schon länger offen ist."""
        neue = {name: [w] if isinstance(w, str) else list(w) for name, w in anders.items()}
        antwort = self.client.post(weg, data={**blatt.felder, **neue})
        assert antwort.status_code == status, (weg, antwort.status_code, Blatt(antwort.text).text[-1500:])
        return antwort.headers.get("location", ""), Blatt(antwort.text)


def seiten(db: Datenbank, profil: Profil, jetzt: datetime) -> Kreislauf:
    """Die Webanwendung mit dem Profil und den Konten der Vorführung; die Uhr steht."""
    uebernimm(db, profil, jetzt)
    return baue_app(Einstellungen(), db, lambda: jetzt)
