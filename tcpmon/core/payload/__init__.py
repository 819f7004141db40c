r"""What a person writes to be sent: the one payload language of composer, flags, rules and files.

Text goes out as UTF-8. These are escapes, and only `${` begins something else: JSON and a `$` go
out as typed.

    \r \n \t \0 \\ \$          line ends, tab, NUL, a backslash, a $ in front of a {
    \x0d  \u{e9}               a byte, a character

Put in when it is sent:

    ${hex 01 02}               bytes in hex, as well 0102, 01:02 or 0x01,0x02
    ${now}                     2026-01-31T09:30:00.125Z; UTC like all times
    ${now unix}  ${now ms}     seconds, milliseconds since 1970
    ${now %H:%M:%S}            as strftime writes it
    ${counter}  ${counter N}   1, 2, 3 ...; as many counters as names
    ${random 8}                so many random bytes
    ${random 1..6}             a number
    ${uuid}                    a random UUID
    ${client.id}  ${client.name}  ${client.address}  ${client.port}  ${listener}
    ${message}                 what is answered, whole
    ${1}  ${imei}              what was captured of it; it hides a field of the same name

Computed. A body stands behind the colon; one blank there is only for the eye. It may hold whatever
a payload may, fields too. Its braces go in pairs; a lone one is \x7b or \x7d.

    ${length u16be: BODY}      the length of BODY, then BODY; u16be+2 adds to the length
    ${crc16/modbus: BODY}      BODY, then its checksum
    ${length u16be only: BODY}  ${xor only: BODY}   the number alone
    ${length u16be}            the length of all that follows, up to the end of the body it is in;
                               outside of one, the line end that is put behind counts too
    ${crc16/modbus}            the checksum of all before it, from the beginning of that body
    ${repeat 3: BODY}          BODY so many times; ${repeat n: BODY}: as often as the digits
                               captured as n say, ${repeat u16be n: BODY}: as the bytes say;
                               what has a number for a name needs %d: ${repeat %d 1: BODY}
    ${encode HEX: BODY}        BODY in hex digits; hex for small letters

Checksums are xor, lrc (two's complement of the sum), sum8, sum16, sum32, and all of the public CRC
catalogue that are 8, 16, 24, 32 or 64 bits wide, by all their names: crc16/modbus, CRC-16/X-25,
crc32, crc8_maxim ... A CRC that is reflected, like Modbus', goes out with its lowest byte first,
all others with the highest; be or le says otherwise (GT06: ${crc16/x-25 be: BODY}).

Any number (of now, counter, random, length, checksums, client.id, client.port, of digits that
were captured) is written as it says behind the name:

    %d  %05d  %04X  *%02X      as printf does, here with a * in front
    u8  u16be  u16le ... u64le   in bytes, the highest or the lowest first
    varint                     seven bits a byte, as MQTT writes lengths
    hex  HEX                   in hex digits, two for each byte; bytes that were captured as well
    be  le                     a checksum in its own width

    $${xor *%02X: GPGGA,123519,4807.038,N}\r\n                       NMEA 0183
    :${encode HEX: ${lrc: \x01\x03\x00\x00\x00\x0a}}\r\n              Modbus ASCII
    \x30${length varint: ${length u16be: a/b}on}                     MQTT PUBLISH

A payload becomes at most 16 MiB; 16 fields may be in one another, 1,000 in all.
"""

from tcpmon.core.payload.facts import MOST, Facts
from tcpmon.core.payload.forms import Form, LineEnd, parse_hex
from tcpmon.core.payload.payload import Payload, parse, sendable

__all__ = ["MOST", "Facts", "Form", "LineEnd", "Payload", "parse", "parse_hex", "sendable"]
