"""XML, read by expat. Source: W3C, "Extensible Markup Language (XML) 1.0".

Entities are neither declared nor expanded, and nothing is fetched: a document type that
declares anything ends the reading.
"""

import re
from dataclasses import dataclass, field
from typing import ClassVar
from xml.parsers import expat

from tcpmon.core.decoding import DEPTH, VALUE_CHARACTERS, Decoded, Field
from tcpmon.core.decoding.sheet import Sheet, Stop, read
from tcpmon.core.decoding.values import brief, counted, cut, name_of, shown_text

_NAME = rb"[A-Za-z_\x80-\xff][\w.:\x80-\xff-]*+"
_INSIDE = rb"[^<>\x00-\x08\x0e-\x1f]*+"
_OPENING = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*+(?:<\?xml\s|<!--|<!DOCTYPE\s|<%b(?:\s%b)?/?>)" % (_NAME, _INSIDE)
)
_SPACE = re.compile(rb"\s*+")
_DOCUMENTS = 100  # one behind the other: each needs a parser of its own
_ONE_TAG = (b"/>", b"/\0>\0", b"\0/\0>")
_PIECE = 1 << 16  # bytes that expat is given at a time: it copies what it is given
_ENDS = (3, 5, 6, 20)  # expat: no element, an unclosed token, half a character, open CDATA
_JUNK = 9  # expat: something follows the document
_UTF16 = (b"\xff\xfe<\0", b"\xfe\xff\0<")


class Xml:
    """A document of XML, or how one begins."""

    name: ClassVar[str] = "XML"

    def rate(self, data: bytes) -> float:
        if data[:4] in _UTF16:
            return 0.9
        opening = _OPENING.match(data)
        if opening is None:
            return 0.0
        if opening.group().lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<?xml"):
            return 1.0
        return 0.8 if data.rstrip()[-1:] == b">" else 0.6

    def decode(self, data: bytes) -> Decoded:
        return read(data, _document, _SPACE, _DOCUMENTS)


@dataclass(slots=True)
class _Element:
    name: str
    start: int
    parts: list[Field] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    holds: int = 0  # how many elements
    length: int = 0  # of its texts: one that is long is not kept whole


class _Reader:
    """Turns expat's calls into fields."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.begin = sheet.place
        self.parser = parser = expat.ParserCreate()
        parser.buffer_text = True  # else each line of text is a call
        parser.ordered_attributes = True
        parser.StartElementHandler = self.open
        parser.EndElementHandler = self.close
        parser.CharacterDataHandler = self.text
        parser.StartDoctypeDeclHandler = self.document_type
        self.elements: list[_Element] = []
        self.root: Field | None = None

    def read(self) -> None:
        """Read a document; Stop where it ends too early or is wrong."""
        sheet = self.sheet
        data = memoryview(sheet.data)
        try:
            for at in range(sheet.place, sheet.end, _PIECE):
                self.parser.Parse(data[at : at + _PIECE], at + _PIECE >= sheet.end)
        except (LookupError, ValueError):
            raise Stop("its encoding is not known") from None
        except expat.ExpatError as error:
            wrong = self.begin + max(0, self.parser.ErrorByteIndex)
            sheet.place = sheet.end if error.code in _ENDS else max(sheet.place, wrong)
            if self.root is None or error.code != _JUNK:
                raise Stop(self.why(error)) from None
        else:
            sheet.place = sheet.end
        finally:
            while self.elements:
                self.end_of_one(sheet.place)

    def why(self, error: expat.ExpatError) -> str:
        """Return what is wrong."""
        if error.code in _ENDS:
            if not self.elements:
                return "the end is missing"
            return f"the end is missing: {counted(len(self.elements), 'element')} not closed"
        return f"line {error.lineno}: {expat.ErrorString(error.code)}"

    def open(self, name: str, attributes: list[str]) -> None:
        """Take the beginning of an element."""
        sheet = self.sheet
        sheet.place = self.begin + self.parser.CurrentByteIndex
        if len(self.elements) >= DEPTH:
            raise Stop(f"it is nested deeper than {DEPTH} levels")
        sheet.spend()
        if self.elements:
            self.elements[-1].holds += 1
        element = _Element(name_of(name), sheet.place)
        self.elements.append(element)
        for place in range(0, len(attributes), 2):
            sheet.spend()
            value = shown_text(attributes[place + 1])
            element.parts.append(Field(f"@{name_of(attributes[place])}", value))

    def close(self, _name: str) -> None:
        """Take the end of an element."""
        at = self.begin + self.parser.CurrentByteIndex
        data, element = self.sheet.data, self.elements[-1]
        # Of "<a/>" this is the end, of "<a></a>" where the second tag begins.
        is_one_tag = not (element.holds or element.texts) and data[at - 4 : at].endswith(_ONE_TAG)
        self.end_of_one(at if is_one_tag else data.find(b">", at) + 1)

    def end_of_one(self, end: int) -> None:
        """Make a field of the innermost element."""
        element = self.elements.pop()
        value = shown_text(" ".join("".join(element.texts).split()))
        made = Field(
            element.name, value, element.start, max(end, element.start), tuple(element.parts)
        )
        if self.elements:
            self.elements[-1].parts.append(made)
        else:
            self.root = made

    def text(self, text: str) -> None:
        """Take text of the innermost element."""
        element = self.elements[-1]
        if element.length <= VALUE_CHARACTERS:
            element.texts.append(text[: 4 * VALUE_CHARACTERS])
            element.length += len(text.strip())

    def document_type(self, _n: str, _s: str | None, _p: str | None, declares: int) -> None:
        """Take the document type, which may not declare anything."""
        if declares:
            raise Stop("its document type declares entities or the like, and is not read")


def _document(sheet: Sheet) -> None:
    reader = _Reader(sheet)
    try:
        reader.read()
    finally:
        if reader.root is not None:
            sheet.found.append(reader.root)
            sheet.summary = _line(reader.root)


def _line(root: Field) -> str:
    if not root.parts:
        return cut(f"{root.name}: {root.value}" if root.value else root.name)
    return cut(f"{root.name} {brief(root.parts, '{}')}")
