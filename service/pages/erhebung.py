"""Alle Werte eines Monitorings in einem Zug: je Indikator ein Wert oder der Grund, warum keiner da ist; was leer bleibt, bleibt offen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from forms.dienstleistungskette import Getippt
from forms.felder import Eingaben
from forms.grundform import Formular, befunde
from forms.monitoring import Erheben, Nachreichen, NichtErheben
from service.apply import Schritt
from service.clock import berliner_tag
from service.errors import Konflikt, NichtGefunden, Ungueltig, Unmoeglich, Verboten
from service.handeln import handle
from service.handelnde import Handelnde
from service.moeglich import moegliche
from service.monitoringraum import eigene
from service.pages.formularseite import einzeln
from service.pages.schritt import satz, texte, version
from service.sicht import Ansicht, lies
from service.web import Angemeldet, Formulardaten, anwendung, seite, umleitung
from service.wege import Wege
from states.aussage import Aussage
from states import monitoring_inhalt as inhalt

router = Wege()


@router.get("/vorgang/{key}/erhebung")
def frage(request: Request, person: Angemeldet, key: str) -> HTMLResponse:
    return _seite(request, person, key, {}, {})


@router.post("/vorgang/{key}/erhebung")
def trage_ein(request: Request, person: Angemeldet, key: str, daten: Formulardaten) -> Response:
    a, eingaben = anwendung(request), texte(daten)
    jetzt, umfeld = a.jetzt(), a.umfeld()
    ansicht, indikatoren = _gesehen(request, person, key, jetzt)
    gefunden: dict[str, str] = {}
    schritte = _schritte(ansicht, indikatoren, eingaben, gefunden, berliner_tag(jetzt).isoformat())
    if not schritte and not gefunden:
        gefunden[""] = "Bitte tragen Sie mindestens einen Wert ein oder den Grund, warum es keinen gibt."
    if gefunden:
        return _seite(request, person, key, eingaben, gefunden, 422)
    try:
        a.db.in_transaktion(lambda s: handle(s, schritte, person, jetzt, umfeld))
    except (Ungueltig, Unmoeglich) as fehler:
        return _seite(request, person, key, eingaben, {"": " ".join(dict.fromkeys(g for _, g in fehler.befunde))}, fehler.status)
    except (Konflikt, Verboten) as fehler:
        return _seite(request, person, key, eingaben, {"": satz(fehler)}, fehler.status)
    return umleitung(request, f"/vorgang/{key}", "Ein Eintrag ist gespeichert." if len(schritte) == 1 else
                     Aussage("{schritte} Einträge sind gespeichert.", schritte=len(schritte)))


def _gesehen(request: Request, person: Handelnde, key: str, jetzt: datetime) -> tuple[Ansicht, list[dict[str, Any]]]:
    with anwendung(request).db.lesen() as s:
        ansicht = lies(s, person, key, berliner_tag(jetzt))
        kann = {m.uebergang.ausloeser for m in moegliche(s, person, key, jetzt) if not m.grund}
    if ansicht.art != "monitoring":
        raise NichtGefunden(key)
    if "erheben" not in kann:
        raise Unmoeglich(("Werte lassen sich hier jetzt nicht eintragen. Bitte sehen Sie sich das Monitoring noch einmal an.",),
                         ("zustand",), key)
    return ansicht, eigene(ansicht.felder, person, berliner_tag(jetzt))


def _seite(request: Request, person: Handelnde, key: str, eingaben: Eingaben, b: Mapping[str, str], status: int = 200) -> HTMLResponse:
    ansicht, indikatoren = _gesehen(request, person, key, anwendung(request).jetzt())
    fehlende = [{**z, "name": i["name"], "einheit": i["einheit"], "feld": f"nach-{i['key']}-{z['termin']}"}
                for i in indikatoren for z in i["zeilen"] if not z["wert"]]
    beschriftungen = {f"{feld}-{i['key']}": i["name"] for i in indikatoren for feld in ("wert", "termin", "grund")}
    return seite(request, "wirkung/erhebung.html", status=status, key=key, titel=ansicht.felder.get("titel") or key,
                 version=ansicht.version, indikatoren=indikatoren, fehlende=fehlende, e=eingaben, b=b,
                 beschriftungen=beschriftungen | {f["feld"]: f["name"] for f in fehlende})


# --- aus Zeilen Schritte ----------------------------------------------------------------------------------------------


def _schritte(ansicht: Ansicht, indikatoren: list[dict[str, Any]], eingaben: Eingaben, b: dict[str, str], heute: str
              ) -> list[Schritt]:
    """Die Befunde stehen in `b`, je Eingabe einer."""
    schritte = [x for i in indikatoren if (x := _erhebung(ansicht, i["key"], eingaben, b, heute))]
    schritte += [x for i in indikatoren for z in i["zeilen"] if not z["wert"]
                 if (x := _nachtrag(ansicht.key, i["key"], z["termin"], eingaben, b))]
    return [Schritt(x.ausloeser, x.vorgang, daten=x.daten, grund=x.grund, version=version(eingaben) if nr == 0 else None)
            for nr, x in enumerate(schritte)]


def _erhebung(ansicht: Ansicht, indikator: str, eingaben: Eingaben, b: dict[str, str], heute: str) -> Schritt | None:
    wert, grund, termin = (Getippt(einzeln(eingaben, f"{feld}-{indikator}")) for feld in ("wert", "grund", "termin"))
    if not wert and not grund:
        return None
    if wert and grund:
        b[f"grund-{indikator}"] = "Bitte nur eines von beiden: den Wert oder den Grund, warum es keinen gibt."
        return None
    daten = {"indikator": indikator, **({"faellig_am": termin} if termin else {})}
    if termin and inhalt.zeile(indikator, termin) in ansicht.felder.get("erhebungen", {}):
        b[f"termin-{indikator}"] = "Zu diesem Termin gibt es schon einen Eintrag."
        return None
    if heute < termin:
        b[f"termin-{indikator}"] = "Der Termin liegt in der Zukunft. Erheben lässt sich, was heute oder früher fällig war."
        return None
    if wert:
        gueltig = _geprueft(Erheben, {**daten, "wert": wert}, indikator, b)
        return Schritt("erheben", ansicht.key, daten={**daten, "wert": wert}) if gueltig else None
    return Schritt("nicht_erheben", ansicht.key, daten=daten, grund=grund) if _geprueft(NichtErheben, daten, indikator, b) else None


def _nachtrag(key: str, indikator: str, termin: str, eingaben: Eingaben, b: dict[str, str]) -> Schritt | None:
    feld = f"nach-{indikator}-{termin}"
    wert = Getippt(einzeln(eingaben, feld))
    if not wert:
        return None
    daten = {"indikator": indikator, "faellig_am": termin, "wert": wert}
    return Schritt("nachreichen", key, daten=daten) if _geprueft(Nachreichen, daten, indikator, b, feld) else None


def _geprueft(klasse: type[Formular], daten: Mapping[str, str], indikator: str, b: dict[str, str], feld: str = "") -> bool:
    try:
        klasse.model_validate(daten)
    except ValidationError as fehler:
        namen = {"wert": f"wert-{indikator}", "faellig_am": f"termin-{indikator}"}
        b |= {feld or namen.get(x.feld, ""): x.grund for x in befunde(fehler)}
        return False
    return True
