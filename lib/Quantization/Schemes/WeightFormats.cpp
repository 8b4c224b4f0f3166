//===- WeightFormats.cpp - The names of weight formats --------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Quantization/Schemes/WeightFormats.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

using namespace quantopt;
using namespace quantopt::qnn;
using llvm::createStringError;
using llvm::Error;
using llvm::Expected;

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

static constexpr StringLiteral kWide = "channel tensor axisN blockN";
static constexpr StringLiteral kNarrow = "block32 tensor channel axisN blockN";
static constexpr StringLiteral kSigns = "block32 tensor channel rowsN blockN";
static constexpr StringLiteral kNormal = "block64 tensor channel rowsN blockN";
static constexpr StringLiteral kFloats = "channel tensor rowsN blockN";
static constexpr StringLiteral kTables = "tensor channel rowsN";
static constexpr StringLiteral kShared = "block32";

ArrayRef<WeightFormat> quantopt::getWeightFormats() {
  using Kind = WeightFormat::Kind;
  constexpr CodeSet kNone = CodeSet::Binary;
  auto integers = [](StringRef name, Kind kind, unsigned bits) {
    return WeightFormat{name, kind, bits, kNone, bits <= 4 ? kNarrow : kWide,
                        false};
  };
  auto codes = [](StringRef name, CodeSet set, StringRef granularities,
                  bool isMicroscaled = false) {
    return WeightFormat{name, Kind::Codes,   getCodeBits(set),
                        set,  granularities, isMicroscaled};
  };
  static const WeightFormat formats[] = {
      {"f32", Kind::Float32, 32, kNone, "", false},
      {"f16", Kind::Float16, 16, kNone, "", false},
      {"bf16", Kind::BFloat16, 16, kNone, "", false},
      integers("i16", Kind::Signed, 16),
      integers("i8", Kind::Signed, 8),
      integers("i7", Kind::Signed, 7),
      integers("i6", Kind::Signed, 6),
      integers("i5", Kind::Signed, 5),
      integers("i4", Kind::Signed, 4),
      integers("i3", Kind::Signed, 3),
      integers("i2", Kind::Signed, 2),
      integers("u8", Kind::Unsigned, 8),
      integers("u7", Kind::Unsigned, 7),
      integers("u6", Kind::Unsigned, 6),
      integers("u5", Kind::Unsigned, 5),
      integers("u4", Kind::Unsigned, 4),
      integers("u3", Kind::Unsigned, 3),
      integers("u2", Kind::Unsigned, 2),
      codes("ternary", CodeSet::Ternary, kSigns),
      codes("binary", CodeSet::Binary, kSigns),
      codes("palette1", CodeSet::Palette1, kTables),
      codes("palette2", CodeSet::Palette2, kTables),
      codes("palette3", CodeSet::Palette3, kTables),
      codes("palette4", CodeSet::Palette4, kTables),
      codes("palette6", CodeSet::Palette6, kTables),
      codes("palette8", CodeSet::Palette8, kTables),
      codes("nf4", CodeSet::NF4, kNormal),
      codes("f8e4m3", CodeSet::F8E4M3, kFloats),
      codes("f8e5m2", CodeSet::F8E5M2, kFloats),
      codes("mxfp8", CodeSet::F8E4M3, kShared, true),
      codes("mxfp8e5m2", CodeSet::F8E5M2, kShared, true),
      codes("mxfp6", CodeSet::F6E2M3, kShared, true),
      codes("mxfp6e3m2", CodeSet::F6E3M2, kShared, true),
      codes("mxfp4", CodeSet::F4E2M1, kShared, true),
      {"mxint8", Kind::Signed, 8, kNone, kShared, true},
  };
  return formats;
}

const WeightFormat *quantopt::findWeightFormat(StringRef name) {
  for (const WeightFormat &format : getWeightFormats())
    if (format.name == name)
      return &format;
  return nullptr;
}

//===----------------------------------------------------------------------===//
// Options
//===----------------------------------------------------------------------===//

namespace {
/// The options in the words of the compiler.
struct ParsedOptions {
  const WeightFormat *format = nullptr;
  /// "tensor", "axis", "rows" or "block", and a number.
  StringRef sharing = "tensor";
  int64_t count = 0;
  bool affine = false;
  int64_t min = 0, max = 0;
  /// "" for the standard.
  StringRef scales;
};
} // namespace

/// `'a', 'b' or 'c'` of names between blanks.
static std::string listNames(ArrayRef<StringRef> names) {
  std::string text;
  for (auto [i, name] : llvm::enumerate(names)) {
    if (i != 0)
      text += i + 1 == names.size() ? " or " : ", ";
    text += "'" + name.str() + "'";
  }
  return text;
}

