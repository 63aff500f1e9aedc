"""Golden roundings: 32-bit floats as f16 and bf16, as PyTorch converts them.

Regenerate, from the root of the project (Debian: apt-get install python3-torch):

    /usr/bin/python3 test/golden/make_wire_dtypes.py test/golden/wire-dtypes.json

Random bit patterns, random values of a network's sizes, and what lies at and beside each boundary: the
largest and smallest values, ties, subnormals. All are given as bits, in hexadecimal.
"""

import datetime
import json
import pathlib
import sys

import torch

BOUNDARIES = [
    0x00000000, 0x00000001, 0x007FFFFF, 0x00800000,  # of 32-bit floats
    0x33000000, 0x33800000, 0x387FC000, 0x38800000, 0x477FE000, 0x477FF000,  # of f16
    0x7F7F0000, 0x7F7F8000, 0x7F800000,  # of bf16; infinity
    0x3F801000, 0x3F803000, 0x3F808000, 0x3F818000,  # ties beside 1
]


def patterns():
    """As signed integers, which is what PyTorch has."""
    torch.manual_seed(1)
    anywhere = torch.randint(-(2**31), 2**31, (400,), dtype=torch.int64).to(torch.int32)
    sizes = torch.randn(400) * torch.logspace(-9, 5, 400)
    beside = [(b + d) % 2**31 for b in BOUNDARIES for d in (-1, 0, 1)]
    edges = torch.tensor(beside + [b - 2**31 for b in beside], dtype=torch.int64).to(torch.int32)
    all_of_them = torch.cat([anywhere, sizes.view(torch.int32), edges])
    return all_of_them[~all_of_them.view(torch.float32).isnan()]


def hexadecimal(bits, digits):
    return [format(value & (16**digits - 1), f"0{digits}x") for value in bits.tolist()]


def main(target):
    floats = patterns()
    values = floats.view(torch.float32)
    golden = {
        "about": "32-bit floats and what they are as f16 and bf16, as bits",
        "command": "/usr/bin/python3 test/golden/make_wire_dtypes.py test/golden/wire-dtypes.json",
        "torch": torch.__version__,
        "date": datetime.date.today().isoformat(),
        "f32": " ".join(hexadecimal(floats, 8)),
        "f16": " ".join(hexadecimal(values.to(torch.float16).view(torch.int16), 4)),
        "bf16": " ".join(hexadecimal(values.to(torch.bfloat16).view(torch.int16), 4)),
    }
    pathlib.Path(target).write_text(json.dumps(golden, indent=2) + "\n")


main(*sys.argv[1:])
