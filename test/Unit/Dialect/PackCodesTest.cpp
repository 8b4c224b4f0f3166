//===- PackCodesTest.cpp - Layout of packed weights -----------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Panels are read here as the description of `#qvec.packing` says, without
/// `PackedLayout`.
///
//===----------------------------------------------------------------------===//

#include "quant-opt/Dialect/QVec/Utils/PackCodes.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/MLIRContext.h"
#include "quant-opt/Dialect/QVec/Utils/PackedLayout.h"
#include "quant-opt/Support/Arithmetic.h"
#include "gtest/gtest.h"
#include <cstring>
#include <random>
#include <vector>

using namespace quantopt;

namespace {
enum class Scale { None, F16, F32 };

/// What a packing is made of, besides zero points.
struct Shape {
  int64_t bits, block, chunk, outputs, depth, groups;
  Scale scale;
};

class PackCodes : public testing::TestWithParam<Shape> {
protected:
  PackCodes() { context.getOrLoadDialect<qvec::QVecDialect>(); }

  int64_t getBlock() const {
    return GetParam().block ? GetParam().block : GetParam().depth;
  }
  int64_t getBlocks() const {
    return (GetParam().depth + getBlock() - 1) / getBlock();
  }

  qvec::PackingAttr getPacking(int64_t zeroPoint, bool zeroPoints) {
    const Shape &s = GetParam();
    mlir::Builder b(&context);
    mlir::Type scale = s.scale == Scale::None  ? mlir::Type(b.getNoneType())
                       : s.scale == Scale::F16 ? mlir::Type(b.getF16Type())
                                               : mlir::Type(b.getF32Type());
    return qvec::PackingAttr::get(&context, s.bits, s.block, s.chunk, scale,
                                  zeroPoint, zeroPoints, /*shift=*/0,
                                  /*values=*/mlir::Type(), /*tableRows=*/0,
                                  /*masked=*/false, /*twoOfFour=*/false);
  }

  /// Random codes, with scales that binary16 holds.
  CodedWeight makeWeight(uint64_t seed) {
    const Shape &s = GetParam();
    std::mt19937_64 random(seed);
    int64_t least = s.bits == 8 ? -128 : 0;
    auto makeCode = [&] {
      return least + int64_t(random() % (uint64_t(1) << s.bits));
    };
    CodedWeight weight{s.outputs, s.depth, {}, {}, {}, {}};
    for (int64_t i = 0; i < s.outputs * s.depth; ++i)
      weight.codes.push_back(makeCode());
    for (int64_t i = 0; i < s.outputs * getBlocks(); ++i) {
      float scale = float(1 + random() % 2048) / 1024;
      weight.scales.push_back(s.scale == Scale::F16
                                  ? encodeF16(scale)
                                  : llvm::bit_cast<uint32_t>(scale));
      weight.zeroPoints.push_back(makeCode());
    }
    return weight;
  }

  mlir::MLIRContext context;
};

/// One panel's bytes, consumed from the front.
class Reader {
public:
  explicit Reader(std::vector<uint8_t> panel) : panel(std::move(panel)) {}

  /// The codes of all 16 channels for one chunk.
  std::vector<std::vector<int64_t>> readChunk(int64_t bits, int64_t codes) {
    std::vector<std::vector<int64_t>> result(16,
                                             std::vector<int64_t>(codes, 0));
    int64_t steps = (codes + 3) / 4, bit = 0;
    for (int64_t width : {8, 4, 2, 1}) {
      if (!(bits & width))
        continue;
      int64_t perVector = 8 / width;
      for (int64_t channel = 0; channel < 16; ++channel)
        for (int64_t i = 0; i < codes; ++i) {
          int64_t step = i / 4;
          uint8_t byte =
              panel[at + step / perVector * 64 + 4 * channel + i % 4];
          int64_t field = byte >> (step % perVector * width);
          result[channel][i] |= (field & ((1 << width) - 1)) << bit;
        }
      at += (steps + perVector - 1) / perVector * 64;
      bit += width;
    }
    return result;
  }
  template <typename T> T read() {
    T value;
    std::memcpy(&value, panel.data() + at, sizeof(T));
    at += sizeof(T);
    return value;
  }
  bool isAtEnd() const { return at == int64_t(panel.size()); }

private:
  std::vector<uint8_t> panel;
  int64_t at = 0;
};
} // namespace

