"""How well short reports are sorted: type and place of 405 real breaches, from the narrative alone.

Five folds by institution (reports_data.groups). One label is given to each text; it is right when the regulator
recorded it for that breach, alone or with others ("Theft, Loss"). That is the measure under which TF-IDF with logistic
regression, the peer that is run beside it, gets the 0.70 and 0.67 that it is known for. ``_strict`` counts only a
breach with exactly this one label; ``_unread`` the institutions that the lexicon's writer did not read; ``_turns`` is
the mean over TURNS other ways of making the folds, since one way may be lucky. What is chosen (how strongly the weights
are held down, how much plain words count) is chosen on inner folds of the training part; an outer fold is never looked
at before it is scored. ``python -m benchmarks.reports [--json]``, and ``--train`` to write the shipped weights anew,
byte for byte the same from the same data and versions.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # a sum in another order would be another file

import numpy as np

from bartizan.engines.triage import model
from bartizan.engines.triage.features import deed_of, features, thing_of
from bartizan.engines.triage.plain import plain_place, plain_type
from bartizan.engines.triage.reading import read
from bartizan.engines.triage.words import rarities, word_figures
from benchmarks.report import Figure, report
from benchmarks.reports_data import Breach, breaches, digest, groups, was_read

FOLDS, INNER, TURNS = 5, 3, 4
CHOICES = [(strength, scale) for scale in (0.0, 3.0) for strength in (0.1, 0.3)]
"""Inverse regularisation, and the length of the vector of plain words beside the lexicon's figures."""
TARGETS = {"type": 0.85, "place": 0.80}
MORE = ("strict", "unread", "turns")
Predict = Callable[[Sequence[str], "Sequence[tuple[str, ...]]", Sequence[int], Sequence[str]], list[str]]


@cache
def told(text: str) -> tuple[str, tuple[tuple[str, float], ...]]:
    """A text's parts that words are counted in, and its figures by the lexicon."""
    reading = read(text)
    return f"{reading.told} {reading.afterwards}", tuple(features(reading).items())


def figures(text: str, rarity: dict[str, float], scale: float) -> dict[str, float]:
    words, lexicon = told(text)
    return dict(lexicon) | (word_figures(words, rarity, scale) if scale else {})


def fitted(texts: Sequence[str], labels: Sequence[tuple[str, ...]], strength: float, scale: float) -> Any:
    """Vectoriser, fitted regression and the words' rarities. A breach with k labels is learned as 1/k of each."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    rarity = rarities([told(text)[0] for text in texts]) if scale else {}
    book = DictVectorizer(sort=True)
    rows = book.fit_transform([figures(text, rarity, scale) for text in texts])
    each = [(at, label, 1 / len(every)) for at, every in enumerate(labels) for label in every]
    fit = LogisticRegression(C=strength, max_iter=3000, tol=1e-6)
    fit.fit(rows[[at for at, _, _ in each]], [label for _, label, _ in each], [weight for _, _, weight in each])
    return book, fit, rarity


def predicted(texts: Sequence[str], made: Any, scale: float) -> list[str]:
    book, fit, rarity = made
    return [str(label) for label in fit.predict(book.transform([figures(text, rarity, scale) for text in texts]))]


def splits(group: Sequence[int], folds: int, turn: int = 0) -> Iterator[tuple[Any, Any]]:
    """The folds that the figures are of, and with ``turn`` others."""
    from sklearn.model_selection import GroupKFold

    made = GroupKFold(folds, shuffle=True, random_state=turn) if turn else GroupKFold(folds)
    yield from made.split(np.zeros(len(group)), groups=group)


def picked(items: Sequence[Any], places: Sequence[int]) -> list[Any]:
    return [items[at] for at in places]


def best(texts: Sequence[str], labels: Sequence[tuple[str, ...]], group: Sequence[int]) -> tuple[float, float]:
    """The choice that does best on folds within these rows alone; of equals the first."""
    score = dict.fromkeys(CHOICES, 0)
    for train, test in splits(group, INNER):
        for choice in CHOICES:
            made = fitted(picked(texts, train), picked(labels, train), *choice)
            given = predicted(picked(texts, test), made, choice[1])
            score[choice] += sum(a in b for a, b in zip(given, picked(labels, test), strict=True))
    return max(CHOICES, key=lambda choice: score[choice])


def ours(
    texts: Sequence[str], labels: Sequence[tuple[str, ...]], group: Sequence[int], asked: Sequence[str]
) -> list[str]:
    choice = best(texts, labels, group)
    return predicted(asked, fitted(texts, labels, *choice), choice[1])


def peer(
    texts: Sequence[str], labels: Sequence[tuple[str, ...]], group: Sequence[int], asked: Sequence[str]
) -> list[str]:
    """TF-IDF of words and pairs with balanced logistic regression, on the first label recorded."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    book = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, stop_words="english")
    fit = LogisticRegression(max_iter=2000, class_weight="balanced")
    fit.fit(book.fit_transform(texts), [each[0] for each in labels])
    return [str(label) for label in fit.predict(book.transform(asked))]


def commonest(
    texts: Sequence[str], labels: Sequence[tuple[str, ...]], group: Sequence[int], asked: Sequence[str]
) -> list[str]:
    every = [label for each in labels for label in each]
    return [max(sorted(set(every)), key=every.count)] * len(asked)


