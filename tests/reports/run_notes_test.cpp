#include "reports/analysis/run_notes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rraebench {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(RunNotes, ASentenceStandsOnceAfterTheRunsThatSaidIt) {
  EXPECT_THAT(
      join_run_notes({{"AE", 0, "all samples are equal"},
                      {"AE", 1, "the KL is infinite"},
                      {"AE", 1, "all samples are equal"},
                      {"VAE", 4, "all samples are equal"},
                      {"VAE", 4, "all samples are equal"}}),
      ElementsAre("AE, seeds 0, 1; VAE, seed 4: all samples are equal", "AE, seed 1: the KL is infinite"));
  EXPECT_THAT(join_run_notes({}), IsEmpty());
}

TEST(RunNotes, SentencesThatDifferInNumbersAloneAreOne) {
  EXPECT_THAT(
      join_run_notes({{"a", 0, "shift: 30 of 500 samples, 5 or more (at 0.25)"},
                      {"a", 1, "shift: 146 of 500 samples, 5 or more (at 0.5)"},
                      {"b", 0, "shift: 7 of 500 samples, 5 or more (at 0.125)"}}),
      ElementsAre("a, seeds 0, 1; b, seed 0: shift: 7 to 146 of 500 samples, 5 or more (at 0.125 to 0.5)"));
  EXPECT_THAT(join_run_notes({{"a", 0, "3"}, {"a", 1, "3.0"}, {"a", 2, "4: end"}}),
              ElementsAre("a, seeds 0, 1: 3", "a, seed 2: 4: end"));
}

TEST(RunNotes, ANumberInANameIsNone) {
  EXPECT_THAT(join_run_notes({{"a", 0, "mixture:4: 2 equal"}, {"a", 0, "mixture:10: 3 equal"}}),
              ElementsAre("a, seed 0: mixture:4: 2 equal", "a, seed 0: mixture:10: 3 equal"));
  EXPECT_THAT(join_run_notes({{"a", 0, "grid_size=5 nan inf 1e5"}, {"a", 1, "grid_size=6 nan inf 1e5"}}),
              ElementsAre("a, seed 0: grid_size=5 nan inf 1e5", "a, seed 1: grid_size=6 nan inf 1e5"));
}

TEST(RunNotes, AnyTextComesOutAsItWentIn) {
  for (const char* text :
       {"", " ", "  two  spaces ", "7", " 7 ", "7 7", ".5.", "5.", ")", "..", "1.2.3", "-3 of 4"})
    EXPECT_THAT(join_run_notes({{"a", 0, text}}), ElementsAre(std::string("a, seed 0: ") + text));
}

}  // namespace
}  // namespace rraebench
