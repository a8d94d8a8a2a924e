// What torch/torch.h gives beyond torch/script.h: torch::nn's modules written in C++, run operator by operator; torch::save and torch::load for them; torch::data.
#pragma once

#include "facula/data/loader.h"
#include "facula/data/mnist.h"
#include "facula/data/transforms.h"
#include "facula/generated_namespaces.h"
#include "facula/nn/functions.h"
#include "facula/nn/init.h"
#include "facula/nn/losses.h"
#include "facula/nn/norm.h"
#include "facula/nn/optim.h"
#include "facula/nn/pooling.h"
#include "facula/nn/recurrent.h"
#include "facula/nn/serialize.h"
#include "facula/nn/stateless.h"
