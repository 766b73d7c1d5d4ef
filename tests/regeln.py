"""Die Regeln aus dem Prozess, die immer gelten, als Fragen an das ganze Protokoll.

Sie sehen nur, was geschah (wer, wann, mit welcher Antwort), nie die Wächter, die es verhindern sollen. Jede nennt ihre
Nummer. Was zurückgenommen ist, zählt für die Regel über das Zurücknehmen und für die über Ausländerbehörden, sonst nicht.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from service.db import Sitzung
from service.faltung import ZURUECKNEHMEN
from service.handelnde import Handelnde
from states.kette import PROZESSE
from states.model import ZURUECKGENOMMEN, Rolle, Weg, her, hin
from tests.verlauf import Eintrag, Verlauf

Personen = dict[str, Handelnde]
Regel = Callable[[Sitzung, Verlauf, Personen], Iterator[str]]
TEILNAHMEN = ("anwesend", "vertreten", "stellungnahme", "verzicht")
SCHREIBEN = ("bearbeiten", "protokollieren", "berichtigen")


def _stellen(eintraege: Any) -> dict[str, Any]:
    return {str(e["institution"]): e for e in eintraege or ()}


def regel_1(s: Sitzung, v: Verlauf, personen: Personen) -> Iterator[str]:
    """Gemeldet wird anonymisiert; ein Einzelfall geht nur mit Einwilligung an das Case Management und nur mit ihr bleibt er dort."""
    eingewilligt: dict[str, bool] = {}
    faelle: dict[str, list[str]] = defaultdict(list)
    for e in v.wirksame:
        if e.ausloeser == "einreichen" and not e.daten.get("anonymisiert_bestaetigt"):
            yield f"{e.ort}: nicht anonymisiert"
        for feld in ("einwilligung_uebergabe", "einwilligung"):
            if feld in e.daten:
                eingewilligt.update({key: bool(e.daten[feld]) for key in (e.key, *faelle[e.key])})
        if (e.art, e.ausloeser) == ("einzelfalluebergabe", "anbieten"):
            faelle[str(e.daten["meldung"])].append(e.key)
        if e.art == "einzelfalluebergabe" and e.ausloeser == "anbieten" and not eingewilligt.get(str(e.daten["meldung"])):
            yield f"{e.ort}: ohne Einwilligung"
        if e.art == "einzelfalluebergabe" and e.ausloeser == "uebernehmen" and not eingewilligt.get(e.key, True):
            yield f"{e.ort}: die Einwilligung ist widerrufen"


def regel_2(s: Sitzung, v: Verlauf, personen: Personen) -> Iterator[str]:
    """Nur die Koordination wählt Fälle aus, mit Grund; rekonstruiert wird nur, was ausgewählt ist."""
    for key, ereignisse in v.je_vorgang("meldebogen"):
        for davor, e in zip([None, *ereignisse], ereignisse, strict=False):
            if e.nach == "ausgewaehlt" != e.von and e.ausloeser != "auswaehlen":
                yield f"{e.ort}: ausgewählt ohne „auswaehlen“"
            if e.ausloeser == "auswaehlen" and (not e.grund.strip() or not personen[e.person].hat("koordination")):
                yield f"{e.ort}: durch {e.person}, Grund „{e.grund}“"
            if e.nach == "in_rekonstruktion" and e.von != e.nach and (davor is None or e.von != "ausgewaehlt"):
                yield f"{key}: in_rekonstruktion aus {e.von}"
    yield from _nur_ausgewaehlte(v)


def _nur_ausgewaehlte(v: Verlauf) -> Iterator[str]:
    """Was in eine Fallrekonstruktion kommt, ist ausgewählt; was an einer laufenden hängt, geht mit ihr."""
    zustand: dict[str, str] = {}
    for e in v.wirksame:
        if (e.art, e.ausloeser) == ("fallrekonstruktion", "anlegen"):
            yield from (f"{e.ort}: {m} ist {zustand.get(m)}" for m in e.daten.get("meldungen") or () if zustand.get(m) != "ausgewaehlt")
        zustand[e.key] = e.nach
    danach = ("in_rekonstruktion",)
    passend = {"geplant": ("ausgewaehlt", *danach), **dict.fromkeys(("eingeladen", "durchgefuehrt"), danach)}
    for von, art, nach in v.verbindungen:
        erlaubt = passend.get(v.laeufe[nach].zustand) if art == "rekonstruiert_in" else None
        if erlaubt and v.laeufe[von].zustand not in erlaubt:
            yield f"{von}: {v.laeufe[von].zustand}, aber in der Fallrekonstruktion {nach} ({v.laeufe[nach].zustand})"


def regel_3(s: Sitzung, v: Verlauf, personen: Personen) -> Iterator[str]:
    """Die meldende Stelle nimmt teil; mit Stellen von außen wird moderiert. Eine Einladung allein genügt nicht."""
    meldung = {k: ereignisse[0].nachher for k, ereignisse in v.je_vorgang("meldebogen")}
    for key, ereignisse in v.je_vorgang("fallrekonstruktion"):
        einladung: Any = {}
        for e in ereignisse:
            if e.ausloeser == "einladen":
                einladung = e.daten
            if e.ausloeser == "durchfuehren":
                yield from _teilgenommen(e, einladung, [meldung[m] for m in e.nachbarn("rekonstruiert_in", "her")])
        if v.laeufe[key].zustand in ("durchgefuehrt", "protokolliert", "geprueft", "abgestimmt", "freigegeben"):
            dabei = _stellen(v.laeufe[key].stand.get("teilnahmen"))
            for von, art, nach in v.verbindungen:
                if (art, nach) == ("rekonstruiert_in", key) and not _hat_teilgenommen(meldung[von], dabei):
                    yield f"{key}: durchgeführt, aber die Stelle von {von} hat keinen Vermerk"


def _teilgenommen(e: Eintrag, einladung: Any, meldungen: list[Any]) -> Iterator[str]:
    dabei = {**_stellen(e.vorher.get("teilnahmen")), **_stellen(e.daten.get("teilnahmen"))}
    for stand in meldungen:
        if not _hat_teilgenommen(stand, dabei):
            yield f"{e.ort}: „{stand.get('melder_institution')}“ hat gemeldet und keinen Vermerk"
    von_aussen = any(not t.get("von_kim") for t in einladung.get("teilnehmende") or ())
    if (von_aussen or any(m["melder_art"] != "case_management" for m in meldungen)) and not einladung.get("moderation"):
        yield f"{e.ort}: Stellen von außen ohne Moderation"


def _hat_teilgenommen(stand: Any, dabei: dict[str, Any]) -> bool:
    if stand["melder_art"] == "case_management":
        return True
    vermerk = dabei.get(str(stand.get("institution"))) or dabei.get(str(stand.get("melder_institution"))) or {}
    return vermerk.get("teilnahme") in TEILNAHMEN and (vermerk["teilnahme"] != "verzicht" or bool(vermerk.get("grund")))


def regel_4(s: Sitzung, v: Verlauf, personen: Personen) -> Iterator[str]:
    """Geprüft hat, wer nicht schrieb; erst nach der Prüfung dieser Fassung sehen und beantworten die Teilnehmenden sie."""
    for _, ereignisse in v.je_vorgang("fallrekonstruktion"):
        schreibende: set[str] = set()
        geprueft = False
        for e in ereignisse:
            if e.ausloeser in SCHREIBEN:
                schreibende.add(e.person)
                geprueft = False
            elif e.ausloeser == "ueberarbeiten":
                geprueft = False
            elif e.ausloeser == "pruefen":
                geprueft = True
                if e.person in schreibende or not e.daten.get("pseudonymisiert"):
                    yield f"{e.ort}: durch {e.person}, geschrieben haben {sorted(schreibende)}"
            elif e.ausloeser in ("rueckmelden", "abstimmen", "freigeben") and not geprueft:
                yield f"{e.ort}: ohne Prüfung dieser Fassung"


def regel_5(s: Sitzung, v: Verlauf, personen: Personen) -> Iterator[str]:
    """Themen kommen gebündelt; eine Arbeitsgruppe gibt es nur durch einen Beschluss mit Mitgliedern, Auftrag und Datum."""
    for _, ereignisse in v.je_vorgang("generatives_thema"):
        for e in ereignisse:
            if e.ausloeser == "vorlegen" and not e.nachher.get("cluster"):
                yield f"{e.ort}: ohne Cluster"
            if e.nach == "beauftragt" != e.von and e.von in ("entwurf", "geclustert", "vorgelegt") and e.rolle != Rolle.BESCHLUSS:
                yield f"{e.ort}: beauftragt durch {e.rolle}"
    akte = v.im_akt()
    for _, ereignisse in v.je_vorgang("arbeitsgruppe", nur_wirksame=False):
        e = ereignisse[0]
        davor = [x for x in akte[e.akt] if x.id < e.id]
        gefasst = any(x.art == "beschluss" and x.nach == "gefasst" for x in davor)
        beauftragt = any(x.ausloeser == "beauftragen" and x.rolle == Rolle.BESCHLUSS for x in davor)
        if e.rolle != Rolle.KETTE or not gefasst or not beauftragt:
            yield f"{e.ort}: entstanden ohne Beschluss"
        if not all(e.nachher.get(f) for f in ("mitglieder", "auftrag", "frist")):
            yield f"{e.ort}: ohne Mitglieder, Auftrag oder Datum"


def regel_6(s: Sitzung, v: Verlauf, personen: Personen) -> Iterator[str]:
    """Vor dem Soll liegt das Ist jeder Stelle vor, oder der Grund, warum nicht."""
    for _, ereignisse in v.je_vorgang("arbeitsgruppe"):
        mitglieder: set[str] = set()
        beitraege: dict[str, dict[str, Any]] = {}
        for e in ereignisse:
            mitglieder |= {m["institution"] for f in ("mitglieder", "institutionen") for m in e.daten.get(f) or ()}
            if e.ausloeser == "institution_aufnehmen":
                mitglieder.add(e.daten["institution"])
            elif e.ausloeser == "ist_beitrag_erfassen":
                beitraege.setdefault(e.daten["institution"], {}).update(e.daten)
            if e.ausloeser in ("soll_beginnen", "abstimmen"):
                fehlend = [m for m in mitglieder if not any(beitraege.get(m, {}).get(f) for f in ("schritte", "grund_fehlt"))]
                yield from (f"{e.ort}: ohne das Ist von {m}" for m in sorted(fehlend))


def regel_7(s: Sitzung, v: Verlauf, personen: Personen) -> Iterator[str]:
    """Über ein vorgelegtes Zielsystem entscheidet die Lenkungsgruppe; eine Stelle lehnt nur mit Grund ab."""
    for _, ereignisse in v.je_vorgang("zielsystem"):
        for e in ereignisse:
            if e.von == "vorgelegt" != e.nach and e.rolle != Rolle.BESCHLUSS and e.ausloeser != "zurueckziehen":
                yield f"{e.ort}: verlässt „vorgelegt“ durch {e.rolle}"
            if e.ausloeser == "antwort_verzeichnen" and e.daten.get("ergebnis") == "lehnt_ab" and not e.grund.strip():
                yield f"{e.ort}: Ablehnung ohne Grund"


def regel_8(s: Sitzung, v: Verlauf, personen: Personen) -> Iterator[str]:
    """Ein Beschluss geht hinaus: an benannte Empfänger, mit Weg und Tag; bis dahin erinnert eine Frist."""
    offen = {k for (k,) in s.alle("SELECT v.key FROM frist f JOIN vorgang v ON v.id = f.vorgang "
                                  "WHERE f.offen = 1 AND f.name = 'beschluss_auszug'")}
    for key, _ in v.je_vorgang("beschluss", nur_wirksame=False):
        lauf = v.laeufe[key]
        if lauf.zustand == "gefasst" and key not in offen:
            yield f"{key}: gefasst und keine Frist zum Weiterleiten"
        if lauf.zustand in ("weitergeleitet", "in_erledigung", "erledigt"):
            wege = lauf.stand.get("weiterleitungen") or {}
            if not wege or not all(w.get("weg") and w.get("gesendet_am") for w in wege.values()):
                yield f"{key}: {lauf.zustand}, ohne dass jeder Empfänger Weg und Tag hat"


def regel_9(s: Sitzung, v: Verlauf, personen: Personen) -> Iterator[str]:
    """Wirksam heißt: zwei Werte eines Indikators, ein geprüfter Einzelfall, kein offenes Signal, alles seit der letzten Wiederkehr."""
    for _, ereignisse in v.je_vorgang("monitoring"):
        erhoben: set[tuple[str, str]] = set()
        geprueft = signal = False
        for e in ereignisse:
            if e.ausloeser in ("erheben", "nachreichen"):
                termin = e.daten.get("faellig_am") or sorted(set(e.nachher["erhebungen"]) - set(e.vorher.get("erhebungen", {})))
                erhoben.add((str(e.daten.get("indikator")), str(termin)))
            geprueft = geprueft or e.ausloeser == "einzelfall_pruefen"
            signal = e.ausloeser == "signal_setzen" or (signal and e.ausloeser not in ("wiederkehr_verwerfen", "wiederkehr_feststellen"))
            zwei = any(n >= 2 for n in Counter(indikator for indikator, _ in erhoben).values())
            if e.ausloeser == "als_wirksam_bewerten" and (not zwei or not geprueft or signal):
                yield f"{e.ort}: {len(erhoben)} Erhebungen, Einzelfall {geprueft}, Signal {signal}"
            if e.ausloeser == "wiederkehr_feststellen":
                erhoben, geprueft = set(), False


def regel_10(s: Sitzung, v: Verlauf, personen: Personen) -> Iterator[str]:
    """Was aus einer Meldung wird, erfährt, wer sie gemeldet hat."""
    gesagt = set(s.alle("SELECT v.key, a.nr FROM ausgang a JOIN vorgang v ON v.id = a.vorgang WHERE a.an LIKE '%melder%'"))
    for _, ereignisse in v.je_vorgang("meldebogen"):
        for e in ereignisse:
            endet = e.von != e.nach and PROZESSE[e.art].zustand(e.nach).ende and e.nach != "zurueckgezogen"
            if (endet or e.nach == "themenspeicher" != e.von) and e.rolle != Rolle.SYSTEM and (e.key, e.nr) not in gesagt:
                yield f"{e.ort}: nach {e.nach}, ohne der meldenden Stelle Bescheid zu geben"


# Zustände ohne eigene Frist: was statt ihrer erinnert, als Wege zu Vorgängen, von denen einer noch nicht zu Ende sein darf.
# Ohne Weg erinnert die Auswahlrunde vor jeder Sitzung, oder es wartet nichts.
OHNE_FRIST: dict[tuple[str, str], tuple[Weg, ...]] = {
    ("meldebogen", "in_sammlung"): (),
    ("meldebogen", "in_rekonstruktion"): ((hin("rekonstruiert_in"),),),
    ("meldebogen", "im_thema"): ((hin("im_thema"),),),
    ("sammlung", "offen"): (),
    ("generatives_thema", "beauftragt"): ((hin("beauftragt"),), (hin("fuehrt_zu"),)),
    ("generatives_thema", "in_bearbeitung"): ((hin("beauftragt"),), (hin("fuehrt_zu"),)),
    ("generatives_thema", "beschlossen"): ((hin("fuehrt_zu"),),),
    ("generatives_thema", "in_umsetzung"): ((hin("fuehrt_zu"),),),
    ("generatives_thema", "in_monitoring"): ((hin("fuehrt_zu"), hin("beobachtet_in")),),
    ("generatives_thema", "in_nachsteuerung"): ((hin("fuehrt_zu"), hin("beobachtet_in")),),
    ("zielsystem", "eingefuehrt"): (),
    ("monitoring", "geplant"): ((her("beobachtet_in"),),),
}


_OHNE_SAMMLUNG = (
    "SELECT v.key FROM vorgang v WHERE v.art = 'meldebogen' AND v.zustand = 'in_sammlung' AND NOT EXISTS (SELECT 1 FROM verbindung l "
    "JOIN vorgang x ON x.id = l.nach WHERE l.von = v.id AND l.art = 'gesammelt' AND l.offen = 1 AND x.zustand = 'offen')"
)


def regel_11(s: Sitzung, v: Verlauf, personen: Personen) -> Iterator[str]:
    """Was wartet, hat einen Tag, an dem jemand erinnert wird, oder gehört zu etwas Offenem, das einen hat."""
    yield from ohne_frist(s)
    yield from (f"{key}: liegt in keiner offenen Sammlung" for (key,) in s.alle(_OHNE_SAMMLUNG))
    yield from _niemand_erinnert(s, v)


def _mit_frist(s: Sitzung) -> set[int]:
    return {k for (k,) in s.alle("SELECT DISTINCT vorgang FROM frist WHERE offen = 1 AND name <> 'liegt_noch_bei_uns'")}


def ohne_frist(s: Sitzung) -> Iterator[str]:
    mit_frist = _mit_frist(s)
    for kennung, key, art, zustand in s.alle("SELECT id, key, art, zustand FROM vorgang WHERE ende = 0 ORDER BY id"):
        if kennung not in mit_frist and (art, zustand) not in OHNE_FRIST:
            yield f"{key}: im Zustand {zustand} erinnert keine Frist"


def _niemand_erinnert(s: Sitzung, v: Verlauf) -> Iterator[str]:
    """Wer sich auf andere verlässt, von denen keiner mehr offen ist, wäre vergessen."""
    offene, mit_frist = s.alle("SELECT key, id, art, zustand FROM vorgang WHERE ende = 0"), _mit_frist(s)
    zeilen = {key: (kennung, art, zustand) for key, kennung, art, zustand in offene}
    for key, (kennung, art, zustand) in zeilen.items():
        wege = OHNE_FRIST.get((art, zustand), ()) if kennung not in mit_frist else ()
        if wege and not any(ziel in zeilen or _mit_signal(v, ziel) for weg in wege for ziel in v.entlang(key, weg)):
            yield f"{key}: im Zustand {zustand} verlässt er sich auf Vorgänge, von denen keiner mehr offen ist"


def _mit_signal(v: Verlauf, thema: str) -> bool:
    """Ein abgeschlossenes Thema, dessen Monitoring noch ein Signal zu prüfen hat; dafür gibt es eine Frist."""
    return any("signal" in v.laeufe[m].marken for m in v.entlang(thema, (hin("fuehrt_zu"), hin("beobachtet_in"))))


def regel_12(s: Sitzung, v: Verlauf, personen: Personen) -> Iterator[str]:
    """Ein Konto einer Ausländerbehörde fasst keine Meldung an außer der, die es selbst einreichte; auch nicht beim Zurücknehmen."""
    for e in v.wirksame:
        for t in e.daten.get("teilnehmende") or () if (e.art, e.ausloeser) == ("fallrekonstruktion", "einladen") else ():
            if t.get("abh") and not t.get("ohne_zeitachse") and not t.get("rechtsgrundlage_zeitachse"):
                yield f"{e.ort}: „{t['institution']}“ bekäme die Zeitachse ohne Rechtsgrundlage"
    eingereicht = {e.key: e.person for e in v.eintraege if e.ausloeser == "einreichen"}
    for e in v.eintraege:
        if e.art != "meldebogen" or e.rolle in (Rolle.KETTE, Rolle.BESCHLUSS) or e.person not in personen or not personen[e.person].abh:
            continue
        if eingereicht.get(e.key) != e.person and not (e.ausloeser == ZURUECKNEHMEN and _war_kette(e, v)):
            yield f"{e.ort}: durch {e.person}"


def _war_kette(e: Eintrag, v: Verlauf) -> bool:
    return all(x.rolle in (Rolle.KETTE, Rolle.BESCHLUSS) for x in v.eintraege if (x.key, x.akt) == (e.key, e.daten["zurueckgenommen"]))


def regel_13(s: Sitzung, v: Verlauf, personen: Personen) -> Iterator[str]:
    """Zurückgenommen wird nur der letzte Zug, ganz, mit Grund, von derselben Person oder einer Koordination; dann ist alles wie davor."""
    akte = v.im_akt()
    letztes: dict[str, Eintrag] = {}
    for e in v.eintraege:
        if e.ausloeser == ZURUECKNEHMEN:
            alt = akte[str(e.daten["zurueckgenommen"])]
            eigene = [x for x in alt if x.key == e.key]
            if letztes[e.key].id != eigene[-1].id:
                yield f"{e.ort}: davor war {letztes[e.key].ort}, zurückgenommen wurde {eigene[-1].ort}"
            if {x.key for x in alt} != {x.key for x in akte[e.akt]}:
                yield f"{e.ort}: nicht der ganze Zug"
            if not e.grund.strip() or (e.person != eigene[0].person and not personen[e.person].hat("koordination")):
                yield f"{e.ort}: durch {e.person}, getan hatte es {eigene[0].person}; Grund „{e.grund}“"
            # was der Zug erst anlegte, endet, behält seinen Inhalt, und niemand hat seither etwas daran getan
            davor = (eigene[0].von, eigene[0].vorher) if eigene[0].von else (ZURUECKGENOMMEN.wert, eigene[-1].nachher)
            if (e.nach, e.nachher) != davor:
                yield f"{e.ort}: nicht, wie es davor war"
        letztes[e.key] = e


def regel_14(s: Sitzung, v: Verlauf, personen: Personen) -> Iterator[str]:
    """Jeder offene Vorgang hat eine zuständige Person und eine Vertretung; übergeben wird mit Grund."""
    for key, zustaendig, vertretung in s.alle("SELECT key, zustaendig, vertretung FROM vorgang WHERE ende = 0 ORDER BY id"):
        if not zustaendig or not vertretung:
            yield f"{key}: zuständig {zustaendig}, Vertretung {vertretung}"
    yield from (f"{e.ort}: ohne Grund" for e in v.eintraege if e.ausloeser == "uebergeben" and not e.grund.strip())


def regel_15(s: Sitzung, v: Verlauf, personen: Personen) -> Iterator[str]:
    """Rollen addieren sich: Wer handelte, hatte die Rolle selbst oder war in ihr beteiligt; ohne jede Rolle und Beteiligung geht nichts."""
    for e in v.eintraege:
        if e.person == "system" or e.rolle in (Rolle.KETTE, Rolle.BESCHLUSS):
            continue
        p = personen[e.person]
        beteiligt = {r for wer, r in e.beteiligte if wer in (p.key, p.institution)}
        if not p.hat(e.rolle) and e.rolle not in beteiligt:
            yield f"{e.ort}: {e.person} ist nicht {e.rolle}"


REGELN: dict[int, Regel] = {
    1: regel_1, 2: regel_2, 3: regel_3, 4: regel_4, 5: regel_5, 6: regel_6, 7: regel_7, 8: regel_8, 9: regel_9, 10: regel_10, 11: regel_11,
    12: regel_12, 13: regel_13, 14: regel_14, 15: regel_15,
}


def alle(s: Sitzung, v: Verlauf, personen: Personen) -> Iterator[str]:
    for nummer, regel in REGELN.items():
        yield from (f"Regel {nummer}: {satz}" for satz in regel(s, v, personen))
