// Where torchvision 0.3 had it, in no namespace.
#pragma once
#include "torchvision/ops/ops.h"
using vision::ops::nms;
