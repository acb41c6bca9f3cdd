"""A model and a run of it that is done, for tests of pages: the real model, the real answer, few draws."""

import functools
import json

from analytics.answering import answer
from analytics.model import parse_model, read_table
from analytics.outlining import outline
from analytics.synthetic.generator import DATA
from core.indicators import Indicator, register_indicators
from core.scenarios import (
    Decision,
    RunRequest,
    add_model,
    ask_run,
    describe_model,
    finish_run,
    publish_run,
)
from tests.town import VERA, Town

TEXT = (DATA / "model.toml").read_text("utf-8")
REQUEST = RunRequest(
    draws=50,
    decision=Decision(title="Цех на 300 мест", sector="industry", money=900, jobs=300, year=2026),
)


@functools.cache
def body_of(request_json: str, vintage: int) -> str:
    """The answer of the example model about Заречный."""
    request = RunRequest.from_json(json.loads(request_json))
    table = read_table(DATA / "observations.csv")
    body = answer(
        parse_model(TEXT.encode()), table, "99701000", request,
        report=lambda _stage, _share: None, redefined={"INVEST": 2012},
    )  # fmt: skip
    body["passport"]["vintage"] = vintage
    return json.dumps(body, ensure_ascii=False)


PRODUCT = Indicator(
    code="GMP",
    rubric="development",
    title_ru="Валовой муниципальный продукт",
    title_en="Gross municipal product",
    unit="млн руб.",
    unit_en="RUB m",
    frequency="A",
    good="up",
    decimals=0,
)
"""What an effect card may tell of."""


def give_model(town: Town) -> str:
    """The example model, read."""
    town.database.run(register_indicators, indicators=[PRODUCT])
    model_id = town.database.run(
        add_model,
        territory_id=town.territory.id,
        file_name="model.toml",
        text=TEXT,
        added_by=town.people[VERA],
    )
    town.database.run(describe_model, model_id=model_id, outline=outline(parse_model(TEXT.encode())))
    return model_id


def finish(town: Town, run_id: str, request: RunRequest) -> None:
    """What a worker would do."""
    body = body_of(json.dumps(request.to_json()), 1)
    town.database.run(finish_run, run_id=run_id, body=body)


def computed_run(town: Town, *, request: RunRequest = REQUEST, public: bool = False) -> str:
    """A run of the example model that is done."""
    run_id = town.database.run(
        ask_run,
        model_id=give_model(town),
        territory_id=town.territory.id,
        request=request,
        asked_by=town.people[VERA],
    )
    finish(town, run_id, request)
    if public:
        town.database.run(publish_run, run_id=run_id, published_by=town.people[VERA], public=True)
    return run_id
