"""Die Seite mit dem Formular eines Schritts: Felder aus dem Formular, Auswahl und Vorbelegung aus dem, was schon da ist."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from fastapi import Request
from fastapi.responses import HTMLResponse

from forms.felder import Eingaben, Feld, als_eingaben, zeilenzahl
from forms.render import zeitpunkt
from forms.schrittfelder import felder_des_schritts
from forms.tabelle import zeilen_von
from service import entwuerfe, lenkung
from service.angebote import Angebote, Frage, angebote
from service.anzeige import Angabe, angaben, personennamen
from service.clock import berliner_tag
from service.eigene_meldung import feststehend
from service.entwuerfe import Entwurf
from service.handelnde import Handelnde
from service.pages import bewegungen, melden, schwaerzen, themenwege
from service.sicht import Ansicht
from service.vorbelegung import BEARBEITEN, vorbelegung
from service.web import anwendung, seite
from states.aussage import Aussage
from states.erwartungen import VORGELEGT
from states.kette import PROZESSE
from states.model import Uebergang
from states.zielsystem import GEMEINSAM, WESSEN


class Eigene(NamedTuple):
    """Ein Schritt mit eigener Vorlage statt der abgeleiteten; `kontext` liefert, was sie mehr braucht.

    `zeigt_texte`: Die Seite enthält den Text der Meldung; wer sie öffnet, hat ihn gelesen.
    """

    vorlage: str
    kontext: Callable[[Request, Frage, Sequence[Feld], Mapping[str, str]], dict[str, Any]]
    zeigt_texte: bool = False


EIGENE: dict[tuple[str, str], Eigene] = {
    ("meldebogen", "einreichen"): Eigene("melden/formular.html", melden.einreichen_kontext),
    ("meldebogen", "antworten"): Eigene("pages/schritt.html", melden.antworten_kontext),
    ("meldebogen", "nachtragen"): Eigene("pages/schritt.html", melden.nachtragen_kontext),
    ("meldebogen", "schwaerzen"): Eigene("eingang/schwaerzen.html", schwaerzen.schwaerzen_kontext, zeigt_texte=True),
    ("generatives_thema", "zusammenfuehren"): Eigene("themen/zusammenfuehren.html", themenwege.zusammenfuehren_kontext),
    ("generatives_thema", "teilen"): Eigene("themen/teilen.html", themenwege.teilen_kontext),
}

# Wer auf einer eigenen Seite des Vorgangs beginnt, kommt nach dem Schritt dorthin zurück: (wohin, was dort steht)
RUECKWEGE = {"achse": ("#neu-akteur", "Die Zeitachse ist gespeichert."),
             "beamer": ("?ansicht=beamer#neu-akteur", "Die Zeitachse ist gespeichert."),
             "mitschreiben": ("/sitzungsmodus", "Die Tagesordnung ist gespeichert.")}

# Was auf einer eigenen Seite steht und vor dem Schritt zu lesen ist: (Adresse unter dem Vorgang, wie der Weg dorthin heißt)
_ZU_LESEN = {("sitzung", "protokoll_unterzeichnen"): ("protokoll", "Das Protokoll lesen"),
             ("sitzung", "protokoll_versenden"): ("protokoll", "Das Protokoll lesen"),
             ("sitzung", "tagesordnung_zustimmen"): ("unterlagen", "Die Unterlagen lesen"),
             ("sitzung", "unterlagen_versenden"): ("unterlagen", "Die Unterlagen lesen"),
             ("fallrekonstruktion", "pruefen"): ("#pruefung", "Auf der Seite des Vorgangs sind die auffälligen Stellen hervorgehoben")}


def einzeln(eingaben: Eingaben, name: str) -> str:
    gesendet = eingaben.get(name) or ("",)
    return str(gesendet[-1]).strip()


def formularseite(
    request: Request,
    person: Handelnde,
    art: str,
    u: Uebergang,
    ansicht: Ansicht | None,
    eingaben: Eingaben | None = None,
    befunde: Mapping[str, str] | None = None,
    status: int = 200,
    zusatz: Mapping[str, Any] | None = None,
) -> HTMLResponse:
    """`eingaben`: was gesendet wurde; ohne sie beginnt das Formular mit dem, was schon feststeht. `zusatz` geht allem anderen vor."""
    a = anwendung(request)
    felder = felder_des_schritts(art, u, ansicht.zustand or "", ansicht.felder) if ansicht else felder_des_schritts(art, u)
    jetzt = a.jetzt()
    with a.db.lesen() as s:
        frage = Frage(s, person, a.umfeld(s), berliner_tag(jetzt), art, u, ansicht, eingaben or {})
        kennung = einzeln(eingaben, "einmal") if eingaben else request.query_params.get("entwurf")
        entwurf = _entwurf(frage, kennung)
        angefangene = entwuerfe.angefangene(s, person.key, art, u.ausloeser, frage.umfeld) if not (ansicht or entwurf or eingaben) else []
        if eingaben is None:
            frage = replace(frage, eingaben=entwurf.eingaben if entwurf else _beginn(request, frage, felder))
        inhalt = feldinhalt(frage, felder) | {"vorgelegt": _vorgelegt(frage), "zu_bedenken": _zu_bedenken(frage)}
        mehr = eigene.kontext(request, frage, felder, befunde or {}) if (eigene := EIGENE.get((art, u.ausloeser))) else {}
    if ansicht is not None and eigene and eigene.zeigt_texte:
        schwaerzen.vermerke_gelesen(request, ansicht)
    return seite(
        request,
        eigene.vorlage if eigene else "pages/schritt.html",
        status=status,
        angefangene=angefangene,
        entwurf_fehlt=bool(kennung) and entwurf is None and eingaben is None,
        offen=_offen(felder, u, entwurf.eingaben if entwurf and eingaben is None else eingaben, befunde or {}),
        listen=frage.umfeld.listen(jetzt),
        ziel=request.url.path,
        zurueck=next((z for z in (einzeln(frage.eingaben, "zurueck"), request.query_params.get("zurueck")) if z in RUECKWEGE), ""),
        **_vom_schritt(frage),
        **_vom_entwurf(frage, entwurf, gesendet=eingaben is not None),
        **_von_den_befunden(felder, frage.eingaben, _wie_auf_der_seite(befunde or {}, {**inhalt, **mehr})),
        **melden.hinweise_im_formular(art, u.ausloeser, frage.eingaben),
        **{**inhalt, **mehr, **(zusatz or {})},
    )


def _vom_schritt(f: Frage) -> dict[str, Any]:
    prozess, ansicht = PROZESSE[f.art], f.ansicht
    return {
        "art": f.art,
        "art_titel": prozess.bezeichnung,
        "uebergang": f.u,
        "geht_hinaus": prozess.geht_hinaus(f.u),
        "zu_lesen": _ZU_LESEN.get((f.art, f.u.ausloeser)),
        "key": ansicht.key if ansicht else "",
        "titel": (ansicht.felder.get("titel") or "") if ansicht else "",
        "version": einzeln(f.eingaben, "version") or (str(ansicht.version) if ansicht else ""),
        "fenster": einzeln(f.eingaben, "fenster") or secrets.token_urlsafe(9),
    }


def _vorgelegt(f: Frage) -> list[Angabe]:
    """Worüber die Person mit diesem Schritt befindet: Niemand soll es auf einer anderen Seite nachlesen müssen."""
    namen = VORGELEGT.get((f.art, f.u.ausloeser), ())
    return angaben(f.art, {n: f.stand[n] for n in namen if f.stand.get(n)}, personennamen(f.s)) if namen else []


def _verfaellt(f: Frage) -> str:
    stimmen = f.stand.get("stimmen") or {}
    return Aussage("Zu dieser Fassung haben sich schon erklärt: {stellen}. Ändern Sie etwas, gilt das nicht mehr, und alle werden neu "
                   "gefragt. Ihre Antworten bleiben unter „Frühere Stimmen“ stehen.", stellen=", ".join(stimmen)) if stimmen else ""


def _noch_offen(f: Frage) -> str:
    offen = lenkung.offene_punkte(f.s, f.ansicht.key) if f.ansicht else []
    return Aussage("Noch nicht erledigt: {punkte}. Nachtragen können Sie, bis das Protokoll unterzeichnet ist; was dann noch offen ist, "
                   "kommt von selbst auf die nächste Sitzung.", punkte="; ".join(offen)) if offen else ""


# Was mit dem Schritt nicht mehr gilt oder noch fehlt: (wie es heißt, was dazu zu sagen ist; leer, wenn nichts)
_ZU_BEDENKEN: dict[tuple[str, str], tuple[str, Callable[[Frage], str]]] = {
    ("zielsystem", "bearbeiten"): ("Abgegebene Stimmen", _verfaellt),
    ("sitzung", "schliessen"): ("Offene Punkte", _noch_offen),
}


def _zu_bedenken(f: Frage) -> tuple[str, str] | None:
    titel, zu_sagen = _ZU_BEDENKEN.get((f.art, f.u.ausloeser), ("", None))
    text = zu_sagen(f) if zu_sagen else ""
    return (titel, text) if text else None


def _vom_entwurf(f: Frage, entwurf: Entwurf | None, *, gesendet: bool) -> dict[str, Any]:
    kennung = entwurf.kennung if entwurf and f.ansicht is None else ""
    stand = einzeln(f.eingaben, "entwurf_stand") if gesendet else entwurf.stand if entwurf else ""
    return {
        "entwurf": entwurf,
        "entwurf_stand": stand,
        "einmal": einzeln(f.eingaben, "einmal") or kennung or secrets.token_urlsafe(16),
        "wiederhergestellt": _wiederhergestellt(entwurf, f.ansicht) if entwurf and not gesendet else "",
    }


def _wie_auf_der_seite(befunde: Mapping[str, str], inhalt: Mapping[str, Any]) -> dict[str, str]:
    """Die Befunde in der Reihenfolge der Felder; was das ganze Formular betrifft, zuerst."""
    abschnitte = inhalt.get("abschnitte")
    felder = [f for a in abschnitte for f in (*a.noetig, *a.freiwillig)] if abschnitte else [*inhalt["pflicht"], *inhalt["freiwillig"]]
    stelle = {"": -1, **{f.name: nr for nr, f in enumerate(felder)}}
    return dict(sorted(befunde.items(), key=lambda b: stelle.get(b[0].partition(".")[0], len(felder))))


def _von_den_befunden(felder: Sequence[Feld], eingaben: Eingaben, befunde: Mapping[str, str]) -> dict[str, Any]:
    return {"b": befunde, "beanstandet": partial(beanstandet, befunde), "beschriftungen": beschriftungen(felder, eingaben, befunde)}


def _entwurf(f: Frage, kennung: str | None) -> Entwurf | None:
    """Was erst beginnt, beginnt leer, wenn nicht die Adresse oder das Formular seinen Entwurf nennt."""
    if f.ansicht is None and kennung is None:
        return None
    key = entwuerfe.ort(f.ansicht.key if f.ansicht else "", kennung or "")
    return entwuerfe.entwurf(f.s, f.person.key, f.art, f.u.ausloeser, key, f.umfeld)


def _wiederhergestellt(entwurf: Entwurf, ansicht: Ansicht | None) -> str:
    bis = f"{entwurf.verfaellt:%d.%m.%Y}"
    satz = Aussage("Entwurf vom {geaendert} wiederhergestellt. Er ist nur mit diesem Konto zu sehen und bleibt bis zum {bis}.",
                   geaendert=zeitpunkt(entwurf.geaendert), bis=bis)
    if ansicht is None or entwurf.fassung in (0, ansicht.version):
        return satz
    return Aussage("{satz} Der Vorgang ist seither geändert worden; bitte vergleichen Sie Ihren Entwurf mit dem neuen Stand.", satz=satz)


def _beginn(request: Request, frage: Frage, felder: Sequence[Feld]) -> dict[str, list[str]]:
    verweis = {name: request.query_params.getlist(name) for name in request.query_params}
    return als_eingaben(felder, vorbelegung(frage, felder, angebote(frage), verweis))


def feldinhalt(frage: Frage, felder: Sequence[Feld]) -> dict[str, Any]:
    e = frage.eingaben
    w = Angebote(angebote(frage))
    bewegt = any(f.art == "bewegungen" for f in felder)
    if bewegt:
        w |= bewegungen.angebote_der_zeilen(frage, e)
    fest = feststehend(frage.person, frage.art, frage.u.ausloeser)
    return {
        "feststehend": fest,
        "pflicht": [f for f in felder if (f.pflicht or f.je_nach_antwort) and f.name not in fest],
        "freiwillig": [f for f in felder if not (f.pflicht or f.je_nach_antwort) and f.art != "bewegungen"],
        "bewegt": next((f for f in felder if f.art == "bewegungen"), None),
        "moegliche_bewegungen": bewegungen.moegliche_bewegungen(frage) if bewegt else [],
        "bewegungszeilen": bewegungen.zeilen,
        "e": e,
        "w": w,
        "zeilen": zeilenzahl,
        **_gesperrtes(frage, felder),
        "gefuellt": partial(_gefuellte, e),
        # ein Verteiler nennt auch die Leitungen der Arbeitsgruppen, und die sind Personen
        "personen": personennamen(frage.s) if frage.u.ausloeser == "weiterleiten" else {},
        "stellen": _stellen(frage) if bewegt or _nennt_stellen(felder) else [],
    }


def _gesperrtes(frage: Frage, felder: Sequence[Feld]) -> dict[str, Any]:
    """Was diese Person an dem Formular nur lesen kann: Namen von Angaben und Zeilen. Dafür, warum, `spricht_fuer`."""
    eigene = frage.nur_eigene_zeilen()
    if not eigene:
        return {"gesperrt": frozenset(), "spricht_fuer": ""}
    stand = als_eingaben(felder, frage.stand)
    gesperrt = {f.name for f in felder if f.name in GEMEINSAM}
    for feld, wessen in WESSEN.items():
        da = zeilen_von(stand, feld).values()
        gesperrt |= {f"{feld}.{nr}" for nr, zeile in zeilen_von(frage.eingaben, feld).items()
                     if einzeln(zeile, wessen) not in ("", *eigene) and zeile in da}
    return {"gesperrt": gesperrt, "spricht_fuer": eigene[0]}


def beschriftungen(felder: Sequence[Feld], eingaben: Eingaben, befunde: Mapping[str, str]) -> dict[str, str]:
    """Feld -> wie es auf der Seite heißt; bei einer Zeile einer Liste mit deren Nummer."""
    return {name: "Begründung" if name == "grund" else _beschriftung(felder, name) for name in befunde if name}


def _beschriftung(felder: Sequence[Feld], name: str) -> str:
    kopf, _, rest = name.partition(".")
    f = next((x for x in felder if x.name == kopf), None)
    if f is None:
        return ""
    if f.art == "gruppe" and rest:
        return f"{f.titel}, {_beschriftung(f.felder, rest)}".rstrip(", ")
    if f.art == "liste" and f.element is not None and rest:
        nummer, _, weiter = rest.partition(".")
        zeile = f"{f.titel} {int(nummer) + 1}" if nummer.isdecimal() else f.titel
        return f"{zeile}, {_beschriftung(f.element.felder, weiter)}".rstrip(", ")
    return f.titel


def _offen(felder: Sequence[Feld], u: Uebergang, eingaben: Eingaben | None, befunde: Mapping[str, str]) -> bool:
    """Ob die freiwilligen Angaben aufgeklappt sind: wo es keine anderen gibt, beim Ändern, und wo schon jemand etwas eintrug.

    Nach einer Ablehnung nur, wo etwas zu berichtigen ist; was in Ordnung war, braucht niemand noch einmal zu lesen.
    """
    freiwillige = [f for f in felder if not (f.pflicht or f.je_nach_antwort)]
    if (felder and len(freiwillige) == len(felder)) or u.ausloeser in BEARBEITEN or any(f.tabelle for f in freiwillige):
        return True
    if befunde:
        return "grund" in befunde or any(beanstandet(befunde, f.name) for f in freiwillige)
    ausgefuellt = [n for n, gesendet in (eingaben or {}).items() if any(gesendet)]
    return any(beanstandet(ausgefuellt, f.name) for f in freiwillige)


def beanstandet(befunde: Iterable[str], name: str) -> bool:
    """Ob eine der Stellen in dieser Angabe liegt."""
    return any(n == name or n.startswith(f"{name}.") for n in befunde)


def _nennt_stellen(felder: Sequence[Feld]) -> bool:
    return any(f.art == "stelle" or _nennt_stellen(f.felder) or (f.element is not None and _nennt_stellen((f.element,))) for f in felder)


def _stellen(f: Frage) -> list[str]:
    """Wo etwas weitergeleitet wird, zuerst die Verteiler; dann die heute zuständigen Stellen, dann alle."""
    verteiler = f.umfeld.verteiler_am(f.heute) if f.u.ausloeser == "weiterleiten" else []
    zustaendige = f.umfeld.zustaendige_stellen(str(f.stand.get("kommune") or f.text("kommune")), f.heute)
    return list(dict.fromkeys((*verteiler, *zustaendige, *(i.name for i in f.umfeld.profil.institutionen))))


def _gefuellte(eingaben: Eingaben, name: str) -> set[str]:
    """Die Zeilen einer Liste, in denen schon etwas steht."""
    vor = f"{name}."
    return {
        vor + n[len(vor) :].split(".", 1)[0] for n, gesendet in eingaben.items() if n.startswith(vor) and any(t.strip() for t in gesendet)
    }
