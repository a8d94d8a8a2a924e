import torch


def pad_sequence(sequences, batch_first=False, padding_value=0.0):
    return torch.pad_sequence(sequences, batch_first, padding_value)


class PackedSequence:
    pass


def pack_padded_sequence(*args, **kwargs):
    raise NotImplementedError("packed sequences are not supported")


pad_packed_sequence = pack_sequence = pack_padded_sequence
