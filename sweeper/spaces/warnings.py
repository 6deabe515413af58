"""What is allowed in a space and probably not meant."""

from __future__ import annotations

from collections.abc import Iterator

from sweeper.spaces.leaves import Leaf
from sweeper.spaces.ranges import wide
from sweeper.spaces.tree import Choice, Fixed, Group, Node, Options, Part, Range, values_of
from sweeper.spaces.wording import shown


def warnings_of(tree: Group, found: tuple[Leaf, ...]) -> tuple[str, ...]:
    """One line each."""
    return (*_wide_ranges(found), *_single_choices(found), *_untuned_rates(tree))


def device_warnings(tree: Group, device: str) -> tuple[str, ...]:
    """One line each, on a device such as `cpu` or `gpu:0`."""
    if device == "cpu" and "mixed_bfloat16" in values_of(tree, "training", "precision"):
        return ("training.precision mixed_bfloat16 pays on a GPU; a CPU computes it more slowly than float32.",)
    return ()


def incomplete_block(trials: int, choices: int) -> str | None:
    """The warning that the last block lacks some choices, or None."""
    if choices < 1 or trials % choices == 0:
        return None
    whole = trials // choices * choices
    return (
        f"{trials} trials are not whole blocks of {choices} choices: the last block lacks {choices - trials % choices}. "
        f"Take {f'{whole} or ' if whole else ''}{whole + choices} trials."
    )


def uneven_shares(trials: int, choices: int, startup: int) -> Iterator[str]:
    """One line each, of a sampler that learns from the trials of each choice apart."""
    share, more = divmod(trials, choices)
    if more:
        yield (
            f"{trials} trials are no even shares of {choices} choices: {more} of them get one more than the others. "
            f"Take {f'{share * choices} or ' if share else ''}{(share + 1) * choices} trials."
        )
    if share <= startup:
        yield (
            f"each choice gets {share} trials, of which the sampler draws the first {startup} at random: it learns nothing. "
            f"Take more trials than {startup * choices}, or a smaller startup."
        )


def _wide_ranges(found: tuple[Leaf, ...]) -> Iterator[str]:
    for leaf in found:
        if isinstance(leaf.node, Range) and wide(leaf.node) and leaf.layer <= 1:
            low, high = shown(leaf.node.low), shown(leaf.node.high)
            yield (
                f"{leaf.name} is linear from {low} to {high}: nine draws in ten lie above a tenth of its upper end. "
                "Add log: true if its order of magnitude matters."
            )


def _single_choices(found: tuple[Leaf, ...]) -> Iterator[str]:
    for leaf in found:
        if isinstance(leaf.node, Choice | Options) and len(leaf.node.values) == 1:
            yield f"{leaf.name} is a choice with one value, {shown(leaf.node.values[0])}: nothing is tried."


def _untuned_rates(node: Node) -> Iterator[str]:
    """A learning rate that is searched for one option and left at its default for another makes the comparison unfair."""
    if isinstance(node, Options):
        rates = {
            name: dict(content.settings).get("learning_rate") for name, content in node.options if isinstance(content, Part)
        }
        tuned = [str(name) for name, rate in rates.items() if isinstance(rate, Range | Choice)]
        left = [str(name) for name, rate in rates.items() if isinstance(rate, Fixed) and not rate.given]
        if tuned and left:
            yield (
                f"in {node.name} the learning rate is searched for {', '.join(tuned)} and left at its default for "
                f"{', '.join(left)}: the comparison favours what is tuned."
            )
        for _, content in node.options:
            yield from _untuned_rates(content)
    if isinstance(node, Part | Group):
        for _, inner in node.settings:
            yield from _untuned_rates(inner)
