"""Two programs exchange points, and everything that can go wrong between two steps does.

What each member should have is worked out from the facts by hand: what was sent, and what the
receiver first said to it. The files between may be lost, come late, twice or in another order;
a process may die before a commit or right after it; answers may come after the time for them.

    here     sent = confirmed + rejected + pending
    there    received + declined + not seen = sent
    both     no point is made or lost but by the exact rates
"""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ledger import Answer, Ledger, ManualClock, exchange, reconcile
from ledger.errors import InsufficientPoints, JifenError, NoFullBlock, TransferNotDue
from ledger.exchange import Sending, answered, outbox, settle, take_in
from ledger.store.sqlite import SQLiteRecorder
from ledger.transfers import OPEN
from tests.model.programs_apart import FEE, MEMBERS, RATES, START, opened, ratio

WAYS = st.sampled_from(sorted(RATES))
FIRST_DAY = dt.datetime(2026, 3, 1, 2, tzinfo=dt.UTC)
NOBODY = "nobody"


class Died(Exception):
    """A process that is gone."""


class Sent:
    """What is known of a transfer, from the facts alone."""

    def __init__(self, way: tuple[str, str], member: str, account: str, points: int) -> None:
        self.way, self.member, self.account, self.points = way, member, account, points
        self.said_there = ""
        self.said_here = ""

    @property
    def theirs(self) -> int:
        worth = self.points * ratio(*self.way)
        assert worth.denominator == 1
        return worth.numerator