def measured(
    rows: Sequence[Breach], labels: Sequence[tuple[str, ...]], group: Sequence[int], how: Predict, turn: int = 0
) -> dict[str, float]:
    """Shares that are right, right strictly, and right among those that the lexicon's writer never read."""
    right, strictly, unread = [], [], []
    for train, test in splits(group, FOLDS, turn):
        texts = [rows[at].text for at in train]
        given = how(texts, picked(labels, train), picked(group, train), [rows[at].text for at in test])
        for label, at in zip(given, test, strict=True):
            right.append(label in labels[at])
            strictly.append(labels[at] == (label,))
            if not was_read(rows[at]):
                unread.append(label in labels[at])
    shares = {"accuracy": right, "strict": strictly, "unread": unread}
    return {name: sum(each) / len(each) for name, each in shares.items()}


@cache
def outcome() -> dict[str, dict[str, dict[str, float]]]:
    """For type and place: what each of ours, the peer and the commonest label gets."""
    rows = breaches()
    group = groups(rows)
    found = {}
    for name in TARGETS:
        kept = [at for at, row in enumerate(rows) if labels_of(row, name)]
        some, labels = picked(rows, kept), [labels_of(rows[at], name) for at in kept]
        ways: dict[str, Predict] = {"ours": ours, "peer": peer, "commonest": commonest}
        found[name] = {way: measured(some, labels, picked(group, kept), how) for way, how in ways.items()}
        for way in ("ours", "peer"):
            found[name][way]["turns"] = over_turns(some, labels, picked(group, kept), ways[way])
    return found


def over_turns(rows: Sequence[Breach], labels: Sequence[tuple[str, ...]], group: Sequence[int], how: Predict) -> float:
    return sum(measured(rows, labels, group, how, turn)["accuracy"] for turn in range(1, TURNS + 1)) / TURNS


def labels_of(row: Breach, target: str) -> tuple[str, ...]:
    return row.types if target == "type" else row.places


def accuracies() -> dict[str, float]:
    """``report_type_accuracy`` and ``report_place_accuracy``, each with ``_peer`` and MORE."""
    values = dict[str, float]()
    for name, ways in outcome().items():
        key = f"report_{name}_accuracy"
        values |= {key: ways["ours"]["accuracy"], f"{key}_peer": ways["peer"]["accuracy"]}
        values |= {f"{key}_{which}": ways["ours"][which] for which in MORE}
    return values


def agreement_of_rules(target: str) -> float:
    """Of the breaches that the lexicon's writer read: the share for which a plain reading alone gives the label."""
    kept = [row for row in breaches() if labels_of(row, target) and was_read(row)]
    return sum(plainly(row.text, target) in labels_of(row, target) for row in kept) / len(kept)


def plainly(text: str, target: str) -> str:
    reading = read(text)
    deed = deed_of(reading)
    return plain_type(deed) if target == "type" else plain_place(deed, thing_of(reading))


def trained() -> bytes:
    """The file of weights, from every row."""
    rows = breaches()
    group = groups(rows)
    body: dict[str, Any] = {"format": model.FORMAT, "data": digest()}
    for name in TARGETS:
        kept = [at for at, row in enumerate(rows) if labels_of(row, name)]
        texts, labels = [rows[at].text for at in kept], [labels_of(rows[at], name) for at in kept]
        choice = best(texts, labels, picked(group, kept))
        body[f"{name}s"] = part_of(fitted(texts, labels, *choice), choice[1])
    return model.packed(body)


def part_of(made: Any, scale: float) -> dict[str, Any]:
    """Weights to three places: more would be noise of the machine's own sums."""
    book, fit, rarity = made
    weights = {
        name: [round(float(value), 3) for value in row]
        for name, row in zip(book.get_feature_names_out(), fit.coef_.T, strict=True)
    }
    return {
        "labels": [str(label) for label in fit.classes_],
        "bias": [round(float(value), 3) for value in fit.intercept_],
        "weights": {name: row for name, row in weights.items() if any(row)},
        "word_scale": scale,
        "rarity": {word: round(value, 4) for word, value in rarity.items()},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="How well short reports are sorted")
    parser.add_argument("--json", action="store_true", help="only the last line, in JSON")
    parser.add_argument("--train", action="store_true", help="write the shipped weights anew")
    if parser.parse_args().train:
        content = trained()
        model.SHIPPED.write_bytes(content)
        print(f"{model.SHIPPED}: {len(content)} bytes, version {model.load(content).version}")
        return
    shown = {}
    for name, ways in outcome().items():
        key = f"report_{name}_accuracy"
        target = f">= {TARGETS[name]}"
        shown[key] = Figure(ways["ours"]["accuracy"], "share", target, round(ways["peer"]["accuracy"], 4))
        for which in MORE:
            shown[f"{key}_{which}"] = Figure(ways["ours"][which], "share", peer=round(ways["peer"][which], 4))
        shown[f"{key}_commonest"] = Figure(ways["commonest"]["accuracy"], "share")
        shown[f"report_{name}_rules_read"] = Figure(agreement_of_rules(name), "share")
    report("reports", shown, breaches=len(breaches()))


if __name__ == "__main__":
    main()
