"""Judge one file: run its answers behind the wall, compare, write its result.

A result is a file of its own, FOLDER/graded/<digest>.json, written beside and renamed:
what was judged is kept, whatever happens to the others.
"""

import builtins
import contextlib
import json
import os
import signal
import subprocess
import tempfile
import threading
import time
import warnings
from functools import cache
from gettext import gettext as _
from importlib import import_module
from pathlib import Path

import numpy as np

from classroom.mistakes.choices import plain
from classroom.mistakes.values import Outcome
from classroom.mistakes.wording import is_correct
from tools.teach import hand_ins, reading, wall
from tools.teach.checks import choices_of
from tools.teach.child import NUMBERS
from tools.teach.students import locks

# Seconds: on the clock for a hand-in and for an answer; of work for an answer, a cell.
LIMITS = {"all": 60, "answer": 20, "work": 20, "cell": 5}
LATE = 5
KINDS = {*dir(builtins), "TooLong", "LinAlgError", "size", "...", "None", "input"}
KINDS |= {"blank", "label", "guide", "plt", "count", "tuple", "type", "complex", "nan"}
ONE = threading.Lock()  # Matplotlib draws for one thread at a time


# Running


def answers_of(file, homework, limits, trust=False):
    """Return whose a hand-in is, and {name: (what was sent, what is said if nothing)}.

    ValueError, with a sentence, if it cannot be read.
    """
    reasons = {
        "over": _("still running after {answer} seconds"),
        "ended": _("the process ended, or was out of memory or time"),
        "not run": _("not run: the {all} seconds of one student are over"),
    }
    reasons = {why: reason.format(**limits) for why, reason in reasons.items()}
    first, *lines = run(file, limits, homework / "students", trust) or [""]
    if not first:
        raise ValueError(_("its reading took too long, or too much memory"))
    why, submission = json.loads(first)
    if why:
        raise ValueError(_(why))  # the students' course has no Spanish of it
    answers = dict.fromkeys(submission.pop("answers"), ("", reasons["ended"]))
    for line in lines:
        name, message, why = json.loads(line)
        answers[name] = "" if why else message, reasons[why or "ended"]
    return submission, answers