class TwoLedgers(RuleBasedStateMachine):
    """One machine; `_sent` is the model, by way and name."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = Path(tempfile.mkdtemp(prefix="two-ledgers-"))
        self._clock = ManualClock(FIRST_DAY)
        self._ledgers: dict[str, Ledger] = {}
        self._sent: dict[tuple[tuple[str, str], str], Sent] = {}
        self._files: list[tuple[tuple[str, str], list[Sending]]] = []
        self._answers: list[tuple[tuple[str, str], list[Answer]]] = []
        self._requests = 0

    @initialize()
    def open_both(self) -> None:
        for own in ("shop", "air"):
            self._ledgers[own] = opened(self._folder / own, own, self._clock)

    def teardown(self) -> None:
        for own, ledger in self._ledgers.items():
            assert ledger.verify(books=True).findings == (), own
            ledger.close()
        shutil.rmtree(self._folder)

    # -- what people do --------------------------------------------------------------------------

    @rule(
        way=WAYS,
        member=st.sampled_from(MEMBERS),
        account=st.sampled_from([*MEMBERS, NOBODY]),
        points=st.integers(1, 200),
        twice=st.booleans(),
    )
    def send(
        self, way: tuple[str, str], member: str, account: str, points: int, twice: bool
    ) -> None:
        self._requests += 1
        here, there = way
        leaving = points // RATES[way][0] * RATES[way][0]
        name = f"t-{self._requests // 2}"
        source = "desk" if self._requests % 2 else "till"
        said = {"request_id": name, "source": source}
        ledger = self._ledgers[here]
        try:
            for _ in range(1 + twice):
                ledger.send_transfer(member, there, account, points, **said)
        except NoFullBlock:
            assert leaving == 0
            return
        except InsufficientPoints:
            assert leaving + FEE[here] > self._balance(here, member)
            return
        assert leaving
        self._sent[way, f"{name}@{source}"] = Sent(way, member, account, leaving)

    @rule(days=st.integers(1, 5))
    def days_go_by(self, days: int) -> None:
        """What is due times out, in both programs; that changes nobody's points."""
        self._clock.advance(days=days)
        for ledger in self._ledgers.values():
            for row in list(ledger.transfers("out", OPEN)):
                late = ledger.today().isoformat() > row.answer_by
                try:
                    ledger.time_out_transfer(row.member, row.request_id, transfer_source=row.source)
                except TransferNotDue:
                    assert not late
                else:
                    assert late

    @rule(way=WAYS, twice=st.booleans())
    def answer_by_hand(self, way: tuple[str, str], twice: bool) -> None:
        """Someone reads the other program's answers and types them, knowing what it said first."""
        ledger = self._ledgers[way[0]]
        for (of, name), sent in self._sent.items():
            if of != way or not sent.said_there:
                continue
            about = (sent.member, name.partition("@")[0])
            said = {"transfer_source": name.partition("@")[2]}
            for _ in range(1 + twice):
                if sent.said_there == "received":
                    ledger.confirm_transfer(*about, **said)
                else:
                    ledger.reject_transfer(*about, "declined", **said)
            sent.said_here = sent.said_there

    @rule(way=WAYS)
    def someone_joins_there(self, way: tuple[str, str]) -> None:
        """What was declined for want of a member stays declined."""
        ledger = self._ledgers[way[1]]
        if ledger.strangers([NOBODY]):
            ledger.enrol(NOBODY)

    # -- files -----------------------------------------------------------------------------------

    @rule(way=WAYS)
    def write_a_file(self, way: tuple[str, str]) -> None:
        self._files.append((way, list(outbox(self._ledgers[way[0]], way[1]))))

    @precondition(lambda self: self._files)
    @rule(data=st.data(), until=st.integers(0, 6), keep=st.booleans(), answered_too=st.booleans())
    def read_a_file(self, data: Any, until: int, keep: bool, answered_too: bool) -> None:
        """Any that there is, whole or until the process dies; it may come again."""
        number = data.draw(st.integers(0, len(self._files) - 1))
        way, sendings = self._files[number]
        if not keep:
            del self._files[number]
        done = data.draw(st.permutations(sendings))[: until or None]
        answers = []
        for result in take_in(self._ledgers[way[1]], way[0], done):
            assert isinstance(result, Answer), result
            self._heard(way, result.name, result.answer)
            answers.append(result)
        if answered_too:
            self._answers.append((way, answers))

    @rule(way=WAYS)
    def write_the_answers_again(self, way: tuple[str, str]) -> None:
        """All of them: those of a lost file are among them."""
        self._answers.append((way, list(answered(self._ledgers[way[1]], way[0]))))

    @precondition(lambda self: self._answers)
    @rule(data=st.data(), until=st.integers(0, 6), keep=st.booleans())
    def read_the_answers(self, data: Any, until: int, keep: bool) -> None:
        number = data.draw(st.integers(0, len(self._answers) - 1))
        way, answers = self._answers[number]
        if not keep:
            del self._answers[number]
        done = data.draw(st.permutations(answers))[: until or None]
        for answer, change in zip(done, settle(self._ledgers[way[0]], way[1], done), strict=True):
            assert not isinstance(change, JifenError), change
            self._told(way, answer.name, answer.answer)

    # -- in one process, and what ends one -------------------------------------------------------

    @rule(way=WAYS)
    def exchange_all(self, way: tuple[str, str]) -> None:
        here, there = way
        done = exchange(self._ledgers[here], self._ledgers[there])
        assert not done.failures
        assert done.sent == done.received + done.declined == done.confirmed + done.rejected
        self._see(way)
        assert not list(outbox(self._ledgers[here], there))

    @rule(way=WAYS, where=st.sampled_from(("shop", "air")), after=st.booleans())
    def die_in_an_exchange(self, way: tuple[str, str], where: str, after: bool) -> None:
        """One of the two dies at its commit: before it, or when it is durable already."""
        here, there = way
        with _dying(self._ledgers[where], after=after) as dead:
            try:
                exchange(self._ledgers[here], self._ledgers[there])
            except Died:
                assert dead
        self._reopen(where)
        self._see(way)

    @rule(own=st.sampled_from(("shop", "air")))
    def close_and_reopen(self, own: str) -> None:
        self._reopen(own)

    def _reopen(self, own: str) -> None:
        self._ledgers[own].close()
        self._ledgers[own] = Ledger.open(
            self._folder / own, clock=self._clock, durability="relaxed", key=b"k" * 32
        )

    # -- what was heard --------------------------------------------------------------------------

    def _heard(self, way: tuple[str, str], name: str, answer: str) -> None:
        """Who is a member there gets the points; the first answer is the answer for ever."""
        sent = self._sent[way, name]
        if not sent.said_there:
            known = not self._ledgers[way[1]].strangers([sent.account])
            assert answer == ("received" if known else "declined")
        assert sent.said_there in ("", answer)
        sent.said_there = answer

    def _told(self, way: tuple[str, str], name: str, answer: str) -> None:
        sent = self._sent[way, name]
        assert sent.said_there == answer
        sent.said_here = answer

    def _see(self, way: tuple[str, str]) -> None:
        """Right after an exchange, which does not tell of each: what the two stores say."""
        here, there = way
        for row in self._ledgers[there].transfers("in", program=here):
            self._heard(way, row.name, row.state)
        for row in self._ledgers[here].transfers("out", ("confirmed", "rejected"), program=there):
            self._told(way, row.name, {"confirmed": "received"}.get(row.state, "declined"))

    # -- what holds at every moment --------------------------------------------------------------

    def _balance(self, own: str, member: str) -> int:
        """What a member should have, from the facts alone."""
        points = START if member in MEMBERS else 0
        for (way, _), sent in self._sent.items():
            if way[0] == own and sent.member == member and sent.said_here != "declined":
                points -= sent.points + FEE[own]
            if way[1] == own and sent.account == member and sent.said_there == "received":
                points += sent.theirs
        return points

    @invariant()
    def everyone_has_what_they_should(self) -> None:
        for own, ledger in self._ledgers.items():
            for member in MEMBERS:
                assert ledger.account(member).balance == self._balance(own, member)

    @invariant()
    def every_transfer_is_in_one_state(self) -> None:
        for way in RATES if self._ledgers else ():
            here, there = (self._ledgers[own] for own in way)
            sent = {name: s for (w, name), s in self._sent.items() if w == way}
            found = reconcile(here.transfers("out", program=way[1]), answered(there, way[0]))
            assert found.faults == ()
            assert found.sent == _sums(sent.values())
            assert _added(found.confirmed, found.rejected, found.pending) == found.sent
            assert _added(found.received, found.declined, found.not_seen) == found.sent
            assert found.confirmed == _sums(s for s in sent.values() if s.said_here == "received")
            assert found.rejected == _sums(s for s in sent.values() if s.said_here == "declined")
            assert found.received == _sums(s for s in sent.values() if s.said_there == "received")
            assert found.declined == _sums(s for s in sent.values() if s.said_there == "declined")

    @invariant()
    def no_point_is_made_or_lost_between_them(self) -> None:
        """What left and was not given back is there by the exact rate, under way, or a fee."""
        for one, other in RATES if self._ledgers else ():
            sent = list(self._ledgers[one].transfers("out", program=other))
            came = {row.name: row for row in self._ledgers[other].transfers("in", program=one)}
            out = sum(START - self._ledgers[one].account(member).balance for member in MEMBERS)
            back = sum(row.points for row in self._ledgers[one].transfers("in", program=other))
            if not self._ledgers[one].strangers([NOBODY]):
                back -= self._ledgers[one].account(NOBODY).balance
            gone = [row for row in sent if row.state != "rejected"]
            assert out + back == sum(row.points + row.fee for row in gone)
            arrived = {row.name for row in came.values() if row.points}
            assert arrived <= {row.name for row in gone}
            there = sum(row.points for row in came.values())
            assert there == sum(r.points for r in gone if r.name in arrived) * ratio(one, other)


def _sums(sent: Any) -> tuple[int, int]:
    points = [one.points for one in sent]
    return len(points), sum(points)


def _added(*pairs: tuple[int, int]) -> tuple[int, int]:
    return sum(number for number, _ in pairs), sum(points for _, points in pairs)


@contextmanager
def _dying(ledger: Ledger, *, after: bool) -> Iterator[list[bool]]:
    """The ledger's next commit is its last: nothing of it is there, or all of it is."""
    recorder: SQLiteRecorder = ledger._recorder
    commit, dead = recorder.commit, []

    def die() -> None:
        dead.append(True)
        if after:
            commit()
        raise Died

    recorder.commit = die  # type: ignore[method-assign]
    try:
        yield dead
    finally:
        recorder.commit = commit  # type: ignore[method-assign]


TestTwoLedgers = TwoLedgers.TestCase
