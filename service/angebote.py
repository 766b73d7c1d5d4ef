"""Was in ein Feld gehört: Vorgänge, die in Frage kommen, und was im Vorgang selbst schon steht.

Niemand soll einen Schlüssel kennen müssen. Ein Angebot macht aus einem Feld eine Auswahl oder gibt ihm Vorschläge; was gilt,
entscheiden weiter Formular und Wächter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from forms.felder import Eingaben
from service import access, anzeige, lenkung, uebergabe
from service.db import Sitzung
from service.errors import NichtGefunden
from service.handelnde import Handelnde
from service.laden import Akte, Netz, erreichbar, ids_von_keys, lade
from service.listen import Auswahl, Eintrag, blaettere
from service.sicht import Ansicht, lies
from service.umfeld import Umfeld
from states import abstimmung, arbeitsgruppe, generatives_thema, nebenakten, sitzung, zielsystem
from states.aussage import Aussage
from states.eigene_stelle import FREI
from states.kette import zielart
from states.model import Bezug, Rolle, Uebergang, Weg, her, hin
from states.zielsystem_inhalt import BESTAETIGT_ALS

Paar = tuple[str, str]
_KANDIDATEN = 200
_HOECHSTENS_ZUR_AUSWAHL = 60  # darüber hilft eine Liste zum Aufklappen niemandem; dann sind es Vorschläge


class Angebot(NamedTuple):
    """(Wert, Beschriftung) je Möglichkeit. `fest`: etwas anderes passt nicht in das Feld."""

    werte: tuple[Paar, ...]
    fest: bool = True

    @property
    def zur_auswahl(self) -> bool:
        return self.fest and len(self.werte) <= _HOECHSTENS_ZUR_AUSWAHL

    def kennt(self, wert: object) -> bool:
        return any(w == wert for w, _ in self.werte)


class Angebote(dict[str, Angebot]):
    """Feld -> Angebot. Zeilen einer Liste heißen `teilnahmen.*.institution`, eine einzelne auch mit ihrer Nummer."""

    def fuer(self, name: str) -> Angebot | None:
        return self.get(name) or self.get(".".join("*" if teil.isdecimal() else teil for teil in name.split(".")))


@dataclass(frozen=True)
class Frage:
    """Wer welchen Schritt woran tun will; `eingaben`: was schon im Formular steht."""

    s: Sitzung
    person: Handelnde
    umfeld: Umfeld
    heute: date
    art: str
    u: Uebergang
    ansicht: Ansicht | None
    eingaben: Eingaben

    @property
    def stand(self) -> Mapping[str, Any]:
        return self.ansicht.felder if self.ansicht else {}

    def text(self, feld: str) -> str:
        return (self.eingaben.get(feld) or ("",))[-1].strip()

    def nachbarn(self, *weg: Weg) -> list[Akte]:
        """Verbundene Vorgänge am Ende der Wege; nur was die Person auch sieht, gehört auf eine Seite."""
        if self.ansicht is None:
            return []
        return am_ende(self.s, self.ansicht.key, *weg)

    def nur_fuer_sich(self) -> bool:
        """Ob die Person an diesem Vorgang einer Arbeitsgruppe nur für ihre eigene Stelle spricht."""
        if self.ansicht is None or not self.person.institution:
            return False
        akte, *gruppen = self.nachbarn((), (her("erarbeitet"),))
        eltern = next((g.beteiligte for g in gruppen if g.id == akte.eltern), set())
        return access.darf(self.person, akte, self.u, eltern) not in FREI

    def fuer_wen(self, mitglieder: Iterable[str]) -> Angebot:
        """Für welche Stellen der Gruppe die Person hier sprechen kann."""
        alle = list(mitglieder)
        return Angebot(_gleich([self.person.institution] if self.person.institution in alle and self.nur_fuer_sich() else alle))

    def nur_eigene_zeilen(self) -> tuple[str, ...]:
        """Wer an Ketten nur für sich schreibt: unter welchen Namen seine Stelle dort steht, der eigene zuerst. Leer: alles ist frei."""
        if (self.art, self.u.ausloeser) != ("zielsystem", "bearbeiten") or not self.person.institution or not self.nur_fuer_sich():
            return ()
        name = self.umfeld.stelle(self.person.institution)
        return (name, *sorted(self.umfeld.profil.eigene_namen(name) - {name}))

    def gelesen(self, key: str) -> Mapping[str, Any]:
        """Was die Person von einem anderen Vorgang sieht; leer, wenn nichts."""
        try:
            return lies(self.s, self.person, key, self.heute).felder if key else {}
        except NichtGefunden:
            return {}


def am_ende(s: Sitzung, key: str, *wege: Weg) -> list[Akte]:
    """Die Vorgänge am Ende der Wege; keine, wenn es den Schlüssel nicht gibt."""
    netz, gefunden = Netz(), ids_von_keys(s, [key])
    lade(s, erreichbar(s, {kennung: wege for kennung, _ in gefunden.values()}, netz), netz)
    return [akte for kennung, _ in gefunden.values() for weg in wege for akte in netz.entlang(kennung, weg)]


def angebote(f: Frage) -> Angebote:
    gefunden = Angebote(_vorgaenge(f))
    if f.art in _AUS_DEM_INHALT:
        gefunden |= {name: angebot for name, angebot in _AUS_DEM_INHALT[f.art](f).items() if angebot.werte}
    if f.u.ausloeser == "uebergeben" and f.ansicht is not None:
        personen = uebergabe.geeignete(f.s, f.ansicht.key, f.heute.isoformat(), f.umfeld.profil)
        gefunden |= dict.fromkeys(uebergabe.FELDER, Angebot(tuple((p.key, p.name) for p in personen)))
    return gefunden


def _benannt(f: Frage, personen: Iterable[str]) -> tuple[Paar, ...]:
    namen = anzeige.personennamen(f.s)
    return tuple((p, namen.get(p, p)) for p in personen)


# --- Vorgänge ---------------------------------------------------------------------------------------------------------

# Nur was in diesen Zuständen ist, kommt in Frage; ohne Eintrag: alles, was die Person sieht. Schlüssel: Art, Auslöser, Feld.
_NIMMT_PUNKTE = {"sitzung": sitzung.NIMMT_PUNKTE}
_THEMA_OFFEN = {"generatives_thema": tuple(z.wert for z in generatives_thema.ZUSTAENDE if not z.ende)}
_ZUSTAENDE: dict[tuple[str, str, str], Mapping[str, tuple[str, ...]]] = {
    ("meldebogen", "aufnehmen", "sammlung"): {"sammlung": ("offen",)},
    ("meldebogen", "umsammeln", "sammlung"): {"sammlung": ("offen",)},
    ("meldebogen", "lage_zuordnen", "lage"): {"lage": ("ausgerufen",)},
    ("fallrekonstruktion", "anlegen", "meldungen"): {"meldebogen": ("ausgewaehlt",)},
    ("fallrekonstruktion", "anhaengen", "meldungen"): {"meldebogen": ("in_vorpruefung", "in_sammlung", "themenspeicher", "ausgewaehlt")},
    ("generatives_thema", "anlegen", "fallrekonstruktionen"): {"fallrekonstruktion": ("freigegeben",)},
    ("generatives_thema", "aufnehmen", "fallrekonstruktionen"): {"fallrekonstruktion": ("freigegeben",)},
    ("generatives_thema", "vorlegen", "sitzung"): _NIMMT_PUNKTE,
    ("generatives_thema", "zusammenfuehren", "mit"): _THEMA_OFFEN,
    ("sitzung", "einwand_verzeichnen", "naechste_sitzung"): _NIMMT_PUNKTE,
    ("sitzung", "punkt_aufnehmen", "bezug"): {"generatives_thema": ("vorgelegt",), "zielsystem": ("vorgelegt",)},
    ("beschluss", "fassen", "sitzung"): {"sitzung": ("laeuft", "protokoll_entwurf")},
    ("beschluss", "umlauf_berichten", "sitzung"): _NIMMT_PUNKTE,
    ("arbeitsgruppe", "vorlegen", "sitzung"): _NIMMT_PUNKTE,
    ("zielsystem", "anlegen", "eltern"): {"arbeitsgruppe": ("soll_entwurf", "beendet")},
    ("zielsystem", "anlegen", "thema"): _THEMA_OFFEN,
    ("zielsystem", "anlegen", "ersetzt"): {"zielsystem": ("eingefuehrt",)},
    ("einzelfalluebergabe", "anbieten", "meldung"): {"meldebogen": ("in_vorpruefung", "in_sammlung", "themenspeicher")},
    ("monitoring", "anlegen", "eltern"): {"zielsystem": zielsystem.NACH_DEM_BESCHLUSS},
    ("auswahlrunde", "anlegen", "sitzung"): {"sitzung": sitzung.VOR_DER_SITZUNG},
    ("auswahlrunde", "anlegen", "sammlungen"): {"sammlung": ("offen",)},
    ("auswahlrunde", "anlegen", "geparkte"): {"meldebogen": ("themenspeicher",)},
    ("auswahlrunde", "durchfuehren", "ausgewaehlt"): {"meldebogen": ("in_sammlung", *nebenakten.AUSGEWAEHLT)},
    ("auswahlrunde", "durchfuehren", "wieder_geparkt"): {"meldebogen": ("themenspeicher", "in_sammlung", "in_vorpruefung")},
}
# Was nur unter einer weiteren Bedingung geht, sagt es in der Auswahl und nicht erst nach dem Absenden
_NUR_WENN = {("zielsystem", "anlegen", "eltern"): {"beendet": "beendet, nur um ein Zielsystem abzulösen"}}
# Eines dieser Felder muss ausgefüllt sein, damit der Anfang gelingt
_EINES_VON = {("zielsystem", "anlegen"): ("eltern", "ersetzt")}
# Gibt es schon eines, gehört ein zweites nicht mehr zum Angebot; verboten ist es nicht
_SCHON_DA = {("auswahlrunde", "anlegen", "sitzung"): "auswahlrunde_am"}
# Ist das eine Feld ausgefüllt, kommt für das andere nur in Frage, was auf diesem Weg liegt: die Gruppe, die das Thema bearbeitet
_UEBER: dict[tuple[str, str], dict[tuple[str, str], Weg]] = {
    ("zielsystem", "anlegen"): {("thema", "eltern"): (hin("beauftragt"),), ("thema", "ersetzt"): (hin("fuehrt_zu"),)}}
# Felder mit Schlüsseln, aus denen keine Verbindung des Schritts selbst wird
_OHNE_VERBINDUNG: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {
    ("arbeitsgruppe", "vorlegen"): (("sitzung", "sitzung"),),
    ("generatives_thema", "anlegen"): (("meldungen", "meldebogen"),),
    ("monitoring", "wiederkehr_verwerfen"): (("meldungen", "meldebogen"),),
    ("monitoring", "wiederkehr_feststellen"): (("meldungen", "meldebogen"),),
}


def _vorgaenge(f: Frage) -> dict[str, Angebot]:
    felder = {v.feld: zielart(f.art, (v.hop,)) for v in f.u.verbindet if v.feld and not v.loest}
    felder |= {feld: (art,) for feld, art in _OHNE_VERBINDUNG.get((f.art, f.u.ausloeser), ())}
    return {feld: Angebot(tuple(_kandidaten(f, feld, arten))) for feld, arten in felder.items()}


def _kandidaten(f: Frage, feld: str, arten: Iterable[str]) -> Iterable[Paar]:
    nur = _ZUSTAENDE.get((f.art, f.u.ausloeser, feld))
    for art in arten:
        if nur is None or art in nur:
            if art == "sitzung" and nur:
                yield from _sitzungen(f, nur[art])
                continue
            for e in _passende(f, feld, eintraege(f, Auswahl(art=art, zustaende=nur[art] if nur else ()))):
                if f.ansicht is None or e.key != f.ansicht.key:
                    titel, bedingung = beschriftet(e), _NUR_WENN.get((f.art, f.u.ausloeser, feld), {}).get(e.zustand)
                    yield e.key, Aussage("{titel} ({bedingung})", titel=titel, bedingung=bedingung) if bedingung else titel


def _passende(f: Frage, feld: str, gefunden: Sequence[Eintrag]) -> Iterable[Eintrag]:
    """Was zu den übrigen Angaben passt und wo die Person den Anfang machen darf; schon Gewähltes bleibt stehen."""
    wege = _UEBER.get((f.art, f.u.ausloeser), {})
    erlaubt = [{a.key for a in am_ende(f.s, f.text(von), weg)} for (von, wohin), weg in wege.items() if wohin == feld and f.text(von)]
    passende = [e for e in gefunden if e.key == f.text(feld) or all(e.key in keys for keys in erlaubt)]
    if f.ansicht is not None or feld != "eltern" or not passende:
        return passende
    netz = Netz()
    lade(f.s, [e.id for e in passende], netz)
    return [e for e in passende if e.key == f.text(feld) or _beginnt_dort(f.person, f.u, netz.akten[e.id])]


def _beginnt_dort(person: Handelnde, u: Uebergang, eltern: Akte) -> bool:
    """Ob die Person den Anfang unter diesem Vorgang machen darf: mit ihrer Rolle, oder weil sie an ihm so beteiligt ist."""
    return any((als, w.rolle) in eltern.beteiligte if w.bezug is Bezug.BETEILIGT else person.hat(w.rolle)
               for w in u.wer for als in access.vertretene(person, w.rolle))


def gelingt(s: Sitzung, person: Handelnde, art: str, u: Uebergang, feld: str, von: Akte) -> bool:
    """Ob ein Anfang, der in `feld` diesen Vorgang nennt, alles finden kann, was er außerdem braucht."""
    noetig, wege = _EINES_VON.get((art, u.ausloeser), ()), _UEBER.get((art, u.ausloeser), {})
    weitere = [(wohin, a) for (quelle, wohin), weg in wege.items() if quelle == feld for a in am_ende(s, von.key, weg)]
    schon_da = bool(von.stand.get(_SCHON_DA.get((art, u.ausloeser, feld), "")))
    return not schon_da and (not noetig or any(_genuegt(person, art, u, name, a) for name, a in [(feld, von), *weitere] if name in noetig))


def _genuegt(person: Handelnde, art: str, u: Uebergang, feld: str, akte: Akte) -> bool:
    zustaende = (anfangszustaende(art, u.ausloeser, feld) or {}).get(akte.art, ())
    bedingt = akte.zustand in _NUR_WENN.get((art, u.ausloeser, feld), {})
    return akte.zustand in zustaende and not bedingt and (feld != "eltern" or _beginnt_dort(person, u, akte))


def _sitzungen(f: Frage, zustaende: Sequence[str]) -> Iterable[Paar]:
    """Nach dem Tag; wo die Unterlagen schon heraus sind und Neues Tischvorlage wird, zuletzt. Wer nur den Titel sieht, wählt nach ihm."""
    raus = sitzung.UNTERLAGEN_SIND_RAUS if zustaende == sitzung.NIMMT_PUNKTE else ()
    termine = lenkung.termine(f.s, f.person, f.heute, anzahl=_KANDIDATEN)
    tage = {t.key: f"{t.datum:%d.%m.%Y}: {t.stand.get('titel') or t.key}" for t in termine}
    stelle = {key: n for n, key in enumerate(tage)}
    gefunden = [e for e in eintraege(f, Auswahl(art="sitzung", zustaende=tuple(zustaende))) if f.ansicht is None or e.key != f.ansicht.key]
    for e in sorted(gefunden, key=lambda e: (e.zustand in raus, stelle.get(e.key, len(stelle)), e.id)):
        spaet = ", Unterlagen schon versandt, daher Tischvorlage" if e.zustand in raus else ""
        yield e.key, f"{tage.get(e.key) or e.titel} ({e.key}{spaet})"


def eintraege(f: Frage, auswahl: Auswahl) -> tuple[Eintrag, ...]:
    return blaettere(f.s, f.person, f.heute, auswahl, anzahl=_KANDIDATEN).zeilen


def beschriftet(e: Eintrag) -> str:
    return f"{e.key}: {e.titel}" if e.titel else e.key


def anfangszustaende(art: str, ausloeser: str, feld: str) -> Mapping[str, tuple[str, ...]] | None:
    """In welchen Zuständen ein Vorgang in diesem Feld eines Anfangs in Frage kommt; None: in jedem."""
    return _ZUSTAENDE.get((art, ausloeser, feld))


# --- was im Vorgang steht ---------------------------------------------------------------------------------------------


def _gleich(werte: Iterable[Any]) -> tuple[Paar, ...]:
    return tuple((w, w) for w in dict.fromkeys(str(w) for w in werte if w))


def _institutionen(f: Frage, *zuerst: str) -> Angebot:
    """Wer für die Kommune des Vorgangs heute zuständig ist, steht vor allen anderen Stellen."""
    zustaendige = f.umfeld.zustaendige_stellen(str(f.stand.get("kommune") or f.text("kommune")), f.heute)
    return Angebot(_gleich([*zuerst, *zustaendige, *(i.name for i in f.umfeld.profil.institutionen)]), fest=False)


def _der_gruppe(f: Frage) -> dict[str, Angebot]:
    mitglieder = Angebot(_gleich(f.stand.get("mitglieder") or ()))
    blockaden = f.stand.get("blockaden") or {}
    offene = tuple((k, f"{blockaden[k]['wer']}: {blockaden[k]['was']}") for k in arbeitsgruppe.offene_blockaden({"blockaden": blockaden}))
    wessen = f.fuer_wen(f.stand.get("mitglieder") or ()) if f.u.ausloeser == "ist_beitrag_erfassen" else mitglieder
    return {"institution": wessen, "anwesend": mitglieder, "schritte.*.zustaendig": mitglieder, "blockade": Angebot(offene),
            "leitung": _leitungen(f)}


def _leitungen(f: Frage) -> Angebot:
    """Wer leiten kann: Stellen, und Personen mit dieser Rolle."""
    zeilen = f.s.alle("SELECT DISTINCT r.person FROM person_rolle r WHERE r.rolle = :rolle AND r.von <= :heute "
                      "AND (r.bis IS NULL OR r.bis >= :heute)", {"rolle": Rolle.AG_LEITUNG.value, "heute": f.heute.isoformat()})
    personen = _benannt(f, sorted(str(z[0]) for z in zeilen))
    return Angebot((*personen, *_institutionen(f).werte), fest=False)


def _der_fallrekonstruktion(f: Frage) -> dict[str, Angebot]:
    eingeladen = Angebot(_gleich(t["institution"] for t in f.stand.get("teilnehmende") or ()) or _gleich([f.person.institution]))
    return {"teilnahmen.*.institution": eingeladen, "stelle": eingeladen,
            "zeitachse.*.akteur": _institutionen(f, "Klientin", "Klient", "Familie")}


def _des_zielsystems(f: Frage) -> dict[str, Angebot]:
    offene = {k: a for k, a in (f.stand.get("auflagen") or {}).items() if not a.get("erfuellt_am")}
    gefunden = {"auflage": Angebot(tuple((k, str(a.get("auflage", k))) for k, a in offene.items()))}
    match f.u.ausloeser:
        case "bearbeiten" if eigene := f.nur_eigene_zeilen():
            gefunden |= {f"{feld}.*.{wessen}": Angebot(_gleich(eigene), fest=False) for feld, wessen in zielsystem.WESSEN.items()}
        case "zustimmen" | "sondervotum_abgeben":
            gefunden["institution"] = f.fuer_wen(m for g in f.nachbarn((her("erarbeitet"),)) for m in g.stand.get("mitglieder", {}))
        case "antwort_verzeichnen":
            gefunden["institution"] = Angebot(_gleich(f.stand.get("empfaenger") or ()) or _gleich([f.person.institution]))
        case "einfuehren" | "fortschreiben":
            offen = [m for m in f.nachbarn((hin("umgesetzt_durch"),)) if m.zustand in ("offen", "in_arbeit")]
            massnahmen = Angebot(tuple((m.key, f"{m.key}: {m.stand.get('titel', '')}") for m in offen))
            gefunden |= {"massnahme": massnahmen, "offene_massnahmen.*.massnahme": massnahmen}
    return gefunden


def _des_monitorings(f: Frage) -> dict[str, Angebot]:
    bekannte = f.stand.get("indikatoren") or [i for z in f.nachbarn((her("beobachtet_in"),)) for i in z.stand.get("indikatoren") or ()]
    indikatoren = Angebot(tuple((str(i["key"]), str(i["indikator"])) for i in bekannte))
    return {"indikator": indikatoren, "werte.*.indikator": indikatoren}


def _sitze(sitze: Iterable[Mapping[str, Any]]) -> tuple[Paar, ...]:
    return tuple((str(x["sitz"]), f"{x['sitz']}: {x['funktion']}") for x in sitze)


def sitze_der_sitzung(f: Frage) -> list[Mapping[str, Any]]:
    """Die Sitze, die am Tag der Sitzung gelten; sind keine gepflegt, die bei der Einladung genannten."""
    datum = str(f.stand.get("datum") or "")
    return [*(f.umfeld.sitze_am(date.fromisoformat(datum)) if datum else ())] or list(f.stand.get("sitze") or ())


def _der_sitzung(f: Frage) -> dict[str, Angebot]:
    stehende = [p for p in f.stand.get("punkte") or () if not p.get("gestrichen_am")]
    gefunden = {"anwesenheit.*.sitz": Angebot(_sitze(sitze_der_sitzung(f))),
                "gaeste.*.institution": _institutionen(f),
                "einwand_von": Angebot(tuple((f"{x['sitz']} {x['funktion']}", f"{x['sitz']}: {x['funktion']}")
                                             for x in f.stand.get("sitze") or ()))}
    if f.u.ausloeser == "berichtigen":
        gefunden |= {"punkt": Angebot(tuple((str(p["nr"]), f"{p['nr']}. {p.get('titel', '')}") for p in stehende)),
                     "zu_einwand": Angebot(tuple((str(e["nr"]), Aussage("Einwand {nr} von {wer}", nr=e["nr"], wer=e["einwand_von"]))
                                                 for e in f.stand.get("einwaende") or () if not e.get("erledigt_am")))}
    if f.u.ausloeser == "punkt_streichen":
        gefunden |= {"nr": Angebot(tuple((str(p["nr"]), f"{p['nr']}. {p.get('titel', '')}") for p in stehende if not p.get("bezug"))),
                     "bezug": Angebot(tuple((str(p["bezug"]), f"{p['nr']}. {p.get('titel', '')}") for p in stehende if p.get("bezug")))}
    return gefunden | _personen_der_sitze(f)


def _personen_der_sitze(f: Frage) -> dict[str, Angebot]:
    """Je Sitz, wer ihn innehat oder vertritt; die Zeilen stehen in der Reihenfolge der Vorbelegung."""
    return {f"sitze.{nr}.personen": Angebot(_benannt(f, x["personen"])) for nr, x in enumerate(f.umfeld.sitze_am(f.heute))}


def _des_beschlusses(f: Frage) -> dict[str, Angebot]:
    weiter = {k: e for k, e in (f.stand.get("weiterleitungen") or {}).items() if not e.get("kenntnis_am")}
    namen = anzeige.personennamen(f.s)
    gefunden = {"empfaenger": Angebot(tuple((k, namen.get(k, k)) for k in weiter) or _gleich([f.person.institution])),
                "sitz": Angebot(_sitze(_eigene_sitze(f))),
                "verteiler": _verteiler(f)}
    sitzung_ = f.gelesen(f.text("sitzung"))
    if sitzung_:
        anwesend = {k for k, wer in (sitzung_.get("anwesenheit") or {}).items() if wer != "abwesend"}
        gefunden["befangen"] = Angebot(tuple(p for p in _sitze(sitzung_.get("sitze") or ()) if p[0] in anwesend))
        stehende = [p for p in sitzung_.get("punkte") or () if not p.get("gestrichen_am")]
        gefunden["punkt"] = Angebot(tuple((str(p["nr"]), f"{p['nr']}. {p.get('titel', '')}") for p in stehende))
    return gefunden


def _eigene_sitze(f: Frage) -> list[Mapping[str, Any]]:
    """Sitze ohne Stimme, für die die Person spricht; die Koordination trägt sie für alle ein."""
    fuer_alle, gegeben = f.person.hat(Rolle.KOORDINATION), f.stand.get("stimmen") or {}
    return [x for x in f.stand.get("sitze") or () if x["sitz"] not in gegeben
            and (fuer_alle or abstimmung.spricht_fuer(x, f.person.key, f.person.institution))]


def _verteiler(f: Frage) -> Angebot:
    return _institutionen(f, *f.umfeld.verteiler_am(f.heute))


def _der_meldung(f: Frage) -> dict[str, Angebot]:
    """Eine Meldung geht nur an einen Bereich, dem sie nicht schon gehört; auch ihr Text ist nur anderen zu zeigen."""
    bereiche = tuple((b.key, b.name) for b in f.umfeld.profil.bereiche if b.key != f.stand.get("bereich"))
    feld = {"bereich_abgeben": "an", "text_teilen": "geteilt_mit"}.get(f.u.ausloeser)
    return {feld: Angebot(bereiche)} if feld else {}


_AUS_DEM_INHALT: dict[str, Callable[[Frage], dict[str, Angebot]]] = {
    "meldebogen": _der_meldung,
    "arbeitsgruppe": _der_gruppe, "fallrekonstruktion": _der_fallrekonstruktion, "zielsystem": _des_zielsystems,
    "monitoring": _des_monitorings, "sitzung": _der_sitzung, "beschluss": _des_beschlusses,
}


# --- was ein Beschluss bewegt -----------------------------------------------------------------------------------------


def aus_dem_bewegten(f: Frage, key: str, art: str) -> dict[str, Angebot]:
    """Vorschläge für die Angaben eines Schritts, den der Beschluss an diesem Vorgang auslöst."""
    stand = f.gelesen(key)
    gefunden = {"leitung": _leitungen(f), "auflagen.*.bestaetigt_durch": _institutionen(f, *BESTAETIGT_ALS)}
    if art == "zielsystem":
        massnahmen = tuple((str(m["key"]), str(m["titel"])) for m in stand.get("massnahmen") or ())
        gefunden["auflagen.*.massnahmen"] = Angebot(massnahmen)
    return gefunden

