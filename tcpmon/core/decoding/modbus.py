"""Modbus/TCP. Source: "MODBUS Application Protocol Specification V1.1b3" and "MODBUS Messaging
on TCP/IP Implementation Guide V1.0b".

A message does not say whether it asks or answers; its length does, nearly always.
"""

from typing import ClassVar

from tcpmon.core.decoding import Decoded, NotDecoded
from tcpmon.core.decoding.sheet import Sheet, read
from tcpmon.core.decoding.values import counted, hexed, named

_FUNCTIONS = {
    1: "Read Coils", 2: "Read Discrete Inputs", 3: "Read Holding Registers",
    4: "Read Input Registers", 5: "Write Single Coil", 6: "Write Single Register",
    7: "Read Exception Status", 8: "Diagnostics", 11: "Get Comm Event Counter",
    12: "Get Comm Event Log", 15: "Write Multiple Coils", 16: "Write Multiple Registers",
    17: "Report Server ID", 20: "Read File Record", 21: "Write File Record",
    22: "Mask Write Register", 23: "Read/Write Multiple Registers", 24: "Read FIFO Queue",
    43: "Encapsulated Interface Transport",
}  # fmt: skip
_EXCEPTIONS = {
    1: "Illegal Function", 2: "Illegal Data Address", 3: "Illegal Data Value",
    4: "Server Device Failure", 5: "Acknowledge", 6: "Server Device Busy",
    8: "Memory Parity Error", 10: "Gateway Path Unavailable",
    11: "Gateway Target Device Failed to Respond",
}  # fmt: skip
_LONGEST = 254  # unit and 253 bytes of function and data
_BITS_READ = 2000


class Modbus:
    """What PLCs and their masters say on port 502."""

    name: ClassVar[str] = "Modbus/TCP"

    def rate(self, data: bytes) -> float:
        size = int.from_bytes(data[4:6], "big")
        if len(data) < 8 or data[2:4] != b"\0\0" or not 2 <= size <= _LONGEST:
            return 0.0
        if data[7] & 0x7F not in _FUNCTIONS or len(data) < 6 + size:
            return 0.0
        if data[7] & 0x80 and not (size == 3 and data[8] in _EXCEPTIONS):
            return 0.0
        rest = data[6 + size :]
        return 0.95 if not rest or rest[2:4] in (b"\0\0", b"\0", b"") else 0.4

    def decode(self, data: bytes) -> Decoded:
        return read(data, _message)


def _message(sheet: Sheet) -> None:
    start = sheet.place
    head = sheet.peek(8)
    if head[2:4] != b"\0\0"[: len(head) - 2] or len(head) < 8:
        raise NotDecoded("there is no Modbus header: its bytes 2 and 3 are zero")
    size = int.from_bytes(head[4:6], "big")
    if not 2 <= size <= _LONGEST:
        raise NotDecoded(f"a Modbus message does not have {size} bytes")
    sheet.add_number("transaction", 2)
    sheet.add_number("protocol", 2, {0: "Modbus"})
    sheet.add_number("length", 2)
    with sheet.within(size):
        sheet.add_number("unit", 1)
        function = head[7]
        sheet.summary = _FUNCTIONS.get(function & 0x7F, f"function {function & 0x7F}")
        if function & 0x80:
            _exception(sheet, function & 0x7F)
        else:
            sheet.add_number("function", 1, _FUNCTIONS)
            _body(sheet, function, start + 6 + size - sheet.place)


def _exception(sheet: Sheet, function: int) -> None:
    start = sheet.place
    sheet.take(1)
    sheet.add("function", f"{named(function, _FUNCTIONS, 'unknown')}: refused", start)
    code = sheet.add_number("exception", 1, _EXCEPTIONS)
    sheet.summary += f" refused: {_EXCEPTIONS.get(code, f'exception {code}')}"


def _body(sheet: Sheet, function: int, size: int) -> None:
    """Read what follows the function: `size` bytes, as the header says."""
    if function in (1, 2, 3, 4):
        (_values if _is_answer(sheet, function, size) else _range)(sheet, function)
    elif function in (5, 6):
        _write_one(sheet, function)
    elif function in (15, 16):
        _range(sheet, function)
        if sheet.left:
            _values(sheet, function)
        else:
            sheet.summary += ": done"
    elif function == 22:
        for name in ("register", "and mask", "or mask"):
            sheet.add_number(name, 2)
    elif function == 23:
        _read_write(sheet, size)
    elif sheet.left:
        sheet.add_bytes("data", sheet.left, hexed)


def _is_answer(sheet: Sheet, function: int, size: int) -> bool:
    body = sheet.peek(size)
    counts = body[:1] == bytes([(size - 1) & 0xFF])
    if function in (3, 4):
        return counts and size % 2 == 1
    # Four bytes may be an answer of three, or ask for bits from address 768 to 1023 on.
    return counts and (size != 4 or not 1 <= int.from_bytes(body[2:4], "big") <= _BITS_READ)


def _range(sheet: Sheet, function: int) -> None:
    first = sheet.add_number("address", 2)
    count = sheet.add_number("count", 2)
    sheet.summary += f": {counted(count, _unit(function))} from {first}"


def _unit(function: int) -> str:
    return {1: "coil", 2: "input", 15: "coil"}.get(function, "register")


def _values(sheet: Sheet, function: int) -> None:
    size = sheet.add_number("bytes", 1)
    with sheet.within(size):
        if function in (1, 2, 15):
            start = sheet.place
            data = sheet.take(sheet.left)
            told = f"{int.from_bytes(data, 'little'):0{8 * len(data)}b}"[::-1]
            sheet.add(f"{_unit(function)}s, first to last", told, start)
        else:
            told = ", ".join(str(number) for number in _registers(sheet))
    sheet.summary += f": {told}"


def _registers(sheet: Sheet) -> list[int]:
    found: list[int] = []
    while sheet.left > 1:
        start = sheet.place
        number = sheet.number(2)
        signed = number - 0x10000 if number & 0x8000 else number
        value = f"{number}, signed {signed}" if signed < 0 else str(number)
        sheet.add(f"register {len(found)}", value, start)
        found.append(number)
    return found


def _write_one(sheet: Sheet, function: int) -> None:
    address = sheet.add_number("coil" if function == 5 else "register", 2)
    start = sheet.place
    number = sheet.number(2)
    value = {0: "off", 0xFF00: "on"}.get(number, str(number)) if function == 5 else str(number)
    sheet.add("value", value, start)
    sheet.summary += f": {address} = {value}"


def _read_write(sheet: Sheet, size: int) -> None:
    if size % 2 and sheet.peek(1) == bytes([size - 1 & 0xFF]):
        _values(sheet, 23)
        return
    for name in ("read from", "read count", "write from", "write count"):
        sheet.add_number(name, 2)
    _values(sheet, 23)
