"""Zweite, unabhängige Fristenrechnung, an der service/kalender.py gemessen wird.

Sie teilt mit dem Produkt keine Zeile und keine Bibliothek: eigene Schaltjahre, eigene Wochentage, Ostern nach
Butcher, Feiertage aus dem Feiertagsgesetz NW abgeschrieben. Gezählt wird wie mit dem Finger am Wandkalender, Tag für
Tag auf einer fortlaufenden Liste; langsam und ohne Abkürzung, damit sich kein Fehler wiederholt.
"""

from bisect import bisect_left  # nur für den Index eines Datums in der sortierten Tagesliste

Tag = tuple[int, int, int]

VON, BIS = 1992, 2052
_MONATSTAGE = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _schaltjahr(jahr: int) -> bool:
    return jahr % 4 == 0 and (jahr % 100 != 0 or jahr % 400 == 0)


def _alle_tage() -> list[Tag]:
    tage: list[Tag] = []
    for jahr in range(VON, BIS + 1):
        for monat, laenge in enumerate(_MONATSTAGE, 1):
            zusatz = 1 if monat == 2 and _schaltjahr(jahr) else 0
            tage.extend((jahr, monat, tag) for tag in range(1, laenge + zusatz + 1))
    return tage


TAGE = _alle_tage()


def stelle(tag: Tag) -> int:
    gefunden = bisect_left(TAGE, tag)
    assert TAGE[gefunden] == tag
    return gefunden


_EIN_SAMSTAG = stelle((2000, 1, 1))


def wochentag(index: int) -> int:
    """0 = Samstag, 1 = Sonntag, 2 = Montag …; der 1. Januar 2000 war ein Samstag."""
    return (index - _EIN_SAMSTAG) % 7


def ostersonntag(jahr: int) -> Tag:
    """Anonymer gregorianischer Algorithmus (Butcher 1876)."""
    a, b, c = jahr % 19, jahr // 100, jahr % 100
    d, e = b // 4, b % 4
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    monat, rest = divmod(h + m - 7 * n + 114, 31)
    return jahr, monat, rest + 1


def feiertage(jahr: int) -> set[int]:
    ostern = stelle(ostersonntag(jahr))
    # Karfreitag, Ostermontag, Christi Himmelfahrt, Pfingstmontag, Fronleichnam
    beweglich = {ostern - 2, ostern + 1, ostern + 39, ostern + 50, ostern + 60}
    fest = {(1, 1), (5, 1), (10, 3), (11, 1), (12, 25), (12, 26)}
    if jahr == 2017:
        fest.add((10, 31))  # 500 Jahre Reformation, einmalig
    if jahr <= 1994:
        # Buß- und Bettag: der Mittwoch vor dem 23. November
        bettag = stelle((jahr, 11, 22))
        while wochentag(bettag) != 4:
            bettag -= 1
        beweglich.add(bettag)
    return beweglich | {stelle((jahr, monat, tag)) for monat, tag in fest}


class Orakel:
    def __init__(self, schliesstage: set[Tag]) -> None:
        frei = {stelle(tag) for tag in schliesstage}
        for jahr in range(VON, BIS + 1):
            frei |= feiertage(jahr)
        self._werktag = [wochentag(index) >= 2 and index not in frei for index in range(len(TAGE))]

    def ist_werktag(self, tag: Tag) -> bool:
        return self._werktag[stelle(tag)]

    def ende(self, anker: Tag, zahl: int, einheit: str) -> Tag:
        """Der Tag des Ereignisses zählt nicht mit."""
        heute = stelle(anker)
        if einheit == "WT":
            return TAGE[self._werktage_gehen(heute, zahl, 1)]
        if einheit in ("Tage", "Wochen"):
            return self._hin(_tage_gehen(heute, zahl * (7 if einheit == "Wochen" else 1), 1), 1)
        return self._hin(_im_monat(_monate_gehen(anker, zahl * (12 if einheit == "Jahre" else 1), 1), anker[2]), 1)

    def ende_ab_tagesbeginn(self, anker: Tag, zahl: int, einheit: str) -> Tag:
        """Der erste Tag zählt mit."""
        gestern = stelle(anker) - 1
        if einheit == "WT":
            return TAGE[self._werktage_gehen(gestern, zahl, 1)]
        if einheit in ("Tage", "Wochen"):
            return self._hin(_tage_gehen(gestern, zahl * (7 if einheit == "Wochen" else 1), 1), 1)
        monate = zahl * (12 if einheit == "Jahre" else 1)
        if anker[2] == 1:  # „ab dem Ersten“: volle Monate, der letzte davon endet an seinem letzten Tag
            return self._hin(_im_monat(_monate_gehen(anker, monate - 1, 1), 31), 1)
        return self._hin(_im_monat(_monate_gehen(anker, monate, 1), anker[2] - 1), 1)

    def vor(self, termin: Tag, zahl: int, einheit: str) -> Tag:
        heute = stelle(termin)
        if einheit == "WT":
            return TAGE[self._werktage_gehen(heute, zahl, -1)]
        if einheit in ("Tage", "Wochen"):
            return self._hin(_tage_gehen(heute, zahl * (7 if einheit == "Wochen" else 1), -1), -1)
        return self._hin(_im_monat(_monate_gehen(termin, zahl * (12 if einheit == "Jahre" else 1), -1), termin[2]), -1)

    def werktage_zwischen(self, von: Tag, bis: Tag) -> int:
        return sum(self._werktag[index] for index in range(stelle(von) + 1, stelle(bis) + 1))

    def verlaengern(self, ende: Tag, von: Tag, bis: Tag) -> Tag:
        """Spielt die Unterbrechung nach: An jedem Werktag der Ruhe bleibt der Vorrat stehen, danach wird er leer."""
        bisher = stelle(self._hin(stelle(ende), 1))
        if bisher < stelle(von):
            return TAGE[bisher]
        vorrat, heute = 0, stelle(von)
        while heute < bisher:
            heute += 1
            vorrat += self._werktag[heute]
        heute = stelle(bis)
        while vorrat:
            heute += 1
            vorrat -= self._werktag[heute]
        return self._hin(heute, 1)

    def _werktage_gehen(self, heute: int, zahl: int, schritt: int) -> int:
        while zahl:
            heute += schritt
            if self._werktag[heute]:
                zahl -= 1
        return heute

    def _hin(self, heute: int, schritt: int) -> Tag:
        while not self._werktag[heute]:
            heute += schritt
        return TAGE[heute]


def _tage_gehen(heute: int, zahl: int, schritt: int) -> int:
    for _ in range(zahl):
        heute += schritt
    return heute


def _monate_gehen(tag: Tag, zahl: int, schritt: int) -> tuple[int, int]:
    jahr, monat, _ = tag
    for _ in range(zahl):
        monat += schritt
        if monat == 13:
            jahr, monat = jahr + 1, 1
        if monat == 0:
            jahr, monat = jahr - 1, 12
    return jahr, monat


def _im_monat(monat: tuple[int, int], zahl: int) -> int:
    """Blättert vom Ersten bis zum gesuchten Tag und bleibt stehen, wenn der Monat vorher zu Ende ist."""
    heute = stelle((*monat, 1))
    while TAGE[heute][2] < zahl and TAGE[heute + 1][:2] == monat:
        heute += 1
    return heute
