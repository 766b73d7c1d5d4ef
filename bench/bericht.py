"""Die Zahlen aus bench.json als Tabelle für docs/leistung.md, damit Text und Messung nie auseinanderlaufen."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

ANFANG, ENDE = "<!-- Zahlen: Anfang (schreibt make bench) -->", "<!-- Zahlen: Ende -->"
_SPIFF = {
    "mit_fristen_geladen": "mit Fristen, Stand je Klick aus der Datenbank (wie bei uns)",
    "mit_fristen_im_speicher": "mit Fristen, Vorgang bleibt im Speicher",
    "ohne_fristen_geladen": "ohne Fristen, Stand je Klick aus der Datenbank",
    "ohne_fristen_im_speicher": "ohne Fristen, Vorgang bleibt im Speicher",
}


def tabelle(b: Mapping[str, Any]) -> str:
    """Der Teil von docs/leistung.md zwischen den beiden Marken."""
    u, viele, pg, pg_viele = b["umgebung"], b["clients_16"], b["postgres_einstellungen"], b["postgres_clients_16"]
    zeilen = [
        ("SQLite: Schritte je Sekunde, eine Person", _zahl(b["transitions_je_s"])),
        ("SQLite: nackter Treiber, dieselben Zeilen", _zahl(b["sqlite_je_s"])),
        ("**Anteil am nackten Treiber** (mindestens 0,4)", f"**{_zahl(b['anteil_sqlite'])}**"),
        ("… wenn der nackte Treiber auch die Lesezugriffe nachspielt", _zahl(b["anteil_sqlite_mit_lesen"])),
        ("… wenn er ohne Fremdschlüssel und ohne Überschreiben von Gelöschtem schreibt", _zahl(b["anteil_sqlite_ohne_schutz"])),
        ("Zum Einordnen: eine einzige Zeile sicher speichern", f"{_zahl(b['eine_zeile_sichern_ms'])} ms"),
        ("SQLite: Schritte je Sekunde, 16 Personen zugleich", _zahl(viele["transitions_je_s"])),
        ("… Wartezeit einer Person, Mitte / 99 von 100", f"{_zahl(viele['p50_ms'])} ms / {_zahl(viele['p99_ms'])} ms"),
        ("**Faktor gegenüber SpiffWorkflow** (mindestens 5)", f"**{_zahl(b['faktor_spiffworkflow'])}**"),
        *((f"… {satz}", f"{_zahl(s['je_s'])} je Sekunde, Faktor {_zahl(s['faktor'])}, Stand {s['stand_kb']} KB")
          for name, satz in _SPIFF.items() for s in [b["spiffworkflow"][name]]),
        ("PostgreSQL: Schritte je Sekunde, eine Person", _zahl(b["postgres_je_s"])),
        ("PostgreSQL: fünf nackte Anweisungen je Transaktion", _zahl(b["postgres_nackt_je_s"])),
        ("Anteil an den fünf nackten Anweisungen", _zahl(b["anteil_postgres"])),
        ("PostgreSQL, 16 Personen: Schritte je Sekunde / nackt",
         f"{_zahl(pg_viele['transitions_je_s'])} / {_zahl(pg_viele['nackt_je_s'])}"),
        ("… Wartezeit einer Person, Mitte / 99 von 100", f"{_zahl(pg_viele['p50_ms'])} ms / {_zahl(pg_viele['p99_ms'])} ms"),
        *_ketten(b),
        ("Leere Fristenrunde bei 100.000 Meldungen", f"{_zahl(b['leere_runde_ms'])} ms"),
        ("Liste mit 50 Zeilen bei 100.000 Meldungen", f"{_zahl(b['liste_50_ms'])} ms"),
        ("Wachstum von 10.000 auf 100.000: Runde / Liste / Liste ab der Mitte",
         " / ".join(f"{_zahl(w)}-fach" for w in b["wachstum_auf_das_zehnfache"].values())),
        *_seiten(b),
    ]
    einstellungen = ", ".join(f"{name} {wert}" for name, wert in pg.items())
    herkunft = (f"Gemessen am {b['datum']} mit Python {u['python']}, SQLite {u['sqlite']}, PostgreSQL {u['postgresql']} ({einstellungen}) "
                f"und SpiffWorkflow {u['pakete']['SpiffWorkflow']} auf {u['kerne']} Kernen; die Seiten am {b['seiten_am']}.")
    return "\n".join([herkunft, "", "| Was | Wert |", "|---|---|", *(f"| {was} | {wert} |" for was, wert in zeilen)])


# Diese stehen einzeln in der Tabelle; von allen übrigen die langsamste und die, die am stärksten wächst.
_SEITEN = {
    "/aufgaben (koordination-a)": "Arbeitsliste mit 50 Zeilen", "/vorgang/X-77 (koordination-a)": "Seite einer Meldung",
    "/ (koordination-a)": "Startseite der Koordination", "/eingang (koordination-a)": "Eingang",
    "/kreislauf (koordination-a)": "Kreislauf als Ring", "/sammlungen (koordination-a)": "Sammlungen",
    "/suche?q=beratung (koordination-a)": "Suche, bei der alles trifft",
    "/vorgaenge/meldebogen?ordnung=frist (koordination-a)": "Liste nach Frist", "/sitzungen (koordination-a)": "Sitzungen planen",
    "/vorgang/LG-73/sitzungsmodus (koordination-a)": "Mitschreiben in der Sitzung", "/vorgang/MON-02 (koordination-a)": "Monitoring",
    "/zahlen (s01)": "Zahlen (ab 3.000 Meldungen nur als Datei)", "/ (stelle-erstanlauf-luedenscheid)": "Startseite einer meldenden Stelle",
}  # fmt: skip


def _seiten(b: Mapping[str, Any]) -> list[tuple[str, str]]:
    orm, start = b["arbeitsliste_orm"], b["webstart"]
    return [
        *((f"Bei 100.000 Meldungen (Mitte / 95 von 100), und Wachstum ab 1.000: {_SEITEN[name]}",
           f"{_zahl(s['ms'])} ms / {_zahl(s['p95_ms'])} ms; {_zahl(s['wachstum_auf_das_hundertfache'])}-fach")
          for name, s in b["seiten"].items() if name in _SEITEN),
        *_uebrige({name: s for name, s in b["seiten"].items() if name not in _SEITEN}),
        ("**Arbeitsliste gegen dieselbe Seite mit dem ORM** (mindestens 2,5), vom Lesen bis zum HTML",
         f"**{_zahl(orm['faktor'])}** ({_zahl(orm['ms'])} ms gegen {_zahl(orm['orm_ms'])} ms)"),
        ("**Start der Seiten gegen das Laden der Bibliotheken** (höchstens 1,2), Rechenzeit",
         f"**{_zahl(start['zu_bibliotheken'])}** ({_zahl(start['start_s'])} s gegen {_zahl(start['bibliotheken_s'])} s)"),
        ("… gegen das Laden nur der Module, die beim Start wirklich gebraucht werden", _zahl(start["zu_geladenen"])),
    ]  # fmt: skip


def _uebrige(seiten: Mapping[str, Mapping[str, float]]) -> list[tuple[str, str]]:
    langsamste, wachsende = (max(seiten, key=lambda n: seiten[n][was]) for was in ("p95_ms", "wachstum_auf_das_hundertfache"))
    return [
        (f"… von {len(seiten)} weiteren die langsamste: `{langsamste}`",
         f"{_zahl(seiten[langsamste]['ms'])} ms / {_zahl(seiten[langsamste]['p95_ms'])} ms"),
        (f"… und die, die am stärksten wächst: `{wachsende}`",
         f"{_zahl(seiten[wachsende]['ms'])} ms; {_zahl(seiten[wachsende]['wachstum_auf_das_hundertfache'])}-fach"),
    ]


def _ketten(b: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        (f"{name}: {satz}", f"{_zahl(b[wo][was])} ms")
        for name, wo in (("SQLite", "kette_300"), ("PostgreSQL", "kette_300_postgres"))
        for was, satz in (("kette_ms", "ein Thema endet, 300 Meldungen folgen"), ("liste_ms", "300 Schritte in einem Zug"),
                          ("einzeln_ms", "300 Schritte in 300 Zügen"))
    ]


def schreibe_ein(pfad: Path, b: Mapping[str, Any]) -> None:
    """Ersetzt in docs/leistung.md, was zwischen den Marken steht."""
    vorher, _, rest = pfad.read_text().partition(ANFANG)
    _, _, nachher = rest.partition(ENDE)
    pfad.write_text(f"{vorher}{ANFANG}\n{tabelle(b)}\n{ENDE}{nachher}")


def _zahl(wert: float) -> str:
    """Deutsch: 1.234 und 0,49."""
    return f"{wert:,}".replace(",", "\0").replace(".", ",").replace("\0", ".")
