"""Welcher Spieler welchen Schritt der Geschichte spielt: (Vorgang, Auslöser) -> Funktion."""

from __future__ import annotations

from collections.abc import Callable

from service.demo import spieler_fall, spieler_gruppe, spieler_meldung, spieler_sitzung, spieler_thema, spieler_wirkung
from service.demo.geschichte import Daten, Geschichte
from service.demo.lauf import Lauf

Spieler = Callable[[Lauf, Geschichte, Daten], None]

_MELDUNG = (
    "aufnehmen", "rueckfragen", "antworten", "wieder_vorgekommen", "schwaerzen", "parken", "auswaehlen", "auswahl_aufheben", "zuordnen",
    "als_doppelmeldung_verknuepfen", "kurz_klaeren", "weitergeben", "bereich_abgeben", "bereich_annehmen", "wiederaufnehmen",
    "wiedervorlegen", "zurueckziehen",
)

_SITZUNG = ("tagesordnung_zustimmen", "unterlagen_versenden", "schliessen", "protokoll_unterzeichnen", "protokoll_versenden",
            "abschliessen")

SPIELER: dict[tuple[str, str], Spieler] = {
    ("meldung", "einreichen"): spieler_meldung.einreichen,
    **{("meldung", ausloeser): spieler_meldung.schritt for ausloeser in _MELDUNG},
    ("sammlung", "anlegen"): spieler_meldung.sammlung_anlegen,
    ("fallrekonstruktion", "anlegen"): spieler_fall.anlegen,
    ("fallrekonstruktion", "einladen"): spieler_fall.einladen,
    ("fallrekonstruktion", "verlegen"): spieler_fall.verlegen,
    ("fallrekonstruktion", "durchfuehren"): spieler_fall.durchfuehren,
    ("fallrekonstruktion", "protokollieren"): spieler_fall.protokollieren,
    ("fallrekonstruktion", "pruefen"): spieler_fall.pruefen,
    ("fallrekonstruktion", "freigeben"): spieler_fall.freigeben,
    ("fallrekonstruktion", "berichtigen"): spieler_fall.berichtigen,
    **{("fallrekonstruktion", ausloeser): spieler_fall.ohne_angaben for ausloeser in ("absagen", "abbrechen", "abstimmen")},
    ("einzelfall", "einwilligung_verzeichnen"): spieler_fall.einwilligung_verzeichnen,
    ("einzelfall", "anbieten"): spieler_fall.anbieten,
    ("einzelfall", "uebernehmen"): spieler_fall.beantworten,
    ("einzelfall", "nicht_uebernehmen"): spieler_fall.beantworten,
    ("thema", "anlegen"): spieler_thema.anlegen,
    ("thema", "clustern"): spieler_thema.clustern,
    ("thema", "vorlegen"): spieler_thema.vorlegen,
    ("thema", "wiedervorlegen"): spieler_thema.wiedervorlegen,
    ("thema", "antwort_verzeichnen"): spieler_thema.antwort_verzeichnen,
    ("landesmeldung", "versenden"): spieler_thema.an_land_versenden,
    ("sitzung", "planen"): spieler_sitzung.planen,
    ("sitzung", "einladen"): spieler_sitzung.einladen,
    ("sitzung", "nachreichen"): spieler_sitzung.nachreichen,
    ("sitzung", "eroeffnen"): spieler_sitzung.eroeffnen,
    ("sitzung", "einwand_verzeichnen"): spieler_sitzung.einwand,
    ("sitzung", "berichtigen"): spieler_sitzung.berichtigen,
    **{("sitzung", ausloeser): spieler_sitzung.ohne_angaben for ausloeser in _SITZUNG},
    ("beschluss", "fassen"): spieler_sitzung.fassen,
    ("beschluss", "umlauf_starten"): spieler_sitzung.umlauf_starten,
    ("beschluss", "frist_aendern"): spieler_sitzung.frist_aendern,
    ("beschluss", "weiterleiten"): spieler_sitzung.weiterleiten,
    **{("beschluss", ausloeser): spieler_sitzung.ohne_angaben for ausloeser in ("erledigung_beginnen", "erledigen")},
    ("beschluss", "umlauf_feststellen"): spieler_sitzung.umlauf_feststellen,
    ("weiterleitung", "versenden"): spieler_sitzung.zusenden,
    ("weiterleitung", "mitteilen"): spieler_sitzung.zusenden,
    ("weiterleitung", "zur_kenntnis_nehmen"): spieler_sitzung.zur_kenntnis,
    ("weiterleitung", "anrufen"): spieler_sitzung.anrufen,
    ("arbeitsgruppe", "konstituieren"): spieler_gruppe.konstituieren,
    ("arbeitsgruppe", "sitzung"): spieler_gruppe.sitzung,
    ("arbeitsgruppe", "ist_vollstaendig"): spieler_gruppe.ist_vollstaendig,
    ("arbeitsgruppe", "soll_beginnen"): spieler_gruppe.ist_vollstaendig,
    ("arbeitsgruppe", "mitglied_wechseln"): spieler_gruppe.mitglied_wechseln,
    ("arbeitsgruppe", "blockade_melden"): spieler_gruppe.blockade_melden,
    ("arbeitsgruppe", "blockade_loesen"): spieler_gruppe.blockade_loesen,
    ("arbeitsgruppe", "frist_verlaengern"): spieler_gruppe.frist_verlaengern,
    ("arbeitsgruppe", "vorlegen"): spieler_gruppe.vorlegen,
    ("arbeitsgruppe", "ist_beginnen"): spieler_gruppe.ohne_angaben,
    ("arbeitsgruppe", "ist_nachholen"): spieler_gruppe.ohne_angaben,
    ("zielsystem", "anlegen"): spieler_gruppe.zs_anlegen,
    ("zielsystem", "abstimmen"): spieler_gruppe.zs_abstimmen,
    ("zielsystem", "weiterleiten"): spieler_gruppe.zs_weiterleiten,
    ("zielsystem", "antwort_verzeichnen"): spieler_gruppe.zs_antwort,
    ("zielsystem", "umsetzung_beginnen"): spieler_gruppe.ohne_angaben,
    ("zielsystem", "einfuehren"): spieler_gruppe.zs_einfuehren,
    ("zielsystem", "fortschreiben"): spieler_gruppe.zs_fortschreiben,
    ("auflage", "bestaetigen"): spieler_gruppe.auflage_bestaetigen,
    **{("massnahme", ausloeser): spieler_gruppe.massnahme for ausloeser in ("beginnen", "erledigen", "entfallen")},
    ("monitoring", "anlegen"): spieler_wirkung.anlegen,
    ("monitoring", "baseline_erfassen"): spieler_wirkung.baseline,
    **{("monitoring", ausloeser): spieler_wirkung.erheben for ausloeser in ("erheben", "nicht_erheben", "nachreichen")},
    ("monitoring", "einzelfall_pruefen"): spieler_wirkung.einzelfaelle,
    ("monitoring", "bewertung_beginnen"): spieler_gruppe.ohne_angaben,
    ("monitoring", "weiterfuehren"): spieler_wirkung.bewerten,
    ("monitoring", "nachsteuern"): spieler_wirkung.bewerten,
    ("monitoring", "als_wirksam_bewerten"): spieler_wirkung.als_wirksam,
    ("monitoring", "wiederkehr_verwerfen"): spieler_wirkung.wiederkehr,
    ("monitoring", "wiederkehr_feststellen"): spieler_wirkung.wiederkehr,
    ("auswahlrunde", "durchfuehren"): spieler_wirkung.auswahlrunde,
    ("bericht", "versenden"): spieler_wirkung.bericht_versenden,
    ("bericht", "zur_kenntnis_verzeichnen"): spieler_wirkung.bericht_zur_kenntnis,
    ("anfrage", "erfassen"): spieler_wirkung.anfrage_erfassen,
    ("anfrage", "beantworten"): spieler_wirkung.anfrage_beantworten,
    ("kooperationsvereinbarung", "abschliessen"): spieler_wirkung.vereinbarung_abschliessen,
    ("kooperationsvereinbarung", "pruefung_abschliessen"): spieler_wirkung.vereinbarung_pruefen,
    ("lage", "nicht_ausrufen"): spieler_wirkung.lage_nicht_ausrufen,
    # das tun die Kette und die Beschlüsse
    **{("arbeitsgruppe", ausloeser): spieler_gruppe.nur_pruefen
       for ausloeser in ("einsetzen", "institution_aufnehmen", "nachbeauftragen", "beenden", "abstimmen")},
    **{("zielsystem", ausloeser): spieler_gruppe.nur_pruefen
       for ausloeser in ("vorlegen", "beschliessen", "mit_auflagen_beschliessen", "zurueckverweisen", "ueberarbeiten")},
    **{("thema", ausloeser): spieler_gruppe.nur_pruefen for ausloeser in ("beauftragen", "zurueckstellen", "an_land_melden")},
}
