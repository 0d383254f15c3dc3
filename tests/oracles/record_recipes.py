#!/usr/bin/python3
"""Records what Debian's python3-torch (1.13) makes of schedules and costs, for objective_test.cpp.

    tests/oracles/record_recipes.py

recipes/one_cycle.npy      float64 [3, 200]: learning rates of OneCycleLR over 10, 57 and 200 steps, 0 where there are none
recipes/costs.npy          float64: sums of cross-entropy (plain; class weights and smoothing 0.1), of focal costs (gamma
                           2; gamma 0.5 with class weights), and of the logistic costs of all pairs of values
recipes/gradients.npy      float64 [5, 12, 4]: their gradients by the outputs (the last by its first column)
recipes/ordinal.npy        float64 [12, 4]: logarithms of class probabilities of a cumulative link (statsmodels calls it
                           OrderedModel), from scores and cut points

Outputs, targets, weights and scores come from formulas that the tests repeat.
"""
import pathlib

import numpy
import torch
from torch.nn import functional as F

OUT = pathlib.Path(__file__).resolve().parent / "recipes"
ROWS, CLASSES = 12, 4


def one_cycle(steps):
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.AdamW([parameter], lr=1.0)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=2e-3, total_steps=steps)
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return rates + [0.0] * (200 - steps)


def focal(outputs, targets, gamma, weights):
    log_p = F.log_softmax(outputs, 1).gather(1, targets.unsqueeze(1)).squeeze(1)
    return -(weights[targets] * (1 - log_p.exp()) ** gamma * log_p).sum()


def pairs(outputs, values):
    scores = outputs[:, 0]
    total = outputs.new_zeros(())
    for i in range(ROWS):
        for j in range(ROWS):
            if values[i] > values[j]:
                total = total - F.logsigmoid(scores[i] - scores[j])
    return total


def main():
    OUT.mkdir(exist_ok=True)
    numpy.save(OUT / "one_cycle.npy", numpy.array([one_cycle(n) for n in (10, 57, 200)]))
    place = torch.arange(ROWS * CLASSES, dtype=torch.float64)
    targets = torch.arange(ROWS) * 7 % CLASSES
    weights = torch.tensor([1.0, 0.5, 2.0, 1.5], dtype=torch.float64)
    values = torch.arange(ROWS) * 5 % 7
    ones = torch.ones(CLASSES, dtype=torch.float64)
    costs, gradients = [], []
    for cost in (lambda o: F.cross_entropy(o, targets, reduction="sum"),
                 lambda o: F.cross_entropy(o, targets, weights, label_smoothing=0.1, reduction="sum"),
                 lambda o: focal(o, targets, 2.0, ones), lambda o: focal(o, targets, 0.5, weights),
                 lambda o: pairs(o, values)):
        outputs = (2.0 * torch.sin(1.7 * place)).reshape(ROWS, CLASSES).requires_grad_(True)
        value = cost(outputs)
        value.backward()
        costs.append(value.item())
        gradients.append(outputs.grad.numpy())
    numpy.save(OUT / "costs.npy", numpy.array(costs))
    numpy.save(OUT / "gradients.npy", numpy.array(gradients))
    score = (3.0 * torch.sin(0.9 * torch.arange(ROWS, dtype=torch.float64))).unsqueeze(1)
    cuts = torch.tensor([-1.0, 0.25, 1.5], dtype=torch.float64)
    below = torch.cat([torch.zeros(ROWS, 1), torch.sigmoid(cuts - score), torch.ones(ROWS, 1)], 1)
    numpy.save(OUT / "ordinal.npy", below.diff(dim=1).log().numpy())


if __name__ == "__main__":
    main()
