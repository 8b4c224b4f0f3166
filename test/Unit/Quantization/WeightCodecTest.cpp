//===- WeightCodecTest.cpp - Real weights as codes and back ---------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Quantization/Schemes/WeightCodec.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "quant-opt/Quantization/Schemes/WeightFormats.h"
#include "gtest/gtest.h"
#include <cmath>
#include <random>

using namespace quantopt;
using namespace quantopt::qnn;

namespace {
/// Every format of the table in each granularity, with numbers for N.
class WeightCodecs : public testing::Test {
protected:
  WeightCodecs() {
    context.loadDialect<mlir::arith::ArithDialect, QNNDialect>();
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    for (int64_t i = 0; i < kRows * kColumns; ++i)
      values.push_back(normal(random) * (1.0f + float(i / kColumns)));
    // A row of zeros.
    std::fill(values.begin() + kColumns, values.begin() + 2 * kColumns, 0.0f);
  }

  /// Calls `fn(scheme)` for each combination.
  template <typename Fn> void forEachScheme(Fn fn) {
    for (const WeightFormat &format : getWeightFormats()) {
      if (format.kind == WeightFormat::Kind::Float32)
        continue;
      SmallVector<StringRef> patterns;
      format.granularities.split(patterns, ' ', -1, false);
      if (patterns.empty())
        patterns.push_back("");
      for (StringRef pattern : patterns)
        for (StringRef scheme : {"symmetric", "affine"})
          for (StringRef scales : {"", "f32", "double"}) {
            std::string granularity = pattern.str();
            if (StringRef(granularity).ends_with("N"))
              granularity.back() = pattern == "axisN" ? '1' : '3';
            auto made =
                makeWeightScheme(&context, {format.name.str(), granularity,
                                            scheme.str(), scales.str(), ""});
            if (!made) {
              llvm::consumeError(made.takeError());
              continue;
            }
            ++schemes;
            fn(SchemeAttr::get(&context, made->type, format.name, made->affine,
                               made->scales));
          }
    }
  }

  static constexpr int64_t kRows = 18, kColumns = 70;
  mlir::MLIRContext context;
  std::vector<float> values;
  int schemes = 0;
};
} // namespace

/// The constant's elements are what its codes stand for, whatever the format.
TEST_F(WeightCodecs, ConstantsHoldWhatCodesStandFor) {
  mlir::OwningOpRef<mlir::ModuleOp> module =
      mlir::ModuleOp::create(mlir::UnknownLoc::get(&context));
  OpBuilder builder = OpBuilder::atBlockEnd(module->getBody());
  forEachScheme([&](SchemeAttr scheme) {
    WeightCodec codec(scheme, {kRows, kColumns});
    chooseParameters(codec, values);
    SmallVector<int64_t> codes = roundToNearest(codec, values);
    ConstantOp constant =
        codec.createConstant(builder, builder.getUnknownLoc(), codes);
    ASSERT_TRUE(mlir::succeeded(constant.verify()));
    SmallVector<float> stored = dequantizeConstant(constant);
    SmallVector<int64_t> again;
    if (isa<mlir::IntegerType>(codec.getType().getStorageType()))
      again = getStoredIntegers(constant);
    for (size_t i = 0; i < values.size(); ++i) {
      ASSERT_EQ(stored[i], codec.decode(codes[i], codec.getGroup(i)))
          << scheme.getReason().str() << " element " << i;
      if (!again.empty())
        ASSERT_EQ(again[i], codes[i]);
    }
    constant.erase();
  });
  EXPECT_GT(schemes, 150);
}

/// No code stands for a number that is nearer than the one of the nearest code.
TEST_F(WeightCodecs, CodesAreNearest) {
  forEachScheme([&](SchemeAttr scheme) {
    WeightCodec codec(scheme, {kRows, kColumns});
    chooseParameters(codec, values);
    auto integer =
        dyn_cast<mlir::IntegerType>(codec.getType().getStorageType());
    if (!integer || integer.getWidth() > 8)
      return;
    SmallVector<float> table = codec.getType().getCodeTable();
    for (size_t i = 0; i < values.size(); i += 37) {
      int64_t group = codec.getGroup(i);
      int64_t code = codec.encode(values[i], group);
      double error =
          std::abs(double(values[i]) - double(codec.decode(code, group)));
      for (int64_t other = -8; other <= 8; ++other) {
        bool isCode = !codec.isPalette() && table.empty() &&
                      codec.encode(codec.decode(code + other, group), group) ==
                          code + other;
        if (!isCode)
          continue;
        double distance = std::abs(double(values[i]) -
                                   double(codec.decode(code + other, group)));
        // Rounding of the quotient and of the product.
        ASSERT_LE(error, distance * (1 + 1e-6) + 1e-12)
            << scheme.getReason().str();
      }
      for (size_t other = 0; other < table.size(); ++other)
        if (std::isfinite(table[other])) {
          double distance =
              std::abs(double(values[i]) - double(codec.decode(other, group)));
          ASSERT_LE(error, distance * (1 + 1e-6)) << scheme.getReason().str();
        }
    }
  });
}

