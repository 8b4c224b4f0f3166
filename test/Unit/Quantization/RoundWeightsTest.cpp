//===- RoundWeightsTest.cpp - Tests of methods that round weights ---------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Quantization/Methods/RoundWeights.h"
#include "mlir/AsmParser/AsmParser.h"
#include "quant-opt/Dialect/QNN/IR/QNNDialect.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace quantopt;

namespace {

constexpr int64_t kRows = 6, kLength = 40;

/// Fixed numbers in [-1, 1) that look like noise.
class Noise {
public:
  double next() {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return double(int64_t(state) >> 11) * 0x1p-52;
  }

private:
  uint64_t state = 1;
};

class RoundWeightsTest : public testing::Test {
protected:
  RoundWeightsTest() {
    context.loadDialect<qnn::QNNDialect>();
    for (int64_t i = 0; i < kRows * kLength; ++i)
      values.push_back(float(noise.next()));
  }

  /// A codec for the weight with this type.
  WeightCodec makeCodec(StringRef type,
                        ArrayRef<int64_t> shape = {kRows, kLength}) {
    auto scheme = cast<qnn::SchemeAttr>(mlir::parseAttribute(
        ("#qnn.scheme<" + type + ", \"test\">").str(), &context));
    return WeightCodec(scheme, shape);
  }

  /// Inputs with a mean in which neighbours resemble each other.
  LayerStatistics makeInputs(int64_t groups = 1, bool alike = true) {
    LayerStatistics statistics(groups, kLength);
    constexpr int64_t rows = 200;
    std::vector<double> x;
    for (int64_t i = 0; i < groups * rows; ++i) {
      double last = 0;
      for (int64_t j = 0; j < kLength; ++j) {
        last = (alike ? 0.9 * last : 0.0) + noise.next();
        x.push_back(last + 1);
      }
    }
    statistics.add(rows, x);
    return statistics;
  }

  /// Statistics of inputs that are independent and equally large.
  LayerStatistics makeEqualInputs(double size) {
    LayerStatistics statistics(1, kLength);
    for (int64_t i = 0; i < kLength; ++i) {
      std::vector<double> x(kLength);
      x[i] = size;
      statistics.add(1, x);
    }
    return statistics;
  }

  RoundedWeight round(WeightCodec &codec, StringRef method,
                      const LayerStatistics *statistics) {
    return roundWeight(codec, values, kRows,
                       llvm::cantFail(RoundingMethod::parse(method)),
                       statistics, &context);
  }

  /// The squared error of all weights.
  double measureSquares(StringRef type, StringRef method) {
    WeightCodec codec = makeCodec(type);
    double sum = 0;
    for (auto [i, code] :
         llvm::enumerate(round(codec, method, nullptr).codes)) {
      double d = codec.decode(code, codec.getGroup(i)) - values[i];
      sum += d * d;
    }
    return sum;
  }