/// Names of granularities as users write them.
static SmallVector<StringRef> getGranularities(const WeightFormat &format) {
  SmallVector<StringRef> names;
  format.granularities.split(names, ' ', -1, /*KeepEmpty=*/false);
  return names;
}

/// Whether a name fits a pattern that may end in 'N', which is then read.
static bool matchesGranularity(StringRef name, StringRef pattern, int64_t least,
                               int64_t &count) {
  if (name == pattern)
    return true;
  return pattern.consume_back("N") && name.consume_front(pattern) &&
         !name.getAsInteger(10, count) && count >= least;
}

static Error parseGranularity(const WeightOptions &options,
                              ParsedOptions &parsed) {
  const WeightFormat &format = *parsed.format;
  SmallVector<StringRef> known = getGranularities(format);
  StringRef name = options.granularity;
  if (known.empty())
    return name.empty() ? Error::success()
                        : createStringError("weights of type '" + format.name +
                                            "' have no scales, but got "
                                            "granularity '" +
                                            name + "'");
  if (name.empty())
    name = known.front();
  int64_t count = 0;
  bool isKnown = llvm::any_of(known, [&](StringRef pattern) {
    return matchesGranularity(name, pattern, pattern == "axisN" ? 0 : 1, count);
  });
  if (!isKnown) {
    SmallVector<std::string> shown;
    for (StringRef pattern : known)
      shown.push_back(pattern.consume_back("N") ? pattern.str() + "<N>"
                                                : pattern.str());
    return createStringError(
        "expected granularity " +
        listNames(SmallVector<StringRef>(shown.begin(), shown.end())) +
        " for weights of type '" + format.name + "', but got '" + name + "'");
  }
  parsed.sharing = name.rtrim("0123456789");
  parsed.count = count;
  if (parsed.sharing != name)
    (void)name.substr(parsed.sharing.size()).getAsInteger(10, parsed.count);
  if (parsed.sharing == "channel") {
    bool isCodes = format.kind == WeightFormat::Kind::Codes;
    parsed.sharing = isCodes ? "rows" : "axis";
    parsed.count = isCodes ? 1 : 0;
  }
  return Error::success();
}

static Error parseRange(const WeightOptions &options, ParsedOptions &parsed) {
  const WeightFormat &format = *parsed.format;
  bool isSigned = format.kind == WeightFormat::Kind::Signed;
  bool isInteger = isSigned || format.kind == WeightFormat::Kind::Unsigned;
  StringRef range = options.range;
  if (!isInteger)
    return range.empty()
               ? Error::success()
               : createStringError("weights of type '" + format.name +
                                   "' have no range of integers, but got '" +
                                   range + "'");
  int64_t span = int64_t(1) << format.bits;
  int64_t lowest = isSigned ? -span / 2 : 0, highest = lowest + span - 1;
  parsed.min = lowest;
  parsed.max = highest;
  // The same magnitude on both sides, unless the zero point moves.
  if (range == "narrow" || (range.empty() && !parsed.affine && isSigned)) {
    parsed.min = lowest + 1;
    return Error::success();
  }
  if (range.empty() || range == "full")
    return Error::success();
  auto [from, to] = range.split(':');
  if (from.getAsInteger(10, parsed.min) || to.getAsInteger(10, parsed.max))
    return createStringError("expected range 'narrow', 'full' or "
                             "'<MIN>:<MAX>', but got '" +
                             range + "'");
  if (parsed.min < lowest || parsed.max > highest || parsed.min >= parsed.max ||
      parsed.min > 0 || parsed.max <= 0) {
    std::string hint;
    if (isSigned && parsed.min > lowest && parsed.max == highest + 1)
      hint = llvm::formatv("; use [{0}, {1}], or weights of type 'u{2}' with "
                           "the zero point moved by {3}",
                           lowest, highest, format.bits, highest);
    return createStringError(llvm::formatv(
        "expected a range within [{0}, {1}] that holds 0 and a "
        "positive number for weights of type '{2}', but got "
        "[{3}, {4}]{5}",
        lowest, highest, format.name, parsed.min, parsed.max, hint));
  }
  return Error::success();
}

static Error parseScales(const WeightOptions &options, ParsedOptions &parsed) {
  StringRef scales = options.scales;
  parsed.scales = scales;
  if (scales.empty())
    return Error::success();
  if (scales != "f32" && scales != "f16" && scales != "double")
    return createStringError("expected scales 'f32', 'f16' or 'double', but "
                             "got '" +
                             scales + "'");
  if (parsed.format->isMicroscaled)
    return createStringError("weights of type '" + parsed.format->name +
                             "' have powers of two as scales, but got '" +
                             scales + "'");
  if (parsed.sharing != "block")
    return createStringError("scales of type '" + scales +
                             "' are for blocks, but weights of type '" +
                             parsed.format->name + "' have granularity '" +
                             (options.granularity.empty()
                                  ? getGranularities(*parsed.format).empty()
                                        ? StringRef("none")
                                        : getGranularities(*parsed.format)[0]
                                  : StringRef(options.granularity)) +
                             "'");
  return Error::success();
}

