"""The planner: a calendar and cards become blocks of time, and every choice is said."""

from pmagent.tasks.planner.checking import check_plan
from pmagent.tasks.planner.choices import TakenOption, option_name, option_named, taken_option
from pmagent.tasks.planner.estimates import Bias, LookBack, estimate_bias, look_back
from pmagent.tasks.planner.habits import ReadHabits, habits_of
from pmagent.tasks.planner.moves import diff_plans
from pmagent.tasks.planner.outcomes import OutcomeTree, read_outcomes
from pmagent.tasks.planner.pages import day_page, is_day_filled, moves_text, week_table
from pmagent.tasks.planner.week import plan_week

__all__ = [
    "Bias",
    "LookBack",
    "OutcomeTree",
    "ReadHabits",
    "TakenOption",
    "check_plan",
    "day_page",
    "diff_plans",
    "estimate_bias",
    "habits_of",
    "is_day_filled",
    "look_back",
    "moves_text",
    "option_name",
    "option_named",
    "plan_week",
    "read_outcomes",
    "taken_option",
    "week_table",
]
