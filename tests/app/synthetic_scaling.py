"""A result of dko-scaling with numbers that are known, for tests: nothing in it was measured."""


def screen_run(ranks, pairs, seconds):
    """Half of the time scoring, an eighth loading; the rest in the other parts."""
    shares = {"opening": 0.05, "loading": 0.125, "scoring": 0.5, "writing": 0.125, "waiting": 0.1,
              "closing": 0.1}
    parts = {part: {"mean": share * seconds, "max": share * seconds} for part, share in shares.items()}
    forecast = {"slowest_seconds": pairs / 10e6 / ranks * (1 + 0.0001 * (ranks - 1))}
    return {"provenance": {"ranks": ranks}, "instruction_set": "avx512", "collapse_seconds": 0.01 * seconds,
            "forecast": forecast, "screen": {"pairs": pairs, "seconds": seconds, "parts": parts}}


def kernel_run(rate):
    factors = {"portable": 0.2, "avx512": 1, "sparse": 4}
    return {"kernels": [{"kernel": kernel, "genes": genes, "pairs_per_second": rate * factor}
                        for kernel, factor in factors.items() for genes in (500, 2000)]}


def train_run(ranks, latency, speed_up):
    runs = [{"form": "alone", "ranks": 1, "speed_up": 1.0, "seconds_per_step": 0.02}]
    if ranks > 1:
        runs += [{"form": form, "ranks": ranks, "speed_up": its, "seconds_per_step": 0.02 / its}
                 for form, its in (("data", 0.5 * speed_up), ("sharded", speed_up))]
    network = {"latency_seconds": latency, "seconds_per_byte": 1e-10 * ranks**0.2} if ranks > 1 else None
    return {"network": network, "sizes": [{"genes": genes, "runs": runs} for genes in (1000, 4000)]}


def fit_run(ranks, seconds):
    """The forecast is the same on one rank, and a hundredth more for each rank beyond it."""
    return {"provenance": {"ranks": ranks}, "genes": 1000, "cells": 4000, "fit": {"seconds": seconds, "checksum": "xxh3:1"},
            "forecast": {"slowest_seconds": 30 / ranks * (1 + 0.01 * (ranks - 1))}}


def io_run(rate):
    return {"ways": [{"way": "screen", "gb_per_second": rate},
                     {"way": "MPI-IO", "gb_per_second": 1.1 * rate}]}


def case(name, ranks, runs):
    return {"case": name, "ranks": ranks, "command": f"srun -n {ranks} dko bench", "failed": None,
            "runs": [{"repeat": at + 1, "result": run} for at, run in enumerate(runs)]}


def result(ranks=(1, 2, 4), cores=None, name="Made up", rate=10e6, loss=0.02,
           noise=(0.99, 0.995, 1, 1.01, 1.02)):
    """Each doubling of the ranks loses the part `loss` of the speed; repeats take `noise` times the time."""
    cases = []
    for count in ranks:
        speed = rate * count * (1 - loss)**(count.bit_length() - 1)
        cases += [
            case("strong-dense", count, [screen_run(count, 400e6, 400e6 / speed * one) for one in noise]),
            case("strong-sparse", count, [screen_run(count, 1e9, 1e9 / 5 / speed * one**2) for one in noise]),
            case("weak", count,
                 [screen_run(count, 40e6 * count, 40e6 * count / speed * one) for one in noise]),
            case("kernel", count, [kernel_run(rate * 1.05 / one) for one in noise]),
            case("train", count, [train_run(count, 1e-6 * one, count**0.8) for one in noise]),
            case("fit", count, [fit_run(count, 300e6 / speed * one) for one in noise]),
            case("io", count, [io_run(0.9 * count**0.5 / one) for one in noise])
        ]
    return {
        "format": "dko-scaling", "version": 3, "complete": True, "dko_version": "0.1.0 (synthetic)",
        "size": "small", "repeats": len(noise), "ranks": list(ranks), "cases": cases,
        "machine": {"name": name, "instruction_set": "avx512", "cores": cores or max(ranks),
                    "cores_of_node": 64, "nodes": max(1, max(ranks) // 64), "open_mpi": "4.1.4", "file_system": "lustre"}
    }
