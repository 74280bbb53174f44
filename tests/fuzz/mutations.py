"""Injures a file: at random bytes, or where its format has something to injure."""

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from random import Random

#: What has broken readers of tables before.
_TEXTS = (
    "", "0", "-1", "1e308", "1e999", "NaN", "inf", "9" * 400, "9" * 5000, "99999999999999999999",
    "1048577", "16385", "XFE1", "ZZZZZZ99999999", "A0", "A-1", "\x00", "\x0b", "\ufeff", "\uffff",
    "\U0010ffff", "\u0130", "ﷺ" * 30, "\u0301" * 50, '"', "'", ",", ";", "\t", "\r", "\n",
    "=1+1", "=cmd|' /C calc'!A0", "<!DOCTYPE a>", "&a;", "&#0;", "]]>", "../../x", "2024-02-30",
    "0000-00-00", "9999-12-31", "31/12/99", "45000", "45000.99999", "true", "x" * 40_000,
    "²", "①", "٣", "1.2.3", "1.850,5", "--1", "2024Q5", "２０２４Q１", "Đ", "tổng", "_uuid",
)  # fmt: skip
_NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF)

Injures = Callable[[bytes, Random], bytes]


def injured(file: str, content: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    """Injure a file once or a few times; `others` are what it may be mixed with."""
    for _ in range(chance.choice((1, 1, 1, 2, 4, 8))):
        if content.startswith(b"PK") and chance.random() < 0.85:
            content = _in_archive(content, others, chance)
        elif file.endswith((".csv", ".toml")) and chance.random() < 0.6:
            content = chance.choice(_OF_TEXT)(content, chance)
        elif chance.random() < 0.05:
            content = _mixed(content, chance.choice(others), chance)
        else:
            content = chance.choice(_OF_BYTES)(content, chance)
    return content


# --- bytes ---------------------------------------------------------------------------------------


def _place(content: bytes, chance: Random) -> int:
    return chance.randrange(len(content) + 1)


def _flip(content: bytes, chance: Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 8, 32)) if changed else 0):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _overwrite(content: bytes, chance: Random) -> bytes:
    size = chance.choice((1, 2, 4))
    number = (chance.choice(_NUMBERS) & (1 << 8 * size) - 1).to_bytes(size, "little")
    at = _place(content, chance)
    return content[:at] + number + content[at + size :]


def _take_out(content: bytes, chance: Random) -> bytes:
    at = _place(content, chance)
    return content[:at] + content[at + chance.choice((1, 2, 7, 64, 512)) :]


def _truncate(content: bytes, chance: Random) -> bytes:
    return content[: _place(content, chance)]


def _repeat(content: bytes, chance: Random) -> bytes:
    at, size = _place(content, chance), chance.choice((1, 8, 100, 1000))
    return content[:at] + content[at : at + size] * chance.choice((2, 3, 50)) + content[at:]


def _insert(content: bytes, chance: Random) -> bytes:
    at = _place(content, chance)
    return content[:at] + chance.choice(_TEXTS).encode() + content[at:]


def _mixed(content: bytes, other: bytes, chance: Random) -> bytes:
    return content[: _place(content, chance)] + other[_place(other, chance) :]


_OF_BYTES: tuple[Injures, ...] = (
    _flip, _flip, _overwrite, _overwrite, _take_out, _truncate, _repeat, _insert,
)  # fmt: skip


# --- text ----------------------------------------------------------------------------------------


def _cell(content: bytes, chance: Random) -> bytes:
    """Put something else in the place of one cell."""
    cells = list(re.finditer(rb"[^,;\t\n\r]*", content))
    found = chance.choice(cells)
    text = chance.choice(_TEXTS)
    if chance.random() < 0.5:
        text = '"' + text.replace('"', '""') + '"'
    return content[: found.start()] + text.encode() + content[found.end() :]


