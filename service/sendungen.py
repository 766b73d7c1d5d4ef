"""Die gespeicherten Sendungen: zurückholen, was noch nicht hinausging, und zeigen, was wartet oder gescheitert ist."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from service.adressen import NIEMAND, Verzeichnis
from service.clock import als_text, berliner_tag
from service.db import Sitzung, kennungen
from service.errors import NichtGefunden, Unmoeglich
from service.umfeld import Umfeld

KEIN_POSTFACH, KEIN_EMPFAENGER, KOPFZEILE, AUFGEGEBEN = "kein_postfach", "kein_empfaenger", "kopfzeile", "aufgegeben"
RUECKLAEUFER, ABGEWIESEN = "ruecklaeufer", "abgewiesen"
# Woran der eigene Mailserver schuld ist: Es betrifft alle Nachrichten, und keine davon gilt deshalb als unzustellbar.
EIGENER_MAILSERVER = ("verbindung", "anmeldung", "verschluesselung", "absender", ABGEWIESEN)
AUFBEWAHREN = timedelta(days=90)  # so lange bleibt der Text einer zugestellten Nachricht

_RAT: Mapping[str, str] = {
    KEIN_POSTFACH: "Für diesen Empfänger ist kein Postfach hinterlegt. Bitte tragen Sie es ein und senden Sie dann erneut.",
    KEIN_EMPFAENGER: "Es ließ sich niemand ermitteln, der gemeint ist. Bitte benennen Sie jemanden oder teilen Sie es persönlich mit.",
    KOPFZEILE: "Betreff oder Adresse enthalten Zeichen, die in Kopfzeilen nicht erlaubt sind. Bitte prüfen Sie das Postfach und das "
               "Geschäftszeichen.",
    AUFGEGEBEN: "Der Mailserver des Empfängers war tagelang nicht zu erreichen. Bitte prüfen Sie die Adresse und senden Sie erneut.",
    RUECKLAEUFER: "Der Mailserver des Empfängers hat die Nachricht nachträglich als unzustellbar zurückgeschickt. Bitte klären Sie das "
                  "richtige Postfach, tragen Sie es ein und senden Sie dann erneut.",
    "verbindung": "Der Mailserver ist gerade nicht zu erreichen. Es wird von selbst wieder versucht.",
    "anmeldung": "Der Mailserver lehnt die Anmeldung ab. Bitte prüfen Sie KREISLAUF_SMTP_NUTZER und das Kennwort; Umlaute "
                 "gehen darin nicht.",
    "verschluesselung": "Die Verbindung zum Mailserver lässt sich nicht sicher verschlüsseln. Bitte prüfen Sie KREISLAUF_SMTP_TLS und das "
                        "Zertifikat.",
    "abgebrochen": "Die Verbindung zum Mailserver ist mitten in der Übergabe abgerissen. Es wird von selbst wieder versucht.",
    ABGEWIESEN: "Der Mailserver gibt Nachrichten von hier nicht weiter. Bitte prüfen Sie KREISLAUF_ABSENDER, KREISLAUF_SMTP_NUTZER und ob "
                "der Mailserver Nachrichten dieses Rechners annehmen soll.",
    "absender": "Der Mailserver nimmt den Absender nicht an. Bitte prüfen Sie KREISLAUF_ABSENDER.",
    "550": "Das Postfach gibt es nicht, oder es nimmt nichts an. Bitte prüfen Sie die Adresse und senden Sie dann erneut.",
    "552": "Das Postfach ist voll. Bitte wenden Sie sich auf anderem Weg an den Empfänger und senden Sie später erneut.",
}


def rat(fehler: str) -> str:
    """Was jemand tun kann."""
    if not fehler or fehler in _RAT:
        return _RAT.get(fehler, "")
    if fehler.startswith("4"):
        return "Der Mailserver bittet um einen späteren Versuch. Es wird von selbst wieder versucht."
    return "Der Mailserver lehnt die Nachricht endgültig ab. Bitte prüfen Sie die Adresse und senden Sie dann erneut."


@dataclass(frozen=True)
class Eintrag:
    """Eine Sendung, die wartet oder gescheitert ist, ohne ihren Text."""

    id: int
    empfaenger: str
    betreff: str
    zustand: str
    versuche: int
    erstellt: str
    naechster_versuch: str
    fehler: str

    @property
    def rat(self) -> str:
        return rat(self.fehler)

    def als_json(self) -> dict[str, Any]:
        return {**asdict(self), "rat": self.rat}


class Lage(NamedTuple):
    """`faellig`: Zeilen des Ausgangs, aus denen die nächste Runde Nachrichten macht; `spaeter`: warten noch ihre halbe Stunde."""

    faellig: int
    spaeter: int
    wartend: tuple[Eintrag, ...]
    gescheitert: tuple[Eintrag, ...]


_SPALTEN = "id, empfaenger, betreff, zustand, versuche, erstellt, naechster_versuch, fehler"
_WARTEND = "('bereit', 'begonnen')"
_ZUSTAENDE = {"": "zustand IN ('bereit', 'begonnen', 'gescheitert')", "wartend": f"zustand IN {_WARTEND}",
              "gescheitert": "zustand = 'gescheitert'"}
_NACH_VORGANG = ("EXISTS (SELECT 1 FROM sendung_ausgang sa JOIN vorgang v ON v.id = sa.vorgang WHERE sa.sendung = sendung.id "
                 "AND (v.zustaendig = :person OR v.vertretung = :person))")


def lage(s: Sitzung, jetzt: datetime) -> Lage:
    wartend = s.alle(f"SELECT {_SPALTEN} FROM sendung WHERE zustand IN {_WARTEND} ORDER BY naechster_versuch, id")
    return Lage(*_im_ausgang(s, jetzt), tuple(Eintrag(*z) for z in wartend), gescheiterte(s))


def _im_ausgang(s: Sitzung, jetzt: datetime) -> tuple[int, int]:
    """(fällig, später)"""
    werte = {"jetzt": als_text(jetzt)}
    return (int(s.wert("SELECT count(*) FROM ausgang WHERE erledigt = 0 AND fruehestens <= :jetzt", werte)),
            int(s.wert("SELECT count(*) FROM ausgang WHERE erledigt = 0 AND fruehestens > :jetzt", werte)))


def zahlen(s: Sitzung, jetzt: datetime) -> dict[str, int]:
    faellig, spaeter = _im_ausgang(s, jetzt)
    wie_viele = {z: int(s.wert(f"SELECT count(*) FROM sendung WHERE {_ZUSTAENDE[z]}")) for z in ("wartend", "gescheitert")}
    return {"faellig": faellig, "spaeter": spaeter, **wie_viele}


def offene_ab(s: Sitzung, zustand: str, vor: int, anzahl: int) -> list[Eintrag]:
    """Was wartet oder gescheitert ist, das Neueste zuerst; mit `vor` nur, was vor dieser Nummer kam."""
    return [Eintrag(*z) for z in s.alle(
        f"SELECT {_SPALTEN} FROM sendung WHERE {_ZUSTAENDE[zustand]} AND (:vor = 0 OR id < :vor) ORDER BY id DESC LIMIT :anzahl",
        {"vor": vor, "anzahl": anzahl})]


def eine(s: Sitzung, sendung: int) -> Eintrag:
    """In jedem Zustand. Wirft NichtGefunden."""
    zeile = s.eine(f"SELECT {_SPALTEN} FROM sendung WHERE id = :id", {"id": sendung})
    if zeile is None:
        raise NichtGefunden
    return Eintrag(*zeile)


def gescheiterte(s: Sitzung, person: str = "") -> tuple[Eintrag, ...]:
    """Was nicht zugestellt werden konnte, das Neueste zuerst; mit `person` nur zu Vorgängen, für die sie zuständig ist oder vertritt."""
    bedingung = f" AND {_NACH_VORGANG}" if person else ""
    return tuple(Eintrag(*z) for z in s.alle(
        f"SELECT {_SPALTEN} FROM sendung WHERE zustand = 'gescheitert'{bedingung} ORDER BY id DESC", {"person": person} if person else {}))


def empfaenger_von(s: Sitzung, sendung: int) -> str:
    """Wirft NichtGefunden, und Unmoeglich, wenn sie nicht gescheitert ist."""
    gefunden = eine(s, sendung)
    if gefunden.zustand != "gescheitert":
        raise Unmoeglich(("Diese Nachricht ist nicht gescheitert; da gibt es nichts zu tun.",))
    return gefunden.empfaenger


def sende_erneut(s: Sitzung, sendung: int, umfeld: Umfeld, jetzt: datetime) -> bool:
    """Eine gescheiterte Sendung bekommt die Adresse, die ihr Empfänger heute hat, und kommt wieder an die Reihe.

    Falsch, wenn er noch immer keine hat.
    """
    wer = empfaenger_von(s, sendung)
    adresse = Verzeichnis(s, umfeld.profil, berliner_tag(jetzt).isoformat()).adresse_von(wer)
    fehlt = KEIN_EMPFAENGER if wer.startswith(NIEMAND) else KEIN_POSTFACH
    s.fuehre("UPDATE sendung SET adresse = :adresse, zustand = :zustand, fehler = :fehler, versuche = 0, erstellt = :jetzt, "
             "naechster_versuch = :jetzt WHERE id = :id AND zustand = 'gescheitert'",
             {"id": sendung, "adresse": adresse, "jetzt": als_text(jetzt), "zustand": "bereit" if adresse else "gescheitert",
              "fehler": "" if adresse else fehlt})
    return bool(adresse)


def sende_alle_erneut(s: Sitzung, fehler: str, umfeld: Umfeld, jetzt: datetime) -> tuple[int, int]:
    """Alle, die aus diesem Grund gescheitert sind; (wie viele wieder an die Reihe kommen, wie viele nicht)."""
    betroffen = s.alle("SELECT id FROM sendung WHERE zustand = 'gescheitert' AND fehler = :fehler ORDER BY id", {"fehler": fehler})
    gehen = sum(sende_erneut(s, sendung, umfeld, jetzt) for (sendung,) in betroffen)
    return gehen, len(betroffen) - gehen


def woran_alles_haengt(s: Sitzung) -> str:
    """Warum der eigene Mailserver zuletzt etwas nicht nahm, das noch wartet; leer, wenn es nicht an ihm liegt."""
    gruende = ", ".join(f"'{g}'" for g in EIGENER_MAILSERVER)
    return str(s.wert(f"SELECT fehler FROM sendung WHERE zustand = 'bereit' AND fehler IN ({gruende}) ORDER BY id DESC LIMIT 1") or "")


def lege_ab(s: Sitzung, sendung: int) -> None:
    """Ein Befund ist auf anderem Weg erledigt, zum Beispiel durch einen Anruf."""
    empfaenger_von(s, sendung)
    s.fuehre("UPDATE sendung SET zustand = 'aufgehoben' WHERE id = :id AND zustand = 'gescheitert'", {"id": sendung})


def hole_zurueck(s: Sitzung, vorgang: int, von: int, bis: int) -> None:
    """Nimmt fertige, aber nie begonnene Sendungen über diese Ereignisse zurück. Was sonst noch darin stand, kommt wieder in den Ausgang.

    Eine Zeile, die schon jemanden erreicht hat, bleibt verschickt.
    """
    werte = {"vorgang": vorgang, "von": von, "bis": bis}
    auswahl = "vorgang = :vorgang AND nr BETWEEN :von AND :bis AND quelle LIKE 'e:%'"
    zurueck = s.alle(
        "UPDATE sendung SET zustand = 'aufgehoben' WHERE zustand IN ('bereit', 'gescheitert') AND versuche = 0 AND id IN "
        f"(SELECT sendung FROM sendung_ausgang WHERE ausgang IN (SELECT id FROM ausgang WHERE {auswahl})) RETURNING id", werte)
    if not zurueck:
        return
    ids = {"ids": kennungen(z[0] for z in zurueck)}
    s.fuehre("UPDATE ausgang SET erledigt = 0 WHERE erledigt = 1 AND id IN "
             f"(SELECT ausgang FROM sendung_ausgang WHERE {s.in_kennungen('sendung')})", ids)
    s.fuehre(f"UPDATE ausgang SET erledigt = 1 WHERE erledigt = 0 AND {auswahl} AND EXISTS (SELECT 1 FROM sendung_ausgang sa "
             "JOIN sendung b ON b.id = sa.sendung WHERE sa.ausgang = ausgang.id AND b.zustand <> 'aufgehoben')", werte)


def raeume_auf(s: Sitzung, jetzt: datetime) -> int:
    """Leert den Text von Sendungen, die längst zugestellt oder aufgehoben sind; dass und wann sie gingen, bleibt."""
    return s.fuehre("UPDATE sendung SET inhalt = '', html = '' WHERE zustand IN ('zugestellt', 'aufgehoben') AND erstellt < :vor "
                    "AND inhalt <> ''", {"vor": als_text(jetzt - AUFBEWAHREN)})
