"""Counts of a text, how long it takes to read, how hard it is to read, and its most frequent words."""

import re
import unicodedata
from collections import Counter

WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
SENTENCE_END = re.compile(r"[.!?…。！？]+[\"'”’»)\]]*(?=\s|$)|[。！？]")
ABBREVIATION = re.compile(r"\b(?:[A-Za-z]|Mr|Mrs|Ms|Dr|Prof|St|vs|etc|approx|No|Fig|e\.g|i\.e)\.$")
READ_PER_MINUTE = 238
SPOKEN_PER_MINUTE = 150
STOP_WORDS = set(
    """a about after all also an and any are as at be because been before being both but by can could did do does for
    from had has have he her him his how i if in into is it its just me more most my no not of on one only or other our
    out over she should so some such than that the their them then there these they this those to too under up us very
    was we were what when where which while who will with would you your""".split()
)


def main(input):
    text = unicodedata.normalize("NFC", input["text"])
    words = [word.group() for word in WORD.finditer(text)]
    folded = [word.casefold().replace("’", "'") for word in words]
    sentences = count_sentences(text)
    kept = [word for word in folded if input.get("stopWords", False) or word not in STOP_WORDS]
    counts = Counter(kept)
    top = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[: input.get("top", 10)]
    return {
        "characters": len(text),
        "charactersWithoutSpaces": sum(1 for character in text if not character.isspace()),
        "words": len(words),
        "distinctWords": len(set(folded)),
        "sentences": sentences,
        "paragraphs": len([part for part in re.split(r"\n[ \t\r]*\n", text) if part.strip()]),
        "lines": len(text.splitlines()),
        "averageWordLength": ratio(sum(map(len, words)), len(words)),
        "averageSentenceWords": ratio(len(words), sentences),
        "readingSeconds": seconds(len(words), READ_PER_MINUTE),
        "speakingSeconds": seconds(len(words), SPOKEN_PER_MINUTE),
        "readability": readability(folded, sentences),
        "topWords": [{"word": word, "count": count} for word, count in top],
    }


def count_sentences(text):
    """A text that does not end with a mark ends with a sentence all the same; headings and list items are sentences."""
    count = 0
    for part in re.split(r"\n\s*\n", text):
        ends = [end for end in SENTENCE_END.finditer(part) if not is_abbreviation(part, end)]
        rest = part[ends[-1].end() :] if ends else part
        count += len(ends) + (1 if WORD.search(rest) else 0)
    return count


def is_abbreviation(part, end):
    """`Dr. Who` goes on; `the end.` before a capital does not."""
    before = part[max(0, end.start() - 12) : end.start() + 1]
    return end.group().startswith(".") and len(end.group()) == 1 and ABBREVIATION.search(before) is not None and part[end.end() :].strip() != ""


def readability(words, sentences):
    """Flesch's formulas, made for English; None without words."""
    if not words or not sentences:
        return None
    per_sentence = len(words) / sentences
    per_word = sum(map(syllables, words)) / len(words)
    return {
        "fleschReadingEase": round(206.835 - 1.015 * per_sentence - 84.6 * per_word, 1),
        "gradeLevel": round(max(0.0, 0.39 * per_sentence + 11.8 * per_word - 15.59), 1),
    }


def syllables(word):
    """Groups of vowels, without a silent e at the end; at least one."""
    plain = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
    groups = len(re.findall(r"[aeiouy]+", plain))
    if plain.endswith("e") and not plain.endswith(("le", "ee")) and groups > 1:
        groups -= 1
    return max(1, groups)


def ratio(part, whole):
    return round(part / whole, 2) if whole else 0


def seconds(words, per_minute):
    return round(words * 60 / per_minute)
