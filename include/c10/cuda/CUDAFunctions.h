#pragma once
#include "facula/cuda_names.h"
