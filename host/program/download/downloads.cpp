#include "host/program/download/downloads.hpp"

#include "datasets/cifar_batch.hpp"
#include "datasets/error.hpp"

#include <algorithm>
#include <array>

namespace rraebench {
namespace {

RemoteFile idx_file(const std::string& name, const std::vector<std::string>& places, std::uint64_t size,
                    const std::string& md5) {
  RemoteFile file;
  file.name = name;
  for (const auto& place : places) file.urls.push_back(place + name);
  file.size = size;
  file.checksum = {"MD5", md5};
  return file;
}

/// Checksums: those of the files that Yann LeCun's page offered.
Download mnist() {
  const std::vector<std::string> places = {"https://ossci-datasets.s3.amazonaws.com/mnist/",
                                           "https://storage.googleapis.com/cvdf-datasets/mnist/"};
  return {"mnist",
          "MNIST, 11 MB",
          "mnist",
          {idx_file("train-images-idx3-ubyte.gz", places, 9912422, "f68b3c2dcbeaaa9fbdd348bbdeb94873"),
           idx_file("train-labels-idx1-ubyte.gz", places, 28881, "d53e105ee54ea40749a09fcbcd1e9432"),
           idx_file("t10k-images-idx3-ubyte.gz", places, 1648877, "9fb629c4189551a2d022fa330f9573f3"),
           idx_file("t10k-labels-idx1-ubyte.gz", places, 4542, "ec29112dd5afa0611ce80d1b7f02629c")},
          {}};
}

/// Checksums: https://github.com/zalandoresearch/fashion-mnist.
Download fashion_mnist() {
  const std::vector<std::string> places = {
      "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
      "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"};
  return {"fashion-mnist",
          "Fashion-MNIST, 30 MB",
          "fashion-mnist",
          {idx_file("train-images-idx3-ubyte.gz", places, 26421880, "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
           idx_file("train-labels-idx1-ubyte.gz", places, 29515, "25c81989df183df01b3e8a0aad5dffbe"),
           idx_file("t10k-images-idx3-ubyte.gz", places, 4422102, "bef4ecab320f06d8554ea6380940ec79"),
           idx_file("t10k-labels-idx1-ubyte.gz", places, 5148, "bb300cfdad3c16e7a12a480ee83cd310")},
          {}};
}

constexpr const char* kCifarTestBatch = "test_batch";
constexpr const char* kCifarBatches[] = {"data_batch_1", "data_batch_2", "data_batch_3",
                                         "data_batch_4", "data_batch_5", kCifarTestBatch};

/// https://www.cs.toronto.edu/~kriz/cifar.html: the test batch has exactly 1000 images of each class, and the
/// training batches together have exactly 5000.
bool holds_cifar10(const std::filesystem::path& folder) {
  std::array<int, 10> of_test{};
  std::array<int, 10> of_training{};
  try {
    for (const std::string name : kCifarBatches) {
      CifarBatch batch;
      read_cifar_batch(folder / (name + ".bin"), batch);
      auto& counts = name == kCifarTestBatch ? of_test : of_training;
      for (const auto label : batch.labels) ++counts[label];
    }
  } catch (const DatasetError&) {
    return false;
  }
  const auto all_are = [](const auto& counts, int count) {
    return std::count(counts.begin(), counts.end(), count) == static_cast<std::ptrdiff_t>(counts.size());
  };
  return all_are(of_test, 1000) && all_are(of_training, 5000);
}

/// Checksum: https://www.cs.toronto.edu/~kriz/cifar.html.
Download cifar10() {
  RemoteFile archive;
  archive.name = "cifar-10-binary.tar.gz";
  archive.urls = {"https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
                  "https://cave.cs.toronto.edu/kriz/cifar-10-binary.tar.gz"};
  archive.size = 170052171;
  archive.checksum = {"MD5", "c32a1d4ab5d03f1284b67883e8d87530"};
  Download download{"cifar10",    "CIFAR-10, binary version, 162 MB", "cifar-10-batches-bin", {archive}, {},
                    holds_cifar10};
  constexpr std::uint64_t kBatchBytes = std::uint64_t{10000} * 3073;
  for (const char* batch : kCifarBatches)
    download.members.push_back({std::string("cifar-10-batches-bin/") + batch + ".bin", kBatchBytes});
  return download;
}

/// NVIDIA's TorchScript copy of the 2015 Inception graph, which clean-fid uses too. NVIDIA states no
/// checksum; this is the one that the file has had since it was published.
Download inception() {
  RemoteFile file;
  file.name = "inception-2015-12-05.pt";
  file.urls = {
      "https://nvlabs-fi-cdn.nvidia.com/stylegan2-ada-pytorch/pretrained/metrics/"
      "inception-2015-12-05.pt"};
  file.checksum = {"SHA256", "f58cb9b6ec323ed63459aa4fb441fe750cfe39fafad6da5cb504a16f19e958f4"};
  file.size_limit = 200'000'000;
  return {
      "inception", "the Inception network of published FIDs, as TorchScript, 96 MB", "inception", {file}, {}};
}

}  // namespace

const std::vector<Download>& downloads() {
  static const std::vector<Download> all = {mnist(), fashion_mnist(), cifar10(), inception()};
  return all;
}

Download from_mirror(Download download, const std::string& mirror) {
  for (auto& file : download.files)
    file.urls = {mirror + (!mirror.empty() && mirror.back() == '/' ? "" : "/") + file.name};
  return download;
}

}  // namespace rraebench
