"""What a peer may say to a terminal, to markup and to people's eyes. Source: FAULTS E."""

ESCAPES = (
    "\x1b]0;PWNED\x07", "\x1b]2;PWNED\x1b\\", "\x1b]1;PWNED\x07", "\x1b]52;c;UFdORUQ=\x07",
    "\x1b]52;p;UFdORUQ=\x1b\\", "\x1b]8;;http://pwned.example\x07PWNED\x1b]8;;\x07",
    "\x1b]4;1;rgb:ff/00/00\x07", "\x1b]10;#ff0000\x07", "\x1b]1337;File=inline=1:UFdORUQ=\x07",
    "\x1b[2J\x1b[H", "\x1b[3J", "\x1b[?1049l", "\x1b[?1000l\x1b[?1003l", "\x1b[?25h", "\x1b[?7h",
    "\x1b[4h", "\x1b[5;10r", "\x1bc", "\x1b#8", "\x1b(0", "\x1b[6n\x1b[c\x1b[21t",
    "\x1bP+q544e\x1b\\", "\x1b_Gi=1,a=T;UFdORUQ=\x1b\\", "\x1b^PWNED\x1b\\", "\x1bXPWNED\x1b\\",
    "\x1b[8;1;1t", "\x1b[>4;2m", "\x0e\x0f\x08\x08\x08\x7f\x00\x05\x0b\x0c", "\x1b", "\x1b[",
    "\x1b]",
)  # fmt: skip
MARKUP = (
    "[red]PWNED[/red]", "[/]", "[/red]", "[", "]", "[]", "[[]]", "\\[red]", "[b", "[/ [b + [",
    "[@click=app.quit]PWNED[/]", "[@click=app.bell()]x", "[link=file:///etc/passwd]PWNED[/link]",
    "[on red]x", "[$primary]x", "[reverse]x[/reverse]", ":skull:", "[bold][/italic]",
    "[#ff0000]x", "{0} {x} %s %n ${now} $primary", "<b>x</b> &amp;",
)  # fmt: skip
ODD = (
    "\x9b2J\x9b31m", "\x9d0;PWNED\x9c", "\x84\x85\x88\x8d\x90\x98\x9e\x9f", "e\u0301" * 40,
    "\u0301" * 60, "a\u200db\u200c\u200b\u2060\ufeff", "👩\u200d👩\u200d👧 👍🏽 🇩🇪 ❤\ufe0f",
    "\u202ePWNED\u202c", "\u2066x\u2069 \u200f", "שלום مرحبا", "世界🎉" * 30, "\u2028\u2029\u0085",
    "\U000e0041\U000e007f", "\ue000\U0010ffff\ufdd0\uffff", "\u115f\u3164\u00ad", "กำ नमस्ते ﷽",
)  # fmt: skip
RAW = (
    b"\x9b2J\x9b31mPWNED", b"\x9d0;PWNED\x9c", b"\x90+q\x9c", bytes(range(256)),
    b"\xff\xfe\xf0\x9f\x92", b"\xed\xa0\x80\xc0\x80\xf5\x80\x80\x80", b"\xc2\x9b31m",
    b"x" * 300_000, b"\xcc\x81" * 3000, b"\r\n12:00:00.000 #9 closed by us\r\n", b"\0" * 500,
)  # fmt: skip
PAYLOADS = [
    *(text.encode("utf-8", "surrogatepass") for text in (*ESCAPES, *MARKUP, *ODD)),
    *RAW,
]
