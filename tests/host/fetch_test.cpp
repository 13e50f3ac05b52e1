#include "host/program/download/fetch.hpp"

#include "datasets/sha256.hpp"
#include "host/common/errors.hpp"
#include "host/common/stop_request.hpp"
#include "http_server.hpp"
#include "synced_files.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/environment_variable.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rraebench {
namespace {

using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string make_content(std::size_t size) {
  std::string content;
  for (std::size_t i = 0; i < size; ++i) content += static_cast<char>((i * 7919) >> 5);
  return content;
}

class FetchTest : public ::testing::Test {
 protected:
  RemoteFile file_at(const std::vector<std::string>& urls) const {
    RemoteFile file;
    file.name = "data.bin";
    file.urls = urls;
    file.size = content_.size();
    file.checksum = {"SHA256", sha256_hex(content_)};
    return file;
  }
  bool fetch(const RemoteFile& file) { return fetch_file(file, folder_.path(), hooks_, limits_); }
  std::string refusal(const RemoteFile& file) {
    const auto text = complaint_of<UserError>([&] { fetch(file); });
    EXPECT_FALSE(std::filesystem::exists(path_)) << "moved into place although refused";
    return text;
  }
  HttpServer::Answer whole() const {
    return [this](const HttpRequest& request) { return serve_range(content_, request); };
  }

