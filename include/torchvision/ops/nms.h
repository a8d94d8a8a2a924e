#pragma once
#include "torchvision/ops/ops.h"
