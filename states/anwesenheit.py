"""Wer in der Sitzung da ist: je Sitz Inhaber, Vertretung oder niemand, dazu die Gäste. Quelle: process.md.

Festgestellt wird es beim Eröffnen. Wer später kommt, früher geht oder vertreten wird, ändert es, solange niemand unterzeichnet hat;
Quorum und Stimmen folgen dem, was zuletzt gilt.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from states import abstimmung
from states.model import Daten, Fakten, Grund, Waechter
from states.waechter import wenn


def _je_sitz(daten: Daten) -> dict[str, str]:
    return {e["sitz"]: e["anwesend"] for e in daten.get("anwesenheit") or ()}


def festgestellt(stand: Daten, daten: Daten, _heute: str) -> Daten:
    return {"anwesenheit": _je_sitz(daten),
            "sitze": daten.get("sitze") or stand.get("sitze", []), "gaeste": daten.get("gaeste") or stand.get("gaeste", [])}


def geaendert(stand: Daten, daten: Daten, _heute: str) -> Daten:
    """Was vorher galt, bleibt mit der Uhrzeit stehen: Das Protokoll sagt, wer ab wann da war."""
    return {"anwesenheit": _je_sitz(daten), "gaeste": daten.get("gaeste") or [],
            "wechsel": [*stand.get("wechsel", ()), *_wechsel(stand, daten)]}


def _wechsel(stand: Daten, daten: Daten) -> Iterator[Daten]:
    um, bisher = {"um": daten.get("um") or ""}, stand.get("anwesenheit", {})
    for sitz, anwesend in _je_sitz(daten).items():
        if bisher.get(sitz) != anwesend:
            yield {**um, "sitz": sitz, "vorher": bisher.get(sitz) or "", "anwesend": anwesend}
    vorher, nun = ([(g["institution"], g.get("punkt")) for g in liste or ()] for liste in (stand.get("gaeste"), daten.get("gaeste")))
    yield from ({**um, "gast": gast, "punkt": punkt, "da": True} for gast, punkt in nun if (gast, punkt) not in vorher)
    yield from ({**um, "gast": gast, "punkt": punkt, "da": False} for gast, punkt in vorher if (gast, punkt) not in nun)


def _jeder_sitz(f: Fakten) -> Grund | None:
    """Die Anwesenheit nennt jeden geltenden Sitz und keinen anderen; sonst stimmen Quorum und Protokoll nicht."""
    tag = f.stand["datum"]
    sollen = f.sitze_am(date.fromisoformat(tag)) or abstimmung.sitze_von(f.daten.get("sitze") or f.stand.get("sitze") or (), tag)
    genannt = [e["sitz"] for e in f.daten.get("anwesenheit") or ()]
    if not sollen or len(genannt) != len(set(genannt)) or set(genannt) != sollen:
        abweichend = ", ".join(sorted(sollen ^ set(genannt))) or "die Liste der Sitze"
        return Grund("Bitte tragen Sie für jeden Sitz genau einmal ein, wer anwesend ist. Zu prüfen: {sitze}.", {"sitze": abweichend})
    return None


JEDER_SITZ = Waechter("anwesenheit_je_sitz", _jeder_sitz)
ANDERS = wenn("anwesenheit_anders", lambda f: any(_wechsel(f.stand, f.daten)),
              "An der Anwesenheit und den Gästen ist nichts anders als bisher.")
BERAET_NUR = wenn("runde_beraet_nur", lambda f: bool(f.stand.get("beschlussunfaehig")),
                  "Der Vorsitz hat nicht festgestellt, dass die Runde nur berät.")
HAELFTE_DA = wenn("haelfte_der_sitze", lambda f: abstimmung.haelfte_da(f.stand),
                  "Weniger als die Hälfte der Sitze ist da. Tragen Sie zuerst ein, wer dazugekommen ist.")
