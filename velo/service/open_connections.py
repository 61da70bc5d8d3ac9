"""Which connections are held: so many in all, and so many of one stranger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Protocol

from velo.settings import Serve

SITE_BITS = 64
"""One customer has a whole IPv6 network of this prefix, so it counts as one peer."""


class Connection(Protocol):
    """What can be made to give way."""

    def give_way(self) -> None:
        """End at once."""


def known_peers(proxies: Sequence[str]) -> Callable[[str | None], bool]:
    """Whether a peer may hold as many connections as there are.

    Such are loopback, whoever comes over a Unix socket (None), and the proxies.

    Args:
        proxies: addresses and networks.
    """
    networks = [ip_network(each, strict=False) for each in proxies]

    def known(peer: str | None) -> bool:
        if peer is None:
            return True
        address = _address(peer)
        return address.is_loopback or any(address in network for network in networks)

    return known


class OpenConnections:
    """The connections of one server; used by its loop alone."""

    def __init__(self, most: int, of_one_peer: int, known: Callable[[str | None], bool]) -> None:
        """None yet.

        Args:
            most: connections in all.
            of_one_peer: connections of an address that is not known, or of its /64 in IPv6.
            known: whether a peer is bounded by the first number alone.
        """
        self._most, self._of_one_peer, self._known = most, of_one_peer, known
        self._held: dict[Connection, str | None] = {}
        self._by_peer: Counter[str] = Counter()
        # Dicts keep their order: the first has waited longest.
        self._waiting_strangers: dict[Connection, None] = {}

    @classmethod
    def bounded(cls, bounds: Serve) -> OpenConnections:
        """Those of a server of these bounds, none yet."""
        return cls(bounds.connections, bounds.connections_of_one_peer, known_peers(bounds.proxies))

    def __len__(self) -> int:
        """How many are held."""
        return len(self._held)

    def take(self, connection: Connection, peer: str | None) -> bool:
        """Whether a new connection is held.

        Where all are, the stranger's gives way that has waited longest for a request.

        Args:
            connection: that was made.
            peer: its address; None over a Unix socket.
        """
        stranger = None if self._known(peer) or peer is None else _site(peer)
        if stranger is not None and self._by_peer[stranger] >= self._of_one_peer:
            return False
        if len(self._held) >= self._most:
            oldest = next(iter(self._waiting_strangers), None)
            if oldest is None:
                return False
            self.let_go(oldest)
            oldest.give_way()
        self._held[connection] = stranger
        if stranger is not None:
            self._by_peer[stranger] += 1
        return True

    def let_go(self, connection: Connection) -> None:
        """A connection has ended, or was never held."""
        self.busy(connection)
        stranger = self._held.pop(connection, None)
        if stranger is None:
            return
        self._by_peer[stranger] -= 1
        if not self._by_peer[stranger]:
            del self._by_peer[stranger]

    def waits(self, connection: Connection) -> None:
        """A connection waits for a request from now on."""
        self.busy(connection)
        if self._held.get(connection) is not None:
            self._waiting_strangers[connection] = None

    def busy(self, connection: Connection) -> None:
        """A connection has a request that is to be answered."""
        self._waiting_strangers.pop(connection, None)


def _address(peer: str) -> IPv4Address | IPv6Address:
    address = ip_address(peer.partition("%")[0])
    if isinstance(address, IPv6Address):
        return address.ipv4_mapped or address
    return address


def _site(peer: str) -> str:
    address = _address(peer)
    if isinstance(address, IPv6Address):
        return str(ip_network((address, SITE_BITS), strict=False))
    return str(address)
