"""Computes the golden numbers: what PyTorch makes of the paper's formulas, in float64.

For each model of cases.json, writes NAME.safetensors beside this file with
  logits        [B, T, V] of the first batch under the initial parameters
  gradient.P    of the mean loss of the first batch, for each parameter P
  final.P       each parameter after all steps of AdamW, a fresh batch each step
  losses        [steps] mean loss of each step, in nats, before its update
  gradNorms     [steps] global gradient norm of each step, before clipping

Written from the paper (arXiv 1904.10509), not from this project's code: attention is dense with a mask
built pair by pair from the definitions of the sets A_i. Initial parameters and batches are drawn by
counters, see `initial` and `batch`, so that they need not be stored.

    python3 golden/make_golden.py          (needs torch; takes seconds)
"""

import json
import math
import pathlib
import struct

import torch

HERE = pathlib.Path(__file__).resolve().parent
torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


def hash4(a, b, c, d):
    """pcg4d (Jarzynski and Olano, 2020): mixes four 32-bit counters; returns the first word."""
    m = 0xFFFFFFFF
    x, y, z, w = ((n * 1664525 + 1013904223) & m for n in (a, b, c, d))
    for last in (False, True):
        x = (x + y * w) & m
        y = (y + z * x) & m
        z = (z + x * y) & m
        w = (w + y * z) & m
        if not last:
            x, y, z, w = x ^ (x >> 16), y ^ (y >> 16), z ^ (z >> 16), w ^ (w >> 16)
    return x


def initial(shapes):
    """Even numbers in (-1/4, 1/4), plus 1 for gains; all exact in float32. Counters: 1, rank of the name, element."""
    parameters = {}
    for index, name in enumerate(sorted(shapes)):
        mean = 1.0 if name.endswith(".gain") else 0.0
        size = math.prod(shapes[name])
        values = [mean + ((hash4(1, index, i, 0) >> 22) - 511.5) / 2048 for i in range(size)]
        parameters[name] = torch.tensor(values).reshape(shapes[name]).requires_grad_(True)
    return parameters


def batch(step, B, T):
    """Bytes [B, T] of a step. Counters: 2, step, element."""
    return torch.tensor([hash4(2, step, i, 0) >> 24 for i in range(B * T)], dtype=torch.int64).reshape(B, T)


def position_rows(config, i):
    """Row of each position table for position i: (row, column), or (row, column, channel) of a pixel's byte."""
    p = config["positions"]
    if p["kind"] == "image":
        pixel, channel = divmod(i, p["channels"])
        row, column = divmod(pixel, p["width"])
        return [row, column, channel]
    return list(divmod(i, p["stride"]))


def table_sizes(config):
    p, n = config["positions"], config["contextLength"]
    if p["kind"] == "image":
        return [p["height"], p["width"], p["channels"]]
    return [math.ceil(n / p["stride"]), min(p["stride"], n)]


def parameter_shapes(config):
    V, C, F, K = config["vocabSize"], config["dModel"], config["dFF"], config["dQueryKey"]
    shapes = {"embed.token": [V, C], "embed.start": [1, C], "output.weight": [C, V]}
    for j, rows in enumerate(table_sizes(config)):
        shapes[f"embed.position.{j}"] = [rows, C]
    norms = ["finalNorm"]
    linears = {}
    for layer in range(config["nLayer"]):
        norms += [f"blocks.{layer}.norm1", f"blocks.{layer}.norm2"]
        linears[f"blocks.{layer}.attention.qkv"] = [C, 2 * K + C]
        linears[f"blocks.{layer}.attention.output"] = [C, C]
        linears[f"blocks.{layer}.ff.in"] = [C, F]
        linears[f"blocks.{layer}.ff.out"] = [F, C]
    for name in norms:
        shapes[f"{name}.gain"] = [C]
        shapes[f"{name}.bias"] = [C]
    for name, shape in linears.items():
        shapes[f"{name}.weight"] = shape
        if config["linearBias"]:
            shapes[f"{name}.bias"] = [shape[1]]
    return shapes