static Expected<ParsedOptions> parseOptions(const WeightOptions &options) {
  ParsedOptions parsed;
  parsed.format = findWeightFormat(options.weights);
  if (!parsed.format) {
    SmallVector<StringRef> names;
    for (const WeightFormat &format : getWeightFormats())
      names.push_back(format.name);
    return createStringError("expected weights of type " + listNames(names) +
                             ", but got '" + options.weights + "'");
  }
  if (options.scheme != "symmetric" && options.scheme != "affine")
    return createStringError("expected scheme 'symmetric' or 'affine', "
                             "but got '" +
                             options.scheme + "'");
  parsed.affine = options.scheme == "affine";
  if (parsed.affine && !parsed.format->hasZeroPoints())
    return createStringError("weights of type '" + parsed.format->name +
                             "' have no zero points, but got scheme 'affine'");
  if (Error error = parseGranularity(options, parsed))
    return error;
  if (Error error = parseRange(options, parsed))
    return error;
  if (Error error = parseScales(options, parsed))
    return error;
  return parsed;
}

Error quantopt::checkWeightOptions(const WeightOptions &options) {
  return parseOptions(options).takeError();
}

/// The type of integers.
static Type makeIntegerType(MLIRContext *context, const ParsedOptions &parsed) {
  bool isSigned = parsed.format->kind == WeightFormat::Kind::Signed;
  auto storage = IntegerType::get(context, parsed.format->bits,
                                  isSigned ? IntegerType::Signless
                                           : IntegerType::Unsigned);
  auto [min, max] = std::pair(parsed.min, parsed.max);
  if (parsed.sharing == "axis")
    return AffineAxisType::get(context, storage, min, max, parsed.count);
  if (parsed.sharing == "block")
    return AffineBlockType::get(context, storage, min, max, parsed.count);
  return AffineType::get(context, storage, min, max,
                         FloatAttr::get(Float32Type::get(context), 1.0),
                         std::max<int64_t>(0, min));
}

static Type makeType(MLIRContext *context, const ParsedOptions &parsed) {
  switch (parsed.format->kind) {
  case WeightFormat::Kind::Float32:
    return Float32Type::get(context);
  case WeightFormat::Kind::Float16:
    return SmallFloatType::get(context, Float16Type::get(context));
  case WeightFormat::Kind::BFloat16:
    return SmallFloatType::get(context, BFloat16Type::get(context));
  case WeightFormat::Kind::Signed:
  case WeightFormat::Kind::Unsigned:
    return makeIntegerType(context, parsed);
  case WeightFormat::Kind::Codes:
    break;
  }
  Granularity sharing = parsed.sharing == "rows"    ? Granularity::Axis
                        : parsed.sharing == "block" ? Granularity::Block
                                                    : Granularity::Tensor;
  return CodebookType::get(context, parsed.format->codes, sharing,
                           parsed.count);
}

Expected<WeightScheme>
quantopt::makeWeightScheme(MLIRContext *context, const WeightOptions &options) {
  Expected<ParsedOptions> parsed = parseOptions(options);
  if (!parsed)
    return parsed.takeError();
  WeightScheme scheme{makeType(context, *parsed), parsed->affine, Type()};
  if (parsed->format->isMicroscaled)
    scheme.scales = Float8E8M0FNUType::get(context);
  else if (parsed->scales == "f32")
    scheme.scales = Float32Type::get(context);
  else if (parsed->scales == "f16")
    scheme.scales = Float16Type::get(context);
  else if (parsed->scales == "double")
    scheme.scales = IntegerType::get(context, 8, IntegerType::Unsigned);
  return scheme;
}

std::string quantopt::describeWeightFormats() {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "# name bits granularities schemes scales products\n";
  for (const WeightFormat &format : getWeightFormats()) {
    SmallVector<StringRef> names = getGranularities(format);
    bool hasBlocks = llvm::is_contained(names, "blockN");
    os << format.name << ' ' << format.bits << ' '
       << (names.empty() ? "-" : llvm::join(names, ",")) << ' '
       << (format.hasZeroPoints() ? "symmetric,affine" : "symmetric") << ' '
       << (hasBlocks ? "f16,f32,double" : "-") << ' '
       << (format.hasIntegerProducts() ? "integer" : "float") << '\n';
  }
  return text;
}
