"""Results, answers and amounts as drawings for people; they compute nothing and read nothing."""

from campaign_lib.show.charts.results import (
    amounts_chart,
    answers_chart,
    progress_chart,
    steps_chart,
    trend_chart,
)

__all__ = ["amounts_chart", "answers_chart", "progress_chart", "steps_chart", "trend_chart"]
