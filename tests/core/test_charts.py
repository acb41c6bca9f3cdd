"""Charts: laid out once for every renderer, readable without colour, told in words and as a table."""

import json
from dataclasses import replace
from itertools import combinations

import pytest

from core.charts import (
    CARD,
    PHONE,
    PICTURE,
    Area,
    Frame,
    Line,
    OverTime,
    Row,
    Scene,
    Shape,
    Stroke,
    Words,
    alt_text,
    as_table,
    draw,
    figures_of,
)
from core.charts.figures import NARROW_LETTER
from core.charts.frame import BOLD_LETTER
from tests.core.chart_examples import (
    FACTS,
    PER_CENT,
    contributions,
    examples,
    fan,
    head,
    plan,
    ranking,
    scenarios,
)

# A letter of DejaVu Sans and of the type of the site takes about so much of its size, measured.
LETTER = 0.56


def words_in(scene: Scene) -> list[Words]:
    return [shape for shape in scene.shapes if isinstance(shape, Words)]


def box_of(words: Words) -> tuple[float, float, float, float]:
    letter = BOLD_LETTER if words.bold else LETTER
    width = sum(min(letter, NARROW_LETTER) if one in ",\u00a0" else letter for one in words.text) * words.size
    left = words.at[0] - {"start": 0.0, "middle": 0.5, "end": 1.0}[words.anchor] * width
    return left, words.at[1] - words.size * 0.4, left + width, words.at[1] + words.size * 0.4


def corners(shape: Shape) -> list[tuple[float, float]]:
    match shape:
        case Stroke(points) | Area(points):
            return list(points)
        case Words():
            left, top, right, bottom = box_of(shape)
            return [(left, top), (right, bottom)]
        case _:
            return [shape.at]


@pytest.mark.parametrize("frame", [CARD, PICTURE, PHONE], ids=["card", "picture", "phone"])
@pytest.mark.parametrize("kind", examples())
def test_nothing_of_a_chart_leaves_its_paper_and_no_words_lie_on_others(kind: str, frame: Frame) -> None:
    scene = draw(examples()[kind], frame, language="ru")

    outside = [
        shape
        for shape in scene.shapes
        for x, y in corners(shape)
        if not (-1 <= x <= scene.width + frame.text and -1 <= y <= scene.height + 1)
    ]
    assert outside == []
    boxes = [(words.text, box_of(words)) for words in words_in(scene)]
    crossing = [
        (one, other)
        for (one, a), (other, b) in combinations(boxes, 2)
        if a[0] + 2 < b[2] and b[0] + 2 < a[2] and a[1] + 1 < b[3] and b[1] + 1 < a[3]
    ]
    assert crossing == []
    assert Scene.from_json(json.loads(json.dumps(scene.to_json()))) == scene


def test_a_plan_is_read_without_colour_and_scenarios_by_their_dashes() -> None:
    shapes = draw(plan(), PICTURE, language="ru").shapes

    assert {"✓", "✗", "…"} <= {shape.text for shape in shapes if isinstance(shape, Words)}
    hatched = [shape for shape in shapes if isinstance(shape, Stroke) and shape.role == "bad"]
    assert len(hatched) > 5
    lines = [
        shape
        for shape in draw(scenarios(), CARD, language="ru").shapes
        if isinstance(shape, Stroke) and shape.role in {"main", "second", "third"}
    ]
    assert len({line.dash for line in lines}) == 3


def test_a_waterfall_climbs_step_by_step_and_its_last_bar_stands_on_the_ground() -> None:
    bars = [shape for shape in draw(contributions(), CARD, language="ru").shapes if isinstance(shape, Area)]

    first, second, down, total = [(bar.points[0][0], bar.points[1][0]) for bar in bars]
    assert first[1] == second[0]
    assert down[1] == second[1]
    assert (total[0], total[1]) == (first[0], down[0])


def test_of_a_long_ranking_the_ends_and_the_neighbours_of_ones_own_are_shown() -> None:
    rows = tuple(Row(name=f"Город {n}", value=float(n), own=n == 30) for n in range(1, 61))

    said = [one.text for one in words_in(draw(replace(ranking(), rows=rows), PHONE, language="ru"))]

    for name in ("1. Город 1", "29. Город 29", "30. Город 30", "31. Город 31", "60. Город 60"):
        assert name in said
    assert "45. Город 45" not in said


def test_a_chart_is_told_in_words_and_as_a_table_and_as_figures() -> None:
    said = {kind: alt_text(chart) for kind, chart in examples().items()}
    table = as_table(fan(), "ru")

    within = "с вероятностью 80 % — от 5,3\u00a0% до 6,5\u00a0%"
    assert said["fan"].endswith(
        f"прогноз: 2030 — 5,9\u00a0%; {within}; цель 2030: 4,2\u00a0%; порог 5,5\u00a0%."
    )
    assert "2023: 25,5\u00a0тыс. м², План 30,0\u00a0тыс. м², не выполнено" in said["plan"]
    assert "3. Заречный — 6,1\u00a0%" in said["ranking"]
    assert "поправка по прошлому — −3,3\u00a0п.\u00a0п." in said["contributions"]
    assert table.header == ("Период", "факт", "прогноз", "Полоса 80 %")
    assert table.rows[0] == ("2030", "", "5,9", "5,3 … 6,5")
    assert as_table(plan(), "ru").rows[1] == ("2024", "31,0", "", "")
    assert ("target", "2030", 4.2) in figures_of(fan())
    assert all(as_table(chart, "ru").rows and figures_of(chart) for chart in examples().values())


def test_one_value_alone_and_equal_values_are_drawn() -> None:
    lonely = Line(name="", style="main", points=(("2024", 3.0),))
    flat = Line(name="", style="main", points=(("2023", 0.0), ("2024", 0.0)))

    for line in (lonely, flat):
        chart = OverTime(head=head("Одно"), measure=PER_CENT, lines=(line,))
        assert "2024" in {one.text for one in words_in(draw(chart, CARD, language="ru"))}


def test_a_picture_of_a_forecast_says_its_news_large_and_its_threshold_where_nothing_is_covered() -> None:
    alone = draw(fan(), PICTURE, language="ru")
    calm = draw(
        replace(fan(), crossed=False, threshold=9.0, limit="порог 9,0\u00a0%"), PICTURE, language="ru"
    )
    young = replace(
        fan(), lines=(replace(fan().lines[0], points=FACTS[-1:]),), spreads=(), now=None, ahead=""
    )
    lonely = draw(young, PICTURE, language="ru")

    said = {one.text: one for one in words_in(alone)}
    largest = sorted(said.values(), key=lambda one: -one.size)[:3]
    assert [one.text for one in largest] == ["7,1\u00a0%", "5,9\u00a0%", "Уровень безработицы"]
    assert said["7,1\u00a0%"].role == "bad"
    assert {"прогноз →", "порог 5,5 %", "до 6,5\u00a0%", "от 5,3\u00a0%"} <= said.keys()
    limit = said["порог 5,5 %"]
    history = next(one for one in alone.shapes if isinstance(one, Stroke) and one.role == "ink")
    left, top, right, bottom = box_of(limit)
    assert not [x for x, y in history.points if left < x < right and top < y < bottom]
    assert "bad" not in {one.role for one in words_in(calm)}
    assert [one.role for one in words_in(lonely) if one.text == "7,1\u00a0%"] == ["bad"]
