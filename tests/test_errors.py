"""Errors: one tree, each with its exit code, each able to cross a process."""

import importlib
import pickle
import pkgutil
import re

import pytest

import pipeline
from pipeline.errors import CampaignError, ExitCode, Problem, ProofpressError, ProviderError

PROBLEM = Problem(file="lunch.yaml", line=8, path="offers.bowl", what="is missing", remedy="add it")


def _tree(root: type[ProofpressError]) -> list[type[ProofpressError]]:
    return [root, *(found for child in root.__subclasses__() for found in _tree(child))]


for _module in pkgutil.walk_packages(pipeline.__path__, "pipeline."):
    if not _module.name.endswith("__main__"):
        importlib.import_module(_module.name)
ALL = _tree(ProofpressError)
ERRORS = [error for error in ALL if error.__module__ == "pipeline.errors"]


def example(error: type[ProofpressError]) -> ProofpressError:
    return error((PROBLEM,)) if error is CampaignError else error("it is broken; mend it")


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_is_the_same_after_pickling(error: type[ProofpressError]) -> None:
    raised = example(error)
    copy = pickle.loads(pickle.dumps(raised))
    assert type(copy) is error
    assert str(copy) == str(raised)
    assert copy.exit_code is raised.exit_code
    assert copy.args == raised.args


def test_the_docstring_draws_the_tree_with_its_exit_codes() -> None:
    drawn = dict(re.findall(r"[├└]── (\w+) +(\d+) ", pipeline.errors.__doc__ or ""))
    leaves = {error.__name__: str(int(error.exit_code)) for error in ERRORS[1:]}
    assert drawn == leaves


def test_an_error_of_another_file_only_tells_one_providers_failure_from_the_next() -> None:
    others = [error for error in ALL if error not in ERRORS]
    assert others
    for error in others:
        assert issubclass(error, ProviderError), error
        assert error.exit_code is ExitCode.HELD, error


def test_exit_codes_are_those_the_shell_is_promised() -> None:
    assert {code.name: int(code) for code in ExitCode} == {
        "ACCEPTED": 0,
        "HELD": 1,
        "CAMPAIGN": 2,
        "BUDGET": 3,
        "TOOL": 4,
        "INTERRUPTED": 130,
    }


def test_a_problem_reads_file_line_path_what_and_remedy() -> None:
    assert str(PROBLEM) == "lunch.yaml:8: offers.bowl: is missing; add it"
    bare = Problem(file="lunch.yaml", line=1, path="", what="is empty", remedy="write")
    assert str(bare) == "lunch.yaml:1: is empty; write"


def test_a_campaign_error_says_one_problem_a_line() -> None:
    error = CampaignError((PROBLEM, PROBLEM))
    assert str(error).splitlines() == [str(PROBLEM)] * 2
