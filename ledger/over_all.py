"""What a ledger does over all of its members at once (docs/life.md): expiry, reviews, what-if."""

from __future__ import annotations

import datetime as dt
from abc import abstractmethod
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ledger.account import Account
from ledger.application import LedgerApplication
from ledger.card_reviews import ReviewedCard, due_reviews, reviewed_cards
from ledger.errors import JifenError
from ledger.lapses import LapsedLot, lapse, lapsed_lots
from ledger.notices import Notice, notices_of
from ledger.outcome import Outcome
from ledger.questions import Questions
from ledger.runs import PAGE, Due, Progress, Told, day_of_run, record, rehearse, with_progress
from ledger.store.file import MEMORY
from ledger.store.scan import Scan
from schemas.commands import Command, ExpirePoints, ReviewTier
from schemas.program_file import text_of
from schemas.values import end_of_day

if TYPE_CHECKING:
    from ledger.whatif import WhatIf


class OverAll(Questions):
    """Runs over all accounts, as the caller takes what they tell.

    `progress` is told how many of how many accounts are done. Stopped or run twice, a run loses
    and doubles nothing; with `dry_run` it only lists what it would record.
    """

    _application: LedgerApplication

    @abstractmethod
    def _execute_group(self, commands: list[Command]) -> Iterator[Outcome | JifenError]:
        """Judge commands in one commit; what became of each, in order."""

    def expire_all(
        self,
        as_of: dt.date | None = None,
        *,
        dry_run: bool = False,
        progress: Progress | None = None,
        source: str = "expiry",
        operator: str = "",
    ) -> Iterator[LapsedLot]:
        """What lapsed by the end of `as_of` (default: yesterday). Raises DayNotOver."""
        day, rules = day_of_run(as_of, self.today()), self.rules
        said: dict[str, Any] = {"source": source, "operator": operator}
        told = self._run(
            lambda account: lapse(account, rules, day),
            lambda account: ExpirePoints(member=account.member, as_of=day, **said),
            dry_run=dry_run,
            progress=progress,
        )
        return lapsed_lots(told)

    def review_all(
        self,
        as_of: dt.date | None = None,
        *,
        dry_run: bool = False,
        progress: Progress | None = None,
        source: str = "review",
        operator: str = "",
    ) -> Iterator[ReviewedCard]:
        """What the reviews due by the end of `as_of` (default: yesterday) decide (RULES 20).

        Raises DayNotOver.
        """
        day, rulebook = day_of_run(as_of, self.today()), self._rulebook
        said: dict[str, Any] = {"source": source, "operator": operator}
        told = self._run(
            lambda account: due_reviews(account, rulebook, day),
            lambda account: ReviewTier(member=account.member, as_of=day, **said),
            dry_run=dry_run,
            progress=progress,
        )
        return reviewed_cards(told)

    def notices(
        self, on: dt.date | None = None, *, progress: Progress | None = None
    ) -> Iterator[Notice]:
        """What members would be told of on a day (default: today), account by account.

        Of a day before today only what had happened by its end counts.
        """
        today, rulebook = self.today(), self._rulebook
        day = on or today
        end = end_of_day(day, self.rules.zone)
        rules = rulebook.current(end if day < today else self._clock())
        pages = self._application.pages(PAGE, end if day < today else None)
        counted = with_progress(pages, self._recorder.count_streams(), progress or _unheard)
        for page in counted:
            for account in page:
                yield from notices_of(account, rulebook, rules, day)

    def what_if(
        self,
        program: str | Path,
        *,
        since: dt.date | None = None,
        as_of: dt.date | None = None,
        processes: int | None = None,
        progress: Progress | None = None,
    ) -> WhatIf:
        """What would be if another program, a file's text or Path, had held (docs/whatif.md).

        It holds from the start of `since`, else from ever; all is looked at as of the end of
        `as_of`, else of the last day that something happened on. `progress` is told how many of
        how many events are done. Raises InvalidProgram, ProgramMismatch, and FactsAfterDay
        when it is gone through.
        """
        # Loaded here: no other call needs processes of its own.
        from ledger.whatif import Asked, WhatIf

        kept = self._recorder.path != MEMORY
        asked = Asked(
            path=self._recorder.path if kept else None,
            scan=Scan(self._recorder.file.rows, self.position),
            versions=tuple(self._application.programs()),
            program=text_of(program),
            now=self._clock(),
            since=since,
            as_of=as_of,
            alliance=self._application.alliance(),
        )
        return WhatIf(asked, processes=processes, progress=progress)

    def _run(
        self,
        due: Due,
        ask: Callable[[Account], Command],
        *,
        dry_run: bool,
        progress: Progress | None,
    ) -> Told:
        of = self._recorder.count_streams()
        pages = with_progress(self._application.pages(PAGE), of, progress or _unheard)
        if dry_run:
            return rehearse(pages, due)
        return record(pages, due, ask, self._execute_group)


def _unheard(_: int, __: int) -> None:
    return None