def _lines(content: bytes, chance: Random) -> bytes:
    """Take lines out, repeat them, or put them elsewhere."""
    lines = content.splitlines(keepends=True) or [b""]
    at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(4):
        case 0:
            del lines[at : at + chance.choice((1, 2, 20))]
        case 1:
            lines[at:at] = [lines[other]] * chance.choice((1, 3, 60))
        case 2:
            lines[at], lines[other] = lines[other], lines[at]
        case _:
            lines[at] = lines[at].rstrip(b"\r\n") + b"," * chance.choice((1, 5, 20_000)) + b"\n"
    return b"".join(lines)


def _column(content: bytes, chance: Random) -> bytes:
    """Take a column out, repeat it, or put it elsewhere."""
    rows = [line.split(b",") for line in content.splitlines()] or [[b""]]
    at, other = chance.randrange(len(rows[0])), chance.randrange(len(rows[0]))
    kind = chance.randrange(3)
    for row in rows:
        if at < len(row) and kind == 0:
            del row[at]
        elif at < len(row) and kind == 1:
            row.insert(at, row[at])
        elif max(at, other) < len(row):
            row[at], row[other] = row[other], row[at]
    return b"\n".join(b",".join(row) for row in rows)


def _separator(content: bytes, chance: Random) -> bytes:
    return content.replace(b",", chance.choice((b";", b"\t", b"|", b",,", b"\r")))


def _encoding(content: bytes, chance: Random) -> bytes:
    text = content.decode(errors="replace")
    return text.encode(chance.choice(("utf-16", "utf-32", "cp1258", "latin-1")), errors="replace")


_OF_TEXT: tuple[Injures, ...] = (
    _cell, _cell, _cell, _lines, _lines, _column, _separator, _encoding,
)  # fmt: skip


# --- workbooks -----------------------------------------------------------------------------------


def _in_archive(content: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    """Injure one part of a workbook, and pack it again; bytes of the archive if it is none."""
    parts = unpacked(content)
    if not parts:
        return chance.choice(_OF_BYTES)(content, chance)
    name = chance.choice(list(parts))
    if chance.random() < 0.6:
        name = chance.choice([one for one in parts if "sheet1" in one] or [name])
    match chance.randrange(20):
        case 0:
            del parts[name]
        case 1:
            parts[name] = parts[chance.choice(list(parts))]
        case 2:
            parts[name] = chance.choice(list(unpacked(chance.choice(others)).values()) or [b""])
        case 3:
            parts[chance.choice((name.upper(), "../" + name, "xl/" + name))] = parts[name]
        case 4 | 5 | 6:
            parts[name] = chance.choice(_OF_BYTES)(parts[name], chance)
        case _:
            parts[name] = _in_xml(parts[name], chance)
    return packed(parts)


def _in_xml(content: bytes, chance: Random) -> bytes:
    """Injure an attribute, a text or an element."""
    kind = chance.choice((rb'"[^"<>]*"', rb">[^<>]*<", rb"<[^<>]*>", rb"<c [^>]*>.*?</c>"))
    places = list(re.finditer(kind, content))
    if not places:
        return chance.choice(_OF_BYTES)(content, chance)
    found, other = chance.choice(places), chance.choice(places)
    new = found[0]
    match chance.randrange(4):
        case 0:
            new = other[0]
        case 1:
            new = found[0] * chance.choice((0, 2, 30))
        case _ if kind.startswith((b'"', b">")):
            text = chance.choice(_TEXTS).replace("&", "&amp;").replace("<", "&lt;")
            new = found[0][:1] + text.replace('"', "&quot;").encode() + found[0][-1:]
        case _:
            new = re.sub(rb"\d+", str(chance.choice(_NUMBERS)).encode(), found[0], count=1)
    return content[: found.start()] + new + content[found.end() :]


def unpacked(content: bytes) -> dict[str, bytes]:
    """Give the parts of a workbook by name; none of what is no archive, or a damaged one."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, OSError):
        return {}
    except Exception as error:  # zlib.error; a damaged archive may raise more than it says
        assert type(error).__name__ in ("error", "KeyError", "struct.error"), error
        return {}


def packed(parts: dict[str, bytes]) -> bytes:
    """Pack parts into a workbook again."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)
    return content.getvalue()
