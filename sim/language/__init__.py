"""Language: labels and sentence patterns, one flat table per language, with numbers and dates as each writes them.

``words("ja").label("product.dy_oxide")`` is a name; ``words("ja").sentence(key, **values)`` fills a pattern. A pattern's
place says how its value is written: ``{when:day}``, ``{share:percent}``, ``{cost:money}``, ``{country:the}``, ``{n:plural:week:weeks}`` ...
A new language is a table with the same keys and its row in ``LANGUAGES``.
"""

import math
import string
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from sim.language import en, ja, zh_hant

LANGUAGES: dict[str, dict[str, str]] = {"en": en.TABLE, "ja": ja.TABLE, "zh-Hant": zh_hant.TABLE}
"""Tables by the language's tag, as ``--lang`` and HTML write it."""


NOTHING = "–"
"""What stands where there is nothing to say."""


class LanguageError(ValueError):
    """A language that is not there, or that this machine cannot draw; the message says what to write or install."""


def words(lang: str = "en") -> "Words":
    """The words of a language, by its tag.

    Raises
    ------
    LanguageError
        For a language without a table.
    """
    if lang not in LANGUAGES:
        raise LanguageError(f"language {lang!r} is not there; write one of {', '.join(LANGUAGES)}")
    return Words(lang, LANGUAGES[lang])


class Words(string.Formatter):
    """Labels and sentences of one language."""

    def __init__(self, lang: str, table: Mapping[str, str]) -> None:
        self.lang, self.table = lang, table
        articled = [x for x in table["format.articled"].split("|") if x]
        self._articled = {capital(x.split(" ", 1)[1]): x for x in articled}
        self._written: dict[str, Callable[[Any, str], str]] = {
            "": lambda value, _: str(value),
            "day": lambda value, _: self.day(value),
            "day_short": lambda value, _: self.day(value, short=True),
            "month": lambda value, _: self.month(value),
            "month_short": lambda value, _: self.month(value, short=True),
            "week": lambda value, _: self.sentence("format.week", day=self.day(value)),
            "number": lambda value, _: number(value),
            "rough": lambda value, _: rough(value),
            "integer": lambda value, _: number(value, 0),
            "share": lambda value, _: self.percent(100.0 * value),
            "percent": lambda value, _: self.percent(value),
            "money": lambda value, _: self.money(value),
            "list": lambda value, _: self.list(value),
            "the": lambda value, _: self.within(value) if isinstance(value, str) else self.list([self.within(v) for v in value]),
            "plural": _counted,
        }

    def __repr__(self) -> str:
        return f"<Words {self.lang}>"

    def label(self, key: str, otherwise: str | None = None) -> str:
        """The name under a key; ``otherwise`` where there is none and it is given.

        Raises
        ------
        KeyError
            For a key that no table has, where nothing else is given.
        """
        if otherwise is not None:
            return self.table.get(key, otherwise)
        return self.table[key]

    def written(self, own: str, texts: Mapping[str, str]) -> str:
        """A text that its author gave in several languages, in this one; else his ``own``."""
        return texts.get(self.lang) or own

    def named(self, section: str, name: str, own: str = "") -> str:
        """The label of a world's name; the world's ``own`` words where these are not those that the table translates.

        A world may call its countries and goods what it likes: a label stands in only for the same English words.
        """
        key = f"{section}.{name}"
        if key not in self.table or (own and own != LANGUAGES["en"][key]):
            return own or name.replace("_", " ")
        return self.table[key]

    def sentence(self, key: str, **values: Any) -> str:
        """The pattern under a key, with every place filled as the language writes it."""
        return self.vformat(self.table[key], (), values)

    def format_field(self, value: Any, format_spec: str) -> str:
        how, _, more = format_spec.partition(":")
        return self._written[how](value, more)

    def day(self, when: date, short: bool = False) -> str:
        """A date in words."""
        month = self.table[f"{'month_short' if short else 'month'}.{when.month}"]
        key = "format.day_short" if short else "format.day"
        return self.table[key].format(day=when.day, month=month, month_number=when.month, year=when.year)

    def month(self, when: date, short: bool = False) -> str:
        """Month and year in words."""
        month = self.table[f"{'month_short' if short else 'month'}.{when.month}"]
        return self.table["format.month"].format(month=month, month_number=when.month, year=when.year)

    def month_short(self, when: date) -> str:
        """The month alone, for an axis."""
        return self.table[f"month_short.{when.month}"]

    def percent(self, value: float) -> str:
        """A percentage: whole points, one digit below one point."""
        digits = 1 if 0.0 < abs(value) < 0.95 else 0
        return self.table["format.percent"].format(n=number(value, digits))

    def money(self, million_usd: float) -> str:
        """Million USD in the language's own large units."""
        unit, size = self._money_unit(million_usd)
        return self.table[unit].format(n=rough(million_usd / size))

    def money_range(self, mid: float, low: float, high: float) -> str:
        """Million USD with a range, all in the unit of the largest."""
        unit, size = self._money_unit(max(abs(mid), abs(low), abs(high)))
        told = self.table[unit].format(n=rough(mid / size))
        return self.sentence("format.range", mid=told, low=rough(low / size), high=rough(high / size))

    def _money_unit(self, million_usd: float) -> tuple[str, float]:
        """Key of the unit an amount is told in, and that unit in million USD."""
        if not million_usd:
            return "format.money_nothing", 1.0
        large, small = (float(self.table[f"format.money_{size}_usd"]) / 1e6 for size in ("large", "small"))
        return ("format.money_large", large) if abs(million_usd) >= large else ("format.money_small", small)

    def within(self, name: str) -> str:
        """A country's name as it stands inside a sentence: with its article, where it has one."""
        return self._articled.get(name, name)

    def list(self, names: Sequence[str]) -> str:
        """Names as the language joins them: a, b and c."""
        names = [str(n) for n in names]
        if len(names) < 2:
            return "".join(names)
        return self.table["format.list"].join(names[:-1]) + self.table["format.list_last"] + names[-1]


def capital(text: str) -> str:
    """The text with a capital first letter, where its script has capitals."""
    return text[:1].upper() + text[1:]


def number(value: float, digits: int | None = None) -> str:
    """A number with thousands set apart: so many digits after the point, or three that count; a dash if there is none."""
    if not math.isfinite(value):
        return NOTHING
    if digits is None:
        size = math.floor(math.log10(abs(value))) if value else 0
        digits = max(2 - size, 0)
        text = f"{value:,.{digits}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    else:
        text = f"{value:,.{digits}f}"
    if not text.strip("-0.,"):
        text = text.lstrip("-")
    return text.replace("-", "−")


def rough(value: float) -> str:
    """A number as one says it: whole from 100 on, one digit after the point from 10, two below."""
    if not math.isfinite(value):
        return number(value)
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    text = number(value, digits)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _counted(value: float, forms: str) -> str:
    """A count with its noun, ``one:many``, which no line break parts."""
    one, _, many = forms.partition(":")
    text = number(value, 0)
    return f"{text}\u00a0{one if text == '1' else many}"
