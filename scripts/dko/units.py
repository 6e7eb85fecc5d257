"""How numbers with units are written."""


def size_text(count):
    """Of bytes."""
    for unit in ["B", "KiB", "MiB", "GiB", "TiB"]:
        if count < 1024 or unit == "TiB":
            return f"{count:.3g} {unit}" if count < 1000 else f"{count:.0f} {unit}"
        count /= 1024
    return ""
