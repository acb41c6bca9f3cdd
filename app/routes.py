"""Which fact goes to whom. Hubs get every fact; this names the consumers beside them."""

from app.relay import Consumer, Routes


def joined(*parts: Routes) -> Routes:
    """The routes of several parts as one: consumers of a kind of fact in the order of the parts."""
    routes: dict[str, list[Consumer]] = {}
    for part in parts:
        for kind, consumers in part.items():
            routes.setdefault(kind, []).extend(consumers)
    return routes
