from torch.nn.modules.module import Module
from torch.nn.modules.linear import *
from torch.nn.modules.linear import NonDynamicallyQuantizableLinear
from torch.nn.modules.conv import *
from torch.nn.modules.activation import *
from torch.nn.modules.loss import *
from torch.nn.modules.container import Sequential, ModuleList, ModuleDict, ParameterList, ParameterDict
from torch.nn.modules.pooling import *
from torch.nn.modules.batchnorm import BatchNorm1d, BatchNorm2d, BatchNorm3d, SyncBatchNorm
from torch.nn.modules.instancenorm import InstanceNorm1d, InstanceNorm2d, InstanceNorm3d
from torch.nn.modules.normalization import *
from torch.nn.modules.dropout import *
from torch.nn.modules.padding import *
from torch.nn.modules.sparse import Embedding, EmbeddingBag
from torch.nn.modules.rnn import RNN, LSTM, GRU, RNNCell, LSTMCell, GRUCell, RNNBase, RNNCellBase
from torch.nn.modules.pixelshuffle import *
from torch.nn.modules.upsampling import *
from torch.nn.modules.distance import *
from torch.nn.modules.fold import *
from torch.nn.modules.transformer import TransformerEncoder, TransformerDecoder, TransformerEncoderLayer, TransformerDecoderLayer, Transformer
from torch.nn.modules.flatten import *
from torch.nn.modules.channelshuffle import *
