"""Extracts what a regular expression or a ready-made pattern finds in a text: places, groups and distinct values."""

import re
from collections import Counter
from itertools import islice

PRESETS = {
    "email": r"\b[\w.%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,63}\b",
    "url": r"\bhttps?://[^\s<>\"'`{}|\\^\[\]]{1,2000}[^\s<>\"'`{}|\\^\[\].,;:!?)]",
    "ipv4": r"(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.])",
    "uuid": r"\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b",
    "date": r"\b(?P<year>\d{4})-(?P<month>0[1-9]|1[0-2])-(?P<day>0[1-9]|[12]\d|3[01])\b",
    "time": r"\b(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?\b",
    "number": r"(?<![\w.])[+-]?\d{1,400}(?:\.\d{1,400})?(?:[eE][+-]?\d{1,3})?(?![\w]|\.\d)",
    "hashtag": r"(?<![\w&])#[^\W_][\w]{0,139}",
    "hex-color": r"#(?:[0-9a-fA-F]{8}|[0-9a-fA-F]{6}|[0-9a-fA-F]{3,4})\b",
}
FLAGS = {"ignoreCase": re.IGNORECASE, "multiline": re.MULTILINE, "dotAll": re.DOTALL, "ascii": re.ASCII}


def main(input):
    text, limit = input["text"], input.get("limit", 1000)
    expression = compiled(input)
    found = list(islice(expression.finditer(text), limit + 1))
    shown = found[:limit]
    counts = Counter(match.group() for match in shown)
    return {
        "pattern": expression.pattern,
        "count": len(shown),
        "truncated": len(found) > limit,
        "matches": [describe(match) for match in shown],
        "distinct": [{"value": value, "count": count} for value, count in counts.most_common()],
    }


def compiled(input):
    pattern, preset = input.get("pattern"), input.get("preset")
    if (pattern is None) == (preset is None):
        raise ValueError("give either pattern or preset")
    flags = 0
    for name in input.get("flags", []):
        flags |= FLAGS[name]
    try:
        return re.compile(PRESETS[preset] if pattern is None else pattern, flags)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"pattern: {error}") from None


def describe(match):
    """Groups by their names, else in their order; null for a group that took no part."""
    named = match.groupdict()
    return {
        "text": match.group(),
        "start": match.start(),
        "end": match.end(),
        "groups": named if named else list(match.groups()),
    }
