"""Was auf den Seiten geht, geht auch in der Schnittstelle. Jeder Weg einer Seite hat ein Gegenstück oder einen Grund."""

from __future__ import annotations

from service.api_schema_teile import PFAD
from service.app import ROUTER

_NUR_IM_BROWSER = "gehört zur Anmeldung im Browser; ein Programm hat seinen Zugriffsschlüssel und legt sich keinen an"
_OHNE_KONTO = "für Menschen ohne Konto; die Schnittstelle verlangt eines"
_ENTWURF = "ein Entwurf hält fest, was jemand im Browser tippt; ein Programm hat seine Daten selbst"
_ANZEIGE = "ordnet auf einer Seite an, was einzeln lesbar ist"
_VORFUEHRUNG = "das Postfach gibt es nur in der Vorführung, anstelle eines Mailservers"

# Weg der Seite -> Wege der Schnittstelle, oder der Grund, warum es dort keinen gibt
HANDELN: dict[str, tuple[str, ...] | str] = {
    "/abgang/{key}": ("POST /zuege",),
    "/vorgang/{key}/anhaenge": ("POST /vorgaenge/{key}/anhaenge",),
    "/vorgang/{key}/anhaenge/entfernen": ("POST /vorgaenge/{key}/schritte/{ausloeser}",),
    "/antwort/{wort}": _OHNE_KONTO,
    "/darstellung": "ein Cookie dieses Browsers",
    "/eingang": ("POST /zuege",),
    "/eingang/{key}": ("POST /vorgaenge/{key}/schritte/{ausloeser}", "POST /zuege"),
    "/eingang/{key}/wie": ("POST /vorgaenge/{key}/schritte/{ausloeser}",),
    "/vorgang/{key}/erhebung": ("POST /vorgaenge/{key}/schritte/{ausloeser}",),
    "/vorgang/{key}/kommentare": ("POST /vorgaenge/{key}/kommentare",),
    "/vorgang/{key}/kommentare/zurueckziehen": ("POST /vorgaenge/{key}/kommentare/{nummer}/zurueckziehen",),
    "/vorgang/{key}/kommentare/schwaerzen": ("POST /vorgaenge/{key}/kommentare/{nummer}/schwaerzen",),
    "/vorgang/{key}/kommentare/gelesen": ("POST /vorgaenge/{key}/gelesen",),
    "/konten/einladen": ("POST /konten/{key}/einladen",),
    "/konten/sperren": ("POST /konten/{key}/sperren",),
    "/konten/entsperren": ("POST /konten/{key}/entsperren",),
    "/anmelden": _NUR_IM_BROWSER,
    "/anmelden/vorfuehrung": _NUR_IM_BROWSER,
    "/abmelden": _NUR_IM_BROWSER,
    "/einladung/{wort}": _NUR_IM_BROWSER,
    "/konto/kennwort": _NUR_IM_BROWSER,
    "/konto/ueberall-abmelden": _NUR_IM_BROWSER,
    "/konto/schluessel": _NUR_IM_BROWSER,
    "/konto/schluessel/widerrufen": _NUR_IM_BROWSER,
    "/vorgang/{key}/weiterleiten": ("POST /vorgaenge/{key}/schritte/{ausloeser}",),
    "/vorgang/{key}/mitgeteilt": ("POST /zuege",),
    "/sitzungen/vorlegen": ("POST /zuege",),
    "/suche/merken": ("POST /suchen",),
    "/suche/vergessen": ("POST /suchen/{nummer}/loeschen",),
    "/suche/ausgabe": ("GET /vorgaenge",),
    "/stammdaten/meldecodes": ("POST /meldecodes",),
    "/stammdaten/meldecodes/widerrufen": ("POST /meldecodes/{key}/widerrufen",),
    "/postfach/{nummer}/gelesen": _VORFUEHRUNG,
    "/nachrichten/{nummer}/erneut": ("POST /nachrichten/{nummer}/erneut",),
    "/nachrichten/alle-erneut": ("POST /ausgang/erneut",),
    "/nachrichten/{nummer}/ablegen": ("POST /nachrichten/{nummer}/ablegen",),
    "/nachrichten/postfaecher": ("POST /stammdaten/{art}", "POST /stammdaten/{art}/{nummer}"),  # art: kontakte
    **dict.fromkeys(("/melden/ohne-konto", "/melden/ohne-konto/bogen", "/melden/ohne-konto/vorschau", "/melden/beleg",
                     "/melden/beleg/stand", "/melden/beleg/schliessen"), _OHNE_KONTO),
    "/personen/neu": ("POST /personen",),
    "/personen/{key}": ("POST /personen/{key}",),
    "/personen/{key}/rollen": ("POST /personen/{key}/rollen",),
    "/personen/{key}/rollen/{nummer}/beenden": ("POST /personen/{key}/rollen/{nummer}/beenden",),
    "/sammlungen": ("POST /zuege",),
    "/auswahlrunde/{key}": ("POST /zuege",),
    "/entwurf/verwerfen": _ENTWURF,
    "/neu/{art}/{ausloeser}": ("POST /vorgaenge/{art}/{ausloeser}",),
    "/vorgang/{key}/schritt/{ausloeser}": ("POST /vorgaenge/{key}/schritte/{ausloeser}",),
    "/vorgang/{key}/sitzungsmodus/eroeffnen": ("POST /vorgaenge/{key}/schritte/{ausloeser}",),
    "/vorgang/{key}/sitzungsmodus/anwesenheit": ("POST /vorgaenge/{key}/schritte/{ausloeser}",),
    "/vorgang/{key}/sitzungsmodus/{nr}": ("POST /zuege",),
    "/stammdaten/{art}/neu": ("POST /stammdaten/{art}",),
    "/stammdaten/{art}/{nummer}": ("POST /stammdaten/{art}/{nummer}",),
    "/stammdaten/{art}/{nummer}/beenden": ("POST /stammdaten/{art}/{nummer}/beenden",),
    "/uebergeben": ("POST /zuege",),
    "/themen": ("POST /zuege",),
    "/vorgang/{key}/link": ("POST /vorgaenge/{key}/links",),
    "/vorgang/{key}/zuruecknehmen": ("POST /vorgaenge/{key}/zuruecknehmen",),
    "/zahlen/ausgabe": ("GET /zahlen",),
}
LISTEN: dict[str, tuple[str, ...] | str] = {
    "/": ("GET /arbeitsliste", "GET /vorgaenge"),
    "/aufgaben": ("GET /arbeitsliste",),
    "/kreislauf": ("GET /vorgaenge",),
    "/eingang": ("GET /vorgaenge",),
    "/vorgaenge/{art}": ("GET /vorgaenge",),
    "/suche": ("GET /vorgaenge", "GET /suchen"),
    "/sammlungen": ("GET /vorgaenge", "GET /vorgaenge/{key}/spur"),
    "/themen": ("GET /vorgaenge", "GET /vorgaenge/{key}/spur"),
    "/sitzungen": ("GET /vorgaenge",),
    "/beschlusskontrolle": ("GET /vorgaenge",),
    "/gremien": ("GET /vorgaenge", "GET /vorgaenge/{key}"),
    "/vorgang/{key}": ("GET /vorgaenge/{key}", "GET /vorgaenge/{key}/verlauf", "GET /vorgaenge/{key}/links"),
    "/vorgang/{key}/spur": ("GET /vorgaenge/{key}/spur",),
    "/vorgang/{key}/kommentare": ("GET /vorgaenge/{key}/kommentare",),
    "/vorgang/{key}/anhaenge": ("GET /vorgaenge/{key}",),
    "/vorgang/{key}/anhaenge/{nummer}": ("GET /vorgaenge/{key}/anhaenge/{nummer}",),
    "/oeffentlich": ("GET /oeffentlich",),
    "/zahlen": ("GET /zahlen",),
    "/aufbewahrung": ("GET /aufbewahrung",),
    "/protokoll": ("GET /protokoll",),
    "/nachrichten": ("GET /nachrichten",),
    "/nachrichten/postfaecher": ("GET /stammdaten/{art}", "GET /stammdaten/{art}/{nummer}/verlauf"),
    "/personen": ("GET /personen",),
    "/personen/{key}": ("GET /personen/{key}", "GET /personen/{key}/verlauf"),
    "/konten": ("GET /konten",),
    "/stammdaten/meldecodes": ("GET /meldecodes",),
    "/stammdaten/{art}": ("GET /stammdaten/{art}",),
    "/stammdaten/{art}/{nummer}": ("GET /stammdaten/{art}/{nummer}", "GET /stammdaten/{art}/{nummer}/verlauf"),
    "/vorgang/{key}/schritt/{ausloeser}": ("GET /formulare/{art}/{name}",),
    "/neu/{art}/{ausloeser}": ("GET /formulare/{art}/{name}",),
    "/profil": ("GET /prozesse", "GET /prozesse/{art}"),
    "/postfach": _VORFUEHRUNG, "/postfach/{nummer}": _VORFUEHRUNG, "/postfach/{nummer}/termin.ics": _VORFUEHRUNG,
    **dict.fromkeys(("/anmelden", "/einladung/{wort}", "/konto"), _NUR_IM_BROWSER),
    **dict.fromkeys(("/antwort/{wort}", "/melden/ohne-konto", "/melden/ohne-konto/bogen", "/melden/ohne-konto/vorschau",
                     "/melden/ohne-konto/quittung", "/melden/beleg", "/melden/beleg/stand"), _OHNE_KONTO),
    **dict.fromkeys((
        "/abgang/{key}", "/auswahlrunde/{key}", "/eingang/{key}", "/personen/neu", "/stammdaten", "/stammdaten/{art}/neu", "/uebergeben",
        "/vorgang/{key}/erhebung", "/vorgang/{key}/mitgeteilt", "/vorgang/{key}/protokoll", "/vorgang/{key}/sitzungsmodus",
        "/vorgang/{key}/schritt/anwesenheit_aendern", "/vorgang/{key}/schritt/punkt_beraten", "/vorgang/{key}/themenblatt",
        "/vorgang/{key}/unterlagen", "/vorgang/{key}/zuruecknehmen"), _ANZEIGE),
    **dict.fromkeys(("/barrierefreiheit", "/darstellung", "/datenschutz", "/hilfe", "/api", "/api/openapi.json", "/api/probleme/{name}"),
                    "eine Seite zum Lesen, oder die Beschreibung der Schnittstelle selbst"),
    **dict.fromkeys(("/system", "/healthz", "/readyz", "/metrics", "/static/{name:path}", "/favicon.ico"),
                    "für den Betrieb, ohne Anmeldung als JSON und als Metrik"),
}


def _wege(methode: str, *, schnittstelle: bool) -> set[str]:
    alle = {w.path for router in ROUTER for w in router if w.methode == methode}
    return {w.removeprefix(PFAD) for w in alle if w.startswith(PFAD) == schnittstelle}


def test_jede_handlung_einer_seite_hat_ihr_gegenstueck() -> None:
    assert set(HANDELN) == _wege("POST", schnittstelle=False)


def test_jede_liste_und_jede_ansicht_hat_ihr_gegenstueck() -> None:
    assert set(LISTEN) == _wege("GET", schnittstelle=False)


def test_alle_genannten_gegenstuecke_gibt_es() -> None:
    es_gibt = {f"{m} {w}" for m in ("GET", "POST") for w in _wege(m, schnittstelle=True)}
    genannt = {w for ziel in (*HANDELN.values(), *LISTEN.values()) if not isinstance(ziel, str) for w in ziel}
    assert genannt <= es_gibt
