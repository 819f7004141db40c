"""NMEA 0183 is told by what it measures, with coordinates in degrees."""

import pytest

from tcpmon.core.decoding import NotDecoded
from tcpmon.core.decoding.nmea import Nmea
from tests.core.decoding.trial import part, told

NMEA = Nmea()


def summed(sentence: str) -> bytes:
    """Return a sentence with its checksum."""
    total = 0
    for byte in sentence.encode():
        total ^= byte
    return f"${sentence}*{total:02X}\r\n".encode()


@pytest.mark.parametrize(
    ("sentence", "summary"),
    [
        ("GPGGA,123519.50,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,",
         "GPGGA 12:35:19.5 UTC 48.117300° N 11.516667° E 545.4 m GPS"),
        ("GPRMC,123519,A,4807.038,S,01131.000,W,022.4,084.4,230394,003.1,W",
         "GPRMC 1994-03-23 12:35:19 UTC 48.117300° S 11.516667° W 022.4 knots valid"),
        ("GNRMC,,V,,,,,,,,,,N", "GNRMC not valid"),
        ("GPGLL,4916.45,N,12311.12,W,225444,A",
         "GPGLL 49.274167° N 123.185333° W 22:54:44 UTC valid"),
        ("GPVTG,054.7,T,034.4,M,005.5,N,010.2,K", "GPVTG 054.7° true 005.5 knots"),
        ("GPGSA,A,3,04,05,,09,12,,,24,,,,,2.5,1.3,2.1", "GPGSA 3D"),
        ("GPGSV,2,1,08,01,40,083,46,02,17,308,41", "GPGSV 08"),
        ("GPZDA,201530.00,04,07,2002,00,00", "GPZDA 20:15:30 UTC 04 07 2002"),
        ("HCHDT,274.07,T", "HCHDT 274.07° true"),
        ("PGRME,15.0,M,45.0,M,25.0,M", "PGRME 15.0,M,45.0,M,25.0,M"),
        ("GPGGA,noon,north,N,4807,Q,,,,,,,,,", "GPGGA noon north N 4807 Q"),
        ("GPGGA,\x1b[2J,,,,,,,,,,,,,", "GPGGA \\x1b[2J"),
    ],
)  # fmt: skip
def test_summary(sentence: str, summary: str) -> None:
    """The line has what people look for: where, when, how fast."""
    decoded = NMEA.decode(summed(sentence))
    assert (decoded.summary, decoded.note) == (summary, "")


def test_fields() -> None:
    """A coordinate is one with its side, what is empty is left out, and each has its bytes."""
    data = summed("GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,")
    decoded = NMEA.decode(data)
    assert told(decoded) == {
        "talker": "GP, GPS", "sentence": "GGA, position fix", "time": "12:35:19 UTC",
        "latitude": "48.117300° N", "longitude": "11.516667° E", "quality": "1, GPS",
        "satellites": "08", "HDOP": "0.9", "altitude": "545.4 m", "geoid separation": "46.9 m",
        "checksum": "47, right",
    }  # fmt: skip
    assert part(decoded, "latitude", data) == b"4807.038,N"
    assert part(decoded, "sentence", data) == b"GGA"
    assert part(decoded, "checksum", data) == b"47"


def test_satellites() -> None:
    """Satellites in view are told one by one."""
    decoded = NMEA.decode(summed("GPGSV,1,1,02,01,40,083,46,02,17,308,"))
    names = [field.name for field in decoded.fields]
    assert names[5:-1] == (["satellite", "elevation", "azimuth", "SNR"] * 2)[:-1]
    assert told(decoded)["SNR"] == "46 dB"


def test_unknown() -> None:
    """Of an unknown sentence the fields have numbers."""
    found = told(NMEA.decode(b"!AIVDM,1,1,,B,177KQJ,0,7\r\n$XXABC,1,2\r\n"))
    assert found["payload"] == "177KQJ"
    assert found["field 7"] == "7"
    assert found["field 2"] == "2"


@pytest.mark.parametrize(
    ("data", "note"),
    [
        (b"$GPGLL,4916.45,N,12311.12,W,225444,A*00\r\n", "the checksum is wrong"),
        (b"$GPGLL,1\r\nhello\r\n", "from byte 10 on it is something else"),
        (b"$GPGLL,1", ""),
    ],
)
def test_notes(data: bytes, note: str) -> None:
    """A wrong checksum is told; a missing one is not wrong."""
    assert NMEA.decode(data).note.startswith(note)
    assert bool(NMEA.decode(data).note) == bool(note)


@pytest.mark.parametrize("data", [b"", b"\r\n", b"GPGGA,1", b"$,", b"$gpgga,1", b"${name},"])
def test_refused(data: bytes) -> None:
    """A sentence begins with $ and capital letters."""
    with pytest.raises(NotDecoded):
        NMEA.decode(data)


@pytest.mark.parametrize(
    ("data", "rate"),
    [
        (summed("GPXYZ,1"), 1.0),
        (b"$GPGLL,1*00\r\n", 0.8),
        (b"\r\n$GPGLL,1", 0.7),
        (b"$GPXYZ,1", 0.2),
        (b"$PATH,1", 0.2),
        (b"hello", 0.0),
    ],
)
def test_rate(data: bytes, rate: float) -> None:
    """A right checksum is certain, a known name is likely."""
    assert NMEA.rate(data) == rate
