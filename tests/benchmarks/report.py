"""Writes docs/public-benchmarks.md: figures of agreement, and every difference with its verdict."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from .adapters import TABLE, fires
from .comparison import BINDING, FOLDERS, NO_DUTY, OPEN, READERS, Comparison, Result, result, verdict, verdicts

PAGE = "public-benchmarks.md"
SIDES = {"us": "our answer", "set": "the label", "open": "neither: the facts leave it open"}
HEAD = """# Public benchmarks

Written by `python -m tests.benchmarks`; `tests/benchmarks/test_public_benchmarks.py` fails when it is out of date, when
a difference has no verdict, and when a verdict judges nothing any more. The sets are read where they lie and are not
copied: ids are theirs, words are ours.

How a scenario becomes a case: the organisation's deeds (from the first word of the text or from the answers; where
there are none, the deed by which Article 3 defines the role that the set gives), one system, and what the table of
triggers (`tests/benchmarks/triggers.yaml`) reads in the words. What a text that was read does not name is stated not to
be so; how strong an effect is, what harm follows and who uses the system stay open. Somebody unnamed supplies what the
organisation only uses. The organisation and the market are supposed to be in one Member State unless the set says
where. The day is {day}, on which all duties apply.

How to read the figures: the triggers were written with the sets at hand, so they tell whether the law is applied alike,
and not how well unseen text would be read; {single} of the {triggers} triggers fire in one scenario only. A label that
our answer leaves open counts as a difference. "Role of the deed" only checks that a deed brings its role, for there the
set's role was the source of the deed. The verdicts are this project's own reading of the Act; those on articles are
given by kind, and were not weighed scenario by scenario. A set that lists articles related to a scenario does not say
that each of them binds; the comparison takes it as if it did.

| set | scenarios | of them, purpose unread |
|---|---|---|
{sets}
"""


def aspect_of(one: Comparison) -> str:
    return "articles" if one.aspect.startswith("Article ") else one.aspect


def numbers(found: Iterable[str]) -> list[str]:
    return sorted(set(found), key=lambda a: (int(re.sub(r"\D", "", a) or 0), a))


def cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def figures(found: Result) -> list[str]:
    """A line for each aspect: labels, agreements, and whom the text supports in the rest."""
    lines = [
        "| compared | labels | agree | text supports our answer | text supports the label | open |",
        "|---|---|---|---|---|---|",
    ]
    aspects = defaultdict(list)
    for one in found.compared:
        aspects[aspect_of(one)].append(one)
    for aspect, ones in aspects.items():
        sides = Counter(v.supports for one in ones if not one.agrees and (v := verdict(one)))
        agree = sum(one.agrees for one in ones)
        share = f"{agree} ({100 * agree / len(ones):.0f} %)"
        lines.append(f"| {aspect} | {len(ones)} | {share} | {sides['us']} | {sides['set']} | {sides['open']} |")
    return lines


def levels(found: Result) -> list[str]:
    """Labels of level against our levels."""
    pairs = Counter((one.label, one.ours) for one in found.compared if one.aspect == "level")
    lines = ["| label | our level | scenarios |", "|---|---|---|"]
    return lines + [f"| {label} | {ours} | {n} |" for (label, ours), n in sorted(pairs.items())]


def differences(found: Result) -> list[str]:
    """A line for each verdict that judges a difference of the set."""
    judged = defaultdict(list)
    for one in found.differing:
        mine = verdict(one)
        assert mine, f"no verdict on {one}"
        judged[mine.number].append(one)
    lines = ["| label / our answer | scenarios | the text supports | provision | why |", "|---|---|---|---|---|"]
    for mine in verdicts():
        ones = judged.get(mine.number)
        if not ones:
            continue
        if aspect_of(ones[0]) == "articles":
            answers = numbers(f"listed / {o.ours}" if o.label != NO_DUTY else f"not listed / {o.ours}" for o in ones)
            count = Counter(one.aspect.removeprefix("Article ") for one in ones)
            where = "articles " + ", ".join(f"{a} ({count[a]})" for a in numbers(count))
        else:
            answers = sorted({f"{one.aspect}: {one.label} / {one.ours}" for one in ones})
            where = ", ".join(sorted({one.id for one in ones}))
        side = SIDES[mine.supports]
        lines.append(f"| {cell('; '.join(answers))} | {where} | {side} | {mine.provision} | {cell(mine.reason)} |")
    return lines


def listed(found: Result) -> str:
    """How our duties meet the articles that a set lists."""
    ones = [one for one in found.compared if aspect_of(one) == "articles"]
    named = [one for one in ones if one.label != NO_DUTY]
    how = Counter(one.ours for one in named)
    ours = [one for one in ones if one.ours == BINDING]
    return (
        f"Of {len(named)} articles that the set lists, {how[BINDING]} bind the party, {how[OPEN]} bind if an open fact "
        f"is so, and {how[NO_DUTY]} bring it no duty. "
        f"Of {len(ours)} articles that bind it, the set lists {how[BINDING]}."
    )


def whole() -> str:
    """The page of all sets."""
    found = [result(name) for name in FOLDERS]
    sets = "\n".join(f"| `{r.set}` ({FOLDERS[r.set]}) | {r.scenarios} | {len(r.unread)} |" for r in found)
    texts = [scenario.text for one in found for scenario in READERS[one.set]()]
    fired = [sum(fires(trigger, text) for text in texts) for trigger in TABLE["triggers"]]
    parts = [HEAD.format(day=TABLE["as_of"], sets=sets, single=fired.count(1), triggers=len(fired))]
    for one in found:
        parts += [f"## {one.set}\n", "\n".join(figures(one)) + "\n", listed(one) + "\n", "\n".join(levels(one)) + "\n"]
        parts += ["### Differences\n", "\n".join(differences(one)) + "\n"]
    return "\n".join(parts).rstrip() + "\n"
