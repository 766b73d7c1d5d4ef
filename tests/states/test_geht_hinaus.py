"""Was andere erfahren, wird vorher bestätigt; was ohne Rückfrage hinausgeht, steht hier mit seinem Grund."""

from __future__ import annotations

from states.kette import PROZESSE

_INNEN = frozenset({"zustaendig", "vertretung", "koordination", "koordination_dort", "abgebende", "leitung"})
# Nur eine Stelle erfährt davon, nach einer halben Stunde, und bis dahin lässt es sich zurücknehmen
OHNE_RUECKFRAGE = {
    "meldebogen": {"einreichen", "schwaerzen", "aufnehmen", "lage_zuordnen", "parken", "auswaehlen", "auswahl_aufheben", "zuordnen",
                   "wiederaufnehmen"},
    "einzelfalluebergabe": {"anbieten"},
    "generatives_thema": {"von_tagesordnung_nehmen", "antwort_verzeichnen", "ohne_zielsystem_abschliessen", "gegenstandslos_stellen",
                          "zusammenfuehren"},
    "sitzung": {"planen", "einwand_verzeichnen"},
    "beschluss": {"erledigen", "frist_aendern"},
    "arbeitsgruppe": {"mitglied_wechseln", "blockade_loesen"},
    "massnahme": {"entfallen"},
}


def test_ohne_rueckfrage_geht_nur_hinaus_was_hier_steht() -> None:
    gefunden = {
        art: {u.ausloeser for u in p.uebergaenge
              if not u.folgt and not p.geht_hinaus(u) and any(set(m.an) - _INNEN for m in u.meldet)}
        for art, p in PROZESSE.items()
    }
    assert {art: namen for art, namen in gefunden.items() if namen} == OHNE_RUECKFRAGE


def test_wer_mehreren_etwas_sagt_oder_einer_das_ende_wird_gefragt() -> None:
    genannt = (("zielsystem", "einfuehren"), ("zielsystem", "fortschreiben"), ("fallrekonstruktion", "abbrechen"),
               ("fallrekonstruktion", "sperren"), ("arbeitsgruppe", "leitung_wechseln"), ("arbeitsgruppe", "frist_verlaengern"),
               ("monitoring", "als_wirksam_bewerten"), ("meldebogen", "kurz_klaeren"))
    for art, ausloeser in genannt:
        p = PROZESSE[art]
        assert all(p.geht_hinaus(u) for u in p.uebergaenge if u.ausloeser == ausloeser), (art, ausloeser)
