"""How many lanes the programs of a structure get: what was asked for, or what real epochs show to be fastest.

Where it is open it begins with one lane and doubles while an epoch of a trial gets cheaper. A doubling costs a compilation,
so it is tried only where all of them together stay below SHARE of the time that the structure's trials take.
"""

from __future__ import annotations

SHARE = 0.05
"""Of the expected time, what looking for the number of lanes may cost at most."""
GAIN = 0.95
"""An epoch of a trial must become this much cheaper for twice the lanes to be worth it."""
ROUNDS = 3
"""Full rounds after which a number of lanes is known: the least of them counts, for noise only ever adds."""
MOST = 1024


class LaneChoice:
    """The choice for one structure; told of its rounds, asked whenever all lanes are free.

    `lanes` is the present choice and `why` says why it is no larger, as far as that is known.
    """

    def __init__(self, asked: int, one_lane: str = "", not_tried: str = "") -> None:
        """`asked` is 0 where it is open; `one_lane` and `not_tried` are the back end's reasons."""
        self.lanes = 1 if one_lane else (asked or 1)
        self.why = one_lane or (not_tried if asked == 0 else "")
        self._settled = bool(one_lane or asked or not_tried)
        self._costs: dict[int, float] = {}
        self._rounds: dict[int, int] = {}
        self._spent = self._trained = self._compiled = 0.0

    @property
    def measured(self) -> bool:
        """Whether enough is known of the present choice: lanes may then be refilled without end, before, they have to fall free
        now and then for another number to be tried."""
        return self._settled or self._rounds.get(self.lanes, 0) >= ROUNDS

    @property
    def told(self) -> tuple[int, str, bool]:
        """What the parent hears of it."""
        return self.lanes, self.why, self.measured

    def compiled(self, lanes: int, seconds: float) -> None:
        """A program of so many lanes was compiled."""
        self._compiled = max(self._compiled, seconds)
        if lanes > 1:
            self._spent += seconds

    def round(self, lanes: int, running: int, seconds: float) -> None:
        """A round took so long; with idle lanes it says nothing of what full ones cost."""
        self._trained += seconds
        if running == lanes:
            self._rounds[lanes] = self._rounds.get(lanes, 0) + 1
            self._costs[lanes] = min(self._costs.get(lanes, seconds), seconds / lanes)

    def halve(self, lanes: int) -> None:
        """There was no memory for so many."""
        self.lanes, self.why, self._settled = max(min(self.lanes, lanes // 2), 1), "no memory for more lanes", True

    def reconsider(self, epochs_left: float) -> bool:
        """Whether the choice is another one now; `epochs_left` are those that trials of this structure may still train."""
        if self._settled or not self.measured:
            return False
        cost, half = self._costs[self.lanes], self._costs.get(self.lanes // 2)
        if half is not None and cost > GAIN * half:
            self.why, self._settled = f"{self.lanes} lanes are not faster than {self.lanes // 2}", True
            self.lanes //= 2
            return True
        expected = self._trained + epochs_left * cost
        if self.lanes >= MOST or self._spent + self._compiled > SHARE * expected:
            self.why = f"compiling for {2 * self.lanes} lanes would take more than {SHARE:.0%} of the time expected"
            return False
        self.lanes *= 2
        self.why = ""
        return True
