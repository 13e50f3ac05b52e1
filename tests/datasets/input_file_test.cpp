#include "datasets/input_file.hpp"

#include "datasets/celeba_partition.hpp"
#include "datasets/cifar_batch.hpp"
#include "datasets/error.hpp"
#include "datasets/file_bytes.hpp"
#include "datasets/idx.hpp"
#include "datasets/npy_file.hpp"
#include "datasets/sha256.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace rraebench {
namespace {

namespace fs = std::filesystem;

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

void make_socket(const fs::path& path) {
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.string().copy(address.sun_path, sizeof(address.sun_path) - 1);
  ASSERT_EQ(::bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  ::close(descriptor);
}

using Reader = std::function<void(const fs::path&)>;

const std::pair<const char*, Reader> kReaders[] = {
    {"read_bytes", [](const fs::path& path) { read_bytes(path, 100); }},
    {"read_first_bytes", [](const fs::path& path) { read_first_bytes(path, 100); }},
    {"read_idx", [](const fs::path& path) { read_idx(path); }},
    {"read_npy_file", [](const fs::path& path) { read_npy_file(path); }},
    {"read_cifar_batch",
     [](const fs::path& path) {
       CifarBatch batch;
       read_cifar_batch(path, batch);
     }},
    {"read_celeba_partition", [](const fs::path& path) { read_celeba_partition(path); }},
    {"sha256_of_file", [](const fs::path& path) { sha256_of_file(path); }}};

TEST(InputFileTest, WhatIsNoFileIsNamedAndNotWaitedFor) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  make_socket(folder / "socket");
  fs::create_directory(folder / "folder");
  fs::create_symlink("loop", folder / "loop");
  fs::create_symlink("pipe", folder / "link");
  const std::pair<fs::path, const char*> places[] = {
      {folder / "pipe", ": a named pipe, expected a readable file"},
      {folder / "link", ": a named pipe, expected a readable file"},
      {folder / "socket", ": a socket, expected a readable file"},
      {folder / "folder", ": a folder, expected a readable file"},
      {"/dev/zero", ": a device, expected a readable file"},
      {folder / "loop", ": no such readable file (Too many levels of symbolic links)"},
      {folder / "missing", ": no such readable file (No such file or directory)"}};
  for (const auto& [name, reader] : kReaders)
    for (const auto& [path, fault] : places)
      EXPECT_THAT(complaint_of<DatasetError>([ask = reader, file = path] { ask(file); }),
                  AllOf(StartsWith(path.string() + fault), Not(HasSubstr("\n"))))
          << name;
}

TEST(InputFileTest, LinksToFilesAreFollowed) {
  const TemporaryFolder folder;
  folder.write("file", "bytes");
  fs::create_symlink("file", folder / "link");
  EXPECT_EQ(read_bytes(folder / "link", 5), "bytes");
  EXPECT_EQ(read_first_bytes(folder / "link", 2), "by");
  EXPECT_EQ(sha256_of_file(folder / "link"), sha256_hex("bytes"));
}

}  // namespace
}  // namespace rraebench
