"""Writes Unicode text in the legacy encodings, for the tests; letter by letter, as typists did."""

import unicodedata

#: TCVN 5712:1993, VN3: each letter with its code, written down a second time.
TCVN3 = {
    letter: chr(int(code, 16))
    for letter, code in (
        pair.split("=")
        for pair in (
            "à=b5 á=b8 ả=b6 ã=b7 ạ=b9 ă=a8 ằ=bb ắ=be ẳ=bc ẵ=bd ặ=c6 â=a9 ầ=c7 ấ=ca ẩ=c8 ẫ=c9 ậ=cb "
            "đ=ae è=cc é=d0 ẻ=ce ẽ=cf ẹ=d1 ê=aa ề=d2 ế=d5 ể=d3 ễ=d4 ệ=d6 ì=d7 í=dd ỉ=d8 ĩ=dc ị=de "
            "ò=df ó=e3 ỏ=e1 õ=e2 ọ=e4 ô=ab ồ=e5 ố=e8 ổ=e6 ỗ=e7 ộ=e9 ơ=ac ờ=ea ớ=ed ở=eb ỡ=ec ợ=ee "
            "ù=ef ú=f3 ủ=f1 ũ=f2 ụ=f4 ư=ad ừ=f5 ứ=f8 ử=f6 ữ=f7 ự=f9 ỳ=fa ý=fd ỷ=fb ỹ=fc ỵ=fe "
            "Ă=a1 Â=a2 Ê=a3 Ô=a4 Ơ=a5 Ư=a6 Đ=a7"
        ).split()
    )
}
LETTERS = "".join(letter for letter in TCVN3 if letter.islower())
_MARKS = dict(zip("\u0300\u0301\u0309\u0303\u0323", "øùûõï", strict=True))
_HATTED = dict(zip(["", *_MARKS], "âàáåãä", strict=True))
_BOWLED = dict(zip(["", *_MARKS], "êèéúüë", strict=True))
_ALONE = dict(zip("đìíỉĩịỵ", "ñìíæóòî", strict=True))


def in_tcvn3(text: str) -> str:
    """Write text in TCVN3; capitals with a tone become small letters, as for a font of capitals."""
    return "".join(TCVN3.get(letter, TCVN3.get(letter.lower(), letter)) for letter in text)


def in_vni(text: str) -> str:
    """Write text in VNI."""
    return "".join(map(_vni, text))


def _vni(letter: str) -> str:
    small = letter.lower()
    if small in _ALONE:
        written = _ALONE[small]
    else:
        plain, *marks = list(unicodedata.normalize("NFD", small))
        tone = next((mark for mark in marks if mark in _MARKS), "")
        if "\u0302" in marks:
            written = plain + _HATTED[tone]
        elif "\u0306" in marks:
            written = plain + _BOWLED[tone]
        else:
            horned = {"o": "ô", "u": "ö"}.get(plain, plain) if "\u031b" in marks else plain
            written = horned + (_MARKS[tone] if tone else "")
    return written.upper() if letter.isupper() else written
