#include "host/program/running/artefact_folder.hpp"

#include <gtest/gtest.h>

namespace rraebench {
namespace {

TEST(ArtefactFolder, IsOneOfEachDatabase) {
  EXPECT_EQ(artefact_folder("/data/results.db"), "/data/results-artefacts");
  EXPECT_EQ(artefact_folder("/data/results.sqlite"), "/data/results.sqlite-artefacts");
  EXPECT_EQ(artefact_folder("/data/r.1"), "/data/r.1-artefacts");
  EXPECT_EQ(artefact_folder("/data/r.2"), "/data/r.2-artefacts");
}

}  // namespace
}  // namespace rraebench
