"""All decoders there are, which of them suits, and the fence that each is run in."""

from tcpmon.core.decoding import LOOKED_AT, Decoded, Decoder, NotDecoded
from tcpmon.core.decoding.cbor import Cbor
from tcpmon.core.decoding.gt06 import Gt06
from tcpmon.core.decoding.hl7 import Hl7
from tcpmon.core.decoding.http import Http
from tcpmon.core.decoding.json import Json
from tcpmon.core.decoding.modbus import Modbus
from tcpmon.core.decoding.mqtt import Mqtt
from tcpmon.core.decoding.msgpack import Msgpack
from tcpmon.core.decoding.nmea import Nmea
from tcpmon.core.decoding.protobuf import Protobuf
from tcpmon.core.decoding.resp import Resp
from tcpmon.core.decoding.syslog import Syslog
from tcpmon.core.decoding.tls import Tls
from tcpmon.core.decoding.websocket import WebSocket
from tcpmon.core.decoding.xml import Xml

_ALL: tuple[Decoder, ...] = (
    Json(), Http(), WebSocket(), Xml(), Msgpack(), Cbor(), Protobuf(), Mqtt(), Resp(), Modbus(),
    Nmea(), Gt06(), Syslog(), Hl7(), Tls(),
)  # fmt: skip

_CUT = f"only the first {LOOKED_AT >> 20} MiB of it was looked at"


def decoders() -> tuple[Decoder, ...]:
    """Return all decoders, in the order in which a person may choose from them."""
    return _ALL


def rated(data: bytes) -> list[tuple[float, Decoder]]:
    """Return the decoders that the bytes may be for, the likeliest first, each with how likely."""
    looked_at = data[:LOOKED_AT]
    rates = [(_rate(looked_at, decoder), decoder) for decoder in _ALL]
    return sorted((rate for rate in rates if rate[0] > 0), key=lambda rate: -rate[0])


def decode(data: bytes, decoder: Decoder) -> Decoded:
    """Return what a decoder makes of the bytes. Raises NotDecoded, and never anything else."""
    try:
        decoded = decoder.decode(data[:LOOKED_AT])
    except NotDecoded:
        raise
    except Exception as error:
        raise NotDecoded(f"the decoder failed: {type(error).__name__}") from error
    if len(data) <= LOOKED_AT:
        return decoded
    note = f"{_CUT}; {decoded.note}" if decoded.note else _CUT
    return Decoded(decoded.summary, decoded.fields, note)


def _rate(data: bytes, decoder: Decoder) -> float:
    try:
        return decoder.rate(data)
    except Exception:  # noqa: BLE001 - what cannot even be rated is not of its format
        return 0.0
