"""Die Seite einer Sitzung als Arbeitsplatz: Tagesordnung, Sitze, was wann fällig ist, wer welchen Beschluss bekam."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from service import anzeige, lenkung, vorlaeufe
from service.lenkung import BESCHLUESSE, VORLAGEN
from states import abstimmung, weiterleitung
from states import sitzung as lg
from states.model import Rolle

if TYPE_CHECKING:
    from service.pages.raum import Blick


def raum(b: Blick) -> dict[str, Any]:
    akte, netz = lenkung.umgebung(b.s, b.ansicht.key, VORLAGEN, BESCHLUESSE)
    vorlagen, beschluesse = netz.entlang(akte.id, VORLAGEN), netz.entlang(akte.id, BESCHLUESSE)
    gesehen = lenkung.ganz_sichtbare(b.s, b.person, b.heute, [*vorlagen, *beschluesse])
    beschluesse = [x for x in beschluesse if x.id in gesehen]
    stand = b.ansicht.felder
    bevor = b.ansicht.zustand in lg.VOR_DER_SITZUNG
    noch = vorlaeufe.davorliegende(b.s, b.person, b.heute) if bevor else {}
    return {
        "punkte": lenkung.punkte(stand, vorlagen, beschluesse, gesehen),
        "plaetze": lenkung.plaetze(stand, b.umfeld, b.namen),
        "quorum": lenkung.quorum(stand),
        "gaeste": stand.get("gaeste") or [],
        "etappen": vorlaeufe.etappen(b.umfeld, date.fromisoformat(stand["datum"]), stand, b.heute, noch),
        "zustellungen": lenkung.zustellungen(b.s, beschluesse, b.namen, b.umfeld.profil),
        "unverteilt": unverteilte(beschluesse),
        **_weiterleiten(b),
        "mitschrift": any(b.kann(a) for a in ("eroeffnen", "punkt_beraten")),
        "termin": date.fromisoformat(stand["datum"]), "beginn": stand.get("beginn"), "tagungsort": stand.get("ort"),
        "bevor": bevor, "hat_protokoll": b.ansicht.zustand in ("laeuft", *lg.NACH_DER_SITZUNG),
    }


def _weiterleiten(b: Blick) -> dict[str, bool]:
    return {"leitet_weiter": any(b.person.hat(r) for r in (Rolle.KOORDINATION, Rolle.VERWALTUNG)),
            "verzeichnet": b.person.hat(Rolle.KOORDINATION)}


def unverteilte(beschluesse: Sequence[Any]) -> list[tuple[Any, list[str]]]:
    """Beschlüsse, deren Verteiler noch nicht ganz bedient ist, mit dem, was fehlt."""
    gueltige = [x for x in beschluesse if x.zustand in lenkung.WIRKSAM]
    return [(x, offen) for x in gueltige if (offen := weiterleitung.offener_verteiler(x.stand)) or x.zustand == "gefasst"]


# --- Umlauf -----------------------------------------------------------------------------------------------------------


def beschluss(b: Blick) -> dict[str, Any]:
    akte, _ = lenkung.umgebung(b.s, b.ansicht.key)
    stand = b.ansicht.felder
    umlauf = stand.get("verfahren") == "umlauf"
    stimmen = _stimmen(stand, b) if umlauf else []
    return {
        "stand": stand,
        "wirkungen": lenkung.wirkungen(stand, b.namen),
        "umlauf": stimmen,
        "ist_umlauf": umlauf,
        "fehlen": sum(1 for z in stimmen if not z["stimme"]),
        "zustellungen": lenkung.zustellungen(b.s, [akte], b.namen, b.umfeld.profil),
        "laeuft": b.ansicht.zustand == "im_umlauf",
        "unverteilt": unverteilte([akte]) if umlauf else [],
        **_weiterleiten(b),
        "stimmt_ab": b.kann("stimme_abgeben"),
        "fuer_alle": b.person.hat(Rolle.KOORDINATION),
    }


def _stimmen(stand: Mapping[str, Any], b: Blick) -> list[dict[str, Any]]:
    """Je gefragtem Sitz seine Stimme, oder dass sie fehlt; die fehlenden zuerst."""
    abgegeben = stand.get("stimmen") or {}
    zeilen = [{"sitz": s["sitz"], "funktion": s["funktion"], "personen": ", ".join(b.namen.get(p, p) for p in s.get("personen") or ()),
               "stimme": anzeige.wert("beschluss", "stimme", (abgegeben.get(s["sitz"]) or {}).get("stimme")),
               "am": (abgegeben.get(s["sitz"]) or {}).get("am", ""),
               "eigener": abstimmung.spricht_fuer(s, b.person.key, b.person.institution)} for s in stand.get("sitze") or ()]
    return sorted(zeilen, key=lambda z: bool(z["stimme"]))