def run(file, limits, students, trust):
    """Have a hand-in read, and run, behind the wall; return the lines that come out."""
    start, env = wall.command(students, trust)
    with tempfile.TemporaryDirectory() as home:
        process = wall.started(
            [*start, json.dumps(limits)], env, cwd=home, stdin=file,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip

        def end():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

        try:
            late = limits["all"] + LATE  # it looks at the clock itself
            output, errors = process.communicate(timeout=late)
        except subprocess.TimeoutExpired:
            end()
            output, errors = process.communicate()
        finally:
            end()
            process.wait()
    ready, *lines = output.splitlines(True) or [b""]
    if not ready or process.returncode == 1:  # no student's fault
        why = errors.decode("utf-8", "replace")[-500:]
        raise wall.NoWall(why or _("Python did not begin: is the machine too busy?"))
    return [line for line in lines if line.endswith(b"\n")]


# Judging


def text(value, most=500):
    """Return what a student's process says as one line."""
    words = "".join(c if c.isprintable() else " " for c in str(value)[: 2 * most])
    return " ".join(words.split())[:most]


def outcomes_of(data, names, cases):
    """Return outcomes from what a process sent; ValueError for anything else."""
    outcomes = []
    for outcome in data:
        kind = outcome["kind"] if outcome["kind"] in {"", *KINDS} else "Exception"
        values = () if kind else tuple(array(*pair) for pair in outcome["values"])
        if not kind and len(values) != names:
            raise ValueError("values are missing")
        argument = text(outcome.get("changed", ""), 40)
        outcomes.append(
            Outcome(values, kind, text(outcome.get("sentence", "")), argument)
        )
    if len(outcomes) != cases + 1 and not (outcomes and outcomes[-1].kind == "TooLong"):
        raise ValueError("cases are missing")
    return outcomes


def array(shape, flat):
    """Return an array of numbers that has a shape; ValueError if they do not fit."""
    fits = all(type(n) is int and n >= 0 for n in shape) and len(shape) < 10
    if not fits or len(flat) > NUMBERS:
        raise ValueError("no shape, or too many numbers")
    if not all(type(x) in (int, float) for x in flat):
        raise ValueError("not only numbers")
    return np.array([float(x) for x in flat]).reshape(shape)


@cache
def module_of(topic):
    """Return the module with the right answers, and its choices."""
    module = import_module(f"notebooks.exercises.{topic}")
    return module, choices_of(module)


def exercise_of(topic, name, data):
    """Return {"right", "said", "mistakes"} for what was sent of one exercise."""
    module, choices = module_of(topic)
    if name in choices:
        return _choice(choices[name], data["chosen"])
    exercise = vars(module)[name]
    outcomes = outcomes_of(data["outcomes"], len(exercise.names), len(exercise.cases))
    if outcomes[-1].kind == "TooLong":
        return wrong(outcomes[-1].sentence, _("an endless loop"))
    again, *results = outcomes
    kinds = {outcome.kind for outcome in results}
    steady = kinds == {""} and exercise.same([again], outcomes[1:2])
    if steady and not exercise.same(results, exercise.targets):
        mistake = exercise.mistake(results)
        nameless = _("a mistake without a name")
        return wrong(mistake or exercise.difference(results), mistake or nameless)
    verdict = exercise.judge(outcomes)
    if is_correct(verdict):
        return {"right": True, "said": verdict, "mistakes": []}
    error = _("an error: {kind}").format(kind=max(kinds))
    return wrong(verdict, error if kinds - {""} else verdict)


def _choice(choices, value):
    truth, hints, *_more = choices
    truth = {letter: _(option) for letter, option in truth.items()}
    answers = {str(k).strip().upper(): text(v, 60) for k, v in value.items()}
    missed = [k for k in truth if plain(answers.get(k.upper(), "")) != plain(truth[k])]
    if not missed:
        return {"right": True, "said": _("Correct."), "mistakes": []}
    pairs = [f"{k}: {answers.get(k.upper(), _('nothing'))}" for k in missed]
    sentence = _("wrong: {answers}").format(answers="; ".join(pairs))
    name = _("{letter} is “{option}”: {hint}")
    return wrong(
        sentence,
        *(name.format(letter=k, option=truth[k], hint=_(hints[k])) for k in missed),
    )


def problem_of(variants, variant, k, data):
    """Return the same for problem k of a variant of a sheet."""
    problem = variants[variant][k - 1]
    if isinstance(problem["right"], str):
        answer = plain(text(data["word"])) if "word" in data else ""
        if not answer:
            return wrong(_("one of the words is asked for"), _("an error"))
    elif "number" not in data:
        return wrong(_("a number is asked for, without quotes"), _("an error"))
    else:
        answer = float(array([1], [data["number"]])[0])
    if _alike(answer, problem["right"], problem["within"]):
        return {"right": True, "said": _("Correct."), "mistakes": []}
    for value, why in problem["wrong"]:
        if _alike(answer, value, problem["within"]):
            return wrong(why, why)
    for number, questions in enumerate(variants):  # somebody else's numbers
        twins = [p for p in questions if p["name"] == problem["name"]]
        if twins and _alike(answer, twins[0]["right"], twins[0]["within"]):
            sentence = _("right for variant {number}, which is not this student's")
            return wrong(sentence.format(number=number), _("somebody else's numbers"))
    return wrong(_("not right"), _("a mistake without a name"))


def _alike(answer, value, within):
    if isinstance(value, str) or isinstance(answer, str):
        return answer == plain(str(value))
    return bool(np.isclose(answer, value, within, 0))


def wrong(sentence, *mistakes):
    """Return the result of an answer that is not right."""
    begins = f"{_('Not yet:')} "
    sentence, *names = (
        m.removeprefix(begins).rstrip(".") for m in (sentence, *mistakes)
    )
    return {"right": False, "said": sentence, "mistakes": names or [sentence]}


# One file


@cache
def key_of(homework, number):
    """Return the teacher's file of a sheet."""
    return json.loads((homework / f"teacher/{number}.json").read_text("utf-8"))


def results_of(submission, messages, homework):
    """Return the results of what was handed in and sent."""
    number = submission["homework"]
    key = key_of(homework, number)
    variant = locks.variant(submission["identifier"], number, len(key["variants"]))
    tasks = [
        (exercise["name"], {"title": exercise["title"], "points": exercise["points"]})
        for exercise in key["exercises"]
    ]
    for k, problem in enumerate(key["variants"][variant], 1):
        title = _("problem {number}").format(number=k)
        more = {"title": title, "problem": problem["name"], "points": 1}
        tasks.append((f"problem_{k}", more))
    results = {}
    for name, more in tasks:
        result = {"right": False, "said": _("not handed in"), "mistakes": []}
        if name in messages:
            result = _result(key, variant, name, *messages[name])
        results[name] = more | result
    return variant, results


def _result(key, variant, name, message, ended):
    """Return the result of one answer, whatever was sent."""
    try:  # one at a time: as numbers it is ten times as large
        message = dict(reading.parsed(message.encode("utf-8", "replace")))
    except (ValueError, TypeError):
        return wrong(ended, _("an error"))
    try:
        if "said" in message:
            return wrong(text(message["said"]), _("an error"))
        with ONE, np.errstate(all="ignore"), warnings.catch_warnings(action="ignore"):
            if name.startswith("problem_"):
                k = int(name.removeprefix("problem_"))
                return problem_of(key["variants"], variant, k, message)
            return exercise_of(key["topic"], name, message)
    except Exception:  # what was sent has no such form
        return wrong(_("no numbers came back"), _("an error"))


def work(folder, targets, homework, limits=(), trust=False):
    """Judge what one student handed in, under one clock; return the first one's name.

    targets: ((file of a result, place), ...).  Where the time is over, the others have
    no result yet.  Raises OSError and wall.NoWall: they say nothing about a hand-in.
    """
    limits = LIMITS | dict(limits)
    end = time.monotonic() + limits["all"]
    for k, (target, place) in enumerate(targets):
        left = {"all": end - time.monotonic()} if k else {}
        result = _judged(folder, place, Path(homework), limits | left, trust)
        if k and time.monotonic() > end:  # it had less time than the first
            break
        write(target, json.dumps(result, indent=1, ensure_ascii=False))
    return hand_ins.name_of(targets[0][1], folder)


def _judged(folder, place, homework, limits, trust):
    """Return the result of one hand-in."""
    start = time.perf_counter()
    result = {"file": hand_ins.name_of(place, folder), "homework": "", "name": ""}
    result |= {"identifier": "", "variant": 0, "seconds": 0.0}
    result |= {"record": {}, "remarks": [], "results": {}}
    try:
        with hand_ins.opened(*place) as file:
            submission, messages = answers_of(file, homework, limits, trust)
        submission["name"] = text(submission["name"], 60)
        variant, results = results_of(submission, messages, homework)
        result |= submission | {"variant": variant, "results": results}
        result["remarks"] += [] if submission["identifier"] else [_("no identifier")]
        result["remarks"] += [] if messages else [_("nothing handed in")]
    except (OSError, wall.NoWall):
        raise
    except Exception as error:  # whatever was handed in, the others are graded
        result["remarks"] = [text(error, 200)]
    return result | {"seconds": round(time.perf_counter() - start, 1)}


def write(path, content):
    """Write a file beside and rename it, so that it is whole or not there."""
    beside = Path(path).with_name(f".{os.getpid()}-{threading.get_ident()}.part")
    try:
        beside.write_text(content, "utf-8")
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
