#pragma once
#include "facula/libtorch_names.h"
