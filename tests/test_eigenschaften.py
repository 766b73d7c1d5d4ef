"""Eigenschaften aller Maschinen: Was auch immer Menschen jeder Rolle in beliebiger Folge tun, nichts verlässt die erklärten
Zustände, nichts übergeht eine Regel des Prozesses, und Ereignisse und Stand widersprechen sich nie.

Jeder Versuch beginnt leer oder mitten im Betrieb (eine Vorlage, die die gelenkte Wanderung gebaut hat). Ein Same je Zug
macht ihn wiederholbar; gekürzt wird auf der Ebene der Züge. `make eigenschaften` läuft mit dem großen Profil.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from service.apply import Schritt
from service.errors import Kreislauffehler
from service.handelnde import Handelnde
from service.laden import Akte
from states.kette import PROZESSE
from states.model import Uebergang
from tests import regeln, stimmigkeit
from tests.buehne import MIT_DATEI, Buehne, umfeld
from tests.schmied import BOESE_TEXTE, PERSONEN, Schmied
from tests.verlauf import Verlauf

_GEMEINSAM: dict[str, Any] = {"deadline": None, "derandomize": True, "database": None, "print_blob": False,
              "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]}
_PHASEN = (Phase.explicit, Phase.generate, Phase.shrink)
settings.register_profile("klein", max_examples=100, stateful_step_count=40, phases=_PHASEN, **_GEMEINSAM)
settings.register_profile("gross", max_examples=600, stateful_step_count=80, **{**_GEMEINSAM, "derandomize": False, "print_blob": True})
EINSTELLUNG = settings.get_profile(os.environ.get("HYPOTHESIS_PROFILE", "klein"))

NACH_KEY = {p.key: p for p in PERSONEN}
SAMEN = st.integers(0, 2**32 - 1)


@cache
def _vorlagen() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="kreislauf-vorlagen-")  # räumt sich am Ende selbst weg


@cache
def vorlage(nummer: int) -> Path | None:
    """0 ist leer; jede weitere ist ein Betrieb, in dem schon viel geschehen ist."""
    if nummer == 0:
        return None
    pfad = Path(_vorlagen().name) / f"{nummer}.sqlite"
    buehne = Buehne.auf_sqlite(pfad)
    buehne.wandere(Random(nummer), 500)
    buehne.db.schliessen()
    return pfad


class Maschinen(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.ordner = Path(tempfile.mkdtemp(prefix="kreislauf-eigenschaft-"))
        self.buehne: Buehne

    @initialize(nummer=st.sampled_from(range(9 if EINSTELLUNG.max_examples > 200 else 4)))
    def beginne(self, nummer: int) -> None:
        self.buehne = Buehne.auf_sqlite(self.ordner / "kreislauf.sqlite", vorlage(nummer))

    # --- Züge

    @rule(same=SAMEN, wer=st.sampled_from(PERSONEN))
    def anfangen(self, same: int, wer: Handelnde) -> None:
        """Irgendein Anfang durch irgendjemanden, auch solche, die nur der Kette zustehen."""
        z = Random(same)
        art = z.choice(sorted(PROZESSE))
        self._versuche(None, art, z.choice(PROZESSE[art].moeglich("")), wer, z)

    @rule(same=SAMEN)
    def schalten(self, same: int) -> None:
        """Ein Schritt, der gerade möglich scheint, durch jemanden, der ihn wahrscheinlich tun darf."""
        z = Random(same)
        if (a := self._einer(z)) is None:
            return
        moegliche = [u for u in PROZESSE[a.art].moeglich(a.zustand) if self.buehne.passende(a, a.art, u)]
        if moegliche:
            u = z.choice(moegliche)
            self._versuche(a, a.art, u, z.choice(self.buehne.passende(a, a.art, u)), z)

    @rule(same=SAMEN, wer=st.sampled_from(PERSONEN))
    def irgendetwas(self, same: int, wer: Handelnde) -> None:
        """Irgendein Schritt der Art durch irgendjemanden, ob er möglich ist oder nicht."""
        z = Random(same)
        if (a := self._einer(z)) is not None:
            self._versuche(a, a.art, z.choice(PROZESSE[a.art].uebergaenge), wer, z)

    @rule(same=SAMEN, wer=st.sampled_from(PERSONEN), anzahl=st.integers(2, 4))
    def mehreres(self, same: int, wer: Handelnde, anzahl: int) -> None:
        """Mehrere Schritte in einem Zug, gern am selben Vorgang."""
        z = Random(same)
        schritte: list[Schritt] = []
        a = self._einer(z)
        for _ in range(anzahl):
            a = a if z.random() < 0.5 else self._einer(z)
            moegliche = [u for u in PROZESSE[a.art].moeglich(a.zustand) if wer in self.buehne.passende(a, a.art, u)] if a else []
            schritt = self.buehne.schritt(a, a.art, z.choice(moegliche), wer, z) if a and moegliche else None
            schritte += [schritt] if schritt else []
        if schritte:
            self._tue(wer, *schritte)

    @rule(same=SAMEN, zuege=st.integers(1, 6))
    def weitergehen(self, same: int, zuege: int) -> None:
        """Ein Stück auf dem Hauptweg, damit auch Entferntes erreicht wird."""
        self.buehne.wandere(Random(same), zuege)

    @rule(same=SAMEN, wer=st.sampled_from(PERSONEN), gerade=st.booleans())
    def zuruecknehmen(self, same: int, wer: Handelnde, gerade: bool) -> None:
        """Den letzten Schritt eines Vorgangs, meist den eben getanen."""
        z = Random(same)
        akten = sorted(self.buehne.welt.netz.akten.values(), key=lambda a: (a.version, a.id))
        if akten:
            key = self._zuletzt() if gerade else z.choice(akten).key
            self.buehne.nimm_zurueck(wer, key, z.choice(("aus Versehen", "aus Versehen", z.choice(BOESE_TEXTE))))

    @rule(tage=st.integers(0, 60))
    def runde(self, tage: int) -> None:
        self.buehne.runde(tage)

    def _einer(self, z: Random) -> Akte | None:
        akten = self.buehne.welt.akten()
        return z.choice(akten) if akten else None

    def _zuletzt(self) -> str:
        with self.buehne.db.lesen() as s:
            return str(s.wert("SELECT v.key FROM ereignis e JOIN vorgang v ON v.id = e.vorgang ORDER BY e.id DESC LIMIT 1"))

    def _versuche(self, a: Akte | None, art: str, u: Uebergang, wer: Handelnde, z: Random) -> None:
        schritt = self.buehne.schritt(a, art, u, wer, z, wahlfrei=0.4)
        if schritt is None:
            schritt = Schritt(u.ausloeser, a.key if a else "", "" if a else art)
        if (wurf := z.random()) < 0.15:
            schritt = self._verdorben(schritt, z)
        elif wurf < 0.4:
            schritt = replace(schritt, daten=Schmied(self.buehne.welt, z).lasse_weg(dict(schritt.daten)))
        self._tue(wer, schritt)

    def _tue(self, wer: Handelnde, *schritte: Schritt) -> None:
        """Gelingt ganz oder gar nicht; was abgelehnt wird, sagt es mit einem Fehler, den ein Mensch verursacht hat."""
        if any(schritt.ausloeser in MIT_DATEI for schritt in schritte):
            return
        vorher = self._umfang()
        ergebnis = self.buehne.tue(wer, *schritte)
        if isinstance(ergebnis, Kreislauffehler):
            assert ergebnis.status < 500 and ergebnis.satz, ergebnis
            assert self._umfang() == vorher, f"Der abgelehnte Zug {schritte} hat etwas hinterlassen."

    def _umfang(self) -> list[object]:
        with self.buehne.db.lesen() as s:
            return [s.wert(f"SELECT count(*) FROM {t}") for t in ("vorgang", "ereignis", "frist", "marke", "verbindung", "ausgang")]

    def _verdorben(self, schritt: Schritt, z: Random) -> Schritt:
        schmied = Schmied(self.buehne.welt, z)
        wurf = z.randrange(6)
        if wurf == 0:
            return replace(schritt, grund=z.choice(BOESE_TEXTE))
        if wurf == 1 and schritt.vorgang:
            return replace(schritt, vorgang=z.choice(BOESE_TEXTE))
        if wurf == 2:
            return replace(schritt, version=z.choice((0, -1, 3, 10**9)))
        return replace(schritt, daten=schmied.verdirb(dict(schritt.daten)))

    # --- was immer gilt

    @invariant()
    def zaehler_und_zustaende(self) -> None:
        """Nach jedem Zug, was billig zu sehen ist."""
        if not hasattr(self, "buehne"):
            return
        with self.buehne.db.lesen() as s:
            _ohne_befund(stimmigkeit.zaehler(s))
            _ohne_befund(regeln.ohne_frist(s))

    def teardown(self) -> None:
        if hasattr(self, "buehne"):
            with self.buehne.db.lesen() as s:
                verlauf = Verlauf(s)
                befunde = [*stimmigkeit.alles(s, verlauf, umfeld(), NACH_KEY), *regeln.alle(s, verlauf, NACH_KEY)]
            self.buehne.db.schliessen()
        shutil.rmtree(self.ordner, ignore_errors=True)
        if hasattr(self, "buehne"):
            _ohne_befund(befunde)


def _ohne_befund(befunde: object) -> None:
    gefunden = list(befunde)  # type: ignore[call-overload]
    assert not gefunden, "\n".join(gefunden[:20])


Maschinen.TestCase.settings = EINSTELLUNG
TestMaschinen = Maschinen.TestCase
