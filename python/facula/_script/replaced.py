"""Methods of torch's own modules that are compiled from another text than theirs.

A TransformerEncoder packs sequences of several lengths into a nested tensor, which Facula has not. The dense computation gives the same
numbers where there is no padding; where there is, the nested tensor comes back as zeros."""
from typing import Optional

from torch import Tensor
import torch
import torch.nn.functional as F


def encoder_forward(self, src: Tensor, mask: Optional[Tensor] = None, src_key_padding_mask: Optional[Tensor] = None,
                    is_causal: Optional[bool] = None) -> Tensor:
    padded: Optional[Tensor] = None
    if self.use_nested_tensor and not self.training and mask is None and src.dim() == 3 and src_key_padding_mask is not None:
        keys = src_key_padding_mask if src_key_padding_mask.dtype == torch.bool else src_key_padding_mask != 0
        if not bool((keys[:, :-1] & ~keys[:, 1:]).any()):  # the padding stands at the end of each sequence
            padded = keys
    src_key_padding_mask = F._canonical_mask(mask=src_key_padding_mask, mask_name="src_key_padding_mask", other_type=F._none_or_dtype(mask),
                                             other_name="mask", target_type=src.dtype)
    mask = F._canonical_mask(mask=mask, mask_name="mask", other_type=None, other_name="", target_type=src.dtype, check_other=False)
    output = src
    causal = _detect_is_causal_mask(mask, is_causal, _get_seq_len(src, self.layers[0].self_attn.batch_first))
    for mod in self.layers:
        output = mod(output, src_mask=mask, is_causal=causal, src_key_padding_mask=src_key_padding_mask)
    if padded is not None:
        output = output.masked_fill(padded.unsqueeze(-1), 0.0)
    if self.norm is not None:
        output = self.norm(output)
    return output


try:
    from torch.nn.modules.transformer import _detect_is_causal_mask, _get_seq_len
except ImportError:  # before PyTorch 2.0 the forward reads otherwise
    _detect_is_causal_mask = None


def replacement(fn):
    """What is compiled in place of the function: most often itself."""
    return encoder_forward if fn is torch.nn.TransformerEncoder.forward and _detect_is_causal_mask is not None else fn
