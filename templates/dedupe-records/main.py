"""Finds records that are the same, or nearly, by the members that count; keeps one of each group."""

import difflib
import json
import re
import unicodedata

FUZZY_MAX = 3000


def main(input):
    records = input["records"]
    keys = input.get("keys")
    similarity = input.get("similarity", 1)
    if similarity < 1 and len(records) > FUZZY_MAX:
        raise ValueError(f"similarity below 1 compares every pair: at most {FUZZY_MAX} records, not {len(records)}")
    texts = [fold_record(record, keys, input) for record in records]
    groups = grouped(texts, similarity)
    keep = CHOICES[input.get("keep", "first")]
    chosen = [keep(members, records) for members in groups]
    duplicates = [
        {"kept": one, "duplicates": [index for index in members if index != one]}
        for one, members in zip(chosen, groups)
        if len(members) > 1
    ]
    return {
        "records": [records[one] for one in sorted(chosen)],
        "removed": len(records) - len(groups),
        "groups": sorted(duplicates, key=lambda group: group["kept"]),
    }


CHOICES = {
    "first": lambda members, records: members[0],
    "last": lambda members, records: members[-1],
    # The first of those with most members that say something.
    "fullest": lambda members, records: max(members, key=lambda index: (filled(records[index]), -index)),
}


def filled(record):
    return sum(1 for value in record.values() if value not in (None, "", [], {}))


def fold_record(record, keys, options):
    if keys is not None:
        return tuple(fold_value(record.get(name), options) for name in keys)
    return tuple((name, fold_value(record[name], options)) for name in sorted(record))


def fold_value(value, options):
    if value is None:
        return ""
    if not isinstance(value, str):
        # No text begins like this once it is folded: the number 1 is not the text "1".
        return "\0" + json.dumps(value, sort_keys=True)
    text = unicodedata.normalize("NFKC", value.replace("\0", " "))
    if options.get("ignoreCase", True):
        text = text.casefold()
    if options.get("ignoreAccents", False):
        parts = unicodedata.normalize("NFD", text)
        text = "".join(part for part in parts if not unicodedata.combining(part))
    if options.get("ignorePunctuation", False):
        text = re.sub(r"[^\w\s]|_", " ", text)
    return re.sub(r"\s+", " ", text).strip()


def grouped(texts, similarity):
    """Lists of indexes, in the order of their first. Of near ones each belongs to the first group that is like it."""
    exact = {}
    for index, text in enumerate(texts):
        exact.setdefault(text, []).append(index)
    if similarity >= 1:
        return list(exact.values())
    groups = []
    for text, members in exact.items():
        flat = " ".join(part if isinstance(part, str) else " ".join(part) for part in text)
        matcher = difflib.SequenceMatcher(None, "", flat, autojunk=False)
        for first, known in groups:
            if is_near(matcher, first, similarity):
                known.extend(members)
                break
        else:
            groups.append((flat, list(members)))
    return [sorted(members) for _, members in groups]


def is_near(matcher, text, similarity):
    matcher.set_seq1(text)
    return (
        matcher.real_quick_ratio() >= similarity
        and matcher.quick_ratio() >= similarity
        and matcher.ratio() >= similarity
    )
