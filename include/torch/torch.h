#pragma once
#include "facula/libtorch_names.h"
#include "facula/nn.h"