/// Affine bytes: zero is exact, and no weight moves by more than half a step,
/// whether weights have both signs, one, or are all the same.
TEST_F(WeightCodecs, AffineBytesKeepZeroAndHalfAStep) {
  std::mt19937 random(2);
  std::uniform_real_distribution<float> uniform(0.0f, 1.0f);
  using Range = std::pair<float, float>;
  for (auto [low, high] :
       {Range(-1, 1), Range(0.5f, 3), Range(-2, -1e-3f), Range(-1e-30f, 1e-30f),
        Range(-1, 1e6f), Range(0.7f, 0.7f), Range(-0.3f, -0.3f), Range(0, 0)})
    for (StringRef name : {"u8", "i8"})
      for (StringRef granularity : {"tensor", "channel", "axis1"}) {
        for (float &value : values)
          value = low + (high - low) * uniform(random);
        auto made = makeWeightScheme(
            &context, {name.str(), granularity.str(), "affine", "", ""});
        ASSERT_TRUE(bool(made));
        SchemeAttr scheme = SchemeAttr::get(&context, made->type, "x",
                                            made->affine, made->scales);
        WeightCodec codec(scheme, {kRows, kColumns});
        chooseParameters(codec, values);
        for (auto [i, value] : llvm::enumerate(values)) {
          int64_t group = codec.getGroup(i);
          CodeParameters p = codec.getParameters(group);
          ASSERT_EQ(codec.encode(0, group), p.zeroPoint);
          ASSERT_EQ(codec.decode(p.zeroPoint, group), 0);
          double stored = codec.decode(codec.encode(value, group), group);
          ASSERT_LE(std::abs(stored - double(value)), 0.50002 * p.scale)
              << value << ' ' << name.str() << ' ' << granularity.str();
          // The same value everywhere is an end of the range.
          if (low == high)
            ASSERT_NEAR(stored, value, 1e-6);
        }
      }
}

/// What a code stands for takes this code again; of equal numbers the smaller
/// code. Both ends saturate.
TEST_F(WeightCodecs, CodesOfTablesComeBack) {
  for (CodeSet set :
       {CodeSet::Binary, CodeSet::Ternary, CodeSet::NF4, CodeSet::F4E2M1,
        CodeSet::F6E2M3, CodeSet::F6E3M2, CodeSet::F8E4M3, CodeSet::F8E5M2}) {
    auto type = CodebookType::get(&context, set, Granularity::Tensor, 0);
    WeightCodec codec(SchemeAttr::get(&context, type, "x", false, {}), {1, 1});
    codec.setParameters({CodeParameters{0.25f, 0, {}}});
    SmallVector<float> table = type.getCodeTable();
    for (size_t code = 0; code < table.size(); ++code) {
      if (!std::isfinite(table[code]))
        continue;
      int64_t again = codec.encode(0.25f * table[code], 0);
      EXPECT_EQ(table[again], table[code]);
      EXPECT_LE(again, int64_t(code));
    }
    EXPECT_EQ(codec.decode(codec.encode(1e30f, 0), 0),
              -codec.decode(codec.encode(-1e30f, 0), 0));
  }
}

/// A number in the middle of two floats goes to the even code.
TEST_F(WeightCodecs, TiesGoToEvenCodes) {
  for (CodeSet set : {CodeSet::F4E2M1, CodeSet::F6E2M3, CodeSet::F6E3M2,
                      CodeSet::F8E4M3, CodeSet::F8E5M2}) {
    auto type = CodebookType::get(&context, set, Granularity::Tensor, 0);
    WeightCodec codec(SchemeAttr::get(&context, type, "x", false, {}), {1, 1});
    codec.setParameters({CodeParameters{1.0f, 0, {}}});
    SmallVector<float> table = type.getCodeTable();
    for (size_t code = 0; code + 1 < table.size() / 2; ++code) {
      if (!std::isfinite(table[code + 1]))
        break;
      float middle = (table[code] + table[code + 1]) / 2;
      int64_t even = code % 2 == 0 ? code : code + 1;
      EXPECT_EQ(codec.encode(middle, 0), even);
      EXPECT_EQ(codec.decode(codec.encode(-middle, 0), 0), -table[even]);
    }
  }
}

/// Stored scales are never smaller than the wanted ones by more than a part in
/// 255, so that no value leaves the range by more.
TEST_F(WeightCodecs, FactorsRoundUp) {
  auto type = AffineBlockType::get(
      &context, mlir::IntegerType::get(&context, 4), -7, 7, 2);
  auto factors =
      mlir::IntegerType::get(&context, 8, mlir::IntegerType::Unsigned);
  WeightCodec codec(SchemeAttr::get(&context, type, "x", false, factors),
                    {2, 40});
  SmallVector<CodeParameters> wanted(40);
  for (size_t i = 0; i < wanted.size(); ++i)
    wanted[i].scale = 0.01f * float(1 + i * i % 97);
  codec.setParameters(wanted);
  for (size_t i = 0; i < wanted.size(); ++i)
    EXPECT_GE(codec.getParameters(i).scale, wanted[i].scale * 0.999f);
}
