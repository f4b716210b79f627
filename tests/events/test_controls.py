"""Controls: neutral until pressed, for every replicate or one, and neutral again the week after."""

import numpy as np
import pytest

from sim.world.controls import CONTROLS, Controls, Press

SIZES = dict.fromkeys({c.axis for c in CONTROLS.values()}, 3)


def test_a_control_that_nobody_presses_is_one_neutral_row():
    controls = Controls.at_neutral(SIZES, 4)
    assert all(controls[name].tolist() == [[CONTROLS[name].neutral] * 3] for name in CONTROLS)


def test_a_press_on_one_replicate_leaves_the_others_neutral_and_says_which_moved():
    controls = Controls.at_neutral(SIZES, 2)
    moved = controls.press(Press("clears", np.array([1]), np.array([[1.0], [0.25]])))
    assert moved.tolist() == [False, True]
    assert controls["clears"].tolist() == [[1.0, 1.0, 1.0], [1.0, 0.25, 1.0]]


def test_a_week_later_nothing_is_left_of_a_press():
    controls = Controls.at_neutral(SIZES, 2)
    controls.press(Press("clears", np.array([0, 2]), 0.5))
    controls.reset()
    assert controls["clears"].tolist() == [[1.0] * 3]
    controls.press(Press("clears", np.array([1]), 0.5))
    assert controls["clears"].tolist() == [[1.0, 0.5, 1.0]] * 2


def test_neutral_rows_of_one_run_are_not_changed_by_presses():
    controls = Controls.at_neutral(SIZES, 1)
    controls.press(Press("clears", np.array([0]), 0.0))
    controls.reset()
    assert controls["clears"].tolist() == [[1.0] * 3]


def test_an_unknown_control_is_refused_by_its_name():
    with pytest.raises(KeyError, match="no control 'clear'"):
        Controls.at_neutral(SIZES, 1).press(Press("clear", np.array([0]), 0.0))
