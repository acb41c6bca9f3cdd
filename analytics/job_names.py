"""Which function of which queue does a kind of job: names only, so that a relay imports no model.

The route of ``JobWaiting`` enqueues ``JOBS[fact.work].function`` on ``JOBS[fact.work].queue`` with the
one argument ``fact.key``.
"""

from dataclasses import dataclass

from core.alerts import DRAW_ALERT
from core.charts import DRAW_SCENE
from core.indicators import DRAW_INDICATOR, FORECAST_RELEASE
from core.scenarios import READ_MODEL, RUN_SCENARIOS
from core.uploads import CHECK_UPLOAD, LOAD_UPLOAD


@dataclass(frozen=True, slots=True)
class JobName:
    """A queue and the dotted name of a function that takes the key of a job."""

    queue: str
    function: str


JOBS = {
    FORECAST_RELEASE: JobName("default", "analytics.jobs.forecasts.forecast_release"),
    READ_MODEL: JobName("default", "analytics.jobs.scenarios.read_model_file"),
    RUN_SCENARIOS: JobName("default", "analytics.jobs.scenarios.run_scenarios"),
    CHECK_UPLOAD: JobName("default", "analytics.jobs.uploads.check_upload"),
    LOAD_UPLOAD: JobName("default", "analytics.jobs.uploads.load_upload_file"),
    DRAW_ALERT: JobName("charts", "analytics.jobs.pictures.draw_alert"),
    DRAW_SCENE: JobName("charts", "analytics.jobs.pictures.draw_scene"),
    DRAW_INDICATOR: JobName("charts", "analytics.jobs.pictures.draw_indicator"),
}
