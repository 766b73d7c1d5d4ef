"""Welche Befehle es gibt und welche Angaben sie nehmen. Nur Beschreibung: hier wird nichts getan und wenig geladen."""

import argparse
from importlib import metadata
from pathlib import Path
from typing import Any

_JSON = "das Ergebnis als JSON auf die Standardausgabe; alles andere geht auf die Fehlerausgabe"
_ENDE = (
    "Ende: 0 erledigt, 1 es gibt Befunde, 2 falsch aufgerufen oder nicht eingerichtet, 3 Fehler im Programm.\n"
    "Zu jedem Befehl: kreislauf BEFEHL --help. Ausführlich: docs/befehle.md."
)


class Leser(argparse.ArgumentParser):
    """Ohne Abkürzungen: eine Option, die es morgen mit längerem Namen gibt, soll heute nichts anderes heißen."""

    def __init__(self, **angaben: Any) -> None:
        super().__init__(allow_abbrev=False, **angaben)


class _Version(argparse.Action):
    """Liest die Version erst, wenn jemand sie wissen will."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        try:
            version = metadata.version("kreislauf")
        except metadata.PackageNotFoundError:
            version = "(nicht installiert)"
        print(f"kreislauf {version}")
        parser.exit()


def leser() -> Leser:
    haupt = Leser(
        prog="kreislauf", description="Der Kreislauf vom gemeldeten Hindernis bis zur beobachteten Veränderung.",
        epilog=_ENDE, formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    haupt.add_argument("--version", action=_Version, nargs=0, help="die Version zeigen und enden")
    haupt.set_defaults(json=False, unterbefehl="")
    befehle = haupt.add_subparsers(title="Befehle", dest="befehl", metavar="BEFEHL", required=True)
    for hinzu in (_run, _web, _worker, _demo, _import, _spur, _prozess, _pruefen, _fristen, _ausgang, _profil, _db, _konto, _config):
        hinzu(befehle)
    return haupt


# argparse nennt den Typ dessen, was `add_subparsers` liefert, nicht öffentlich.
Befehle = Any


def _befehl(befehle: Befehle, name: str, kurz: str, lang: str = "") -> Leser:
    angelegt: Leser = befehle.add_parser(name, help=kurz, description=lang or f"{kurz[0].upper()}{kurz[1:]}.")
    return angelegt


def _mit_json(befehl: argparse.ArgumentParser) -> None:
    # SUPPRESS: sonst überschriebe die Vorgabe eines Unterbefehls, was davor angegeben ist
    befehl.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=_JSON)


def _unterbefehle(befehl: Leser, *, noetig: bool = True) -> Befehle:
    return befehl.add_subparsers(title="Befehle", dest="unterbefehl", metavar="BEFEHL", required=noetig)


def _run(befehle: Befehle) -> None:
    _befehl(befehle, "run", "alles auf dieser Maschine starten: Seiten, Fristen, Nachrichten",
            "Startet auf dieser Maschine die Seiten für den Browser und alles, was von selbst geschieht: fällige Fristen, "
            "Nachrichten, die tägliche Runde. Läuft, bis Sie es mit Strg+C beenden; was abstürzt, wird neu gestartet.")  # fmt: skip


def _web(befehle: Befehle) -> None:
    _befehl(befehle, "web", "die Seiten für den Browser anbieten, ohne alles, was von selbst geschieht",
            "Bietet die Seiten für den Browser und die Schnittstelle an. Ist der Datenordner leer, wird er angelegt; gibt es "
            "noch kein Konto, nennt der Befehl einen Link, mit dem das erste entsteht. Fristen und Nachrichten bearbeitet "
            "„kreislauf worker“. Läuft, bis Sie es mit Strg+C oder SIGTERM beenden.")  # fmt: skip


def _worker(befehle: Befehle) -> None:
    _befehl(befehle, "worker", "Fristen und Nachrichten von selbst bearbeiten, ohne Seiten",
            "Bearbeitet fällige Fristen, Nachrichten und die tägliche Runde, ohne Seiten. Ohne KREISLAUF_PREFECT_URL "
            "startet der Befehl einen eigenen Prefect-Server, der nur auf dieser Maschine erreichbar ist. Läuft, bis Sie "
            "ihn mit Strg+C oder SIGTERM beenden.")  # fmt: skip


def _demo(befehle: Befehle) -> None:
    b = _befehl(befehle, "demo", "einen leeren Datenordner mit der Vorführung füllen",
                "Füllt einen leeren Datenordner mit einer erfundenen Geschichte, die heute endet, und endet dann. "
                "Einen gefüllten Datenordner lässt der Befehl, wie er ist.")  # fmt: skip
    b.add_argument("--leer", action="store_true", help="nur Profil und Konten anlegen, keinen Vorgang")


def _import(befehle: Befehle) -> None:
    b = _befehl(befehle, "import", "Meldungen aus einer Datei übernehmen",
                "Übernimmt Meldungen aus einer Datei (JSON Lines oder CSV). Fehlerhafte Zeilen werden mit Zeile, Feld und "
                "Grund genannt, die übrigen aufgenommen. Ein zweiter Aufruf mit derselben Datei ändert nichts; ein "
                "abgebrochener lässt sich einfach wiederholen.")  # fmt: skip
    b.add_argument("datei", metavar="DATEI", type=Path, help="die Datei mit den Meldungen")
    _mit_json(b)


def _spur(befehle: Befehle) -> None:
    b = _befehl(befehle, "spur", "zeigen, woraus ein Vorgang kam und was aus ihm wurde",
                "Zeigt alles, woraus ein Vorgang kam, und alles, was aus ihm wurde.")  # fmt: skip
    b.add_argument("key", metavar="SCHLÜSSEL", help="der Vorgang, zum Beispiel eine Meldung oder ein Zielsystem")
    _mit_json(b)


def _prozess(befehle: Befehle) -> None:
    b = _befehl(befehle, "prozess", "den Ablauf zeigen: Zustände, Schritte, Rollen, Fristen",
                "Zeigt den Ablauf, wie ihn die Tabellen des Programms festlegen: Zustände, Schritte, wer sie tun darf, "
                "Fristen.")  # fmt: skip
    b.add_argument("art", metavar="ART", nargs="?", default="", help="nur diese Art von Vorgang, zum Beispiel meldebogen; sonst alle")
    form = b.add_mutually_exclusive_group()
    form.add_argument("--mermaid", action="store_true", help="als Diagramm in der Schreibweise von Mermaid")
    form.add_argument("--markdown", action="store_true", help="als Text mit Tabellen und Diagrammen (docs/prozess.md)")


def _pruefen(befehle: Befehle) -> None:
    b = _befehl(befehle, "pruefen", "prüfen, ob die Geschichte aller Vorgänge unverändert ist",
                "Rechnet die Prüfsummen aller Ereignisse und Siegel nach und nennt jede Stelle, an der etwas geändert oder "
                "entfernt worden ist. Ändert nichts.")  # fmt: skip
    _mit_json(b)


def _fristen(befehle: Befehle) -> None:
    b = _befehl(befehle, "fristen", "fällige Fristen abarbeiten oder eine Frist berechnen")
    b.add_argument("--jetzt", action="store_true", help="eine Runde: an alles erinnern, was heute fällig ist, und neue Ereignisse siegeln")
    _mit_json(b)
    r = _befehl(_unterbefehle(b, noetig=False), "berechne", "das Ende einer Frist mit Herleitung zeigen",
                "Berechnet das Ende einer Frist nach §§ 187 bis 193 BGB oder nach Werktagen und zeigt, wie es zustande kommt. "
                "Schließtage kommen aus dem übernommenen Profil, ohne Datenbank aus der Profildatei.")  # fmt: skip
    r.add_argument("datum", metavar="DATUM", help="Tag des Ereignisses, als JJJJ-MM-TT oder TT.MM.JJJJ")
    r.add_argument("dauer", metavar="DAUER", help="zum Beispiel „10 WT“, „2 Wochen“ oder „1 Monat“, in Anführungszeichen")
    r.add_argument("--rueckwaerts", action="store_true", help="vom Datum an zurückrechnen: der späteste Tag so lange davor")
    _mit_json(r)


def _ausgang(befehle: Befehle) -> None:
    b = _befehl(befehle, "ausgang", "zeigen, welche Nachrichten warten oder gescheitert sind",
                "Zeigt, welche Nachrichten auf ihren Versand warten und welche nicht zugestellt werden konnten, mit dem Grund und dem, "
                "was zu tun ist.")  # fmt: skip
    b.add_argument("--jetzt", action="store_true", help="vorher eine Runde: aus dem Ausgang Nachrichten machen und zustellen")
    b.add_argument("--ruecklaeufer", metavar="DATEI", help="eine Unzustellbarkeitsnachricht lesen („-“: von der Standardeingabe); die "
                   "gemeinte Nachricht gilt dann als nicht zugestellt")
    _mit_json(b)


def _profil(befehle: Befehle) -> None:
    u = _unterbefehle(_befehl(befehle, "profil", "das Profil einer Kommune prüfen oder übernehmen"))
    b = _befehl(u, "pruefen", "eine Profildatei prüfen und jeden Mangel mit seiner Zeile nennen; ändert nichts")
    b.add_argument("datei", metavar="DATEI", type=Path, help="die Profildatei (TOML)")
    b = _befehl(u, "uebernehmen", "eine Profildatei prüfen und ab jetzt verwenden")
    b.add_argument("datei", metavar="DATEI", type=Path, help="die Profildatei (TOML)")
    b.add_argument("--mit-konten", action="store_true", help="auch die Konten anlegen, die das Profil für eine Vorführung nennt")


def _db(befehle: Befehle) -> None:
    u = _unterbefehle(_befehl(befehle, "db", "die Datenbank anlegen, prüfen, sichern oder wiederherstellen"))
    _befehl(u, "upgrade", "die Datenbank anlegen oder auf den Stand dieses Programms bringen")
    b = _befehl(u, "umstellen", "Vorgänge einer früheren Fassung des Ablaufs auf die Fassung dieses Programms bringen",
                "Bringt Vorgänge, die nach einer früheren Fassung des Ablaufs geführt sind, auf die Fassung dieses Programms: Zustände, "
                "die es nicht mehr gibt, werden abgelöst, Fristen, Marken und Beteiligungen so geöffnet und geschlossen, wie die heutige "
                "Tabelle es sagt. Jeder Vorgang bekommt dafür ein Ereignis. Ein zweiter Aufruf ändert nichts.")  # fmt: skip
    b.add_argument("--probe", action="store_true", help="nur zeigen, was geschähe; ändert nichts")
    _mit_json(b)
    _befehl(u, "check", "prüfen, ob in der Datenbank alles zueinander passt; ändert nichts")
    b = _befehl(u, "backup", "die Datenbank im laufenden Betrieb in eine neue Datei sichern")
    b.add_argument("datei", metavar="DATEI", type=Path, help="die Sicherung; es darf sie noch nicht geben")
    b = _befehl(u, "restore", "eine Sicherung prüfen und wiederherstellen; stimmt etwas nicht, bleibt alles, wie es ist")
    b.add_argument("datei", metavar="DATEI", type=Path, help="die Sicherung")


def _konto(befehle: Befehle) -> None:
    u = _unterbefehle(_befehl(befehle, "konto", "jemandem einen Zugang geben, ohne die Seiten zu benutzen"))
    b = _befehl(u, "einladen", "einen Link zeigen, mit dem eine Person einmal ihr Kennwort setzt; er gilt 72 Stunden")
    b.add_argument("person", metavar="PERSON", help="der Schlüssel der Person, zum Beispiel systemverwaltung")


def _config(befehle: Befehle) -> None:
    u = _unterbefehle(_befehl(befehle, "config", "die Einstellungen zeigen und prüfen"))
    _befehl(u, "check", "zeigen, welche Einstellungen gelten, und nennen, was nicht zusammenpasst; ändert nichts")
