"""Suche über alles: Volltext mit deutschen Wortstämmen, das Neueste zuerst, nur was die Person sehen darf.

Im Text findet nur, wer den Vorgang ganz sieht; im Titel, wer den Titel sieht. Ausschnitte gibt es nicht: Lesen wird vermerkt, Suchen nicht.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date

from service.db import Sitzung
from service.handelnde import Handelnde
from service.listen import HOECHSTENS, SEITE, SPALTEN, Auswahl, Blatt, Eintrag, Ordnung, blaettere, lesezeichen, wer_fragt
from service.sicht import Ebene, sichtbar
from service.suchindex import staemme
from states.kette import PROZESSE

_SCHLUESSEL = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,10}){1,3}")
_HOECHSTENS_WORTE = 12
# Regel 12: Die Zeitachse einer Fallrekonstruktion sehen solche Konten nicht; also verrät auch die Suche nichts aus ihr
_NICHT_FUER_ABH = frozenset({"fallrekonstruktion"})


def schluessel(s: Sitzung, person: Handelnde, heute: date, text: str) -> str:
    """Der Schlüssel, wenn der Text genau einen nennt, auch „gt 05“, den die Person sehen darf; sonst leer."""
    gemeint = "-".join(text.split()).upper()
    if not _SCHLUESSEL.fullmatch(gemeint):
        return ""
    darf, werte = sichtbar(person, heute, ab=Ebene.ZAHL)
    return str(s.wert(f"SELECT v.key FROM vorgang v WHERE v.key = :key AND {darf}", {**werte, "key": gemeint}) or "")


def suche(s: Sitzung, person: Handelnde, heute: date, text: str, auswahl: Auswahl, *, ab: str = "", anzahl: int = SEITE,
          ordnung: Ordnung = "neueste", hoechstens: int = HOECHSTENS) -> Blatt:
    """Vorgänge, in denen alle Wörter stehen; ohne Text alle der Auswahl; keiner, wenn er nur Zeichen enthält.

    Steht keins genau so da, genügt der Wortanfang.
    """
    worte = staemme(text)[:_HOECHSTENS_WORTE]
    if text.strip() and not worte:
        return Blatt((), "")
    if not worte:
        return blaettere(s, person, heute, auswahl, ab=ab, anzahl=anzahl, ordnung=ordnung, hoechstens=hoechstens)
    menge = max(1, min(anzahl, hoechstens))
    blatt = _treffer(s, person, heute, worte, auswahl, ab, menge, ordnung, anfang=False)
    return blatt if blatt.zeilen else _treffer(s, person, heute, worte, auswahl, ab, menge, ordnung, anfang=True)


def _treffer(s: Sitzung, person: Handelnde, heute: date, worte: Sequence[str], auswahl: Auswahl, ab: str, menge: int, ordnung: Ordnung, *,
             anfang: bool) -> Blatt:
    """Zwei Anfragen, je eine für Titel und Text; jede liest höchstens eine Seite."""
    gefunden: dict[int, Eintrag] = {}
    for spalte, ebene in (("titel", Ebene.TITEL), ("worte", Ebene.VOLL)):
        leser, ebene, mehr = wer_fragt(person, auswahl, ab=ebene)
        darf, werte = sichtbar(leser, heute, ab=ebene, arten=_arten(person, auswahl, spalte))
        teile, eigene = auswahl.bedingungen()
        weiter, lesestelle = lesezeichen(ab, ordnung)
        zeilen = s.alle(_frage(s, spalte, [*teile, *mehr, *weiter, darf], ordnung),
                        {**werte, **eigene, **lesestelle, "frage": _ausdruck(s, spalte, worte, anfang), "menge": menge + 1})
        gefunden.update((z[0], Eintrag._make(z)) for z in zeilen)
    zeilen_ = [gefunden[k] for k in sorted(gefunden, reverse=ordnung != "aelteste")]
    return Blatt(tuple(zeilen_[:menge]), str(zeilen_[menge - 1].id) if len(zeilen_) > menge else "")


def _arten(person: Handelnde, auswahl: Auswahl, spalte: str) -> set[str]:
    gefragt = {auswahl.art} if auswahl.art else set(PROZESSE)
    return gefragt - _NICHT_FUER_ABH if person.abh and spalte == "worte" else gefragt


def _frage(s: Sitzung, spalte: str, teile: Sequence[str], ordnung: Ordnung) -> str:
    """Auf SQLite führt der Suchindex und liefert schon in der Reihenfolge seiner Zeilen."""
    richtung, felder = "ASC" if ordnung == "aelteste" else "DESC", ", ".join(f"v.{sp}" for sp in SPALTEN)
    if s.postgres:
        return (f"SELECT {felder} FROM suchtext x JOIN vorgang v ON v.id = x.vorgang WHERE to_tsvector('simple'::regconfig, x.{spalte}) @@ "
                f"to_tsquery('simple'::regconfig, :frage) AND {' AND '.join(teile)} ORDER BY v.id {richtung} LIMIT :menge")
    return (f"SELECT {felder} FROM suchindex x CROSS JOIN vorgang v ON v.id = x.rowid WHERE suchindex MATCH :frage "
            f"AND {' AND '.join(teile)} ORDER BY x.rowid {richtung} LIMIT :menge")


def _ausdruck(s: Sitzung, spalte: str, worte: Sequence[str], anfang: bool) -> str:
    """Wörter bestehen nur aus Buchstaben und Ziffern; nichts davon kann in der Anfrage etwas bedeuten."""
    wort: Callable[[str], str]
    if s.postgres:
        wort = (lambda w: f"'{w}':*") if anfang else (lambda w: f"'{w}'")
        return " & ".join(map(wort, worte))
    wort = (lambda w: f'"{w}" *') if anfang else (lambda w: f'"{w}"')
    return f"{{{spalte}}} : ({' AND '.join(map(wort, worte))})"
