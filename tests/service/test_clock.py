from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.clock import als_text, aus_text, berliner_tag, jetzt

zeitpunkte = st.datetimes(
    datetime(1900, 1, 1),  # noqa: DTZ001
    datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=-7))]),
)


@pytest.mark.parametrize(
    ("instant", "in_berlin"),
    [
        ("2026-01-05T22:59:59.999999Z", "2026-01-05"),
        ("2026-01-05T23:00:00.000000Z", "2026-01-06"),
        ("2026-03-28T23:00:00.000000Z", "2026-03-29"),  # Nacht der Umstellung auf Sommerzeit
        ("2026-03-29T21:59:59.000000Z", "2026-03-29"),
        ("2026-03-29T22:00:00.000000Z", "2026-03-30"),
        ("2026-10-25T22:59:59.000000Z", "2026-10-25"),
        ("2026-12-31T23:00:00.000000Z", "2027-01-01"),
    ],
)
def test_berliner_tag(instant: str, in_berlin: str) -> None:
    assert berliner_tag(aus_text(instant)) == date.fromisoformat(in_berlin)


@given(zeitpunkte, zeitpunkte)
def test_zeitpunkt_als_text_sortiert_und_kommt_zurueck(einer: datetime, anderer: datetime) -> None:
    assert aus_text(als_text(anderer)) == anderer
    assert (als_text(einer) < als_text(anderer)) == (einer < anderer)
    assert len(als_text(einer)) == 27


def test_als_text_rechnet_in_utc_um() -> None:
    sommer = datetime(2026, 7, 1, 16, 59, 21, tzinfo=timezone(timedelta(hours=2)))
    assert als_text(sommer) == "2026-07-01T14:59:21.000000Z"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "heute",
        "2026-01-05",
        "2026-01-05T14:59:21Z",
        "2026-01-05T14:59:21.000000",
        "2026-01-05T14:59:21.000000+00:00",
    ],
)
def test_aus_text_nimmt_nur_eine_schreibweise(text: str) -> None:
    with pytest.raises(ValueError, match="ist kein Zeitpunkt der Form"):
        aus_text(text)


def test_ohne_zeitzone_kein_zeitpunkt() -> None:
    for funktion in (berliner_tag, als_text):
        with pytest.raises(ValueError, match="hat keine Zeitzone"):
            funktion(datetime(2026, 1, 5, 12))  # noqa: DTZ001


def test_jetzt_ist_utc() -> None:
    vorher = datetime.now(UTC)
    assert vorher <= jetzt() <= datetime.now(UTC)
    assert jetzt().utcoffset() == timedelta(0)
