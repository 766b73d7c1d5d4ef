"""Zusammengesetzte Wörter: „Ausländerbehörde“ steht auch unter „Behörde“ und unter „Ausländer“ im Suchindex.

Zerlegt wird von hinten, und nur, wo ein bekanntes Grundwort endet: So kostet das Suchen nicht mehr als vorher, und „Gesamt“ ist kein Amt.
Ein Grundwort, das fehlt, kommt in die Liste; was schon im Index steht, schreibt die nächste Änderung oder eine Migration neu.
"""

from __future__ import annotations

from functools import cache, lru_cache

from service.wortstamm import stamm

_GRUNDWORTE = """
    Abbruch Ablauf Ablehnung Absage Abschluss Absprache Agentur Aktenzeichen Amt Anbieter Anerkennung Anfrage Angebot Angelegenheit
    Anmeldung Ansprechpartner Anspruch Anteil Antrag Antwort Arbeit Arbeitgeber Arzt Aufenthalt Auflage Aufnahme Aufsicht Aufwand
    Ausbildung Ausgang Auskunft Ausschuss Ausstattung Ausstellung Ausweis Bank Bedarf Befund Beginn Begleitung Behandlung Behörde
    Beleg Beratung Berechtigung Bereich Bericht Beruf Bescheid Bescheinigung Beschluss Beschreibung Besuch Betrag Betreuung Betrieb
    Bezug Bildung Blatt Bogen Brief Buch Büro Darstellung Dienst Dienstleister Dolmetscher Eingang Einladung Einrichtung Einsatz
    Einstellung Entscheidung Entwurf Erfahrung Ergebnis Erklärung Erlaubnis Ersatz Erstattung Fachkraft Fahrt Fall Familie Fehler
    Ferien Feststellung Folge Förderung Form Formular Frage Freiheit Frist Führung Gebiet Gebühr Gefahr Geld Gemeinde Genehmigung
    Gericht Geschichte Gesellschaft Gespräch Gesuch Gesundheit Gremium Grenze Grund Gruppe Gutschein Hilfe Hinweis Hürde Indikator
    Information Integration Jahr Kammer Karte Kasse Kaution Kenntnis Kette Kind Kita Klasse Konferenz Konto Konzept Koordination
    Kosten Kraft Kreis Kunde Kurs Lage Lager Land Lehrer Lehrgang Lehrkraft Leistung Leiter Leitung Liste Lösung Lücke Management
    Mangel Markt Material Maßnahme Meldung Merkblatt Miete Ministerium Mitarbeiter Mitglied Mittel Mittler Muster Nachricht Nachweis
    Nachzug Netz Netzwerk Nummer Ordnung Papier Partner Person Pflege Pflicht Plan Platz Portal Post Postfach Praxis Problem Programm
    Projekt Protokoll Prüfung Quote Raum Recht Rechtskreis Regel Regelung Reise Rekonstruktion Schein Schreiben Schritt Schule Schüler
    Schutz Schwierigkeit Seite Service Sicherung Sitzung Sorge Sperre Sprache Sprechstunde Stadt Stand Standort Start Stelle Steuer
    Straße Strecke Stunde Suche System Tafel Tag Teil Telefon Termin Test Thema Titel Träger Übergabe Überleitung Umzug Unterkunft
    Unterlage Unterricht Urkunde Urteil Verband Verein Vereinbarung Vergabe Verfahren Verfügung Verlängerung Verlust Vermerk Vermieter
    Vermittlung Versammlung Versicherung Versorgung Vertrag Vertretung Verwaltung Vollmacht Vordruck Vorlage Vorschlag Vorteil Wechsel
    Weg Weiterleitung Werk Wert Wirkung Woche Wohnung Wort Zahl Zahlung Zeit Zeitraum Zentrum Zettel Ziel Zielsystem Zimmer Zusage
    Zuschlag Zuschuss Zuständigkeit Zustimmung Zuwanderung Zuweisung
"""
# Was allein davor steht, macht aus dem Grundwort ein anderes: Eine „Vorstellung“ ist keine Stelle.
_VORSILBEN = """
    auf aus bean beauf be bei dar diens donners durch ein ent er fest frei gegen ge her hin insges miss mit mitt nach sams sicher um un
    unter uber ver vor weg weiter wieder zer zu zuruck zusammen
"""
_KUERZESTES_GRUNDWORT, _KUERZESTER_REST, _LANG = 3, 4, 5


@cache
def _grundworte() -> frozenset[str]:
    return frozenset(stamm(w.casefold()) for w in _GRUNDWORTE.split())


@cache
def _vorsilben() -> frozenset[str]:
    return frozenset(_VORSILBEN.split())


@lru_cache(maxsize=50_000)
def teile(wort: str) -> tuple[str, ...]:
    """Die Stämme, aus denen ein gestammtes Wort zusammengesetzt ist, ohne es selbst; leer, wenn es keines ist."""
    for ab in range(1, len(wort) - _KUERZESTES_GRUNDWORT + 1):  # das längste Grundwort zuerst
        rest, grundwort = wort[:ab], wort[ab:]
        genug = _KUERZESTER_REST if len(grundwort) < _LANG else _KUERZESTER_REST - 1
        if grundwort in _grundworte() and len(rest) >= genug and rest not in _vorsilben():
            vorn = stamm(rest)
            return (vorn, *teile(vorn), grundwort)
    return ()