TEST_P(PackCodes, HoldsCodesAndParametersWhereThePackingSays) {
  const Shape &s = GetParam();
  for (bool zeroPoints : {false, true}) {
    CodedWeight weight = makeWeight(s.depth);
    qvec::PackingAttr packing = getPacking(0, zeroPoints);
    mlir::DenseElementsAttr bytes = packCodes(weight, packing, s.groups);
    int64_t perGroup = s.outputs / s.groups, panels = (perGroup + 15) / 16;
    ASSERT_EQ(bytes.getType().getShape()[0], s.groups * panels);
    int64_t size = bytes.getType().getShape()[1];
    ASSERT_EQ(size, PackedLayout(packing, s.depth).getPanelBytes());
    auto signExtend = [&](int64_t code) {
      return s.bits == 8 ? int64_t(int8_t(code)) : code;
    };
    for (int64_t p = 0; p < s.groups * panels; ++p) {
      auto raw = bytes.getRawData().slice(p * size, size);
      Reader reader({raw.begin(), raw.end()});
      int64_t first = p / panels * perGroup + p % panels * 16;
      int64_t valid = std::min<int64_t>(16, perGroup - p % panels * 16);
      for (int64_t begin = 0; begin < s.depth; begin += getBlock()) {
        int64_t end = std::min(s.depth, begin + getBlock());
        for (int64_t k = begin; k < end; k += s.chunk) {
          int64_t codes = std::min(s.chunk, end - k);
          auto chunk = reader.readChunk(s.bits, codes);
          for (int64_t c = 0; c < valid; ++c)
            for (int64_t i = 0; i < codes; ++i)
              ASSERT_EQ(signExtend(chunk[c][i]),
                        weight.codes[(first + c) * s.depth + k + i])
                  << "channel " << first + c << ", code " << k + i;
        }
      }
      for (int64_t b = 0; s.scale != Scale::None && b < getBlocks(); ++b)
        for (int64_t c = 0; c < 16; ++c) {
          uint32_t scale = s.scale == Scale::F16 ? reader.read<uint16_t>()
                                                 : reader.read<uint32_t>();
          if (c < valid)
            ASSERT_EQ(scale, weight.scales[(first + c) * getBlocks() + b]);
        }
      for (int64_t b = 0; zeroPoints && b < getBlocks(); ++b)
        for (int64_t c = 0; c < 16; ++c) {
          int64_t zeroPoint = signExtend(reader.read<uint8_t>());
          if (c < valid)
            ASSERT_EQ(zeroPoint,
                      weight.zeroPoints[(first + c) * getBlocks() + b]);
        }
      EXPECT_TRUE(reader.isAtEnd());
    }
  }
}

TEST_P(PackCodes, FillsTheLastStepWithCodesForZero) {
  const Shape &s = GetParam();
  int64_t last = s.depth - (s.depth - 1) / getBlock() * getBlock();
  int64_t codes = last - (last - 1) / s.chunk * s.chunk;
  int64_t filled = (codes + 3) / 4 * 4;
  qvec::PackingAttr packing = getPacking(1, false);
  PackedLayout layout(packing, s.depth);
  mlir::DenseElementsAttr bytes = packCodes(makeWeight(1), packing, s.groups);
  auto raw = bytes.getRawData().slice(layout.getChunkOffset(layout.chunks - 1),
                                      layout.getChunkBytes(codes));
  Reader reader({raw.begin(), raw.end()});
  auto chunk = reader.readChunk(s.bits, filled);
  for (int64_t i = codes; i < filled; ++i)
    EXPECT_EQ(chunk[0][i], 1);
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, PackCodes,
    testing::Values(Shape{4, 32, 32, 32, 64, 1, Scale::F16},
                    Shape{4, 32, 32, 5, 45, 1, Scale::F16},
                    Shape{4, 0, 32, 17, 37, 1, Scale::F32},
                    Shape{4, 0, 32, 3, 37, 1, Scale::None},
                    Shape{4, 7, 7, 20, 30, 1, Scale::F16},
                    Shape{4, 128, 32, 16, 200, 1, Scale::F32},
                    Shape{8, 32, 32, 24, 33, 2, Scale::F16},
                    Shape{3, 16, 16, 18, 50, 1, Scale::F32},
                    Shape{7, 20, 20, 16, 41, 1, Scale::F16},
                    Shape{2, 32, 32, 40, 31, 4, Scale::F16},
                    Shape{1, 64, 32, 16, 70, 1, Scale::F32}));

TEST(PackedLayout, SplitsCodesIntoPlanes) {
  auto planes = getCodePlanes(7);
  ASSERT_EQ(planes.size(), 3u);
  EXPECT_EQ(planes[0].bit, 0);
  EXPECT_EQ(planes[0].width, 4);
  EXPECT_EQ(planes[1].bit, 4);
  EXPECT_EQ(planes[1].width, 2);
  EXPECT_EQ(planes[2].bit, 6);
  EXPECT_EQ(planes[2].width, 1);
  ASSERT_EQ(getCodePlanes(8).size(), 1u);
  EXPECT_EQ(getCodePlanes(8)[0].width, 8);
}

TEST(PackedLayout, TakesFourAndAHalfBitsPerWeight) {
  mlir::MLIRContext context;
  context.getOrLoadDialect<qvec::QVecDialect>();
  mlir::Builder b(&context);
  auto packing =
      qvec::PackingAttr::get(&context, 4, 32, 32, b.getF16Type(), 8, false,
                             /*shift=*/0, mlir::Type(), /*tableRows=*/0,
                             /*masked=*/false, /*twoOfFour=*/false);
  // 16 channels of 4096 codes: 128 blocks of 16 bytes and a scale of 2 each.
  EXPECT_EQ(PackedLayout(packing, 4096).getPanelBytes(), 16 * 128 * 18);
}
