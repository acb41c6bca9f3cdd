"""One chart of every kind, with the longest names and the worst figures that must still be readable."""

from core.charts import Chart, Column, Columns, Figure, Grid, Head, Line, Measure, OverTime, Row, Rows, Spread

PER_CENT = Measure(language="ru", unit="%", decimals=1)
MONEY = Measure(language="ru", unit="млн руб.", decimals=0)
FACTS = tuple((str(2003 + i), 5.0 + 0.1 * i) for i in range(22))
AHEAD = tuple((str(2024 + i), 7.1 - 0.2 * i) for i in range(7))


def head(title: str, *, note: str = "") -> Head:
    return Head(title=title, subtitle="Заречный", source="синтетические данные", note=note)


def fan() -> OverTime:
    ends = tuple((period, value - 0.1 * i, value + 0.1 * i) for i, (period, value) in enumerate(AHEAD))
    return OverTime(
        head=head("Уровень безработицы", note="Полоса: вероятность 80 %"),
        measure=PER_CENT,
        lines=(
            Line(name="факт", style="history", points=FACTS, named=False),
            Line(name="прогноз", style="main", points=AHEAD),
        ),
        spreads=(Spread(percent=80, points=ends),),
        now="2024",
        threshold=5.5,
        goals=(("2030", 4.2),),
        crossed=True,
        limit="порог 5,5 %",
        ahead="прогноз",
    )


def scenarios() -> OverTime:
    named = (("оптимистический", "second", 6), ("базовый", "main", 5), ("пессимистический", "third", 4))
    lines = tuple(
        Line(
            name=name,
            style=style,  # type: ignore[arg-type] # literals a line above
            points=tuple((str(2024 + i), 18_500.0 + 10 * step * i) for i in range(7)),
        )
        for name, style, step in named
    )
    facts = tuple((str(2009 + i), 11_000.0 + 500 * i) for i in range(16))
    return OverTime(
        head=head("Валовой муниципальный продукт в ценах 2023 года, всего по городскому округу"),
        measure=MONEY,
        lines=(Line(name="факт", style="history", points=facts, named=False), *lines),
        now="2024",
    )


def plan() -> Columns:
    return Columns(
        head=head("Ввод жилья"),
        measure=Measure(language="ru", unit="тыс. м²", decimals=1),
        columns=(
            Column(period="2022", value=30.0, goal=28.0, status="met"),
            Column(period="2023", value=25.5, goal=30.0, status="missed"),
            Column(period="2024", value=31.0),
            Column(period="2025", value=None, goal=36.0, status="ahead"),
        ),
    )


def ranking() -> Rows:
    towns = ("Лесной", "Новоозёрский городской округ", "Заречный", "Приморск", "Верхняя Слобода")
    rows = tuple(Row(name=name, value=4.1 + i, own=name == "Заречный") for i, name in enumerate(towns))
    return Rows(head=head("Уровень безработицы"), measure=PER_CENT, rows=rows, places=True)


def contributions() -> Rows:
    parts = (
        ("собственный тренд", 6.2),
        ("Инвестиции в основной капитал", 2.5),
        ("поправка по прошлому", -3.3),
    )
    rows = (*(Row(name=name, value=value) for name, value in parts), Row(name="вместе", value=5.4, own=True))
    return Rows(head=head("Рост"), measure=PER_CENT, rows=rows, steps=True, signed=True)


def examples() -> dict[str, Chart]:
    """A chart by the name of its kind."""
    months = tuple((f"{2022 + n // 12}-{n % 12 + 1:02d}", 40_000.0 + n) for n in range(40))
    bars = tuple(Column(period=str(2005 + i), value=80_000.0 + 1_200 * i) for i in range(20))
    figure = Figure(
        head=head("Доля"), measure=PER_CENT, points=FACTS, change="хуже, +0,1 п. п.", verdict="bad"
    )
    rows = (("Средняя зарплата, руб. в месяц", "54 100", "61 000"), ("Население, тыс. чел.", "81,2", "40,4"))
    lines = tuple(
        Line(name=name, style=style, points=months)  # type: ignore[arg-type] # literals a line below
        for name, style in (("Заречный", "main"), ("Лесной", "second"), ("Верхняя Слобода", "third"))
    )
    return {
        "fan": fan(),
        "scenarios": scenarios(),
        "lines": OverTime(head=head("Средняя зарплата"), measure=MONEY, lines=lines),
        "plan": plan(),
        "bars": Columns(head=head("Население"), measure=MONEY, columns=bars),
        "ranking": ranking(),
        "contributions": contributions(),
        "number": figure,
        "table": Grid(head=head("Города"), header=("Показатель", "Заречный", "Лесной"), rows=rows),
    }
