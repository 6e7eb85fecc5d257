# Turns single bits of files around, at random places, and sees that dko info --verify finds each of them, or
# that whatever is read from the file is as it was.
import os
import random
import subprocess
import sys

import h5py


def attributes(thing):
    return sorted((name, str(thing.attrs[name])) for name in thing.attrs)


def content(path, left_out):
    """All that readers find in a file, but the values of some arrays."""
    found = []

    def visit(name, thing):
        found.append((name, attributes(thing)))
        if isinstance(thing, h5py.Dataset):
            values = thing[()]
            found.append((thing.shape, str(thing.dtype)))
            if name in left_out:
                return
            found.append(values.tobytes() if thing.dtype.kind in "fiu" else str(list(values) if thing.shape else values))

    with h5py.File(path) as file:
        found.append(attributes(file))
        file.visititems(visit)
    return found


def without_checksum(path):
    """Arrays that stand without one, and are not said to be verified."""
    names = []
    with h5py.File(path) as file:
        sums = set()
        file.visititems(lambda name, thing: sums.add(name)
                        if name.endswith("_checksums") or name.startswith("progress/") else None)

        def visit(name, thing):
            if not isinstance(thing, h5py.Dataset) or "checksum" in thing.attrs or name in sums:
                return
            group, _, array = name.rpartition("/")
            score = "progress/" + name.removesuffix("/data")
            if name + "_checksums" not in sums and score not in sums:
                names.append(name)

        file.visititems(visit)
    return names


def verify(path):
    return subprocess.run([os.environ["DKO"], "info", "--verify", path], capture_output=True, text=True, timeout=60)


def main(path, flips):
    whole = bytearray(open(path, "rb").read())
    left_out = without_checksum(path)
    before = content(path, left_out)
    done = verify(path)
    assert done.returncode == 0 and "verified: " in done.stdout, done
    counted = "without a checksum: " in done.stdout
    assert counted == bool(left_out), (done.stdout, left_out)
    # Where there is data; files of many ranks have large holes.
    places = [at for at in range(len(whole)) if any(whole[max(0, at - 16):at + 16])]
    stream = random.Random(5)
    found = 0
    for _ in range(flips):
        at, bit = stream.choice(places), stream.randrange(8)
        whole[at] ^= 1 << bit
        with open("flipped.h5", "wb") as file:
            file.write(whole)
        whole[at] ^= 1 << bit
        done = verify("flipped.h5")
        where = f"{path}, byte {at}, bit {bit}: exit code {done.returncode}: {done.stderr}"
        assert done.returncode in (0, 3), where
        if done.returncode == 3:
            assert "flipped.h5" in done.stderr and done.stderr.count("dko: error") == 1, where
            found += 1
        else:
            assert content("flipped.h5", left_out) == before, "not found: " + where
    assert found > flips / 5, (path, found)
    print(path, "found", found, "of", flips)


main(sys.argv[1], int(sys.argv[2]))
