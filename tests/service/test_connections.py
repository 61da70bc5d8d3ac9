"""How many connections are held, of whom, and which gives way."""

from __future__ import annotations

import pytest

from velo.service.open_connections import OpenConnections, known_peers
from velo.settings import Serve


class Held:
    """A connection that notes whether it gave way."""

    gone = False

    def give_way(self) -> None:
        self.gone = True


def doors(most: int = 4, of_one_peer: int = 2) -> OpenConnections:
    return OpenConnections(most, of_one_peer, known_peers(["10.0.0.0/8"]))


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.1.2.3", None])
def test_loopback_a_proxy_and_a_unix_socket_are_bounded_in_all_alone(peer: str | None) -> None:
    held = doors()
    assert [held.take(Held(), peer) for _ in range(5)] == [True] * 4 + [False]


@pytest.mark.parametrize(
    ("peer", "neighbour"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::ffff:1"),
        ("fe80::1%eth0", "fe80::2%eth1"),
    ],
)
def test_a_stranger_holds_so_many_and_no_more_until_one_ends(peer: str, neighbour: str) -> None:
    held = doors()
    first = Held()
    assert held.take(first, peer)
    assert held.take(Held(), neighbour)
    assert not held.take(Held(), peer)
    held.let_go(first)
    held.let_go(first)
    assert held.take(Held(), peer)
    assert not held.take(Held(), neighbour)


@pytest.mark.parametrize(
    ("serve", "peer", "most"),
    [
        (Serve(connections=3), "127.0.0.1", 3),
        (Serve(connections_of_one_peer=2), "192.0.2.1", 2),
        (
            Serve(connections=9, connections_of_one_peer=2, proxies=("192.0.2.0/24",)),
            "192.0.2.1",
            9,
        ),
    ],
)
def test_as_many_are_held_as_the_settings_say_and_a_proxy_counts_in_all_alone(
    serve: Serve, peer: str, most: int
) -> None:
    held = OpenConnections.bounded(serve)
    assert [held.take(Held(), peer) for _ in range(most + 1)] == [True] * most + [False]


def test_where_all_are_held_the_stranger_gives_way_that_waited_longest() -> None:
    held = doors()
    strangers = [Held() for _ in range(4)]
    for number, each in enumerate(strangers):
        assert held.take(each, f"192.0.2.{number}")
        held.waits(each)
    held.busy(strangers[0])
    held.waits(strangers[1])
    assert held.take(Held(), "127.0.0.1")
    assert [each.gone for each in strangers] == [False, False, True, False]
    assert len(held) == 4


def test_who_is_being_answered_and_a_known_peer_never_give_way() -> None:
    held = doors()
    known, stranger = [Held() for _ in range(3)], Held()
    for each in known:
        assert held.take(each, "127.0.0.1")
        held.waits(each)
    assert held.take(stranger, "192.0.2.1")
    assert not held.take(Held(), "127.0.0.1")
    assert not stranger.gone
