"""Messages of every format as they came from real programs, or as their standard shows them."""

# By decoder's name: what was captured by whom, and the bytes.
SAMPLES: dict[str, dict[str, bytes]] = {
    "HTTP": {
        "curl": (
            b"POST /api/lamps HTTP/1.1\r\n"
            b"Host: 127.0.0.1:7902\r\n"
            b"User-Agent: curl/7.88.1\r\n"
            b"Accept: */*\r\n"
            b"Content-Type: application/json\r\n"
            b"Content-Length: 21\r\n"
            b"\r\n"
            b'{"id": 7, "on": true}'
        ),
        "response": b"HTTP/1.1 204 No Content\r\nServer: x\r\n\r\n",
        "HTTP/1.0": b"GET / HTTP/1.0\r\n\r\n",
    },
    "syslog": {
        "logger": (
            b"<13>1 2026-11-23T07:21:52.289251+00:00 vm app - - [timeQuali"
            b'ty tzKnown="1" isSynced="0"] hello syslog\n'
        ),
        "logger --octet-count": (
            b"101 <13>1 2026-11-23T07:21:52.708207+00:00 vm app - - [timeQ"
            b'uality tzKnown="1" isSynced="0"] hello syslog'
        ),
        "logger --rfc3164": b"<13>Nov 23 07:21:58 vm app: hello old syslog\n",
        "RFC 3164": b"<34>Oct 11 22:14:15 mymachine su: 'su root' failed for lonvick",
        "bare": b"<13>hello\n",
    },
    "RESP": {
        "redis-cli": b"*3\r\n$3\r\nSET\r\n$8\r\ngreeting\r\n$11\r\nhello world\r\n",
        "answers": b"+OK\r\n",
        "an error": b"-ERR unknown command 'FOO'\r\n",
        "RESP3": b"%1\r\n+server\r\n$5\r\nredis\r\n",
    },
    "MQTT": {
        "mosquitto_pub: CONNECT": bytes.fromhex("101000044d5154540402003c000464657631"),
        "mosquitto_pub: PUBLISH, DISCONNECT": bytes.fromhex("30070003612f626869e000"),
        "mosquitto_pub -V 5: CONNECT": bytes.fromhex(
            "101400044d5154540502003c03210014000464657631"
        ),
        "mosquitto_pub -V 5: PUBLISH": bytes.fromhex(
            "301b0003612f620a260004756e69740001437b2274223a2032312e357de000"
        ),
        "mosquitto_sub: SUBSCRIBE": bytes.fromhex("820800010003612f2301"),
        "CONNACK": bytes.fromhex("20020000"),
        "PINGREQ": bytes.fromhex("c000"),
    },
    "TLS": {
        "openssl s_client": bytes.fromhex(
            "160301014a0100014603031121cc9a1b8cba2d5746c7a10e04bf55b004e50d42d33ff6afb706"
            "e7aeb017c920893b4fe7b38584abf3e308a4dc87b9502e22a9cb9874b04c7ff708478a510002"
            "003e130213031301c02cc030009fcca9cca8ccaac02bc02f009ec024c028006bc023c0270067"
            "c00ac0140039c009c0130033009d009c003d003c0035002f00ff010000bf00000010000e0000"
            "0b6578616d706c652e6f7267000b000403000102000a00160014001d0017001e001900180100"
            "0101010201030104002300000010000e000c02683208687474702f312e310016000000170000"
            "000d002a0028040305030603080708080809080a080b08040805080604010501060103030301"
            "0302040205020602002b0009080304030303020301002d00020101003300260024001d002039"
            "39268135ac3b6e4ba1e75c0a442648a0dab060630a795caac2d4e5b842d456"
        ),
        "openssl s_server, 1.3": bytes.fromhex(
            "160303007a020000760303c435db3aebfb809bbd7f1af974ca0a6835ef40285c17822551a707"
            "d67b1d908920893b4fe7b38584abf3e308a4dc87b9502e22a9cb9874b04c7ff708478a510002"
            "130200002e002b0002030400330024001d0020c0c62ca408f695d684f12769f0870a4962b31d"
            "bc23068ddee16164e951bb3a071403030001011703030020e5b8e472d83050f6e8a8ab8af735"
            "013243da2998c8a6f123e8e24864efd9d6f6"
        ),
        "openssl s_server, 1.2": bytes.fromhex(
            "160303004a020000460303e20ef0434f7f088b3eaaee17e18f02f80cdbb0badc438aaf4d597a"
            "1f09f7639c00c03000001eff01000100000b0004030001020023000000100005000302683200"
            "170000"
        ),
        "alert": bytes.fromhex("15030300020246"),
    },
    "MessagePack": {
        "msgpack": bytes.fromhex(
            "84a2696407a26174d6ff6b03d660a17493cb4035800000000000c0c3a3726177c40200ff"
        )
    },
    "CBOR": {
        "cbor2": bytes.fromhex("a2616101616283fb3ff8000000000000f6427878"),
        "self-described": bytes.fromhex("d9d9f7c11a514b67b0"),
    },
    "Protobuf": {
        "protobuf's own descriptor": bytes.fromhex(
            "0a0b6c616d70732e70726f746f1204686f6d6522120a044c616d70120a0a0269641801200128"
            "05420a0a086f72672e686f6d65"
        )
    },
    "WebSocket": {
        "websockets, a client": bytes.fromhex("818972765b81095432e5504c7bb60f"),
        "websockets, a server's end": bytes.fromhex("880503e8627965"),
    },
    "JSON": {
        "object": b'{"id": 7, "on": true, "t": [21.5, null]}',
        "JSON Lines": b'{"id": 7}\n{"id": 8}\n',
        "list": b"[1, 2, 3]",
        "cut short": b'{"id": 7, "na',
    },
    "XML": {
        "document": b'<?xml version="1.0"?>\n<note id="5"><to>Tove</to><b/></note>\n',
        "stanza": b'<message to="a@b"><body>hi</body></message>',
    },
    "Modbus/TCP": {
        "request": bytes.fromhex("0001000000061103006b0003"),
        "response": bytes.fromhex("000100000009110306022b00000064"),
        "refused": bytes.fromhex("000100000003118302"),
        "two": bytes.fromhex("0001000000061103006b0003000200000006110500acff00"),
    },
    "NMEA 0183": {
        "GGA": b"$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47\r\n",
        "RMC": b"$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A\r\n",
        "AIS": b"!AIVDM,1,1,,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0*5C\r\n",
    },
    "GT06": {
        "login": bytes.fromhex("78780d01012345678901234500018cdd0d0a"),
        "answer to a login": bytes.fromhex("787805010001d9dc0d0a"),
    },
    "HL7 v2": {
        "ADT": b"\x0bMSH|^~\\&|HIS|A|LAB|B|20260101||ADT^A01|42|P|2.5\rPID|1||7||DOE^JOHN\r\x1c\r",
    },
}

ALL = [(name, what, data) for name, samples in SAMPLES.items() for what, data in samples.items()]

NOISE = [
    b"hello\n",
    b"hello world, how are you?\r\n",
    b"OK\r\n",
    b"220 mail.example.org ESMTP ready\r\n",
    b"USER joe\r\n",
    b"temperature=21.5;humidity=40\n",
    b"2026-11-23 06:00:00 INFO started\n",
    b"(see below) [1] {2}\n",
    b"- a list\n* of things\n",
    b"\xc3\xa4\xc3\xb6\xc3\xbc\n",
    b"\x00" * 40,
    b"\xff" * 40,
    b"a" * 40,
    b"12,34,56\r\n",
    b"",
    b"\n",
]
"""What is of no format: text of people and programs, and bytes that mean nothing."""
