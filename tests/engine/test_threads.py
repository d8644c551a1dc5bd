"""Several threads assess different cases at once and get what each gets alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import answerable
from answerable.assess import _RECENT
from tests.shipped import CORE


def test_threads_do_not_see_each_other() -> None:
    days = [date(2026, 11, 20) + timedelta(days=n) for n in range(3)]
    asked = [(path, day) for day in days for path in CORE]
    alone = [answerable.assess(path, as_of=day).to_json() for path, day in asked]
    _RECENT.clear()
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda q: answerable.assess(q[0], as_of=q[1]).to_json(), asked))
    assert together == alone
