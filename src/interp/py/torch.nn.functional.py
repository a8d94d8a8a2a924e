# While a module is made, functions of torch.nn.functional are operators of the same name. What forward calls is
# resolved by the compiler's own library.
import torch


