#!/usr/bin/env python3
"""Compares a cache of CelebA images with what Pillow makes of the same files. Development only: needs pillow and numpy.

    rraebench run vrrae-celeba --plan --data-dir DATA --cache-dir CACHE     # makes the cache
    tests/peers/check_resize_against_pillow.py DATA/celeba CACHE/images-celeba-160x160x3-*.bin

Exit code 0 when at least 99.9 % of all values lie within one grey level.
"""
import pathlib
import sys

import numpy
import PIL
from PIL import Image

HEADER_BYTES = 4096


def read_cache(path):
    with open(path, "rb") as file:
        lines = file.read(HEADER_BYTES).rstrip(b"\0").decode().splitlines()
    facts = dict(line.split(" ", 1) for line in lines[1:])
    shape = tuple(int(facts[name]) for name in ("count", "channels", "height", "width"))
    return numpy.memmap(path, numpy.uint8, "r", HEADER_BYTES, shape)


def image_names(folder):
    parts = {"0": [], "1": [], "2": []}
    for line in (folder / "list_eval_partition.txt").read_text().splitlines():
        name, part = line.split()
        parts[part].append(name)
    return parts["0"] + parts["1"] + parts["2"]


def main():
    folder, cache = pathlib.Path(sys.argv[1]), read_cache(sys.argv[2])
    names = image_names(folder)
    if len(names) != len(cache):
        sys.exit(f"{len(names)} images in the partition, {len(cache)} in the cache")
    counts = numpy.zeros(256, numpy.int64)
    for name, ours in zip(names, cache):
        with Image.open(folder / "img_align_celeba" / name) as image:
            peer = image.convert("RGB").resize((cache.shape[3], cache.shape[2]), Image.BILINEAR)
        difference = numpy.abs(numpy.asarray(peer, numpy.int16).transpose(2, 0, 1) - ours)
        counts += numpy.bincount(difference.ravel(), minlength=256)
    share = counts[:2].sum() / counts.sum()
    print(f"Pillow {PIL.__version__}: {len(names)} images, {counts.sum()} values: {counts[0] / counts.sum():.6%} equal, "
          f"{share:.6%} within one grey level, largest difference {counts.nonzero()[0].max()}")
    sys.exit(0 if share >= 0.999 else 1)


main()
