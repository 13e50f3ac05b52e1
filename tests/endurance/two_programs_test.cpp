#include "program.hpp"
#include "running_program.hpp"

#include <gtest/gtest.h>

#include <random>
#include <thread>

namespace rraebench {
namespace {

TEST(TwoPrograms, NeverDoOneRunTwiceNorTakeFromEachOther) {
  const TemporaryFolder folder;
  const auto suite =
      folder.write("tiny.toml", tiny_suite(model_table("ae") + model_table("vae"), "[0, 1]", 600));
  std::mt19937 random(7);
  int refused = 0;
  for (int round = 0; round < 20; ++round) {
    const auto database = (folder / ("r" + std::to_string(round) + ".db")).string();
    const std::vector<std::string> arguments = {"run",  suite,    "--threads",   "1",
                                                "--db", database, "--cache-dir", (folder / "cache").string()};
    RunningProgram first(arguments);
    std::this_thread::sleep_for(std::chrono::milliseconds(random() % 3000));
    RunningProgram second(arguments);
    ASSERT_TRUE(first.ends_within(std::chrono::minutes(2)));
    ASSERT_TRUE(second.ends_within(std::chrono::minutes(2)));
    const int one = first.exit_code();
    const int other = second.exit_code();
    // One of the two does all, the other is refused or finds all complete.
    EXPECT_TRUE((one == 0 && (other == 0 || other == 2)) || (one == 2 && other == 0))
        << one << ": " << first.errors() << "\n"
        << other << ": " << second.errors();
    refused += one == 2 || other == 2 ? 1 : 0;
    EXPECT_EQ(query_csv(database, "select count(*), max(attempt), sum(status = 'ok') from run"),
              "count(*),max(attempt),sum(status = 'ok')\r\n4,1,4\r\n");
    EXPECT_FALSE(std::filesystem::exists(database + ".checkpoints"));
  }
  EXPECT_GT(refused, 10);
}

}  // namespace
}  // namespace rraebench
