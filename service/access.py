"""Wer einen Schritt tun darf. Ohne Eintrag: nein. Verbote gewinnen zuletzt über jede Rolle."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from service.handelnde import Handelnde
from service.laden import Akte
from states.kette import PROZESSE
from states.model import Bezug, K, Rolle, Uebergang, Wer

_NEBEN_DER_STELLE = frozenset({Rolle.VERWALTUNG, Rolle.FACHAUFSICHT, Rolle.LEITUNG, Rolle.GREMIUM, Rolle.REVISION, Rolle.ADMIN})
Beteiligte = frozenset[tuple[str, str]] | set[tuple[str, str]]


def darf(person: Handelnde, akte: Akte, uebergang: Uebergang, eltern: Beteiligte = frozenset()) -> str | None:
    """Die Rolle, mit der die Person den Schritt tun darf, oder None. `eltern`: Beteiligte des übergeordneten Vorgangs."""
    if verboten(person, akte):
        return None
    return next((w.rolle.value for w in uebergang.wer if _zaehlt(person, akte, w, eltern)), None)


def fuehrende_rollen(akte: Akte) -> frozenset[Rolle]:
    """Die Rolle, bei der der Vorgang in seinem Zustand liegt, und die Koordination, die ihn überall weiterbringt."""
    bei = PROZESSE[akte.art].zustand(akte.zustand).zustaendig
    return frozenset({Rolle.KOORDINATION} if bei is None else {Rolle.KOORDINATION, bei})


def kann_fuehren(person: Handelnde, akte: Akte, eltern: Beteiligte = frozenset()) -> bool:
    """Ob der Vorgang bei dieser Person liegen kann: Ist sie zuständig, darf sie mit einer der führenden Rollen hier etwas tun.

    Das kann auch die Koordination eines anderen Bereichs sein: Wo es nur eine gibt, kommt die zweite Person von dort.
    """
    rollen, bei_ihr = fuehrende_rollen(akte), replace(akte, zustaendig=person.key)
    moegliche = (w for u in PROZESSE[akte.art].moeglich(akte.zustand) for w in u.wer if w.rolle in rollen)
    return not verboten(person, akte) and any(_zaehlt(person, bei_ihr, w, eltern) for w in moegliche)


def ist_koordination(person: Handelnde, akte: Akte) -> bool:
    """Koordination für diesen Vorgang: eine Meldung eines anderen Bereichs gehört nicht dazu."""
    return _zaehlt(person, akte, K, frozenset())


def verboten(person: Handelnde, akte: Akte) -> bool:
    """Regel 12: Konten einer Ausländerbehörde berühren keine Meldung außer denen, die dieses Konto selbst einreichte."""
    eigene = not akte.version or (person.key, Rolle.MELDER.value) in akte.beteiligte
    return verbietet(person, akte.art) and not eigene


def verbietet(person: Handelnde, art: str) -> bool:
    """Ob der Person an Vorgängen dieser Art etwas verboten sein kann."""
    return person.abh and art == "meldebogen"


def verbot_sql(person: Handelnde, v: str, ich: str) -> str:
    """`verboten` als Bedingung über `vorgang v`; `ich` ist der Parameter mit dem Schlüssel der Person."""
    if not person.abh:
        return "1 = 0"
    return (f"{v}.art = 'meldebogen' AND NOT EXISTS (SELECT 1 FROM beteiligung eigene WHERE eigene.vorgang = {v}.id AND eigene.offen = 1 "
            f"AND eigene.wer = {ich} AND eigene.rolle = 'melder')")


def _zaehlt(person: Handelnde, akte: Akte, wer: Wer, eltern: Beteiligte) -> bool:
    if wer.rolle in (Rolle.KETTE, Rolle.BESCHLUSS):
        return False
    if wer.bezug is Bezug.BETEILIGT:
        return _beteiligt(person, wer.rolle, akte.beteiligte) or _beteiligt(person, wer.rolle, eltern)
    if not person.hat(wer.rolle):
        return False
    if wer.bezug is Bezug.BEREICH:
        eigene = person.bereiche(wer.rolle)
        return akte.bereich is None or akte.bereich in eigene or "" in eigene or person.key in (akte.zustaendig, akte.vertretung)
    if wer.bezug is Bezug.ANDERER_BEREICH:
        return akte.stand.get("angeboten_an") in person.bereiche(wer.rolle)
    if wer.bezug is Bezug.INSTITUTION:
        return person.institution is not None and person.institution == akte.institution
    return True


def _beteiligt(person: Handelnde, rolle: Rolle, beteiligte: Iterable[tuple[str, str]]) -> bool:
    """Beteiligt als Person oder über die Institution; die Beteiligung selbst ist die Rolle."""
    ich = vertretene(person, rolle)
    return any(r == rolle and wer in ich for wer, r in beteiligte)


def vertretene(person: Handelnde, rolle: str) -> tuple[str, ...]:
    """Als wer die Person handelt, wenn jemand mit dieser Rolle beteiligt ist: sie selbst, und ihre Stelle, wenn sie für sie spricht.

    Befugnisse folgen der Fachaufsicht, nicht dem Arbeitgeber (003): Wer nur ein Amt daneben ausübt, spricht nicht für die Stelle.
    Einen Empfang bestätigen kann dort jede.
    """
    rollen = {r for r, _ in person.rollen}
    spricht = rolle in {Rolle.EMPFAENGER, *rollen} or not rollen or rollen - _NEBEN_DER_STELLE
    return (person.key, person.institution) if person.institution and spricht else (person.key,)
