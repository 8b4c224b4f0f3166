//===- NpyTest.cpp - Tests of .npy and .npz files -------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Support/Npy.h"
#include "FileFixture.h"
#include "gmock/gmock.h"
#include <cmath>
#include <limits>

using namespace quantopt;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {
class NpyTest : public FileFixture {
protected:
  /// Reads the file with these bytes as floats.
  std::vector<float> readFloats(StringRef bytes) {
    auto file = NpyFile::open(write("a.npy", bytes));
    if (!file) {
      ADD_FAILURE() << llvm::toString(file.takeError());
      return {};
    }
    auto values = file->readFloats();
    if (!values) {
      ADD_FAILURE() << llvm::toString(values.takeError());
      return {};
    }
    return *values;
  }

  /// Returns the message of opening a file with these bytes.
  std::string openError(StringRef bytes) {
    auto file = NpyFile::open(write("a.npy", bytes));
    return file ? "no error" : llvm::toString(file.takeError());
  }

  /// Returns the message of reading i32 elements [0, count) as `type`.
  std::string convertError(std::vector<int32_t> values, qo_type type) {
    auto file = NpyFile::open(
        write("a.npy", npy("'<i4'", shapeOf(values), false, bytesOf(values))));
    std::vector<char> result(values.size() * 8);
    return llvm::toString(file->read(0, values.size(), type, result.data()));
  }

  static std::string shapeOf(const std::vector<int32_t> &values) {
    return "(" + std::to_string(values.size()) + ",)";
  }
};

TEST_F(NpyTest, readsEveryVersion) {
  std::string data = bytesOf<float>({1, -2});
  for (int version : {1, 2, 3})
    EXPECT_THAT(readFloats(npy("'<f4'", "(2,)", false, data, version)),
                ElementsAre(1, -2));
}

TEST_F(NpyTest, convertsEveryElementTypeByValue) {
  auto read = [&](const char *type, const std::string &data) {
    return readFloats(npy(type, "(2,)", false, data));
  };
  EXPECT_THAT(read("'|b1'", std::string("\0\7", 2)), ElementsAre(0, 1));
  EXPECT_THAT(read("'|i1'", bytesOf<int8_t>({-128, 5})), ElementsAre(-128, 5));
  EXPECT_THAT(read("'|u1'", bytesOf<uint8_t>({255, 5})), ElementsAre(255, 5));
  EXPECT_THAT(read("'<i2'", bytesOf<int16_t>({-300, 7})), ElementsAre(-300, 7));
  EXPECT_THAT(read("'<u2'", bytesOf<uint16_t>({65535, 0})),
              ElementsAre(65535, 0));
  EXPECT_THAT(read("'<i4'", bytesOf<int32_t>({-70000, 1})),
              ElementsAre(-70000, 1));
  EXPECT_THAT(read("'<u4'", bytesOf<uint32_t>({4294967295u, 1})),
              ElementsAre(4294967296.0f, 1));
  EXPECT_THAT(read("'<i8'", bytesOf<int64_t>({-9007199791611905, 1})),
              ElementsAre(-9007200328482816.0f, 1));
  EXPECT_THAT(read("'<u8'", bytesOf<uint64_t>({~0ull, 1})),
              ElementsAre(18446744073709551616.0f, 1));
  EXPECT_THAT(read("'<f8'", bytesOf<double>({0.1, 1e300})),
              ElementsAre(0.1f, std::numeric_limits<float>::infinity()));
}

TEST_F(NpyTest, readsHalfFloats) {
  // 1, the smallest subnormal, the largest number, -infinity, -0.
  auto values = readFloats(
      npy("'<f2'", "(5,)", false,
          bytesOf<uint16_t>({0x3C00, 0x0001, 0x7BFF, 0xFC00, 0x8000})));
  EXPECT_THAT(values, ElementsAre(1, 0x1p-24f, 65504,
                                  -std::numeric_limits<float>::infinity(), 0));
  EXPECT_TRUE(std::signbit(values[4]));
}

TEST_F(NpyTest, roundsToShortFloats) {
  auto round = [](double value, qo_type type) {
    qo_npy header = {};
    header.type = QO_F64;
    header.elements = 1;
    uint16_t bits = 0;
    qo_npy_convert(&header, &value, 0, 1, type, &bits, nullptr);
    return bits;
  };
  double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(round(1, QO_F16), 0x3C00);
  EXPECT_EQ(round(1 + 0x1p-11, QO_F16), 0x3C00); // tie to even
  EXPECT_EQ(round(1 + 0x3p-11, QO_F16), 0x3C02); // tie to even
  EXPECT_EQ(round(-(1 + 0x1.8p-11), QO_F16), 0xBC01);
  EXPECT_EQ(round(65519.99, QO_F16), 0x7BFF);
  EXPECT_EQ(round(65520, QO_F16), 0x7C00);
  EXPECT_EQ(round(0x1p-24, QO_F16), 0x0001);
  EXPECT_EQ(round(0x1p-25, QO_F16), 0x0000);   // tie to even
  EXPECT_EQ(round(0x1.8p-24, QO_F16), 0x0002); // tie to even
  EXPECT_EQ(round(0x1.0001p-25, QO_F16), 0x0001);
  EXPECT_EQ(round(0x1.FFFp-15, QO_F16), 0x0400); // up to the normal range
  EXPECT_EQ(round(-infinity, QO_F16), 0xFC00);
  EXPECT_EQ(round(-0.0, QO_F16), 0x8000);
  EXPECT_EQ(round(1, QO_BF16), 0x3F80);
  EXPECT_EQ(round(1 + 0x1p-8, QO_BF16), 0x3F80);
  EXPECT_EQ(round(0x1p-133, QO_BF16), 0x0001);
  EXPECT_EQ(round(1e39, QO_BF16), 0x7F80);
}

TEST_F(NpyTest, readsTheOtherByteOrder) {
  EXPECT_THAT(
      readFloats(npy("'>i2'", "(2,)", false, std::string("\1\2\0\3", 4))),
      ElementsAre(258, 3));
  EXPECT_THAT(
      readFloats(npy("'>f4'", "()", false, std::string("\x3F\x80\0\0", 4))),
      ElementsAre(1));
}

TEST_F(NpyTest, readsFortranOrder) {
  // The 2x3 matrix [[0, 1, 2], [3, 4, 5]] by columns.
  std::string data = bytesOf<int16_t>({0, 3, 1, 4, 2, 5});
  EXPECT_THAT(readFloats(npy("'<i2'", "(2, 3)", true, data)),
              ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST_F(NpyTest, readsAPart) {
  std::vector<int32_t> values(20000);
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = i;
  auto file = NpyFile::open(
      write("a.npy", npy("'<i4'", "(200, 100)", false, bytesOf(values))));
  ASSERT_TRUE(bool(file));
  EXPECT_THAT(file->getShape(), ElementsAre(200, 100));
  std::vector<int16_t> part(10000);
  ASSERT_FALSE(bool(file->read(9990, 10000, QO_I16, part.data())));
  EXPECT_EQ(part[0], 9990);
  EXPECT_EQ(part[9999], 19989);
  EXPECT_THAT(llvm::toString(file->read(19999, 2, QO_I16, part.data())),
              HasSubstr("read behind the end"));
}

TEST_F(NpyTest, acceptsUnusualHeaders) {
  std::string data = bytesOf<float>({1});
  EXPECT_THAT(readFloats(npyWithText("{\"shape\":(1L,),'fortran_order':True,"
                                     "'descr':'<f4'}",
                                     data)),
              ElementsAre(1));
  EXPECT_THAT(readFloats(npyWithText("{'descr': 'f4', 'fortran_order': False, "
                                     "'shape': (1, 1), }  \n",
                                     data)),
              ElementsAre(1));
  EXPECT_THAT(readFloats(npy("'<f4'", "(0, 5)", false, "")), ElementsAre());
}

TEST_F(NpyTest, rejectsWhatIsNoArray) {
  EXPECT_THAT(openError(""), HasSubstr("a.npy: not a .npy file"));
  EXPECT_THAT(openError("hello, world"), HasSubstr("not a .npy file"));
  EXPECT_THAT(openError("\x93NUM"), HasSubstr("truncated"));
  EXPECT_THAT(openError(std::string("\x93NUMPY\4\0\0\0", 10)),
              HasSubstr("unknown .npy version 4.0"));
  EXPECT_THAT(openError(std::string("\x93NUMPY\2\0\xFF\xFF\xFF\xFF", 12)),
              HasSubstr("claims 4294967295 bytes"));
  auto missing = NpyFile::open(path("missing.npy"));
  EXPECT_THAT(llvm::toString(missing.takeError()),
              HasSubstr("missing.npy: cannot open: No such file"));
  auto folder = NpyFile::open(path(""));
  EXPECT_THAT(llvm::toString(folder.takeError()), HasSubstr("directory"));
}

TEST_F(NpyTest, rejectsWrongSizes) {
  std::string good = npy("'<f4'", "(2,)", false, bytesOf<float>({1, 2}));
  for (size_t size = 0; size < good.size(); ++size)
    EXPECT_NE(openError(StringRef(good).take_front(size)), "no error") << size;
  EXPECT_THAT(openError(good + "x"), HasSubstr("1 bytes after the 8"));
}

TEST_F(NpyTest, rejectsHugeShapes) {
  auto error = [&](const char *shape) {
    return openError(npy("'<f4'", shape, false, ""));
  };
  EXPECT_THAT(error("(9223372036854775808,)"), HasSubstr("too large"));
  EXPECT_THAT(error("(4611686018427387904,)"), HasSubstr("too large"));
  EXPECT_THAT(error("(4294967296, 4294967296)"), HasSubstr("too large"));
  EXPECT_THAT(error("(0, 4294967296, 4294967296)"), HasSubstr("too large"));
  EXPECT_THAT(error("(1000000000000,)"), HasSubstr("truncated"));
  std::string many = "(";
  for (int i = 0; i < 40; ++i)
    many += "1,";
  EXPECT_THAT(error((many + ")").c_str()), HasSubstr("32 dimensions"));
}

TEST_F(NpyTest, rejectsMalformedHeaders) {
  const char *texts[] = {
      "",
      "{",
      "{}",
      "[]",
      "{'descr': '<f4', 'fortran_order': False}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1 2)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1,}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': 1}",
      "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'a': 1}",
      "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}",
      "{'descr' '<f4', 'fortran_order': False, 'shape': (1,)}",
      "{'descr': '<f4', 'fortran_order': False 'shape': (1,)}",
  };
  for (const char *text : texts)
    EXPECT_THAT(openError(npyWithText(text, "1234")),
                HasSubstr("malformed .npy header"))
        << text;
}

TEST_F(NpyTest, survivesDamagedHeaders) {
  std::string good = npy("'<f4'", "(1, 2)", false, bytesOf<float>({1, 2}));
  for (size_t at = 0; at < good.size() - 8; ++at)
    for (int byte : {0, 1, 9, 32, 39, 40, 41, 44, 48, 57, 76, 123, 127, 255}) {
      std::string bad = good;
      bad[at] = static_cast<char>(byte);
      auto file = NpyFile::open(write("a.npy", bad));
      if (file)
        llvm::consumeError(file->readFloats().takeError());
      else
        llvm::consumeError(file.takeError());
    }
}

TEST_F(NpyTest, rejectsOtherElementTypes) {
  for (const char *type : {"'<c8'", "'|O'", "'<U3'", "'|S4'", "'<f16'",
                           "'<M8[ns]'", "'<x4'", "''"})
    EXPECT_THAT(openError(npy(type, "(1,)", false, "1234")),
                HasSubstr("is not supported"))
        << type;
  EXPECT_THAT(openError(npy("[('a', '<f4')]", "(1,)", false, "1234")),
              HasSubstr("structured arrays"));
}

TEST_F(NpyTest, rejectsValuesOutOfRange) {
  EXPECT_EQ(convertError({-128, 127}, QO_I8), "");
  EXPECT_THAT(convertError({1, 128}, QO_I8),
              HasSubstr("element 1 is 128, out of range for 'i8'"));
  EXPECT_THAT(convertError({-129}, QO_I8), HasSubstr("is -129"));
  EXPECT_THAT(convertError({-1}, QO_UI64), HasSubstr("is -1"));
  EXPECT_THAT(convertError({2}, QO_I1), HasSubstr("is 2"));
  EXPECT_EQ(convertError({-5}, QO_F16), "");
  // The index counts from the start of the array, not of a part.
  std::vector<int32_t> many(9000);
  many[8999] = 300;
  EXPECT_THAT(convertError(many, QO_UI8), HasSubstr("element 8999 is 300"));
  auto file = NpyFile::open(
      write("f.npy", npy("'<f4'", "(1,)", false, bytesOf<float>({1}))));
  char byte;
  EXPECT_THAT(llvm::toString(file->read(0, 1, QO_I8, &byte)),
              HasSubstr("is the float 1, but 'i8' data was expected"));
}

TEST_F(NpyTest, writesWhatItReads) {
  std::vector<float> values = {1, 2, 3, 4, 5, 6};
  ASSERT_FALSE(bool(writeNpy(path("b.npy"), {2, 3}, values)));
  EXPECT_EQ(read("b.npy").size(), 128 + 24u);
  auto array = readNpy(path("b.npy"));
  ASSERT_TRUE(bool(array));
  EXPECT_EQ(array->type, QO_F32);
  EXPECT_THAT(array->shape, ElementsAre(2, 3));
  EXPECT_EQ(array->toFloats(), values);
  ASSERT_FALSE(bool(writeNpy(path("c.npy"), QO_BF16, {}, {0, 0x3F})));
  EXPECT_EQ(readNpy(path("c.npy"))->toFloats()[0], 0.5f);
}

TEST_F(NpyTest, keepsTheOldFileWhenWritingFails) {
  write("b.npy", "old");
  char byte = 0;
  EXPECT_THAT(llvm::toString(writeNpy(path("b.npy"), QO_I8, {2}, byte)),
              HasSubstr("b.npy: cannot write: the shape"));
  EXPECT_EQ(read("b.npy"), "old");
  EXPECT_THAT(llvm::toString(writeNpy(path("none/b.npy"), QO_I8, {1}, byte)),
              HasSubstr("none/b.npy: cannot write: No such file"));
  EXPECT_THAT(llvm::toString(writeNpy(path(""), QO_I8, {1}, byte)),
              HasSubstr("cannot write: Is a directory"));
}

//===----------------------------------------------------------------------===//
// Archives
//===----------------------------------------------------------------------===//

TEST_F(NpyTest, readsArchives) {
  std::vector<int32_t> values(100000);
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = i * i;
  std::string big = npy("'<i4'", "(100000,)", false, bytesOf(values));
  std::string small = npy("'|i1'", "(1,)", false, "\7");
  for (bool deflate : {false, true}) {
    std::string name =
        write("a.npz", zip({{"big.npy", big}, {"s/x.npy", small}}, deflate));
    auto opened = openNpyFiles(name);
    ASSERT_TRUE(bool(opened)) << llvm::toString(opened.takeError());
    EXPECT_TRUE(opened->isArchive);
    ASSERT_EQ(opened->files.size(), 2u);
    EXPECT_EQ(opened->getKey(0), "big");
    EXPECT_EQ(opened->getKey(1), "s/x");
    NpyFile &file = opened->files[0];
    std::vector<int32_t> part(50000);
    // Forwards, backwards, and after a release.
    for (int64_t first : {10, 50000, 20000}) {
      ASSERT_FALSE(bool(file.read(first, 50000, QO_I32, part.data())));
      EXPECT_EQ(part[0], values[first]);
      EXPECT_EQ(part[49999], values[first + 49999]);
    }
    file.release();
    EXPECT_EQ((*file.readFloats())[3], 9);
    EXPECT_EQ((*opened->files[1].readFloats())[0], 7);
  }
}

TEST_F(NpyTest, compares_checksums_of_members) {
  std::vector<int32_t> values(30000, 7);
  values[20000] = 0x12345678;
  std::string array = npy("'<i4'", "(30000,)", false, bytesOf(values));
  std::string bad = zip({{"a.npy", array}}, /*deflate=*/false);
  bad[bad.find("\x78\x56\x34\x12")] ^= 1;
  auto opened = openNpyFiles(write("a.npz", bad));
  ASSERT_TRUE(bool(opened)) << llvm::toString(opened.takeError());
  NpyFile &file = opened->files[0];
  // A part says nothing about the rest, even if it is read twice.
  std::vector<int32_t> part(10000);
  for (int64_t first : {0, 20000, 0})
    ASSERT_FALSE(bool(file.read(first, 10000, QO_I32, part.data())));
  ASSERT_FALSE(bool(file.read(10000, 10000, QO_I32, part.data())));
  EXPECT_THAT(llvm::toString(file.read(20000, 10000, QO_I32, part.data())),
              HasSubstr("a.npz:a: damaged zip member: its checksum is "));
}

TEST_F(NpyTest, rejectsBrokenArchives) {
  std::string array = npy("'<i4'", "(2,)", false, bytesOf<int32_t>({1, 2}));
  for (bool deflate : {false, true}) {
    std::string good = zip({{"a.npy", array}}, deflate);
    for (size_t size = 4; size < good.size(); ++size) {
      auto opened =
          openNpyFiles(write("a.npz", StringRef(good).take_front(size)));
      EXPECT_FALSE(bool(opened)) << size;
      llvm::consumeError(opened.takeError());
    }
    // Any damaged byte gives an error or values, never a crash.
    for (size_t at = 0; at < good.size(); ++at) {
      std::string bad = good;
      bad[at] = ~bad[at];
      auto opened = openNpyFiles(write("a.npz", bad));
      if (!opened) {
        llvm::consumeError(opened.takeError());
        continue;
      }
      for (NpyFile &file : opened->files)
        llvm::consumeError(file.readFloats().takeError());
    }
  }
  auto other = openNpyFiles(write("a.npz", zip({{"readme", array}}, false)));
  EXPECT_THAT(llvm::toString(other.takeError()),
              HasSubstr("expected only .npy members, but found 'readme'"));
  auto twice = openNpyFiles(
      write("a.npz", zip({{"a.npy", array}, {"a.npy", array}}, false)));
  EXPECT_THAT(llvm::toString(twice.takeError()), HasSubstr("two members"));
}
} // namespace
