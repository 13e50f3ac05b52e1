#include "datasets/cifar_batch.hpp"

#include "datasets/error.hpp"
#include "datasets/file_bytes.hpp"

namespace rraebench {
namespace {

constexpr unsigned kLastCifarLabel = 9;

}  // namespace

void parse_cifar_batch(std::string_view bytes, const std::string& name, CifarBatch& batch) {
  const auto refuse = [&](const std::string& fault) {
    throw DatasetError(name + ": " + fault + "; download it again");
  };
  if (bytes.empty())
    refuse("it is empty, expected records of " + std::to_string(kCifarRecordBytes) + " bytes");
  if (bytes.size() % kCifarRecordBytes != 0)
    refuse("it holds " + std::to_string(bytes.size()) + " bytes, which are not whole records of " +
           std::to_string(kCifarRecordBytes) + " bytes (label and 3 x 32 x 32 pixels)");
  const auto count = bytes.size() / kCifarRecordBytes;
  if (count > kCifarMostImages) refuse("more than " + std::to_string(kCifarMostImages) + " images");
  for (std::size_t n = 0; n < count; ++n)
    if (const auto label = static_cast<unsigned char>(bytes[n * kCifarRecordBytes]); label > kLastCifarLabel)
      refuse("label " + std::to_string(label) + " of image " + std::to_string(n) + ", expected 0 to 9");
  batch.pixels.reserve(batch.pixels.size() + count * kCifarImageBytes);
  for (std::size_t n = 0; n < count; ++n) {
    const auto record = bytes.substr(n * kCifarRecordBytes, kCifarRecordBytes);
    batch.labels.push_back(static_cast<std::uint8_t>(record.front()));
    batch.pixels.insert(batch.pixels.end(), record.begin() + 1, record.end());
  }
}

void read_cifar_batch(const std::filesystem::path& path, CifarBatch& batch) {
  parse_cifar_batch(read_bytes(path, kCifarMostImages * kCifarRecordBytes), path.string(), batch);
}

}  // namespace rraebench
