"""Wann ein Beschluss zustande kommt: Quorum, Mehrheit, Befangenheit, und das Ergebnis eines Umlaufs. Quelle: process.md.

Quorum heißt: Mindestens die Hälfte der Sitze ist da (oder hat im Umlauf abgestimmt). Mehrheit heißt: mehr Ja als Nein;
Enthaltungen zählen für keine Seite. Wer befangen ist, stimmt nicht mit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from states.aussage import Aussage
from states.model import Daten, Fakten, Grund, Nachbar, Rolle, Waechter, hin
from states.waechter import wenn

# --- die Sitze ------------------------------------------------------------------------------------------------------


def sitze_von(sitze: Iterable[Daten], tag: str) -> frozenset[str]:
    """Die Sitze einer genannten Liste, die an diesem Tag gelten."""
    return frozenset(s["sitz"] for s in sitze
                     if (s.get("gueltig_von") or "") <= tag and (not s.get("gueltig_bis") or tag <= s["gueltig_bis"]))


def sitze_des_tages(tag: Callable[[Fakten], date]) -> Waechter:
    """Eine Liste der Sitze nennt genau die, die an dem Tag gelten; sonst entstünde ein Quorum aus beliebigen Sitzen."""

    def pruefe(f: Fakten) -> Grund | None:
        genannt = [s["sitz"] for s in f.daten.get("sitze") or ()]
        gelten = f.sitze_am(tag(f))
        if not genannt or not gelten or (len(genannt) == len(gelten) and set(genannt) == gelten):
            return None
        abweichend = sorted(gelten ^ set(genannt)) or sorted({s for s in genannt if genannt.count(s) > 1})
        return Grund("Die Liste nennt nicht genau die Sitze, die an dem Tag gelten. Zu prüfen: {sitze}.", {"sitze": ", ".join(abweichend)})

    return Waechter("sitze_des_tages", pruefe)


# --- in der Sitzung -------------------------------------------------------------------------------------------------


def _sitzung(f: Fakten) -> Nachbar | None:
    return next((n for n in f.nachbarn(hin("gefasst_in")) if n.art == "sitzung"), None)


def _anwesende(f: Fakten) -> set[str]:
    sitzung = _sitzung(f)
    anwesenheit = sitzung.stand.get("anwesenheit", {}) if sitzung else {}
    return {sitz for sitz, wer in anwesenheit.items() if wer != "abwesend"}


def _tagt(f: Fakten) -> bool:
    """Nachgetragen wird nur, bis der Vorsitz das Protokoll unterzeichnet hat."""
    s = _sitzung(f)
    return s is not None and (s.zustand == "laeuft" or (s.zustand == "protokoll_entwurf" and not s.stand.get("unterzeichnet_am")))


def haelfte_da(stand: Daten) -> bool:
    """Ob in der Sitzung mit diesem Inhalt mindestens die Hälfte der Sitze besetzt ist."""
    je_sitz = list(stand.get("anwesenheit", {}).values())
    return bool(je_sitz) and 2 * sum(wer != "abwesend" for wer in je_sitz) >= len(je_sitz)


def _beschlussfaehig(f: Fakten) -> bool:
    s = _sitzung(f)
    return s is not None and haelfte_da(s.stand) and not s.stand.get("beschlussunfaehig")


def _mehrheit(f: Fakten) -> Grund | None:
    stimmen = f.daten.get("abstimmung") or {}
    if f.daten.get("verfahren") == "konsens":
        return Grund("Ein Konsens verträgt keine Gegenstimme. Bitte wählen Sie die Abstimmung.") if stimmen.get("nein") else None
    if not stimmen:
        return Grund("Bitte tragen Sie die Stimmen ein, oder wählen Sie als Verfahren den Konsens.")
    angenommen = stimmen["ja"] > (stimmen.get("nein") or 0)
    return None if angenommen else Grund("Es gibt keine Mehrheit; der Beschluss ist nicht gefasst.")


def _stimmenzahl(f: Fakten) -> Grund | None:
    stimmen = f.daten.get("abstimmung") or {}
    berechtigt = len(_anwesende(f) - set(f.daten.get("befangen") or ()))
    abgegeben = sum(stimmen.get(s) or 0 for s in ("ja", "nein", "enthaltung"))
    satz = "Es sind {abgegeben} Stimmen eingetragen, stimmberechtigt sind aber nur {berechtigt}. Wer befangen ist, stimmt nicht mit."
    return Grund(satz, {"abgegeben": abgegeben, "berechtigt": berechtigt}) if abgegeben > berechtigt else None


def _namentlich(f: Fakten) -> Grund | None:
    """Namen und Zahlen sagen dasselbe; es stimmt nur, wer da und nicht befangen ist, und jeder Sitz einmal."""
    einzelne = f.daten.get("namentlich") or ()
    sitze = [x["sitz"] for x in einzelne]
    if not einzelne:
        return None
    if len(sitze) != len(set(sitze)) or not set(sitze) <= _anwesende(f) - set(f.daten.get("befangen") or ()):
        return Grund("Namentlich stimmt jeder Sitz einmal, und nur wer da und nicht befangen ist. Bitte prüfen Sie die Angabe.")
    zahlen = f.daten.get("abstimmung") or {}
    gezaehlt = {wert: [x["stimme"] for x in einzelne].count(wert) for wert in ("ja", "nein", "enthaltung")}
    stimmig = all((zahlen.get(wert) or 0) == zahl for wert, zahl in gezaehlt.items())
    return None if stimmig else Grund("Die Zahlen der Abstimmung passen nicht zu den namentlichen Stimmen. Bitte prüfen Sie die Angabe.")


SITZUNG_TAGT = wenn(
    "sitzung_tagt", _tagt,
    "Beschlüsse fasst die Lenkungsgruppe in einer laufenden Sitzung; nachtragen können Sie sie, bis das Protokoll unterzeichnet ist.")
TAG_DER_SITZUNG = wenn(
    "gefasst_am_tag_der_sitzung",
    lambda f: not f.daten.get("gefasst_am") or f.daten["gefasst_am"] in {s.stand["datum"] for s in f.nachbarn(hin("gefasst_in"))},
    "Gefasst ist der Beschluss am Tag der Sitzung. Bitte nennen Sie diesen Tag, oder lassen Sie das Feld leer.", "gefasst_am")
QUORUM = wenn("quorum", _beschlussfaehig,
              "Die Lenkungsgruppe ist nicht beschlussfähig. Der Punkt gehört in den Umlauf oder in die nächste Sitzung.")
MEHRHEIT = Waechter("mehrheit", _mehrheit)
STIMMENZAHL = Waechter("stimmenzahl", _stimmenzahl)
BEFANGENE = wenn("befangene_anwesend", lambda f: set(f.daten.get("befangen") or ()) <= _anwesende(f),
                 "Befangen kann nur ein Sitz sein, der anwesend ist. Bitte prüfen Sie die Angabe.")


def entscheidungstag(f: Fakten) -> str:
    """Der Tag des Beschlusses; beim Nachtragen der genannte, sonst der Tag der Sitzung. Im Umlauf frühestens heute."""
    heute = f.heute.isoformat()
    sitzung = (str(s.stand["datum"]) for s in f.nachbarn(hin("gefasst_in")) if s.stand.get("datum"))
    return str(f.daten.get("gefasst_am") or min((heute, *sitzung)))


def _genannte_fristen(daten: Daten) -> Iterable[tuple[str, str, str]]:
    """(Feld, wovon, Tag) aller Fristen im Beschluss: die eigene, die eines Auftrags, jeder Auflage und jeder Zuarbeit."""
    yield "frist", "des Beschlusses", str(daten.get("frist") or "")
    for nr, bewegung in enumerate(daten.get("bewegungen") or ()):
        antwort, feld, key = bewegung.get("daten") or {}, f"bewegungen.{nr}.daten", bewegung["vorgang"]
        yield f"{feld}.frist", Aussage("für {vorgang}", vorgang=key), str(antwort.get("frist") or "")
        yield f"{feld}.bis", Aussage("der Zuarbeit zu {vorgang}", vorgang=key), str(antwort.get("bis") or "")
        for n, auflage in enumerate(antwort.get("auflagen") or ()):
            yield f"{feld}.auflagen.{n}.frist", Aussage("der Auflage zu {vorgang}", vorgang=key), str(auflage.get("frist") or "")


def _fristen_nach_dem_tag(f: Fakten) -> Grund | None:
    """Nachtragen darf man alles, aber keine Frist, die schon vor der Entscheidung abgelaufen war."""
    tag = entscheidungstag(f)
    zu_frueh = next(((feld, wovon) for feld, wovon, frist in _genannte_fristen(f.daten) if frist and frist < tag), None)
    satz = "Die Frist {wovon} liegt vor dem Tag der Entscheidung. Bitte nennen Sie einen späteren Tag."
    return Grund(satz, {"wovon": zu_frueh[1]}, zu_frueh[0]) if zu_frueh else None


FRISTEN_KUENFTIG = Waechter("fristen_nach_entscheidung", _fristen_nach_dem_tag)
NAMENTLICH = Waechter("namentlich_stimmt", _namentlich)
FASSEN = (SITZUNG_TAGT, TAG_DER_SITZUNG, QUORUM, MEHRHEIT, STIMMENZAHL, BEFANGENE, NAMENTLICH, FRISTEN_KUENFTIG)

# --- im Umlauf ------------------------------------------------------------------------------------------------------


def stimmen_im_umlauf(stand: Daten) -> dict[str, int]:
    abgegeben = [s["stimme"] for s in stand.get("stimmen", {}).values()]
    return {wert: abgegeben.count(wert) for wert in ("ja", "nein", "enthaltung", "befangen", "diskussion")}


def umlauf_scheitert_an(stand: Daten) -> str | None:
    """Warum der Umlauf nicht zustande kam; None, wenn er angenommen ist. Eine fehlende Antwort ist keine Stimme."""
    s = stimmen_im_umlauf(stand)
    if s["diskussion"]:
        return "Mindestens ein Sitz verlangt eine Aussprache. Der Punkt gehört in die nächste Sitzung."
    if 2 * (s["ja"] + s["nein"] + s["enthaltung"]) < len(stand.get("sitze", ())):
        return "Weniger als die Hälfte der Sitze hat abgestimmt; der Umlauf ist nicht zustande gekommen."
    if s["ja"] <= s["nein"]:
        return "Es gibt keine Mehrheit; der Umlauf ist nicht zustande gekommen."
    return None


def ergebnis_des_umlaufs(stand: Daten, _daten: Daten, heute: str) -> Daten:
    abgegeben = stand.get("stimmen", {})
    ohne = len(stand.get("sitze", ())) - len(abgegeben)
    return {"abstimmung": {**stimmen_im_umlauf(stand), "keine_antwort": ohne}, "gefasst_am": heute,
            "befangen": sorted(sitz for sitz, s in abgegeben.items() if s["stimme"] == "befangen")}


def _zu_ende(f: Fakten) -> bool:
    """Nach dem Antworttag, wenn alle geantwortet haben, oder sobald ein Sitz eine Aussprache verlangt."""
    vorbei = f.heute.isoformat() > str(f.stand.get("antwort_bis") or "")
    alle = len(f.stand.get("stimmen", {})) >= len(f.stand.get("sitze", ()))
    return vorbei or alle or bool(stimmen_im_umlauf(f.stand)["diskussion"])


def _angenommen(f: Fakten) -> Grund | None:
    """Läuft der Umlauf noch, sagt das ein anderer Wächter."""
    satz = umlauf_scheitert_an(f.stand) if _zu_ende(f) else None
    return Grund(satz) if satz else None


def _sitz(f: Fakten) -> Daten | None:
    return next((s for s in f.stand.get("sitze", ()) if s["sitz"] == f.daten.get("sitz")), None)


def _eigener_sitz(f: Fakten) -> bool:
    """Inhaber und Vertretung stimmen für ihren Sitz; für einen anderen trägt nur die Koordination eine Stimme ein."""
    sitz = _sitz(f)
    return f.rolle == Rolle.KOORDINATION or sitz is None or spricht_fuer(sitz, f.person, f.institution)


def spricht_fuer(sitz: Daten, person: str, institution: str | None) -> bool:
    """Wer genannt ist; sind keine Personen genannt, wer zur Einrichtung des Sitzes gehört."""
    personen = sitz.get("personen") or ()
    return person in personen if personen else bool(institution) and institution == sitz.get("institution")


SITZ_GEFRAGT = wenn("sitz_gefragt", lambda f: _sitz(f) is not None, "Dieser Sitz ist in diesem Umlauf nicht gefragt.")
EIGENER_SITZ = wenn("eigener_sitz", _eigener_sitz,
                    "Dieser Sitz ist Ihnen nicht zugeordnet. Die Koordination kann seine Stimme eintragen.", "sitz")
EINE_STIMME = wenn("eine_stimme_je_sitz", lambda f: f.daten.get("sitz") not in f.stand.get("stimmen", {}),
                   "Für diesen Sitz ist schon abgestimmt. Wer sich geirrt hat, nimmt die Stimme zurück.")
UMLAUF_ZU_ENDE = wenn("umlauf_zu_ende", _zu_ende,
                      "Der Umlauf läuft noch: Es haben nicht alle Sitze geantwortet, und der Antworttag ist nicht vorbei.")
UMLAUF_ANGENOMMEN = Waechter("umlauf_angenommen", _angenommen)
UMLAUF_NICHT_ANGENOMMEN = wenn("umlauf_nicht_angenommen", lambda f: not _zu_ende(f) or umlauf_scheitert_an(f.stand) is not None,
                               "Der Umlauf hat die nötigen Stimmen; er ist nicht gescheitert.")
