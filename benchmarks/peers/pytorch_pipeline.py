"""A pipeline of two PyTorch processes, as a peer of benchmarks/ring/.

One argument, JSON: sizes, boundary (layers of the first stage), batch, microBatches, steps, warmUpSteps.
Prints {"samplesPerSecond"}. GPipe's schedule (Huang et al. 2019): the first stage does all forwards, then
all backwards; the second does each backward at once. They talk over gloo, one thread each, a core each.
"""

import json
import multiprocessing
import os
import queue
import socket
import sys
import time

import torch
import torch.distributed as dist

FIRST, LAST = 0, 1


def layers_of(sizes):
    layers = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        layers += [torch.nn.Linear(inputs, outputs), torch.nn.ReLU()]
    return layers[:-1]


class Stage:
    def __init__(self, rank, request):
        layers = layers_of(request["sizes"])
        cut = 2 * request["boundary"]
        self.model = torch.nn.Sequential(*(layers[:cut] if rank == FIRST else layers[cut:]))
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.001)
        self.micro_batches = request["microBatches"]
        self.batch = request["batch"]
        self.micro = self.batch // self.micro_batches
        self.between = request["sizes"][request["boundary"]]
        self.x = torch.rand(self.micro, request["sizes"][0])
        self.labels = torch.arange(self.micro) % request["sizes"][-1]

    def first_step(self):
        self.optimizer.zero_grad()
        outputs, sends = [], []
        for _ in range(self.micro_batches):
            outputs.append(self.model(self.x))
            sends.append(dist.isend(outputs[-1].detach(), LAST))
        for output in outputs:
            gradient = torch.empty(self.micro, self.between)
            dist.recv(gradient, LAST)
            output.backward(gradient)
        for send in sends:
            send.wait()
        self.optimizer.step()

    def last_step(self):
        self.optimizer.zero_grad()
        sends = []
        for _ in range(self.micro_batches):
            x = torch.empty(self.micro, self.between)
            dist.recv(x, FIRST)
            x.requires_grad_()
            loss = torch.nn.functional.cross_entropy(self.model(x), self.labels, reduction="sum")
            (loss / self.batch).backward()
            sends.append((dist.isend(x.grad, FIRST), x.grad))
        for send, _ in sends:
            send.wait()
        self.optimizer.step()


def run(rank, port, request, results):
    pin(rank)
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"tcp://127.0.0.1:{port}", rank=rank, world_size=2)
    stage = Stage(rank, request)
    step = stage.first_step if rank == FIRST else stage.last_step
    for _ in range(request["warmUpSteps"]):
        step()
    dist.barrier()
    start = time.perf_counter()
    steps = request["steps"] - request["warmUpSteps"]
    for _ in range(steps):
        step()
    dist.barrier()
    if rank == LAST:
        results.put(request["batch"] * steps / (time.perf_counter() - start))


def pin(rank):
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) > LAST:
        os.sched_setaffinity(0, {cores[rank]})


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def awaited(results, stages):
    """The result, or the end of this process when a stage has failed and the other would wait for ever."""
    while True:
        try:
            return results.get(timeout=1)
        except queue.Empty:
            if any(stage.exitcode for stage in stages):
                for stage in stages:
                    stage.kill()
                sys.exit(1)


def main():
    request = json.loads(sys.argv[1])
    results = multiprocessing.Queue()
    port = free_port()
    stages = [multiprocessing.Process(target=run, args=(rank, port, request, results)) for rank in (FIRST, LAST)]
    for stage in stages:
        stage.start()
    rate = awaited(results, stages)
    for stage in stages:
        stage.join()
    print(json.dumps({"samplesPerSecond": rate}), flush=True)


main()