  MLIRContext context;
  Noise noise;
  SmallVector<float> values;
};

const char *const kTypes[] = {
    "!qnn.affine_block<i4<-7:7>, 8>", "!qnn.affine_axis<i3<-3:3>, 0>",
    "!qnn.affine_axis<i2<-1:1>, 0>", "!qnn.affine_axis<i8<-127:127>, 0>",
    "!qnn.affine_block<ui4, 32>"};

TEST_F(RoundWeightsTest, methods_have_names) {
  for (const char *name :
       {"rtn", "mse", "gptq", "mse+gptq+descent+bias", "descent+bias"})
    EXPECT_EQ(llvm::cantFail(RoundingMethod::parse(name)).toString(), name);
  EXPECT_EQ(llvm::cantFail(RoundingMethod::parse("bias+mse")).toString(),
            "mse+bias");
  for (const char *name : {"", "best", "rtn+mse", "mse+", "GPTQ"})
    EXPECT_EQ(llvm::toString(RoundingMethod::parse(name).takeError()),
              "expected a method 'rtn', or 'equalize', 'mse', 'gptq', "
              "'descent' and 'bias' "
              "joined by '+', but got '" +
                  std::string(name) + "'");
}

TEST_F(RoundWeightsTest, equal_moments_give_nearest_codes) {
  for (const char *type : kTypes)
    for (double size : {1.0, 0.3, 1000.0}) {
      LayerStatistics inputs = makeEqualInputs(size);
      WeightCodec codec = makeCodec(type);
      SmallVector<int64_t> nearest = round(codec, "rtn", nullptr).codes;
      for (const char *method : {"gptq", "descent", "gptq+descent"})
        EXPECT_EQ(round(codec, method, &inputs).codes, nearest)
            << type << " " << method;
    }
}

TEST_F(RoundWeightsTest, each_step_lowers_the_error_of_outputs) {
  LayerStatistics inputs = makeInputs();
  for (const char *type : kTypes) {
    WeightCodec codec = makeCodec(type);
    RoundedWeight gptq = round(codec, "gptq", &inputs);
    EXPECT_LT(gptq.errorAfter, 0.7 * gptq.errorBefore) << type;
    RoundedWeight both = round(codec, "gptq+descent", &inputs);
    EXPECT_LE(both.errorAfter, 1.001 * gptq.errorAfter) << type;
    RoundedWeight descent = round(codec, "descent", &inputs);
    EXPECT_LT(descent.errorAfter, 0.9 * descent.errorBefore) << type;
    RoundedWeight bias = round(codec, "bias", &inputs);
    EXPECT_LT(bias.errorAfter, bias.errorBefore) << type;
  }
}

TEST_F(RoundWeightsTest, searched_scales_lower_the_squared_error) {
  for (const char *type :
       {"!qnn.affine_block<i4<-7:7>, 8>", "!qnn.affine_axis<i3<-3:3>, 0>"})
    EXPECT_LT(measureSquares(type, "mse"), measureSquares(type, "rtn")) << type;
}

/// Channels whose largest weights differ gain by scales of their own.
TEST_F(RoundWeightsTest, scales_of_channels_lower_the_squared_error) {
  for (const auto &[tensor, channels] :
       {std::pair("!qnn.affine<i8<-127:127>, 1.0>",
                  "!qnn.affine_axis<i8<-127:127>, 0>"),
        std::pair("!qnn.affine<i4<-7:7>, 1.0>",
                  "!qnn.affine_axis<i4<-7:7>, 0>")})
    for (int trial = 0; trial < 20; ++trial) {
      for (auto [i, value] : llvm::enumerate(values))
        value = float(noise.next() * std::exp2(double(i / kLength)));
      EXPECT_LT(measureSquares(channels, "rtn"), measureSquares(tensor, "rtn"));
      EXPECT_LT(measureSquares(channels, "mse"), measureSquares(tensor, "mse"));
    }
}

/// Weights that lie on the grid of one scale keep it where scales are searched.
TEST_F(RoundWeightsTest, scales_of_channels_may_be_that_of_all) {
  for (auto [i, value] : llvm::enumerate(values))
    value = float(int64_t(noise.next() * 127)) * 0.01f;
  values.front() = 1.27f;
  const char *channels = "!qnn.affine_axis<i8<-127:127>, 0>";
  EXPECT_LT(measureSquares("!qnn.affine<i8<-127:127>, 1.0>", "rtn"), 1e-9);
  EXPECT_GT(measureSquares(channels, "rtn"), 1e-5);
  EXPECT_LT(measureSquares(channels, "mse"), 1e-9);
}

TEST_F(RoundWeightsTest, searched_ranges_may_be_a_third) {
  // One weight is far from the others, which have few codes.
  SmallVector<float> row;
  for (int64_t i = 0; i < 200; ++i)
    row.push_back(i % 2 ? 0.33f : -0.33f);
  row.push_back(1);
  WeightCodec codec = makeCodec("!qnn.affine_axis<i2<-1:1>, 0>", {1, 201});
  (void)roundWeight(codec, row, 1, llvm::cantFail(RoundingMethod::parse("mse")),
                    nullptr, &context);
  EXPECT_LT(codec.getParameters(0).scale, 0.36f);
}

TEST_F(RoundWeightsTest, scales_weigh_what_biases_leave) {
  // The second input never changes: with a corrected bias its weight may be
  // off.
  LayerStatistics inputs(1, 2);
  inputs.add(2, {1, 50, -1, 50});
  SmallVector<float> row = {0.4f, 1};
  auto getScale = [&](StringRef method) {
    WeightCodec codec = makeCodec("!qnn.affine_axis<i2<-1:1>, 0>", {1, 2});
    (void)roundWeight(codec, row, 1,
                      llvm::cantFail(RoundingMethod::parse(method)), &inputs,
                      &context);
    return codec.getParameters(0).scale;
  };
  EXPECT_EQ(getScale("mse"), 1.0f);
  EXPECT_NEAR(getScale("mse+bias"), 0.4f, 0.02f);
}

TEST_F(RoundWeightsTest, the_largest_inputs_are_rounded_first) {
  WeightCodec codec = makeCodec("!qnn.affine_axis<i8<-127:127>, 0>", {1, 2});
  codec.setParameters({codec.chooseForRange(-127, 127)}); // a scale of 1
  SmallVector<float> row = {0.4f, 0.45f};
  SquareMatrix moments(2);
  moments.at(0, 0) = 1;
  moments.at(0, 1) = moments.at(1, 0) = 9;
  moments.at(1, 1) = 100;
  WeightRounding rounding{codec, row, 2, {0, 0}, &context};
  ASSERT_TRUE(spreadErrors(rounding, {0, 1, moments}));
  // 0.45 becomes 0; the first makes up for it: 0.4 + 0.45 * 9.
  EXPECT_EQ(rounding.codes, (SmallVector<int64_t>{4, 0}));
}

TEST_F(RoundWeightsTest, descent_ends_where_no_code_helps) {
  LayerStatistics inputs = makeInputs();
  WeightCodec codec = makeCodec(kTypes[1]);
  chooseParameters(codec, values);
  RowGroup group{0, kRows, inputs.getMoments(0, /*centered=*/false)};
  WeightRounding rounding{codec, values, kLength, roundToNearest(codec, values),
                          &context};
  descend(rounding, group);
  double error = measureError(rounding, group);
  for (int64_t &code : rounding.codes)
    for (int64_t other : {code - 1, code + 1}) {
      int64_t kept = code;
      code = std::clamp<int64_t>(other, -3, 3);
      EXPECT_GE(measureError(rounding, group), error * (1 - 1e-9));
      code = kept;
    }
}

TEST_F(RoundWeightsTest, damping_adds_a_part_of_the_mean) {
  SquareMatrix moments(2);
  moments.at(0, 0) = 1;
  moments.at(1, 1) = 3;
  dampMoments(moments);
  EXPECT_NEAR(moments.at(0, 0), 1.02, 1e-12);
  EXPECT_NEAR(moments.at(1, 1), 3.02, 1e-12);
}

TEST_F(RoundWeightsTest, groups_of_rows_see_their_own_inputs) {
  LayerStatistics inputs = makeInputs(/*groups=*/3);
  WeightCodec codec = makeCodec(kTypes[0]);
  SmallVector<int64_t> together = round(codec, "gptq", &inputs).codes;
  // The same with each pair of rows as a weight of its own.
  for (int64_t group = 0; group < 3; ++group) {
    RowGroup rows{group * 2, 2, inputs.getMoments(group, false)};
    dampMoments(rows.moments);
    WeightRounding rounding{codec, values, kLength,
                            SmallVector<int64_t>(values.size()), &context};
    EXPECT_TRUE(spreadErrors(rounding, rows));
    for (int64_t i = group * 2 * kLength; i < (group + 1) * 2 * kLength; ++i)
      EXPECT_EQ(rounding.codes[i], together[i]);
  }
}

TEST_F(RoundWeightsTest, lost_means_are_what_outputs_miss) {
  LayerStatistics inputs = makeInputs(/*groups=*/2);
  SmallVector<float> stored(values);
  stored[3] -= 0.5f;                // row 0
  stored[5 * kLength + 1] += 0.25f; // row 5
  SmallVector<float> lost = getLostMeans(values, stored, inputs);
  ASSERT_EQ(lost.size(), size_t(kRows));
  EXPECT_NEAR(lost[0], 0.5 * inputs.getMean(0)[3], 1e-6);
  EXPECT_NEAR(lost[5], -0.25 * inputs.getMean(1)[1], 1e-6);
  EXPECT_EQ(lost[1], 0);
}

TEST_F(RoundWeightsTest, inputs_that_are_always_zero_do_no_harm) {
  LayerStatistics inputs(1, kLength);
  inputs.add(2, std::vector<double>(2 * kLength));
  WeightCodec codec = makeCodec(kTypes[0]);
  EXPECT_EQ(round(codec, "gptq+descent+bias", &inputs).codes,
            round(codec, "rtn", nullptr).codes);
}

TEST_F(RoundWeightsTest, rows_without_products_are_rounded_to_nearest) {
  constexpr int64_t length = LayerStatistics::kMaxLength + 1;
  LayerStatistics inputs(1, length);
  inputs.add(1, std::vector<double>(length, 1.0));
  SmallVector<float> row;
  for (int64_t i = 0; i < length; ++i)
    row.push_back(float(noise.next()));
  auto scheme = cast<qnn::SchemeAttr>(mlir::parseAttribute(
      "#qnn.scheme<!qnn.affine_axis<i4<-7:7>, 0>, \"test\">", &context));
  WeightCodec codec(scheme, {1, length});
  RoundedWeight rounded =
      roundWeight(codec, row, 1, llvm::cantFail(RoundingMethod::parse("gptq")),
                  &inputs, &context);
  EXPECT_EQ(rounded.remark,
            "rows of more than 8192 weights are rounded to nearest");
  EXPECT_EQ(rounded.codes, roundToNearest(codec, row));
  EXPECT_GT(rounded.errorAfter, 0);
  EXPECT_EQ(rounded.errorAfter, rounded.errorBefore);
}

} // namespace