  EnvironmentVariable no_proxy_{"no_proxy", "127.0.0.1"};
  TemporaryFolder folder_;
  std::string content_ = make_content(300000);
  std::filesystem::path path_ = folder_ / "data.bin";
  std::filesystem::path partial_ = folder_ / "data.bin.part";
  std::vector<std::string> notes_;
  FetchHooks hooks_{nullptr, [this](const std::string& line) { notes_.push_back(line); }, nullptr};
  FetchLimits limits_{2, 1, 5};
};

TEST_F(FetchTest, FetchesOnceAndReportsProgress) {
  const HttpServer server(whole());
  std::uint64_t last = 0;
  hooks_.progress = [&](std::uint64_t done, std::uint64_t total) {
    EXPECT_GT(done, last);
    EXPECT_EQ(total, content_.size());
    last = done;
  };
  take_synced();
  EXPECT_TRUE(fetch(file_at({server.url("/data.bin")})));
  EXPECT_THAT(take_synced(), ElementsAre(partial_.string(), folder_.path().string()))
      << "a power cut must not leave a file without its content";
  EXPECT_EQ(read_file(path_), content_);
  EXPECT_EQ(last, content_.size());
  EXPECT_FALSE(std::filesystem::exists(partial_));
  EXPECT_FALSE(fetch(file_at({server.url("/data.bin")})));
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST_F(FetchTest, GoesOnWhereItWasCutOff) {
  folder_.write("data.bin.part", content_.substr(0, 100000));
  const HttpServer server(whole());
  EXPECT_TRUE(fetch(file_at({server.url("/x")})));
  EXPECT_EQ(read_file(path_), content_);
  ASSERT_EQ(server.requests().size(), 1U);
  EXPECT_EQ(server.requests()[0].range_begin, 100000U);
}

TEST_F(FetchTest, BeginsAnewWhereTheServerKnowsNoRanges) {
  folder_.write("data.bin.part", content_.substr(0, 100000));
  const HttpServer server([&](const HttpRequest&) { return HttpResponse{200, "", content_, {}}; });
  EXPECT_TRUE(fetch(file_at({server.url("/x")})));
  EXPECT_EQ(read_file(path_), content_);
}

TEST_F(FetchTest, APartOfSomethingElseCostsOneAttempt) {
  const HttpServer server(whole());
  for (const std::size_t size : {std::size_t{50}, content_.size(), content_.size() + 5}) {
    folder_.write("data.bin.part", std::string(size, 'x'));
    EXPECT_TRUE(fetch(file_at({server.url("/x")})));
    EXPECT_EQ(read_file(path_), content_);
    std::filesystem::remove(path_);
  }
}

TEST_F(FetchTest, AWrongFileInPlaceIsReplacedOnlyByARightOne) {
  folder_.write("data.bin", "old and wrong");
  {
    const HttpServer gone([](const HttpRequest&) { return HttpResponse{404, "", "no", {}}; });
    EXPECT_THROW(fetch(file_at({gone.url("/x")})), UserError);
    EXPECT_EQ(read_file(path_), "old and wrong");
  }
  const HttpServer server(whole());
  EXPECT_TRUE(fetch(file_at({server.url("/x")})));
  EXPECT_EQ(read_file(path_), content_);
}

TEST_F(FetchTest, ATruncatedAnswerIsGoneOnFromTheNextTime) {
  const HttpServer cut([&](const HttpRequest&) {
    return HttpResponse{200, "", content_.substr(0, 120000), content_.size()};
  });
  EXPECT_THAT(refusal(file_at({cut.url("/x")})),
              AllOf(HasSubstr("data.bin could not be had"), HasSubstr("/x: ")));
  EXPECT_EQ(std::filesystem::file_size(partial_), 120000U);
  const HttpServer server(whole());
  EXPECT_TRUE(fetch(file_at({server.url("/x")})));
  EXPECT_EQ(server.requests()[0].range_begin, 120000U);
}

TEST_F(FetchTest, AnAnswerThatIsShortWithoutSayingSoIsRefused) {
  const HttpServer server([&](const HttpRequest&) {
    return HttpResponse{200, "", content_.substr(0, 1000), {}};
  });
  EXPECT_THAT(refusal(file_at({server.url("/x")})), HasSubstr("it holds 1000 bytes, expected 300000"));
}

TEST_F(FetchTest, ACorruptedFileIsRefusedAndTheNextMirrorTried) {
  auto corrupted = content_;
  corrupted[200000] ^= 1;
  const HttpServer bad([&](const HttpRequest& request) { return serve_range(corrupted, request); });
  EXPECT_THAT(refusal(file_at({bad.url("/x")})), AllOf(HasSubstr("its SHA256 is " + sha256_hex(corrupted)),
                                                       HasSubstr("expected " + sha256_hex(content_))));
  EXPECT_FALSE(std::filesystem::exists(partial_)) << "nothing of it is worth keeping";
  const HttpServer good(whole());
  notes_.clear();
  EXPECT_TRUE(fetch(file_at({bad.url("/x"), good.url("/x")})));
  EXPECT_EQ(read_file(path_), content_);
  ASSERT_EQ(notes_.size(), 1U);
  EXPECT_THAT(notes_[0], HasSubstr(bad.url("/x")));
}

TEST_F(FetchTest, AFileLargerThanStatedIsCutOff) {
  const HttpServer server([&](const HttpRequest&) { return HttpResponse{200, "", content_ + content_, {}}; });
  EXPECT_THAT(refusal(file_at({server.url("/x")})), HasSubstr("larger than the 300000 bytes"));
  auto unstated = file_at({server.url("/x")});
  unstated.size = 0;
  unstated.size_limit = 400000;
  EXPECT_THAT(refusal(unstated), HasSubstr("larger than the 400000 bytes"));
}

TEST_F(FetchTest, ASlowServerIsWaitedForAndAStalledOneIsNot) {
  const HttpServer slow([&](const HttpRequest& request) {
    auto response = serve_range(content_, request);
    response.piece = 30000;
    response.pause_between = milliseconds(20);
    return response;
  });
  EXPECT_TRUE(fetch(file_at({slow.url("/x")})));
  std::filesystem::remove(path_);

  const HttpServer stalled([&](const HttpRequest&) {
    HttpResponse response{200, "", content_.substr(0, 5000), content_.size()};
    response.hangs = true;
    return response;
  });
  EXPECT_THAT(refusal(file_at({stalled.url("/x")})), HasSubstr("too slow"));
}

TEST_F(FetchTest, FollowsRedirectsButNotForEver) {
  const HttpServer server([&](const HttpRequest& request) {
    if (request.target == "/old") return HttpResponse{302, "Location: /new\r\n", "", {}};
    if (request.target == "/round") return HttpResponse{302, "Location: /round\r\n", "", {}};
    if (request.target == "/file") return HttpResponse{302, "Location: file:///etc/passwd\r\n", "", {}};
    return serve_range(content_, request);
  });
  EXPECT_TRUE(fetch(file_at({server.url("/old")})));
  EXPECT_EQ(read_file(path_), content_);
  std::filesystem::remove(path_);
  EXPECT_THAT(refusal(file_at({server.url("/round")})), HasSubstr("redirects"));
  EXPECT_THAT(refusal(file_at({server.url("/file")})), HasSubstr("file"));
}

TEST_F(FetchTest, AMissingFileIsLookedForElsewhere) {
  const HttpServer gone([](const HttpRequest&) {
    return HttpResponse{404, "", "<html>not here</html>", {}};
  });
  EXPECT_THAT(refusal(file_at({gone.url("/x")})), AllOf(HasSubstr("404"), HasSubstr("--mirror")));
  EXPECT_THAT(refusal(file_at({"http://127.0.0.1:1/x"})), HasSubstr("127.0.0.1"));
  EXPECT_THAT(refusal(file_at({"file:///etc/passwd"})), HasSubstr("rotocol"));
  const HttpServer server(whole());
  EXPECT_TRUE(fetch(file_at({"http://127.0.0.1:1/x", gone.url("/x"), server.url("/x")})));
}

TEST_F(FetchTest, AWishToStopKeepsWhatArrived) {
  const HttpServer slow([&](const HttpRequest& request) {
    auto response = serve_range(content_, request);
    response.piece = 30000;
    response.pause_between = milliseconds(50);
    return response;
  });
  std::uint64_t held = 0;
  hooks_.progress = [&](std::uint64_t done, std::uint64_t) { held = done; };
  hooks_.should_stop = [&] { return held >= 60000; };
  EXPECT_THROW(fetch(file_at({slow.url("/x")})), InterruptedError);
  EXPECT_GE(std::filesystem::file_size(partial_), 60000U);
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(FetchTest, GoesThroughTheProxyOfTheEnvironment) {
  const HttpServer proxy(whole());
  const EnvironmentVariable http_proxy("http_proxy", proxy.url().c_str());
  EXPECT_TRUE(fetch(file_at({"http://data.example/data.bin"})));
  EXPECT_EQ(proxy.requests()[0].target, "http://data.example/data.bin");
}

TEST_F(FetchTest, KnowsMd5) {
  EXPECT_EQ(file_digest(folder_.write("abc", "abc"), "MD5"), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_THROW(file_digest(folder_ / "nowhere", "MD5"), UserError);
}

}  // namespace
}  // namespace rraebench
