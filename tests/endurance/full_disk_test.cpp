#include "program.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/mount.h>

namespace rraebench {
namespace {

using testing::AnyOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

/// A file system of 300 kB in memory. Only root may mount one.
class FullDisk : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directory(disk_);
    if (::mount("tmpfs", disk_.c_str(), "tmpfs", 0, "size=300k") != 0) GTEST_SKIP() << "mounting needs root";
    ASSERT_EQ(run(path("reference.db"), path("cache")).exit_code, 0);
  }
  void TearDown() override { ::umount2(disk_.c_str(), MNT_DETACH); }

  void make_room() { ASSERT_EQ(::mount("tmpfs", disk_.c_str(), "tmpfs", MS_REMOUNT, "size=60m"), 0); }

  std::string path(const std::string& name) { return (folder_ / name).string(); }
  std::string on_disk(const std::string& name) { return disk_ + "/" + name; }

  ProgramResult run(const std::string& database, const std::string& cache) {
    return call({"run", suite_, "--threads", "1", "--db", database, "--cache-dir", cache});
  }

  static std::string figures(const std::string& database) {
    return query_csv(
        database,
        "select label, seed, name, variant, split, value from metric join run on run.id = run_id "
        "where status = 'ok' and protocol <> 'train' order by 1, 2, 3, 4, 5");
  }

  TemporaryFolder folder_;
  std::string disk_ = (folder_ / "disk").string();
  std::string suite_ = folder_.write(
      "tiny.toml",
      tiny_suite(model_table("ae", "latent = 200") + model_table("vae", "latent = 200"), "[0, 1]", 60));
};

MATCHER(SaysThatSpaceIsWanting, "") {
  return testing::Value(arg, AnyOf(HasSubstr("disk is full"), ContainsRegex("[Nn]o space")));
}

TEST_F(FullDisk, OfTheDatabaseAndItsCheckpoints) {
  const auto full = run(on_disk("r.db"), path("cache"));
  EXPECT_THAT(full.exit_code, AnyOf(1, 2)) << full.errors;
  EXPECT_THAT(full.errors, SaysThatSpaceIsWanting());
  EXPECT_THAT(full.errors, Not(HasSubstr("crash")));
  make_room();
  const auto again = run(on_disk("r.db"), path("cache"));
  EXPECT_EQ(again.exit_code, 0) << again.errors;
  EXPECT_EQ(figures(on_disk("r.db")), figures(path("reference.db")));
  EXPECT_FALSE(std::filesystem::exists(on_disk("r.db.checkpoints")));
}

TEST_F(FullDisk, OfTheCheckpointsAlone) {
  std::filesystem::create_directory_symlink(disk_, path("r.db.checkpoints"));
  auto text = tiny_suite(model_table("ae"));
  const std::string narrow = "decoder_width = 8";
  text.replace(text.find(narrow), narrow.size(), "decoder_width = 400");  // 80,000 weights behind it.
  const auto wide = folder_.write("wide.toml", text);
  const std::vector<std::string> command = {"run",  wide,         "--threads",   "1",
                                            "--db", path("r.db"), "--cache-dir", path("cache")};
  const auto full = call(command);
  EXPECT_EQ(full.exit_code, 1) << full.errors;
  EXPECT_THAT(full.errors, SaysThatSpaceIsWanting());
  EXPECT_THAT(full.errors, HasSubstr(".pt"));
  EXPECT_THAT(full.errors, Not(HasSubstr("crash")));
  make_room();
  EXPECT_TRUE(std::filesystem::is_symlink(path("r.db.checkpoints"))) << "the way to the other disk";
  const auto again = call(command);  // Without --retry: the fault was not the model's.
  EXPECT_EQ(again.exit_code, 0) << again.errors;
}

TEST_F(FullDisk, OfTheCache) {
  const auto ballast = folder_.write("disk/ballast", std::string(296 * 1024, 'x'));
  const auto full = run(path("c.db"), on_disk("cache"));
  EXPECT_THAT(full.exit_code, AnyOf(1, 2)) << full.errors;
  EXPECT_THAT(full.errors, SaysThatSpaceIsWanting());
  EXPECT_THAT(full.errors, HasSubstr("cache"));
  EXPECT_THAT(full.errors, Not(HasSubstr("crash")));
  make_room();
  const auto again = run(path("c.db"), on_disk("cache"));
  EXPECT_EQ(again.exit_code, 0) << again.errors;
  EXPECT_EQ(figures(path("c.db")), figures(path("reference.db")));
}

TEST_F(FullDisk, OfWhatRunsKeep) {
  std::filesystem::create_directory_symlink(disk_, path("k-artefacts"));
  const auto keep = [&] {
    return call({"run", suite_, "--threads", "1", "--db", path("k.db"), "--cache-dir", path("cache"),
                 "--keep", "weights,samples,coefficients,reconstructions"});
  };
  const auto full = keep();
  EXPECT_EQ(full.exit_code, 1) << full.errors;
  EXPECT_THAT(full.errors, SaysThatSpaceIsWanting());
  EXPECT_THAT(full.errors, Not(HasSubstr("crash")));
  make_room();
  const auto again = keep();  // Without --retry: the fault was not the model's.
  EXPECT_EQ(again.exit_code, 0) << again.errors;
  EXPECT_TRUE(std::filesystem::is_symlink(path("k-artefacts")));
  EXPECT_EQ(figures(path("k.db")), figures(path("reference.db")));
  EXPECT_EQ(call({"doctor", "--db", path("k.db")}).exit_code, 0);
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(disk_))
    if (entry.is_regular_file()) ++files;
  EXPECT_EQ(query_value(path("k.db"), "select count(*) from artefact"), std::to_string(files))
      << "what a run without room left behind is gone";
}

TEST_F(FullDisk, OfTheReport) {
  const auto report = [&] {
    return call({"report", "--db", path("reference.db"), "--output", on_disk("report.html")});
  };
  const auto full = report();
  EXPECT_EQ(full.exit_code, 2);
  EXPECT_THAT(full.errors, HasSubstr("report.html"));
  EXPECT_TRUE(std::filesystem::is_empty(disk_));
  make_room();
  EXPECT_EQ(report().exit_code, 0);
}

}  // namespace
}  // namespace rraebench
