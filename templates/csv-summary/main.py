"""Describes the columns of a CSV text: types, ranges, missing and frequent values, and lines that do not fit."""

import csv
import io
import math
import re
import statistics
from collections import Counter
from datetime import date

INTEGER = re.compile(r"[+-]?[0-9]{1,300}")
NUMBER = re.compile(r"[+-]?(?:[0-9]{1,300}(?:\.[0-9]{0,300})?|\.[0-9]{1,300})(?:[eE][+-]?[0-9]{1,3})?")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
BOOLEANS = {"true", "false", "yes", "no"}
MISSING = {"", "na", "n/a", "nan", "null", "none", "-"}
DELIMITERS = ",;\t|"
PROBLEMS_MAX = 20


def main(input):
    text = input["csv"].removeprefix("\ufeff")
    delimiter = input.get("delimiter") or find_delimiter(text)
    csv.field_size_limit(len(text) + 1)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    width = len(rows[0][1]) if rows else 0
    has_header = input.get("header", True) and bool(rows)
    names = unique(rows[0][1]) if has_header else [f"column {at + 1}" for at in range(width)]
    body = rows[1:] if has_header else rows
    problems = [
        {"line": line, "cells": len(row), "expected": width} for line, row in body if len(row) != width
    ]
    columns = [describe(name, column(body, at), input.get("top", 3)) for at, name in enumerate(names)]
    return {
        "rows": len(body),
        "delimiter": delimiter,
        "columns": columns,
        "problemCount": len(problems),
        "problems": problems[:PROBLEMS_MAX],
    }


def find_delimiter(text):
    """The one that splits the first lines into the same number of cells, the largest number first."""
    start = text[:65536]
    best = (0, 0, ",")
    for at, delimiter in enumerate(DELIMITERS):
        lines = [row for row in csv.reader(io.StringIO(start, newline=""), delimiter=delimiter) if row][:20]
        widths = Counter(len(row) for row in lines)
        if not widths:
            continue
        (width, count), *_ = widths.most_common(1)
        if width > 1:
            best = max(best, (count * width, -at, delimiter))
    return best[2]


def unique(header):
    """A name that came before gets a number, one that is empty its place."""
    seen = set()
    names = []
    for at, cell in enumerate(header):
        name = cell.strip() or f"column {at + 1}"
        candidate, number = name, 2
        while candidate in seen:
            candidate, number = f"{name} {number}", number + 1
        seen.add(candidate)
        names.append(candidate)
    return names


def column(body, at):
    return [row[at].strip() if at < len(row) else "" for _, row in body]


def describe(name, cells, top):
    present = [cell for cell in cells if cell.lower() not in MISSING]
    counts = Counter(present)
    kind = type_of(counts)
    summary = {
        "name": name,
        "type": kind,
        "count": len(present),
        "missing": len(cells) - len(present),
        "distinct": len(counts),
        "top": [{"value": value, "count": count} for value, count in counts.most_common(top)],
    }
    if kind in ("integer", "number"):
        summary.update(figures([int(cell) if kind == "integer" else float(cell) for cell in present]))
    elif kind in ("date", "text"):
        summary.update({"min": min(present), "max": max(present)})
    return summary


def type_of(values):
    if not values:
        return "empty"
    for kind, fits in (("boolean", is_boolean), ("integer", INTEGER.fullmatch), ("number", is_number), ("date", is_date)):
        if all(fits(value) for value in values):
            return kind
    return "text"


def is_boolean(text):
    return text.lower() in BOOLEANS


def is_number(text):
    return NUMBER.fullmatch(text) is not None and math.isfinite(float(text))


def is_date(text):
    if not DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def figures(numbers):
    ordered = sorted(numbers)
    return {
        "min": ordered[0],
        "max": ordered[-1],
        "sum": finite(lambda: sum(ordered) if isinstance(ordered[0], int) else math.fsum(ordered)),
        "mean": finite(lambda: statistics.fmean(ordered)),
        "median": finite(lambda: statistics.median(ordered)),
        "standardDeviation": finite(lambda: float(statistics.pstdev(ordered))),
    }


def finite(compute):
    """None where doubles do not reach."""
    try:
        value = compute()
        if not math.isfinite(value):
            return None
        return round(value, 12) if isinstance(value, float) else value
    except OverflowError:
        return None
