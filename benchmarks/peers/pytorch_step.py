"""The same training step in PyTorch, on one thread, as a peer of benchmarks/kernels/.

Prints a line of JSON about itself, then answers each line {"sizes", "batch", "seconds",
"warmUpSeconds"} on standard input with {"samplesPerSecond"}. PyTorch is as fast as the BLAS it is linked with, so it names that too.
"""

import json
import sys
import time

import torch


def network(sizes):
    layers = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        layers += [torch.nn.Linear(inputs, outputs), torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1])


def training_step(sizes, batch):
    model = network(sizes)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    x = torch.rand(batch, sizes[0]) * 2 - 1
    labels = torch.arange(batch) % sizes[-1]

    def step():
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(x), labels).backward()
        optimizer.step()

    return step


def rate(step, seconds):
    """Calls of `step` a second; the clock is read every eight calls."""
    calls = 0
    start = time.perf_counter()
    while True:
        for _ in range(8):
            step()
        calls += 8
        elapsed = time.perf_counter() - start
        if elapsed >= seconds:
            return calls / elapsed


def matrix_gflops():
    a, b = torch.rand(512, 512), torch.rand(512, 512)
    rate(lambda: a @ b, 0.2)
    return rate(lambda: a @ b, 0.3) * 2 * 512**3 / 1e9


def loaded_blas():
    with open("/proc/self/maps", encoding="utf-8") as maps:
        paths = {line.split()[-1] for line in maps if "/" in line}
    names = ("openblas", "mkl_rt", "mkl_core", "libblis", "libblas")
    for name in names:
        found = sorted(path for path in paths if name in path)
        if found:
            return found[0]
    return "unknown"


def main():
    torch.set_num_threads(1)
    about = {"version": torch.__version__, "gflops": matrix_gflops(), "blas": loaded_blas()}
    print(json.dumps(about), flush=True)
    steps = {}
    for line in sys.stdin:
        request = json.loads(line)
        key = (tuple(request["sizes"]), request["batch"])
        if key not in steps:
            steps[key] = training_step(*key)
            rate(steps[key], request["warmUpSeconds"])
        print(json.dumps({"samplesPerSecond": request["batch"] * rate(steps[key], request["seconds"])}), flush=True)


main()
