// The download command as a user calls it, against a server on this machine.
#include "http_server.hpp"
#include "program.hpp"
#include "tests/support/environment_variable.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rraebench {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(DownloadCommand, RefusesWhatTheChecksumDoesNotAllow) {
  const EnvironmentVariable no_proxy("no_proxy", "127.0.0.1");
  const TemporaryFolder folder;
  // As large as the real file, and something else.
  const std::string content(9912422, 'x');
  const HttpServer server([&](const HttpRequest& request) { return serve_range(content, request); });
  const auto result =
      call({"download", "mnist", "--mirror", server.url("/mnist"), "--data-dir", folder.path().string()});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.errors, AllOf(HasSubstr("train-images-idx3-ubyte.gz"), HasSubstr("MD5"),
                                   HasSubstr("f68b3c2dcbeaaa9fbdd348bbdeb94873")));
  EXPECT_EQ(server.requests()[0].target, "/mnist/train-images-idx3-ubyte.gz");
  EXPECT_FALSE(std::filesystem::exists(folder / "mnist/train-images-idx3-ubyte.gz"));
}

TEST(DownloadCommand, FilesOfTheRightSizeAreNotEnough) {
  const EnvironmentVariable no_proxy("no_proxy", "127.0.0.1");
  constexpr std::size_t kImages = 10000;
  constexpr std::size_t kRecord = 1 + 3 * 32 * 32;
  const TemporaryFolder folder;
  const HttpServer server([](const HttpRequest&) { return HttpResponse{404, "", "", {}}; });
  const auto download = [&] {
    return call({"download", "cifar10", "--mirror", server.url(), "--data-dir", folder.path().string()});
  };
  const auto write_all = [&](const std::string& bytes) {
    for (const char* name :
         {"data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch"})
      folder.write(std::string("cifar-10-batches-bin/") + name + ".bin", bytes);
  };
  std::string batch(kImages * kRecord, '\0');  // As a power cut may leave it.
  write_all(batch);
  EXPECT_EQ(download().exit_code, 2);
  EXPECT_EQ(server.requests().size(), 1U);
  for (std::size_t n = 0; n < kImages; ++n) batch[n * kRecord] = static_cast<char>(n % 10);
  write_all(batch);
  EXPECT_THAT(download().output, HasSubstr("cifar10: complete in"));
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST(DownloadCommand, NamesTheNearest) {
  EXPECT_THAT(call({"download", "mnits"}).errors, HasSubstr("did you mean 'mnist'?"));
  EXPECT_EQ(call({"download"}).exit_code, 2);
  EXPECT_THAT(call({"download", "--help"}).output, HasSubstr("--mirror"));
}

TEST(DownloadCommand, CelebaSaysWhatToFetchAndChecksIt) {
  const TemporaryFolder folder;
  const auto ask = [&] { return call({"download", "celeba", "--data-dir", folder.path().string()}); };
  const auto nothing = ask();
  EXPECT_EQ(nothing.exit_code, 0);
  EXPECT_THAT(nothing.output, AllOf(HasSubstr("img_align_celeba.zip"), HasSubstr("now: missing")));
  folder.write("celeba/list_eval_partition.txt", "000001.jpg 0\n000002.jpg 2\n");
  folder.write("celeba/img_align_celeba/000001.jpg", "x");
  const auto some = ask();
  EXPECT_EQ(some.exit_code, 2);
  EXPECT_THAT(some.errors, AllOf(HasSubstr("1 listed images are missing"), HasSubstr("000002.jpg")));
  folder.write("celeba/img_align_celeba/000002.jpg", "x");
  EXPECT_THAT(ask().output,
              AllOf(HasSubstr("1 train, 0 validation, 1 test"), HasSubstr("not the whole official"),
                    HasSubstr("all listed images are there")));
}

}  // namespace
}  // namespace rraebench
