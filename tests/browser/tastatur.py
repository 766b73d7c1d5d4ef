"""Ein Konto, das nur Tasten hat: Tab, Umschalt und Tab, Eingabe, Leertaste, Pfeile und was man tippt. Es klickt nie und setzt keinen Fokus.

Kommt es mit dem Tabulator nicht hin, gibt es den Weg für Menschen ohne Maus nicht; ist, wo es steht, nichts zu sehen, auch nicht.
"""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator

from tests.browser.darsteller import Konto

_HOECHSTENS = 700  # so viele Halte hat keine Seite, die jemand mit Tasten bedient
_KNAPP_DAVOR = 4  # das letzte Stück geht es Halt für Halt
# Wie viele Halte es ungefähr bis dorthin sind, zurück mit Minus; null, wenn der Fokus dort steht
_WEIT = """e => {
    const hier = document.activeElement;
    if (hier === e) return 0;
    const am = hier && hier !== document.body ? hier : null;
    const zurueck = am && (am.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_PRECEDING);
    const halte = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')]
        .filter(h => h.tabIndex >= 0 && !h.disabled && h.checkVisibility());
    const dazwischen = halte.filter(h => {
        const nachAm = !am || (am.compareDocumentPosition(h) & Node.DOCUMENT_POSITION_FOLLOWING);
        const vorE = e.compareDocumentPosition(h) & Node.DOCUMENT_POSITION_PRECEDING;
        return zurueck ? !nachAm && h !== am && !vorE && h !== e : nachAm && vorE;
    });
    return (dazwischen.length + 1) * (zurueck ? -1 : 1);
}"""
_SICHTBAR = """e => {
    const r = e.getBoundingClientRect(), stil = getComputedStyle(e);
    const nah = e.labels && e.labels.length ? e.labels[0].getBoundingClientRect() : r;
    return stil.visibility !== 'hidden' && (r.width > 1 && r.height > 1 || nah.width > 1 && nah.height > 1)
        && r.bottom > 0 && r.top < innerHeight;
}"""


@dataclass
class Tastatur(Konto):
    def _geht_zu(self, ziel: Locator) -> None:
        ziel.wait_for(state="attached")
        gedrueckt = 0
        while gedrueckt < _HOECHSTENS:
            weit = int(ziel.evaluate(_WEIT))
            if weit == 0:
                return self._sieht_den_fokus(ziel)
            for _ in range(max(1, abs(weit) - _KNAPP_DAVOR)):
                self.blatt.keyboard.press("Tab" if weit > 0 else "Shift+Tab")
                gedrueckt += 1
        raise AssertionError(f"{self.name}, {self.blatt.url}: mit Tasten nicht zu erreichen: {_was(ziel)}")

    def _sieht_den_fokus(self, ziel: Locator) -> None:
        """Bis die Seite dorthin gerollt ist, darf es einen Augenblick dauern."""
        for _ in range(60):
            if ziel.evaluate(_SICHTBAR):
                return
            self.blatt.wait_for_timeout(50)
        raise AssertionError(f"{self.name}, {self.blatt.url}: hier ist der Fokus nicht zu sehen: {_was(ziel)}")

    def _druecke(self, was: Locator) -> None:
        """Was woandershin führt, ist erst getan, wenn die neue Seite da ist; Aufklappendes bleibt, wo es ist."""
        self._geht_zu(was)
        if was.evaluate("e => e.localName === 'summary'"):
            self.blatt.keyboard.press("Enter")
        else:
            with self.blatt.expect_navigation():
                self.blatt.keyboard.press("Enter")

    def _tippe(self, feld: Locator, text: str) -> None:
        self._geht_zu(feld)
        self.blatt.keyboard.press("ControlOrMeta+a")
        self.blatt.keyboard.press("Delete")
        for nr, zeile in enumerate(text.split("\n")):
            if nr:
                self.blatt.keyboard.press("Enter")
            self.blatt.keyboard.type(zeile)
        assert feld.input_value() == text, f"getippt: {text}, da steht: {feld.input_value()}"

    def _hake(self, haken: Locator, an: bool) -> None:
        if haken.is_checked() != an:
            self._geht_zu(haken)
            self.blatt.keyboard.press("Space")
        assert haken.is_checked() == an

    def _stelle(self, feld: Locator, wert: str) -> None:
        """Bei Auswahlpunkten und Listen wählen die Pfeile."""
        self._geht_zu(feld)
        werte = feld.evaluate("f => [...f.options].map(o => o.value)")
        schritte = werte.index(wert) - int(feld.evaluate("f => f.selectedIndex"))
        for _ in range(abs(schritte)):
            self.blatt.keyboard.press("ArrowDown" if schritte > 0 else "ArrowUp")
        assert feld.input_value() == wert, f"gewählt: {wert}, da steht: {feld.input_value()}"


def _was(ziel: Locator) -> str:
    return str(ziel.evaluate("e => e.outerHTML"))[:300]
