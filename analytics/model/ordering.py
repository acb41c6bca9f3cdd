"""The order in which equations are solved within a year: what depends on nothing first, loops as blocks."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet


def blocks(depends: Mapping[str, AbstractSet[str]]) -> list[tuple[str, ...]]:
    """Strongly connected parts of the graph, each after those it depends on (Tarjan 1972, without recursion).

    `depends` names for each variable those of the same year in its equation; names without an equation
    do not matter. Within a block names keep their order in the model, so the result is the same each time.

    >>> blocks({"Y": {"C", "I"}, "C": {"Y"}, "I": set()})
    [('I',), ('Y', 'C')]
    """
    order = {name: place for place, name in enumerate(depends)}
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    waiting: set[str] = set()
    found: list[tuple[str, ...]] = []
    for root in depends:
        if root in index:
            continue
        work = [(root, iter(sorted(depends[root] & order.keys(), key=order.__getitem__)))]
        index[root] = low[root] = len(index)
        stack.append(root)
        waiting.add(root)
        while work:
            name, rest = work[-1]
            step = next((other for other in rest if other not in index or other in waiting), None)
            if step is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[name])
                if low[name] == index[name]:
                    found.append(_component(name, stack, waiting, order))
            elif step in index:
                low[name] = min(low[name], index[step])
            else:
                index[step] = low[step] = len(index)
                stack.append(step)
                waiting.add(step)
                work.append((step, iter(sorted(depends[step] & order.keys(), key=order.__getitem__))))
    return found


def feedback(block: tuple[str, ...], depends: Mapping[str, AbstractSet[str]]) -> tuple[str, ...]:
    """Names whose value a sweep through the block reads before it computes it.

    >>> feedback(("Y", "C"), {"Y": {"C"}, "C": {"Y"}})
    ('C',)
    """
    place = {name: at for at, name in enumerate(block)}
    read_early = {
        other for name in block for other in depends[name] if other in place and place[other] >= place[name]
    }
    return tuple(name for name in block if name in read_early)


def _component(root: str, stack: list[str], waiting: set[str], order: Mapping[str, int]) -> tuple[str, ...]:
    cut = stack.index(root)
    members = stack[cut:]
    del stack[cut:]
    waiting.difference_update(members)
    return tuple(sorted(members, key=order.__getitem__))
