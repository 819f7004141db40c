"""The decoder that suits is taken, or the one that was chosen, and what fails is said."""

from typing import ClassVar

import pytest

from tcpmon.core.decoding import Decoded, Decoder, Field, NotDecoded, all as decoding
from tcpmon.ui.deciphering import Deciphered, decipher, decoder_names, following


def a_decoder(called: str, rating: float, fails: str = "") -> Decoder:
    """A decoder of one field."""

    class Fake:
        name: ClassVar[str] = called

        def rate(self, data: bytes) -> float:
            return rating

        def decode(self, data: bytes) -> Decoded:
            if fails:
                raise NotDecoded(fails)
            return Decoded("all", (Field("all", str(len(data)), 0, len(data)),), "cut short")

    return Fake()


@pytest.fixture(autouse=True)
def fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three decoders: a likely one that fails, one that does not, and one that is out of place."""
    known = (
        a_decoder("Other", 0.0), a_decoder("Second", 0.5), a_decoder("First", 0.9, "too short"),
    )  # fmt: skip
    monkeypatch.setattr(decoding, "_ALL", known)


def test_the_likeliest_that_can_read_it() -> None:
    """Without a choice the best rated that does not fail is taken; all plausible ones are told."""
    found = decipher(b"abc", "")
    assert (found.name, found.note) == ("Second", "cut short")
    assert found.decoded is not None
    assert found.decoded.fields[0].value == "3"
    assert found.plausible == (("First", 0.9), ("Second", 0.5))


def test_a_choice_holds() -> None:
    """A chosen decoder is taken however unlikely; when it fails the reason is told."""
    assert decipher(b"abc", "Other").decoded is not None
    assert decipher(b"abc", "First") == Deciphered(
        "First", None, "not First: too short", (("First", 0.9), ("Second", 0.5))
    )


def test_nothing_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no decoder can read it, that is said, with reasons where there are any."""
    monkeypatch.setattr(decoding, "_ALL", (a_decoder("First", 0.9, "too short"),))
    assert decipher(b"abc", "").note == "not First: too short"
    monkeypatch.setattr(decoding, "_ALL", ())
    assert decipher(b"abc", "") == Deciphered(note="no decoder knows what this is")


def test_names() -> None:
    """All decoders can be chosen, in their order."""
    assert decoder_names() == ["Other", "Second", "First"]


def test_the_next_one() -> None:
    """Going on leads through the plausible ones, and then back to ours."""
    found = Deciphered("B", None, "", (("A", 0.9), ("B", 0.5), ("C", 0.1)))
    assert [following(found, chosen) for chosen in ("", "A", "B", "C", "X")] == [
        "A", "B", "C", "", "A",
    ]  # fmt: skip
    assert following(Deciphered(), "") == ""
