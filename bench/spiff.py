"""SpiffWorkflow mit 25 Aufgaben, deren Stand nach jeder Aufgabe gespeichert wird, gegen `apply`.

Vier Bauweisen, von der günstigsten für SpiffWorkflow bis zu der, die dasselbe leistet wie wir: Die Aufgaben stehen
nackt hintereinander, oder jede hat wie bei uns eine Frist (ein Zeitereignis, das erinnert und nicht abbricht). Der
Vorgang bleibt zwischen zwei Aufgaben im Speicher, oder er kommt wie bei uns bei jedem Klick aus der Datenbank.
"""

from __future__ import annotations

import logging
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.util.task import TaskState

from bench.mitschnitt import oeffne
from bench.paare import Bahn, abwechselnd
from bench.strecke import Gespann, Strecke, neue_datenbank

AUFGABEN, BLOECKE = 25, 17
_NAMENSRAUM = "http://www.omg.org/spec/BPMN/20100524/MODEL"
_ANTWORT = {"text": "Inzwischen haben sich zwei weitere Familien mit derselben Frage gemeldet.", "grund": "So besprochen.",
            "am": "2027-03-01"}


def bpmn(fristen: bool) -> bytes:
    """25 Aufgaben in einer Reihe, auf Wunsch jede mit einer Frist von 15 Tagen."""
    knoten = ["anfang", *(f"a{i}" for i in range(AUFGABEN)), "ende"]
    teile = ['<startEvent id="anfang"/>', '<endEvent id="ende"/>']
    teile += [f'<userTask id="{a}" name="Aufgabe {a}"/>' for a in knoten[1:-1]]
    teile += [f'<sequenceFlow id="f{i}" sourceRef="{a}" targetRef="{b}"/>' for i, (a, b) in enumerate(pairwise(knoten))]
    for a in knoten[1:-1] if fristen else ():
        teile.append(f'<boundaryEvent id="frist_{a}" attachedToRef="{a}" cancelActivity="false"><timerEventDefinition id="zeit_{a}">'
                     f'<timeDuration>"P15D"</timeDuration></timerEventDefinition></boundaryEvent><endEvent id="erinnert_{a}"/>'
                     f'<sequenceFlow id="e_{a}" sourceRef="frist_{a}" targetRef="erinnert_{a}"/>')
    return (f'<definitions xmlns="{_NAMENSRAUM}" id="d" targetNamespace="bench"><process id="p" isExecutable="true">'
            + "".join(teile) + "</process></definitions>").encode()


class _Lauf:
    """Ein Vorgang nach dem anderen; jede Bahn hat ihre eigene Datei."""

    def __init__(self, pfad: Path, fristen: bool, laedt: bool) -> None:
        leser = BpmnParser()
        leser.add_bpmn_str(bpmn(fristen))
        self.plan, self.laedt, self.schreiber = leser.get_spec("p"), laedt, BpmnWorkflowSerializer()
        self.verbindung = oeffne(str(pfad))
        self.verbindung.execute("CREATE TABLE vorgang (id INTEGER PRIMARY KEY, stand TEXT NOT NULL) STRICT")
        self.groesse = 0

    def vorgang(self, meldung: dict[str, Any]) -> float:
        """Alle 25 Aufgaben; Sekunden je Aufgabe. Das Anlegen des Vorgangs zählt nicht mit."""
        lauf = BpmnWorkflow(self.plan)
        lauf.do_engine_steps()
        stand = self.schreiber.serialize_json(lauf)
        kennung = self.verbindung.execute("INSERT INTO vorgang (stand) VALUES (?) RETURNING id", (stand,)).fetchone()[0]
        beginn = perf_counter()
        for nummer in range(AUFGABEN):
            if self.laedt:
                gespeichert = self.verbindung.execute("SELECT stand FROM vorgang WHERE id = ?", (kennung,)).fetchone()[0]
                lauf = self.schreiber.deserialize_json(gespeichert)
            aufgabe = lauf.get_next_task(state=TaskState.READY, manual=True)
            aufgabe.data.update({f"antwort_{nummer}": _ANTWORT} if nummer else meldung)
            aufgabe.run()
            lauf.do_engine_steps()
            stand = self.schreiber.serialize_json(lauf)
            self.verbindung.execute("BEGIN IMMEDIATE")
            self.verbindung.execute("UPDATE vorgang SET stand = ? WHERE id = ?", (stand, kennung))
            self.verbindung.execute("COMMIT")
        dauer = perf_counter() - beginn
        if not lauf.is_completed() or lauf.get_next_task(state=TaskState.READY, manual=True) is not None:
            raise AssertionError("SpiffWorkflow ist nach 25 Aufgaben nicht am Ende.")
        self.groesse = len(stand)
        return dauer / AUFGABEN


def miss(g: Gespann, ordner: Path) -> dict[str, Any]:
    logging.getLogger("spiff").setLevel(logging.ERROR)
    db, sammlungen = neue_datenbank(ordner / "neben_spiff.sqlite", g)
    strecke = Strecke(g, db, sammlungen)
    laeufe = {f"{f}_{lage}": _Lauf(ordner / f"spiff_{f}_{lage}.sqlite", f == "mit_fristen", lage == "geladen")
              for f in ("ohne_fristen", "mit_fristen") for lage in ("im_speicher", "geladen")}

    def bahn(lauf: _Lauf) -> Bahn:
        return lambda block: lauf.vorgang(g.meldungen[block % len(g.meldungen)])

    bahnen: dict[str, Bahn] = {"apply": lambda block: sum(strecke.fahre(AUFGABEN)) / AUFGABEN}
    m = abwechselnd(BLOECKE, bahnen | {name: bahn(lauf) for name, lauf in laeufe.items()})
    db.schliessen()
    faktoren = {
        name: {"je_s": round(m.rate(name)), "faktor": round(m.verhaeltnis("apply", name), 1), "stand_kb": round(lauf.groesse / 1024)}
        for name, lauf in laeufe.items()
    }
    return {"faktor_spiffworkflow": faktoren["mit_fristen_geladen"]["faktor"], "spiffworkflow": faktoren}
