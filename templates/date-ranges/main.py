"""Merges ranges of dates, finds their gaps and overlaps, and counts days and working days. Both ends belong to a range."""

from datetime import date, timedelta

DAY = timedelta(days=1)


def main(input):
    ranges = [read_range(one, f"ranges.{at}") for at, one in enumerate(input["ranges"])]
    within = read_range(input["within"], "within") if input.get("within") else None
    calendar = Calendar(input)
    merged = merge(clip(ranges, within))
    return {
        "merged": [calendar.show(one) for one in merged],
        "gaps": [calendar.show(one) for one in gaps(merged, within)],
        "overlaps": overlaps(ranges, calendar),
        "days": sum(days_of(one) for one in merged),
        "workdays": sum(calendar.workdays(one) for one in merged),
    }


class Calendar:
    def __init__(self, input):
        self.weekend = set(input.get("weekend", [6, 7]))
        days = {read_date(text, f"holidays.{at}") for at, text in enumerate(input.get("holidays", []))}
        self.holidays = sorted(day for day in days if day.isoweekday() not in self.weekend)

    def workdays(self, span):
        """Counts by weeks, so that a thousand years take no longer than one."""
        start, end = span
        weeks, rest = divmod(days_of(span), 7)
        count = weeks * (7 - len(self.weekend))
        count += sum((start.isoweekday() + at - 1) % 7 + 1 not in self.weekend for at in range(rest))
        return count - sum(start <= day <= end for day in self.holidays)

    def show(self, span):
        start, end = span
        return {
            "start": start.isoformat(),
            "end": end.isoformat(),
            "days": days_of(span),
            "workdays": self.workdays(span),
        }


def read_range(given, path):
    start, end = read_date(given["start"], f"{path}.start"), read_date(given["end"], f"{path}.end")
    if end < start:
        raise ValueError(f"{path}: {given['end']} is before {given['start']}")
    return start, end


def read_date(text, path):
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{path}: {text!r} is no date such as 2026-02-28") from None


def days_of(span):
    return (span[1] - span[0]).days + 1


def clip(ranges, within):
    if within is None:
        return ranges
    cut = [(max(start, within[0]), min(end, within[1])) for start, end in ranges]
    return [(start, end) for start, end in cut if start <= end]


def merge(ranges):
    """Ranges that touch become one."""
    merged = []
    for start, end in sorted(ranges):
        if merged and (start - merged[-1][1]).days <= 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def gaps(merged, within):
    if not merged:
        return [within] if within else []
    found = [(one[1] + DAY, other[0] - DAY) for one, other in zip(merged, merged[1:])]
    if within and within[0] < merged[0][0]:
        found.insert(0, (within[0], merged[0][0] - DAY))
    if within and merged[-1][1] < within[1]:
        found.append((merged[-1][1] + DAY, within[1]))
    return found


def overlaps(ranges, calendar):
    """Each pair that has days in common, by their indexes."""
    ordered = sorted(range(len(ranges)), key=lambda at: ranges[at])
    found = []
    for place, one in enumerate(ordered):
        for other in ordered[place + 1 :]:
            if ranges[other][0] > ranges[one][1]:
                break
            common = (ranges[other][0], min(ranges[one][1], ranges[other][1]))
            found.append({"ranges": sorted([one, other]), **calendar.show(common)})
            if len(found) == 1000:
                return found
    return found
