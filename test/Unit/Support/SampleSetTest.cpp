//===- SampleSetTest.cpp - Tests of samples for models --------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Support/SampleSet.h"
#include "FileFixture.h"
#include "llvm/Support/FileSystem.h"
#include "gmock/gmock.h"
#include <sys/resource.h>
#include <unistd.h>

using namespace quantopt;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {
class SampleSetTest : public FileFixture {
protected:
  /// Writes an array of consecutive i4 numbers.
  std::string writeRange(StringRef name, const char *shape, int first,
                         int count) {
    return write(name, makeRange(shape, first, count));
  }

  static std::string makeRange(const char *shape, int first, int count) {
    std::vector<int32_t> values(count);
    for (int i = 0; i < count; ++i)
      values[i] = first + i;
    return npy("'<i4'", shape, false, bytesOf(values));
  }

  /// Returns an input of floats.
  static SampleInput input(const char *name, ArrayRef<int64_t> shape,
                           qo_type type = QO_F32) {
    SampleInput result;
    result.name = name;
    result.shape.assign(shape.begin(), shape.end());
    result.type = type;
    return result;
  }

  /// Reads a batch of floats.
  static std::vector<float> batch(SampleSet &set, int64_t index,
                                  size_t input = 0) {
    std::vector<float> values(set.getInputs()[input].getNumBytes() / 4);
    EXPECT_FALSE(bool(set.read(index, input, values.data())));
    return values;
  }

  /// Returns the message of opening.
  static std::string openError(std::vector<std::string> specs,
                               std::vector<SampleInput> inputs) {
    auto set = SampleSet::open(specs, inputs);
    return set ? "no error" : llvm::toString(set.takeError());
  }
};

TEST_F(SampleSetTest, readsBatches) {
  std::string file = writeRange("x.npy", "(4, 3)", 0, 12);
  auto set = SampleSet::open({file}, {input("x", {2, 3})});
  ASSERT_TRUE(bool(set)) << llvm::toString(set.takeError());
  EXPECT_EQ(set->size(), 2);
  EXPECT_THAT(batch(*set, 1), ElementsAre(6, 7, 8, 9, 10, 11));
  EXPECT_THAT(batch(*set, 0), ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST_F(SampleSetTest, takesASingleSampleWithoutBatch) {
  std::string file = writeRange("x.npy", "(3,)", 5, 3);
  auto set = SampleSet::open({"x=" + file}, {input("x", {1, 3})});
  ASSERT_TRUE(bool(set)) << llvm::toString(set.takeError());
  EXPECT_THAT(batch(*set, 0), ElementsAre(5, 6, 7));
}

TEST_F(SampleSetTest, readsFoldersInByteOrder) {
  ASSERT_FALSE(bool(llvm::sys::fs::create_directory(path("d"))));
  writeRange("d/10.npy", "(2, 2)", 0, 4);
  writeRange("d/9.npy", "(2,)", 4, 2);
  writeRange("d/Z.npy", "(1, 2)", 6, 2);
  write("d/.hidden", "");
  auto set = SampleSet::open({path("d")}, {input("x", {2, 2})});
  ASSERT_TRUE(bool(set)) << llvm::toString(set.takeError());
  EXPECT_EQ(set->size(), 2);
  EXPECT_THAT(batch(*set, 0), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(batch(*set, 1), ElementsAre(4, 5, 6, 7)); // from two files
  write("d/notes.txt", "");
  EXPECT_THAT(openError({path("d")}, {input("x", {2, 2})}),
              HasSubstr("d: expected only .npy and .npz files, but found "
                        "'notes.txt'"));
}

TEST_F(SampleSetTest, findsInputsByKey) {
  std::string a = makeRange("(2, 1)", 1, 2), b = makeRange("(2, 2)", 3, 4);
  std::string file =
      write("x.npz", zip({{"b.npy", b}, {"a.npy", a}}, /*deflate=*/true));
  std::vector<SampleInput> inputs = {input("a", {1, 1}), input("b", {1, 2})};
  auto set = SampleSet::open({file}, inputs);
  ASSERT_TRUE(bool(set)) << llvm::toString(set.takeError());
  EXPECT_THAT(batch(*set, 1, 0), ElementsAre(2));
  EXPECT_THAT(batch(*set, 1, 1), ElementsAre(5, 6));
  EXPECT_THAT(openError({file}, {input("a", {1, 1})}),
              HasSubstr("no input 'b'"));
  inputs.push_back(input("c", {1, 1}));
  EXPECT_THAT(openError({file}, inputs), HasSubstr("no array for input 'c'"));
}

TEST_F(SampleSetTest, takesTheOnlyArrayOfAnArchive) {
  std::string file =
      write("x.npz", zip({{"arr_0.npy", makeRange("(1, 2)", 3, 2)}}, false));
  auto set = SampleSet::open({file}, {input("x", {1, 2})});
  ASSERT_TRUE(bool(set)) << llvm::toString(set.takeError());
  EXPECT_THAT(batch(*set, 0), ElementsAre(3, 4));
  file = write("y.npz", zip({{"y.npy", makeRange("(1, 2)", 3, 2)}}, false));
  EXPECT_THAT(openError({file}, {input("x", {1, 2})}),
              HasSubstr("no input 'y'"));
}

TEST_F(SampleSetTest, takesSeveralNamedFiles) {
  std::string a = writeRange("a.npy", "(2, 1)", 1, 2);
  std::string b = writeRange("b.npy", "(2,)", 3, 2);
  std::vector<SampleInput> inputs = {input("a", {1, 1}), input("b", {1})};
  auto set = SampleSet::open({"b=" + b, "a=" + a}, inputs);
  ASSERT_TRUE(bool(set)) << llvm::toString(set.takeError());
  EXPECT_THAT(batch(*set, 1, 1), ElementsAre(4));
  EXPECT_THAT(openError({"a=" + a}, inputs), "no data given for input 'b'");
  EXPECT_THAT(openError({"a=" + a, "a=" + a}, inputs),
              "input 'a' is given twice");
  EXPECT_THAT(openError({a}, inputs), HasSubstr("several inputs"));
  EXPECT_THAT(openError({"c=" + a}, inputs), HasSubstr("no input 'c'"));
  std::string one = writeRange("one.npy", "(1,)", 3, 1);
  EXPECT_THAT(openError({"a=" + a, "b=" + one}, inputs),
              "input 'b' has data for 1 runs of the model, but input 'a' has "
              "data for 2");
}

TEST_F(SampleSetTest, needsLittleMemory) {
  // 64 MB of zeros that take no space on the disk.
  std::string file =
      write("x.npy", npy("'<f4'", "(1024, 16384)", /*fortran=*/false, ""));
  uint64_t header;
  ASSERT_FALSE(llvm::sys::fs::file_size(file, header));
  ASSERT_EQ(truncate(file.c_str(), header + (64 << 20)), 0);
  auto set = SampleSet::open({file}, {input("x", {1, 16384})});
  ASSERT_TRUE(bool(set)) << llvm::toString(set.takeError());
  struct rusage before, after;
  getrusage(RUSAGE_SELF, &before);
  for (int64_t i = 0; i < set->size(); ++i)
    batch(*set, i);
  getrusage(RUSAGE_SELF, &after);
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 4096); // kilobytes
}

TEST_F(SampleSetTest, rejectsWhatDoesNotFit) {
  std::string x = writeRange("x.npy", "(3, 2)", 0, 6);
  EXPECT_THAT(
      openError({x}, {input("x", {1, 4})}),
      HasSubstr("x.npy: expected shape Nx4 for input 'x', but got 3x2"));
  EXPECT_THAT(openError({x}, {input("x", {2, 2})}),
              "expected a multiple of 2 rows for input 'x', the batch of the "
              "model, but got 3");
  std::string none = writeRange("none.npy", "(0, 2)", 0, 0);
  EXPECT_THAT(openError({none}, {input("x", {1, 2})}),
              "there are no samples for input 'x'");
  std::string reals =
      write("f.npy", npy("'<f4'", "(1,)", false, bytesOf<float>({1})));
  SampleInput quantized = input("x", {1}, QO_I8);
  quantized.scale = 0.5f;
  EXPECT_THAT(openError({reals}, {quantized}),
              HasSubstr("expected integers quantized with scale 0.5 and zero "
                        "point 0 for input 'x' of type 'i8', but got 'f32'"));
}
} // namespace
