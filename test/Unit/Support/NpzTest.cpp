//===- NpzTest.cpp - Tests of archives of arrays --------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Support/Npz.h"
#include "FileFixture.h"

using namespace quantopt;

namespace {

class NpzTest : public FileFixture {};

/// An archive of two arrays.
std::string makeArchive() {
  std::string text;
  llvm::raw_string_ostream stream(text);
  NpzWriter writer(stream);
  double reals[] = {1.5, -2, 1e300, 0};
  int64_t integer = -7;
  writer.add("layer/1.products", QO_F64, {2, 2},
             {reinterpret_cast<const char *>(reals), sizeof(reals)});
  writer.add("count", QO_I64, {},
             {reinterpret_cast<const char *>(&integer), sizeof(integer)});
  writer.finish();
  return text;
}

TEST_F(NpzTest, reads_what_was_written) {
  NpyFiles archive =
      llvm::cantFail(openNpyFiles(write("a.npz", makeArchive())));
  ASSERT_TRUE(archive.isArchive);
  ASSERT_EQ(archive.files.size(), 2u);
  EXPECT_EQ(archive.getKey(0), "layer/1.products");
  EXPECT_EQ(archive.getKey(1), "count");
  EXPECT_EQ(archive.files[0].getShape(), ArrayRef<int64_t>({2, 2}));
  double reals[4];
  llvm::cantFail(archive.files[0].read(0, 4, QO_F64, reals));
  EXPECT_EQ(reals[2], 1e300);
  int64_t integer;
  llvm::cantFail(archive.files[1].read(0, 1, QO_I64, &integer));
  EXPECT_EQ(integer, -7);
}

TEST_F(NpzTest, an_archive_may_be_empty) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  NpzWriter(stream).finish();
  NpyFiles archive = llvm::cantFail(openNpyFiles(write("a.npz", text)));
  EXPECT_TRUE(archive.isArchive);
  EXPECT_TRUE(archive.files.empty());
}

TEST_F(NpzTest, equal_arrays_give_equal_bytes) {
  EXPECT_EQ(makeArchive(), makeArchive());
}

} // namespace
