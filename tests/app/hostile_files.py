"""Damaged and hostile copies of sound.h5ad, screen.h5 and model.h5."""
import shutil
import struct

import h5py
import numpy as np

HUGE = 2**60


def copy(name, source="sound.h5ad"):
    shutil.copy(source, name)
    return h5py.File(name, "a")


def claim(file, path, shape, dtype="i4", chunks=None, **options):
    """An array of this shape of which nothing was ever written."""
    del file[path]
    group, name = path.rsplit("/", 1)
    space = h5py.h5s.create_simple(shape)
    properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    properties.set_alloc_time(h5py.h5d.ALLOC_TIME_LATE)
    if chunks:
        properties.set_chunk(chunks)
    if options.get("gzip"):
        properties.set_deflate(4)
    kind = h5py.string_dtype() if dtype == "text" else np.dtype(dtype)
    h5py.h5d.create(file[group or "/"].id, name.encode(), h5py.h5t.py_create(kind, logical=True), space, properties)


def replace(file, path, values, **options):
    del file[path]
    return file.create_dataset(path, data=values, **options)


def relink(file, path, link):
    del file[path]
    file[path] = link


with copy("huge_indices.h5ad") as file:
    claim(file, "/X/indices", (HUGE,))
with copy("huge_names.h5ad") as file:
    claim(file, "/var/" + file["var"].attrs["_index"], (HUGE // 32,), "text")
with copy("huge_compressed.h5ad") as file:
    claim(file, "/X/data", (HUGE,), "f4", (1 << 20,), gzip=True)
with copy("huge_product.h5ad") as file:  # 2^64 elements, which is none in 64 bits
    claim(file, "/X/data", (2**32, 2**32), "f4", (1024, 1024))
with copy("huge_text.h5ad") as file:
    claim(file, "/obs/" + file["obs"].attrs["_index"], (1 << 20,), "S100000", (1,))
with copy("huge_attribute.h5ad") as file:
    file["X"].attrs.create("shape", np.zeros(8000, "i8"))
with copy("long_attribute.h5ad") as file:
    file["X"].attrs.create("encoding-type", np.array([b"csr_matrix"] * 2, "S30000"))
with copy("external_link.h5ad") as file:
    relink(file, "X", h5py.ExternalLink("sound.h5ad", "/X"))
with copy("external_group.h5ad") as file:
    relink(file, "obs", h5py.ExternalLink("sound.h5ad", "/obs"))
with copy("soft_to_external.h5ad") as file:
    file["away"] = h5py.ExternalLink("sound.h5ad", "/")
    relink(file, "X", h5py.SoftLink("/away/X"))
with copy("soft_loop.h5ad") as file:
    relink(file, "X", h5py.SoftLink("/Y"))
    file["Y"] = h5py.SoftLink("/X")
with copy("dangling.h5ad") as file:
    relink(file, "X", h5py.SoftLink("/nowhere"))
with copy("soft_link.h5ad") as file:
    file.move("X", "values")
    file["X"] = h5py.SoftLink("/values")
with copy("external_values.h5ad") as file:
    count = file["X/data"].shape[0]
    del file["X/data"]
    file.create_dataset("X/data", (count,), "f4", external=[("/dev/zero", 0, h5py.h5f.UNLIMITED)])
with copy("virtual.h5ad") as file:
    count = file["X/data"].shape[0]
    layout = h5py.VirtualLayout((count,), "f4")
    layout[:] = h5py.VirtualSource("sound.h5ad", "X/data", (count,))
    del file["X/data"]
    file.create_virtual_dataset("X/data", layout)
with copy("scaleoffset.h5ad") as file:
    replace(file, "X/data", file["X/data"][:].astype("i4"), chunks=(16,), scaleoffset=0)
with copy("unknown_filter.h5ad") as file:
    values = file["X/data"][:]
    del file["X/data"]
    properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    properties.set_chunk((16,))
    properties.set_filter(32001, h5py.h5z.FLAG_OPTIONAL)
    array = h5py.h5d.create(file["X"].id, b"data", h5py.h5t.NATIVE_FLOAT, h5py.h5s.create_simple(values.shape), properties)
    h5py.Dataset(array)[:] = values
with copy("short_lzf.h5ad") as file:
    array = replace(file, "X/data", file["X/data"][:], chunks=(64,), compression="lzf")
    stated = struct.pack("<3I", *array.id.get_create_plist().get_filter(0)[2])
with open("short_lzf.h5ad", "r+b") as file:
    content = file.read()
    file.seek(content.index(stated))
    file.write(stated[:8] + struct.pack("<I", 16))
# Many names that all are the same text of a megabyte: the file has it once, and whoever reads it a thousand times.
with copy("same_text.h5ad") as file:
    index = file["var"].attrs["_index"]
    path = "/var/" + index
    replace(file, path, ["x" * 1000000] + ["y"] * 4999, dtype=h5py.string_dtype())
    start = file[path].id.get_offset()
with open("same_text.h5ad", "r+b") as file:
    file.seek(start)
    reference = file.read(16)
    file.seek(start)
    file.write(reference * 5000)

# A text that is said to be beyond the others makes HDF5 1.10 crash.
with copy("forged_text.h5ad") as file:
    start = file[path].id.get_offset()
with open("forged_text.h5ad", "r+b") as file:
    file.seek(start + 12)
    file.write(struct.pack("<I", 1 << 29))
# More chunks than the file has bytes take HDF5 memory without end.
with h5py.File("sound.h5ad") as sound, h5py.File("tiny_chunks.h5ad", "w") as file:  # h5py's headers have no checksums
    for name in ("obs", "var"):
        sound.copy(name, file)
    file.create_group("X").attrs.update(sound["X"].attrs)
    for name in ("indices", "indptr"):
        file["X"][name] = sound["X"][name][:]
    file["X"].create_dataset("data", data=np.zeros(1 << 19, "f4"), chunks=(4096,), compression="gzip")
with open("tiny_chunks.h5ad", "r+b") as file:
    content = file.read()
    file.seek(content.index(struct.pack("<II", 4096, 4)))
    file.write(struct.pack("<I", 1))

# The sizes of texts are believed by HDF5 1.10 itself: a damaged one must not come before it.
with open("sound.h5ad", "rb") as file:
    content = bytearray(file.read())
starts = [at for at in range(0, len(content), 8) if content[at:at + 5] == b"GCOL\x01"]
for name, object_number, size in (("long_heap.h5ad", 1, 1 << 28), ("endless_heap.h5ad", 0, 0)):
    spoiled = bytearray(content)
    for start in starts:
        struct.pack_into("<HHIQ", spoiled, start + 16, object_number, 1, 0, size)
    with open(name, "wb") as file:
        file.write(spoiled)

with copy("huge_scores.h5", "screen.h5") as file:
    claim(file, "/single/impact/data", (HUGE,), "f4")
with copy("linked_scores.h5", "screen.h5") as file:
    relink(file, "single/impact", h5py.ExternalLink("screen.h5", "/single/impact"))
with copy("huge_model.h5", "model.h5") as file:
    claim(file, "/mapping/W1t", (12, HUGE // 64), "f4")
