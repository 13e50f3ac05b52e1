#pragma once
// Implements: the parts of LibTorch that models are made of. All of torch/torch.h (data loaders, every layer
// there is) would double the time that each file takes to compile; include further parts of it where they are
// used.

#include <torch/autograd.h>
#include <torch/nn/modules/container/sequential.h>
#include <torch/nn/modules/linear.h>
#include <torch/optim/optimizer.h>
#include <torch/serialize.h>
#include <torch/types.h>
#include <torch/utils.h>
#include <torch/version.h>
