"""on_device.py DEVICE PROGRAM [ARGUMENTS]: a Python program that knows no
devices, with all its tensors on one, as far as it must not say `.cpu()`."""
import runpy
import sys

import torch

device, sys.argv = sys.argv[1], sys.argv[2:]
torch.set_default_device(device)
to_numpy = torch.Tensor.numpy
torch.Tensor.numpy = lambda tensor: to_numpy(tensor.cpu())
runpy.run_path(sys.argv[0], run_name="__main__")
