"""Golden losses: trains 784-128-10 on the same batches as RingTMP, from the same weights, in PyTorch.

Regenerate, from the root of the project (Debian: apt-get install python3-torch):

    npm run build
    node dist/test/golden/export-initial.js /tmp/golden
    /usr/bin/python3 test/golden/make_pytorch_digits.py /tmp/golden test/golden/pytorch-digits.json

Fifty steps of SGD with learning rate 0.1 and momentum 0.9 on batches of 32, in 32-bit floats on one
thread. PyTorch's momentum, v = mu v + g and w -= lr v, equals Keras' v = mu v - lr g and w += v as long
as the learning rate stays the same.
"""

import datetime
import hashlib
import json
import math
import pathlib
import struct
import sys

import torch

LEARNING_RATE = 0.1
MOMENTUM = 0.9


def read_safetensors(blob):
    """8 bytes little-endian header length, a JSON header, raw data: https://github.com/huggingface/safetensors"""
    (header_length,) = struct.unpack_from("<Q", blob)
    header = json.loads(blob[8 : 8 + header_length])
    header.pop("__metadata__", None)
    return {name: read_tensor(blob, 8 + header_length, entry) for name, entry in header.items()}


def read_tensor(blob, data_start, entry):
    assert entry["dtype"] == "F32", entry
    begin, end = entry["data_offsets"]
    count = math.prod(entry["shape"])
    assert end - begin == 4 * count, entry
    floats = struct.unpack_from(f"<{count}f", blob, data_start + begin)
    return torch.tensor(floats, dtype=torch.float32).reshape(entry["shape"])


def build_model(weights):
    """Keras kernels are [in, out], PyTorch's weights [out, in]."""
    model = torch.nn.Sequential(torch.nn.Linear(784, 128), torch.nn.ReLU(), torch.nn.Linear(128, 10))
    with torch.no_grad():
        for linear, name in ((model[0], "dense_1"), (model[2], "dense_3")):
            linear.weight.copy_(weights[f"{name}/kernel"].T)
            linear.bias.copy_(weights[f"{name}/bias"])
    return model


def train(model, samples, labels):
    """The mean loss of each batch, before the step that it leads to."""
    optimizer = torch.optim.SGD(model.parameters(), lr=LEARNING_RATE, momentum=MOMENTUM)
    losses = []
    for x, label in zip(samples, labels.long()):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(x), label)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def main(folder, target):
    torch.set_num_threads(1)
    files = {name: pathlib.Path(folder, name).read_bytes() for name in ("initial.safetensors", "batches.safetensors")}
    batches = read_safetensors(files["batches.safetensors"])
    model = build_model(read_safetensors(files["initial.safetensors"]))
    golden = {
        "about": "mean loss of each of 50 batches: 784-128-10, relu, softmax cross-entropy, SGD 0.1, momentum 0.9",
        "command": "/usr/bin/python3 test/golden/make_pytorch_digits.py /tmp/golden test/golden/pytorch-digits.json",
        "torch": torch.__version__,
        "date": datetime.date.today().isoformat(),
        "sha256": {name: hashlib.sha256(blob).hexdigest() for name, blob in files.items()},
        "losses": train(model, batches["samples"], batches["labels"]),
    }
    pathlib.Path(target).write_text(json.dumps(golden, indent=2) + "\n")


main(*sys.argv[1:])
