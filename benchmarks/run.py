"""`sweep` against its peers, on one list of configurations, the same arrays, epochs and batch size:

    python benchmarks/run.py                              all cases, three repeats
    python benchmarks/run.py mlp cnn --repeats 5          some
    python benchmarks/run.py --quick                      three trials of two epochs, once: does everything run?

KerasTuner and Ray Tune need an interpreter that has them: --peers-python PATH (benchmarks/peers/requirements.txt). Sides take
turns, in each repeat another one first. Every run is a line of the results; what is there already is not run again, so an
interrupted benchmark goes on where it stopped. A side that fails is told, and the others go on; run again, it is tried again.
"""

from __future__ import annotations

import argparse
import datetime
import json
import sys
from pathlib import Path
from typing import Any

import results
from machine import machine, machine_of, sentence
from sides import Case, Side, measure, sides
from tables import tables

CASES = ("mlp", "cnn", "lstm", "mixed", "large")
SWEEPS = ("sweep", "sweep_one")
"""Sides that give the list of configurations."""
DEFAULT_SIDES = ("sweep", "plain", "tuner", "ray")


def main() -> None:
    arguments = parsed()
    known = sides(arguments.peers_python)
    wanted = arguments.sides or [name for name in DEFAULT_SIDES if name in known]
    if unknown := [name for name in wanted if name not in known]:
        raise SystemExit(f"no such side: {', '.join(unknown)}. Known are: {', '.join(known)}. Peers need --peers-python.")
    machines = {"own": machine()} | ({"peers": machine_of(arguments.peers_python)} if arguments.peers_python else {})
    for found in machines.values():
        print(sentence(found), flush=True)
    failed = 0
    for name in arguments.names or CASES:
        folder = arguments.out.with_suffix("") / f"{name}-{arguments.trials or 'all'}x{arguments.epochs or 'all'}"
        case = Case(name, folder.absolute(), arguments.trials, arguments.epochs)
        for repeat in range(arguments.repeats):
            for side in order(wanted, repeat, case):
                run = machines["peers" if side in ("tuner", "ray", "ray_reuse") else "own"]
                try:
                    measure_once(arguments.out, case, side, known[side], repeat, run)
                except RuntimeError as error:
                    failed += 1
                    print(error, flush=True)
    print("\n" + tables(results.read(arguments.out)))
    sys.exit(f"{failed} runs failed; the same command tries them again" if failed else 0)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", choices=[*CASES, []], metavar="NAME", help=f"of {', '.join(CASES)}")
    parser.add_argument("--sides", nargs="+", metavar="SIDE", help="also sweep_one, plain_each, ray_reuse")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--trials", type=int, help="instead of the space's")
    parser.add_argument("--epochs", type=int, help="instead of the space's")
    parser.add_argument("--quick", action="store_true", help="--trials 3 --epochs 2 --repeats 1")
    parser.add_argument("--peers-python", metavar="PATH", help="an interpreter with KerasTuner and Ray Tune")
    parser.add_argument(
        "--out", type=Path, default=Path("results.jsonl"), help="JSON lines; lists and data lie in a folder beside it"
    )
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.trials, arguments.epochs, arguments.repeats = 3, 2, 1
    return arguments


def order(wanted: list[str], repeat: int, case: Case) -> list[str]:
    """The sides in turn, in each repeat another first; the sweep where there is no list of configurations yet."""
    if not case.listed.exists():
        return ["sweep", *(name for name in wanted if name != "sweep")]
    first = repeat % len(wanted)
    return wanted[first:] + wanted[:first]


def measure_once(out: Path, case: Case, name: str, side: Side, repeat: int, made_on: dict[str, Any]) -> None:
    """Runs a side and keeps its line, unless there is one."""
    key = {"case": case.name, "side": name, "repeat": repeat}
    if case.listed.exists() and results.find(results.read(out), **key, list=results.digest(case.listed)):
        print(f"{case.name} {name} {repeat}: is there", flush=True)
        return
    print(f"{case.name} {name} {repeat}: ", end="", flush=True)
    if name not in SWEEPS and not case.listed.exists():
        raise RuntimeError("there is no list of configurations, since the sweep has not run")
    measured = measure(side, case)
    listed = json.loads(case.listed.read_text())
    about = {"trials": len(listed), "epochs": listed[0]["epochs"], "structures": structures(listed)}
    rest = {"date": datetime.date.today().isoformat(), "machine": made_on}
    results.append(out, {**key, "list": results.digest(case.listed), **about, **measured, **rest})
    print(f"{measured['seconds']:.1f} s", flush=True)


def structures(configurations: list[dict[str, Any]]) -> int:
    """Different models and optimizers among the configurations; what a regularizer or a rate is, is no structure."""
    return len({json.dumps([configuration["model"], [*configuration["optimizer"]]]) for configuration in configurations})


if __name__ == "__main__":
    main()
