"""`velo ui`: on loopback alone, and gone with Ctrl-C."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from ipaddress import ip_address
from pathlib import Path

import pytest

from tests.cli.velo_command import velo
from velo.cli.ui import address, require_loopback
from velo.errors import InputError


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.53", "::1", "localhost"])
def test_a_host_is_taken_if_only_this_machine_can_reach_it(host: str) -> None:
    """What the name resolves to here is a loopback address, and nothing is raised."""
    for *_, place in socket.getaddrinfo(host, 0):
        assert ip_address(place[0]).is_loopback
    require_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.7", "example.org", "", "localhost."])
def test_every_other_address_is_refused(host: str) -> None:
    with pytest.raises(InputError, match="would show the home to others"):
        require_loopback(host)


def test_an_address_of_version_six_is_shown_as_a_browser_takes_it() -> None:
    assert address("::1", 5000) == "http://[::1]:5000"


def test_a_refused_host_is_told_in_one_line_and_nothing_is_opened(tmp_path: Path) -> None:
    answer = velo(tmp_path / "home", "ui", "--host", "0.0.0.0")
    assert answer.code == 2
    assert answer.err.count("\n") == 1
    assert not (tmp_path / "home").exists()


@pytest.mark.slow
def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        answer = velo(tmp_path, "ui", "--port", port)
    assert answer.code == 2
    assert f"port {port} on 127.0.0.1 is not available" in answer.err


@pytest.mark.slow
@pytest.mark.parametrize("order", [signal.SIGINT, signal.SIGTERM])
def test_mlflow_is_served_until_it_is_ended(tmp_path: Path, order: signal.Signals) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "velo", "ui", "--port", str(port)],
        env={**os.environ, "VELO_HOME": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        first_line = process.stdout.readline()
        assert re.match(rf"MLflow: http://127\.0\.0\.1:{port}/#/experiments/\d+/runs", first_line)
        url = f"http://127.0.0.1:{port}/api/2.0/mlflow/experiments/get-by-name?experiment_name=velo"
        with urllib.request.urlopen(url, timeout=60) as answer:
            assert (tmp_path / "mlartifacts").as_uri() in answer.read().decode()
        assert _status(url) == 200
        for host in ("rebound.example", "rebound.example:5000", "192.168.0.7", "10.0.0.1:5000"):
            assert _status(url, host=host) == 403
        written = url.replace("get-by-name?experiment_name=velo", "create")
        assert _status(written, "POST", b'{"name": "x"}', origin="http://other.example") == 403
        assert _status(written, "POST", b'{"name": "x"}', origin="null") == 403
        # Whoever is impatient asks twice, and must not leave the server behind.
        process.send_signal(order)
        time.sleep(0.1)
        process.send_signal(order)
        assert process.wait(60) == 0
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=5)
    finally:
        process.kill()
        process.wait(60)
        process.stdout.close()  # type: ignore[union-attr]


@pytest.mark.slow
def test_feasts_pages_are_read_by_this_machine_and_changed_by_nobody(tmp_path: Path) -> None:
    environment = {**os.environ, "VELO_HOME": str(tmp_path)}
    subprocess.run(
        [sys.executable, "-m", "feast.cli.cli", "-c", "feature_repo", "apply"],
        env=environment,
        check=True,
        capture_output=True,
    )
    with (
        socket.create_server(("127.0.0.1", 0)) as mlflow,
        socket.create_server(("127.0.0.1", 0)) as feast,
    ):
        ports = [str(each.getsockname()[1]) for each in (mlflow, feast)]
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "velo",
            "ui",
            "--port",
            ports[0],
            "--feast",
            "--feast-port",
            ports[1],
        ],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()
        assert process.stdout.readline() == f"Feast: http://127.0.0.1:{ports[1]}\n"
        base = f"http://127.0.0.1:{ports[1]}"
        services = f"{base}/api/v1/feature_services?project=velo"
        before = (tmp_path / "registry.db").read_bytes()
        with urllib.request.urlopen(services, timeout=60) as answer:
            assert b"velo_v1_1_0" in answer.read()
        assert _status(base + "/p/velo") == 200
        one = f"{base}/api/v1/feature_services/velo_v1_1_0?project=velo"
        for method in ("DELETE", "POST", "PUT", "PATCH", "OPTIONS"):
            assert _status(one, method) == 405
        assert _status(services, host="rebound.example") == 403
        assert _status(services, origin="https://other.example") == 403
        assert _status(services, **{"sec-fetch-site": "cross-site"}) == 403
        assert (tmp_path / "registry.db").read_bytes() == before
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        process.stdout.close()  # type: ignore[union-attr]


def _status(url: str, method: str = "GET", body: bytes | None = None, **headers: str) -> int:
    asked = urllib.request.Request(
        url, body, {"content-type": "application/json", **headers}, method=method
    )
    try:
        with urllib.request.urlopen(asked, timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