def in_set(factor, i, j, head, config):
    """Whether j is in A_i (sections 4.2 and 4.3), 0-based; `local` has l keys, `summary` c cells a block."""
    l, c = config["attention"]["stride"], config["attention"]["summaryCells"]
    if j > i:
        return False
    if factor == "dense":
        return True
    if factor == "local":
        return i - j < l
    if factor == "column":
        return (i - j) % l == 0
    if factor == "ownBlock":
        return i // l == j // l
    if factor == "summary":
        # Heads read distinct sub-blocks of c cells, numbered from the end of the block.
        s = head % max(1, min(config["nHead"], l // c))
        return l - (s + 1) * c <= j % l < l - s * c
    raise ValueError(factor)


def masks(config, layer):
    """[H, T, T] booleans: whether query i of a head sees key j."""
    T = config["contextLength"]
    layers = config["attention"]["layers"]
    heads = layers[layer % len(layers)]
    rows = [
        [
            [any(in_set(f, i, j, head, config) for f in heads[head % len(heads)]) for j in range(T)]
            for i in range(T)
        ]
        for head in range(config["nHead"])
    ]
    return torch.tensor(rows, dtype=torch.bool)


def normalise(x, p, name, eps):
    centred = x - x.mean(-1, keepdim=True)
    variance = (centred * centred).mean(-1, keepdim=True)
    return centred / torch.sqrt(variance + eps) * p[f"{name}.gain"] + p[f"{name}.bias"]


def linear(x, p, name):
    y = x @ p[f"{name}.weight"]
    return y + p[f"{name}.bias"] if f"{name}.bias" in p else y


def attention(x, p, name, mask, config):
    B, T, C = x.shape
    H, K = config["nHead"], config["dQueryKey"]
    q, k, v = torch.split(linear(x, p, f"{name}.qkv"), [K, K, C], dim=-1)
    q, k, v = (t.reshape(B, T, H, -1).transpose(1, 2) for t in (q, k, v))
    scores = q @ k.transpose(-1, -2) / math.sqrt(K // H)
    # A query without keys: all its terms are exp(-1e30) = 0, and so are its output and its gradient.
    scores = torch.where(mask, scores, torch.full_like(scores, -1e30))
    largest = scores.max(-1, keepdim=True).values.detach()
    terms = torch.where(mask, torch.exp(scores - largest), torch.zeros_like(scores))
    total = terms.sum(-1, keepdim=True)
    weights = terms / torch.where(total > 0, total, torch.ones_like(total))
    return linear((weights @ v).transpose(1, 2).reshape(B, T, C), p, f"{name}.output")


def forward(p, tokens, config, layer_masks):
    """tokens [B, T] -> logits [B, T, V]: index t carries byte t - 1 and its position, and predicts byte t."""
    B, T = tokens.shape
    e = p["embed.token"][tokens]
    for j in range(len(table_sizes(config))):
        rows = torch.tensor([position_rows(config, i)[j] for i in range(T)], dtype=torch.int64)
        e = e + p[f"embed.position.{j}"][rows]
    h = torch.cat([p["embed.start"].expand(B, 1, -1), e[:, :-1]], dim=1)
    for layer in range(config["nLayer"]):
        block = f"blocks.{layer}"
        h = h + attention(normalise(h, p, f"{block}.norm1", 1e-5), p, f"{block}.attention", layer_masks[layer], config)
        inner = linear(normalise(h, p, f"{block}.norm2", 1e-5), p, f"{block}.ff.in")
        h = h + linear(inner * torch.sigmoid(1.702 * inner), p, f"{block}.ff.out")
    return normalise(h, p, "finalNorm", 1e-6) @ p["output.weight"]


def run(config, B, training):
    T, V = config["contextLength"], config["vocabSize"]
    p = initial(parameter_shapes(config))
    layer_masks = [masks(config, layer) for layer in range(config["nLayer"])]
    matrices = [t for t in p.values() if t.dim() > 1]
    vectors = [t for t in p.values() if t.dim() == 1]
    optimiser = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": training["weightDecay"]}, {"params": vectors, "weight_decay": 0.0}],
        lr=training["learningRate"],
        betas=(training["beta1"], training["beta2"]),
        eps=training["eps"],
    )
    result, losses, norms = {}, [], []
    for step in range(training["steps"]):
        tokens = batch(step, B, T)
        optimiser.zero_grad()
        logits = forward(p, tokens, config, layer_masks)
        loss = torch.nn.functional.cross_entropy(logits.reshape(B * T, V), tokens.reshape(B * T))
        loss.backward()
        norm = math.sqrt(sum(float((t.grad * t.grad).sum()) for t in p.values()))
        losses.append(float(loss.detach()))
        norms.append(norm)
        if step == 0:
            result["logits"] = logits.detach().clone()
            for name, t in p.items():
                result[f"gradient.{name}"] = t.grad.clone()
        scale = min(1.0, training["clipNorm"] / norm)
        for t in p.values():
            t.grad.mul_(scale)
        optimiser.step()
    for name, t in p.items():
        result[f"final.{name}"] = t.detach()
    result["losses"] = torch.tensor(losses)
    result["gradNorms"] = torch.tensor(norms)
    return result


def write_safetensors(path, tensors):
    header, data = {}, b""
    for name, tensor in tensors.items():
        values = tensor.reshape(-1).tolist()
        if not all(math.isfinite(value) for value in values):
            raise ValueError(f"{path.name}: {name} is not finite")
        start = len(data)
        data += struct.pack(f"<{len(values)}d", *values)
        header[name] = {"dtype": "F64", "shape": list(tensor.shape), "data_offsets": [start, len(data)]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def main():
    cases = json.loads((HERE / "cases.json").read_text())
    for name, changes in cases["cases"].items():
        result = run({**cases["base"], **changes}, cases["batch"], cases["training"])
        path = HERE / f"{name}.safetensors"
        write_safetensors(path, result)
        losses, norms = result["losses"].tolist(), result["gradNorms"].tolist()
        print(
            f"{name}: {path.stat().st_size} bytes, loss {losses[0]:.6f} to {losses[-1]:.6f},"
            f" gradient norm {min(norms):.3f} to {max(norms):.3f}"
        )
    print(f"Written with torch {torch.__version__}.")


if __name__ == "__main__":
    main()
