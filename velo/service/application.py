"""The service over HTTP: routes, and errors as problem+json."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request, Response
from fastapi import Path as InPath
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.exceptions import HTTPException

import velo
from velo.errors import VeloError
from velo.live.serialise import race_json
from velo.report.service_page import page
from velo.service import schemas
from velo.service.admission import Admission
from velo.service.problems import MEDIA, Problem, problem_of
from velo.service.prometheus import Measured
from velo.service.service import Service
from velo.settings.wording import reason
from velo.warehouse.bounds import size_in_bytes

CARD_MEDIA = ("text/csv", "application/json")
ABOUT = (
    "The champion's prices and verdicts for the races of cards. Every prediction is kept, and "
    "predicting again adds a revision. Errors are problem+json; `detail` says what to do."
)
MOST_TOLD = 50
"""Predictions in one answer: of a field of 20 each has 10 kB."""
ALTERNATIVES = ("float", "str")
"""How pydantic names the kinds that a value may be of, as if they were parts of it."""
UNROUTED = (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED)
"""What the router itself says; a race that is not found is told by an error of ours."""
RaceId = Annotated[int, InPath(ge=-(2**63), le=2**63 - 1, description="as GET /races lists them")]
log = logging.getLogger("velo.service")


def application(service: Service, token: str | None) -> Any:
    """The ASGI application of a service, which it opens and closes.

    Args:
        service: not open yet.
        token: that every request must bear but GET /health; None on loopback without one.
    """

    @asynccontextmanager
    async def living(app: FastAPI) -> AsyncIterator[None]:
        await asyncio.to_thread(service.open)
        yield
        await asyncio.to_thread(service.close)

    app = FastAPI(
        title="VÉLØ",
        version=velo.__version__,
        description=ABOUT,
        lifespan=living,
        docs_url=None,
        redoc_url=None,
    )
    _tell_errors(app)
    _routes(app, service)
    _declare_problems(app)
    if token is not None:
        _declare_token(app)
    bounds = service.settings.serve
    admitted = Admission(app, token, size_in_bytes(bounds.largest_body), bounds.body_seconds)
    return Measured(admitted, service.metrics)


def _routes(app: FastAPI, service: Service) -> None:
    @app.get("/health", tags=["service"], responses=_problems(400))
    async def health() -> schemas.Health:
        """Whether the process is alive."""
        return schemas.Health()

    @app.get("/ready", tags=["service"], responses={503: {"model": schemas.Readiness}})
    def ready(response: Response) -> schemas.Readiness:
        """Whether a race of the next day with a card can be predicted, and if not, why."""
        readiness = service.readiness()
        if not readiness.ready:
            response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
        return readiness

    @app.get(
        "/metrics",
        tags=["service"],
        response_class=Response,
        responses={200: {"content": {"text/plain": {}}}},
    )
    def metrics() -> Response:
        """Metrics for Prometheus."""
        return Response(service.metrics.text(), media_type=CONTENT_TYPE_LATEST)

    @app.get("/docs", include_in_schema=False)
    def docs() -> HTMLResponse:
        return HTMLResponse(page(app.openapi()))

    @app.post(
        "/cards",
        tags=["races"],
        responses=_problems(400, 408, 413, 415, 422, 503),
        openapi_extra={"requestBody": _CARD},
    )
    async def cards(request: Request) -> schemas.CardSaid:
        """Take a racecard: CSV, JSON rows with the same columns, or the JSON of a known writer.

        If results came in since the last build, it builds first. It then brings the online store
        to the morning of the first day with an open race. Both may take a while.
        """
        media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media not in CARD_MEDIA:
            raise HTTPException(415, f"send a card as {' or '.join(CARD_MEDIA)}")
        return await asyncio.to_thread(service.take, await request.body(), media)

    @app.get("/races", tags=["races"], responses=_problems(422, 503))
    def races(
        day: Annotated[date | None, Query(alias="date", description="today by default")] = None,
    ) -> schemas.RacesSaid:
        """The known races of a day, with their runners."""
        return schemas.RacesSaid(races=service.races(day or service.today))

    @app.post(
        "/races/{race_id}/predictions",
        tags=["predictions"],
        status_code=201,
        response_class=JSONResponse,
        responses={
            201: {"model": schemas.PredictionSaid},
            **_problems(400, 404, 408, 409, 413, 422, 503),
        },
    )
    async def predict(race_id: RaceId, asked: schemas.PredictionAsked | None = None) -> Response:
        """Predict a race, and keep the prediction as its next revision."""
        race = service.current(race_id)
        if race is None:
            race = await asyncio.to_thread(service.up_to_date, race_id)
        made = service.ask(race, asked or schemas.PredictionAsked())
        return JSONResponse(race_json(await asyncio.wrap_future(made)), HTTPStatus.CREATED)

    @app.get(
        "/races/{race_id}/predictions",
        tags=["predictions"],
        response_class=JSONResponse,
        responses={200: {"model": schemas.Revisions}, **_problems(404, 422, 503)},
    )
    def predictions(
        race_id: RaceId,
        after: Annotated[
            int, Query(ge=0, le=2**63 - 1, description="the revision to start after")
        ] = 0,
        limit: Annotated[int, Query(ge=1, le=MOST_TOLD)] = MOST_TOLD,
    ) -> Response:
        """The predictions of a race, oldest first, a page at a time."""
        page, following = service.revisions(race_id, after, limit)
        return JSONResponse({"predictions": list(map(race_json, page)), "after": following})

    @app.get(
        "/ledger",
        tags=["ledger"],
        response_class=JSONResponse,
        responses={200: {"model": schemas.LedgerSaid}, **_problems(404, 422, 503)},
    )
    def ledger(
        version: Annotated[str | None, Query(max_length=100)] = None,
        strategy: Annotated[str | None, Query(max_length=100)] = None,
        backfill: bool = False,
    ) -> Response:
        """How the predictions did: by day, over 7, 30 and 90 days, and in all."""
        return JSONResponse(service.ledger(version, strategy, backfill))


def _tell_errors(app: FastAPI) -> None:
    @app.exception_handler(VeloError)
    async def ours(request: Request, error: VeloError) -> Response:
        return _problem(request, problem_of(error))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"] if part not in ALTERNATIVES)
        return _problem(request, Problem(HTTPStatus(422), f"{where}: {reason(first)}"))

    @app.exception_handler(HTTPException)
    async def plain(request: Request, error: HTTPException) -> Response:
        why = str(error.detail)
        if error.status_code in UNROUTED:
            why = (
                f"there is no route {request.method} {request.url.path}: GET /docs lists the routes"
            )
        answer = _problem(request, Problem(HTTPStatus(error.status_code), why))
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> Response:
        return _problem(request, problem_of(error))


def _problem(request: Request, problem: Problem) -> Response:
    if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.warning("%s %s: %s", request.method, request.url.path, problem.detail)
    return JSONResponse(
        problem.body(request.url.path), int(problem.status), problem.headers(), MEDIA
    )


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Statuses of problems, as an OpenAPI page lists them."""
    schema = {"$ref": "#/components/schemas/ProblemSaid"}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": {MEDIA: {"schema": schema}}}
        for status in statuses
    }


def _declare_problems(app: FastAPI) -> None:
    """FastAPI lists the models of routes alone, and no route names this one as its answer."""
    components = app.openapi()["components"]["schemas"]
    components["ProblemSaid"] = schemas.ProblemSaid.model_json_schema()


def _declare_token(app: FastAPI) -> None:
    schema = app.openapi()
    schema["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    schema["security"] = [{"token": []}]
    for path, methods in schema["paths"].items():
        for operation in methods.values():
            if path == "/health":
                operation["security"] = []
            else:
                operation["responses"]["401"] = _problems(401)[401]


_CARD: dict[str, Any] = {
    "required": True,
    "content": {
        "text/csv": {
            "schema": {"type": "string"},
            "example": "date,course,off,horse,odds\n2026-05-02,Ripon,2:30,Desert Orchid (GB),7/2\n",
        },
        "application/json": {
            "schema": {
                "oneOf": [
                    {
                        "type": "array",
                        "minItems": 1,
                        "items": {
                            "type": "object",
                            "additionalProperties": {
                                "type": ["string", "number", "boolean", "null"]
                            },
                        },
                    },
                    {"type": "object"},
                ]
            },
        },
    },
}
