//===- Search.cpp - The format of each weight by measurement --------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Compiler/Search.h"
#include "../Samples/MeasureQuality.h"
#include "SearchRecord.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Pass/PassManager.h"
#include "quant-opt/Compiler/Config.h"
#include "quant-opt/Compiler/LayerReport.h"
#include "quant-opt/Compiler/Session.h"
#include "quant-opt/Dialect/QNN/Utils/Constants.h"
#include "quant-opt/Quantization/Schemes/WeightScheme.h"
#include "llvm/Support/FormatVariadic.h"

using namespace quantopt;
using llvm::Error;
using llvm::Expected;

/// Points of the front that are measured, besides the one that is chosen.
static constexpr size_t kFrontPoints = 12;

namespace {
/// Contractions that share a weight, which gets one format.
struct SearchLayer {
  std::string name;
  SmallVector<size_t> ops; ///< numbers among the named contractions
};

/// A format that layers may have.
struct Candidate {
  std::string name;
  WeightScheme scheme;
  unsigned bits;
};

/// One search: measures layers, walks along the front, chooses.
class FormatSearch {
public:
  FormatSearch(ModuleOp module, const CompileOptions &options,
               StringRef statistics, QualityMeter meter, SearchRecord record)
      : module(module), options(options), statistics(statistics),
        meter(std::move(meter)), record(std::move(record)) {}

  Error run();

private:
  Error findLayers();
  Error findCandidates();
  Error measureLayers();
  Expected<size_t> choosePoint();
  Expected<size_t> chooseWithinBytes();
  Expected<size_t> chooseWithinDrop();
  Error measureFront();
  Expected<Measurement> measure(const FormatChoice &choice);
  /// Measures point `number` of the path.
  Error measurePoint(size_t number);
  Expected<Measurement> evaluate(const FormatChoice &choice);
  void apply(ModuleOp target, const FormatChoice &choice) const;
  int64_t getBytes(const FormatChoice &choice) const;
  bool isAllowed(const Measurement &measured) const {
    return !options.maxDrop || getDrop(measured) <= *options.maxDrop + 1e-9;
  }
  double getDrop(const Measurement &measured) const {
    return meter.getFloatQuality().top1 - measured.top1;
  }
  void showProgress();
  SearchFront describe(size_t chosen);

  ModuleOp module;
  const CompileOptions &options;
  std::string statistics;
  QualityMeter meter;
  SearchRecord record;
  std::vector<SearchLayer> layers;
  std::vector<Candidate> candidates;
  std::vector<std::vector<FormatCost>> costs;
  std::vector<std::vector<Measurement>> singles;
  std::vector<FormatChoice> path;
  std::vector<std::optional<Measurement>> points;
  size_t done = 0, expected = 0;
};
} // namespace

/// The reason that decisions of a search carry.
static constexpr StringLiteral kReason("search");

/// A number of points in messages.
static std::string toText(double points) {
  return llvm::formatv("{0:F2}", points);
}

static func::FuncOp getMain(ModuleOp module) {
  return module.lookupSymbol<func::FuncOp>("main");
}

static qnn::SchemeAttr getScheme(Operation *op) {
  return op->getAttrOfType<qnn::SchemeAttr>(
      qnn::QNNDialect::getSchemeAttrName());
}

/// Weights whose format nobody has decided on.
Error FormatSearch::findLayers() {
  DenseMap<Attribute, size_t> known;
  for (auto [i, contraction] :
       llvm::enumerate(getNamedContractions(getMain(module)))) {
    auto scheme = getScheme(contraction.op);
    DenseElementsAttr weight =
        qnn::getFloatConstant(contraction.op.getWeightOperand().get());
    if (!weight || weight.empty() || !scheme || scheme.getType().isF32() ||
        scheme.getReason() != "default")
      continue;
    auto [entry, isNew] = known.try_emplace(weight, layers.size());
    if (isNew)
      layers.push_back({contraction.name, {}});
    layers[entry->second].ops.push_back(i);
  }
  if (layers.empty())
    return llvm::createStringError("there is no weight to search a format for: "
                                   "all are decided on already");
  return Error::success();
}

/// The formats that `--search-formats` names, or all signed integers of the
/// table with at most 8 bits.
Error FormatSearch::findCandidates() {
  std::vector<std::string> names = options.searchFormats;
  if (names.empty())
    for (const WeightFormat &format : getWeightFormats())
      if (format.kind == WeightFormat::Kind::Signed && format.bits <= 8)
        names.push_back(format.name.str());
  bool needsChannels =
      options.integerOnly || options.activations == Activations::Static16;
  for (const std::string &name : names) {
    WeightOptions weights = options.getWeightOptions();
    weights.weights = name;
    if (weights.granularity.empty() && needsChannels)
      weights.granularity = "channel";
    auto scheme = makeWeightScheme(module.getContext(), weights);
    if (!scheme)
      return llvm::createStringError("'--search-formats': " +
                                     llvm::toString(scheme.takeError()));
    const WeightFormat *format = findWeightFormat(name);
    if (options.needsIntegerWeights() && !format->hasIntegerProducts())
      return llvm::createStringError(
          "'--activations=" + getName(*options.activations) +
          "' needs integer weights, but '--search-formats' has '" + name + "'");
    candidates.push_back({name, *scheme, format->bits});
  }
  // Where all layers are in the first one, what one layer costs is seen best.
  llvm::stable_sort(candidates, [](const Candidate &a, const Candidate &b) {
    return a.bits > b.bits;
  });
  return Error::success();
}

/// Writes the decisions of a choice.
void FormatSearch::apply(ModuleOp target, const FormatChoice &choice) const {
  SmallVector<NamedContraction> ops = getNamedContractions(getMain(target));
  for (auto [layer, format] : llvm::zip(layers, choice))
    for (size_t i : layer.ops) {
      const WeightScheme &scheme = candidates[format].scheme;
      int64_t inputBits = getScheme(ops[i].op).getInputBits();
      ops[i].op->setAttr(qnn::QNNDialect::getSchemeAttrName(),
                         qnn::SchemeAttr::get(target.getContext(), scheme.type,
                                              kReason, scheme.affine,
                                              scheme.scales, inputBits));
    }
}

/// Bytes that the weights of contractions take: where the artefact may leave
/// zeros out, or store more bits, those that it stores.
static Expected<int64_t> countBytes(ModuleOp module,
                                    const CompileOptions &options) {
  std::vector<LayerReport> layers = describeLayers(ModuleOp(), module);
  bool isAuto = options.storage.empty() || options.storage == "auto";
  bool isDense = options.storage == "dense";
  bool mayDiffer = llvm::any_of(layers, [&](const LayerReport &layer) {
    return (!isDense && 2 * layer.zeros >= layer.elements) ||
           layer.bytes - layer.scaleBytes < layer.elements;
  });
  if (mayDiffer || (!isDense && !isAuto)) {
    OwningOpRef<ModuleOp> copy(cast<ModuleOp>(module->clone()));
    PassManager manager(module.getContext());
    addFusePasses(manager, options);
    addKernelsPasses(manager, options);
    if (failed(manager.run(*copy)))
      return llvm::createStringError("a candidate cannot be compiled");
    describeStorage(*copy, layers);
  }
  return countWeights(layers).bytes;
}

/// Compiles and runs a choice.
Expected<Measurement> FormatSearch::evaluate(const FormatChoice &choice) {
  OwningOpRef<ModuleOp> copy(cast<ModuleOp>(module->clone()));
  apply(*copy, choice);
  // What is remarkable about a candidate is said about the one that is taken.
  ScopedDiagnosticHandler quiet(
      module.getContext(), [](Diagnostic &diagnostic) {
        return success(diagnostic.getSeverity() != DiagnosticSeverity::Error);
      });
  CompileOptions plain = options;
  plain.integerOnly = plain.quantizedIO = false; // outputs are floats
  PassManager manager(module.getContext());
  addQuantizePasses(manager, plain, statistics);
  if (failed(manager.run(*copy)))
    return llvm::createStringError("a candidate cannot be quantized");
  auto bytes = countBytes(*copy, plain);
  if (!bytes)
    return bytes.takeError();
  auto quality = meter.measure(*copy);
  if (!quality)
    return quality.takeError();
  return Measurement{*bytes, quality->noise, quality->top1};
}

void FormatSearch::showProgress() {
  ++done;
  if (options.progress)
    options.progress("search " + std::to_string(done) + "/" +
                         std::to_string(expected),
                     double(done) / double(expected));
}

Expected<Measurement> FormatSearch::measure(const FormatChoice &choice) {
  std::string key;
  for (auto [layer, format] : llvm::zip(layers, choice))
    key += layer.name + '=' + candidates[format].name + '\n';
  showProgress();
  if (auto known = record.find(key))
    return *known;
  auto measured = evaluate(choice);
  if (!measured)
    return measured;
  if (Error error = record.add(key, *measured))
    return std::move(error);
  return measured;
}

/// What each layer costs in each format, with all others in the first one.
Error FormatSearch::measureLayers() {
  FormatChoice start(layers.size(), 0);
  auto base = measure(start);
  if (!base)
    return base.takeError();
  singles.assign(layers.size(), {});
  costs.assign(layers.size(), {});
  for (size_t layer = 0; layer < layers.size(); ++layer)
    for (size_t format = 0; format < candidates.size(); ++format) {
      FormatChoice choice = start;
      choice[layer] = format;
      auto measured = format == 0 ? *base : measure(choice);
      if (!measured)
        return measured.takeError();
      singles[layer].push_back(*measured);
      // Relative to the first format, which the search starts from.
      costs[layer].push_back(
          {measured->bytes - base->bytes, measured->noise - base->noise});
    }
  // Bytes of the rest count once.
  for (FormatCost &cost : costs.front())
    cost.bytes += base->bytes;
  path = findSmallerChoices(costs);
  return Error::success();
}

int64_t FormatSearch::getBytes(const FormatChoice &choice) const {
  int64_t bytes = 0;
  for (auto [layer, format] : llvm::zip(costs, choice))
    bytes += layer[format].bytes;
  return bytes;
}

Error FormatSearch::measurePoint(size_t number) {
  if (points[number])
    return Error::success();
  auto measured = measure(path[number]);
  if (!measured)
    return measured.takeError();
  points[number] = *measured;
  return Error::success();
}

/// The least noise within `--max-bytes`.
Expected<size_t> FormatSearch::chooseWithinBytes() {
  size_t number = 0;
  while (number < path.size() && getBytes(path[number]) > options.maxBytes)
    ++number;
  if (number == path.size())
    return llvm::createStringError(
        "no choice of formats takes at most " + Twine(options.maxBytes) +
        " bytes; the smallest takes " + Twine(getBytes(path.back())) +
        ": allow that, or smaller formats with '--search-formats'");
  FormatChoice choice = path[number];
  useBytesLeft(costs, options.maxBytes, choice);
  if (choice != path[number]) {
    path.insert(path.begin() + number, choice);
    points.insert(points.begin() + number, std::nullopt);
  }
  if (Error error = measurePoint(number))
    return std::move(error);
  if (!isAllowed(*points[number]))
    return llvm::createStringError(
        "with at most " + Twine(options.maxBytes) + " bytes " +
        toText(getDrop(*points[number])) +
        " points are lost, more than '--max-drop=" + toText(*options.maxDrop) +
        "' allows");
  return number;
}

/// The smallest within `--max-drop`. The loss grows along the path, by and
/// large: bisection, which ends at a point that is allowed.
Expected<size_t> FormatSearch::chooseWithinDrop() {
  if (Error error = measurePoint(0))
    return std::move(error);
  if (!isAllowed(*points[0]))
    return llvm::createStringError(
        "the most accurate choice of formats loses " +
        toText(getDrop(*points[0])) + " points, more than '--max-drop=" +
        toText(*options.maxDrop) + "' allows");
  size_t good = 0, bad = path.size();
  while (bad - good > 1) {
    size_t middle = (good + bad) / 2;
    if (Error error = measurePoint(middle))
      return std::move(error);
    (isAllowed(*points[middle]) ? good : bad) = middle;
  }
  return good;
}

Expected<size_t> FormatSearch::choosePoint() {
  points.assign(path.size(), std::nullopt);
  return options.maxBytes != 0 ? chooseWithinBytes() : chooseWithinDrop();
}

/// Measures points that are spread evenly over the path.
Error FormatSearch::measureFront() {
  if (options.front.empty())
    return Error::success();
  size_t count = std::min(path.size(), kFrontPoints);
  for (size_t i = 0; i < count; ++i)
    if (Error error =
            measurePoint(count == 1 ? 0 : i * (path.size() - 1) / (count - 1)))
      return error;
  return Error::success();
}

/// What is written about the search.
SearchFront FormatSearch::describe(size_t chosen) {
  SearchFront front;
  front.hasLabels = !options.labels.empty();
  front.floatTop1 = meter.getFloatQuality().top1;
  for (size_t layer = 0; layer < layers.size(); ++layer)
    for (size_t format = 0; format < candidates.size(); ++format)
      front.layers.push_back({layers[layer].name, candidates[format].name,
                              singles[layer][format]});
  for (auto [i, measured] : llvm::enumerate(points)) {
    if (!measured)
      continue;
    OwningOpRef<ModuleOp> copy(cast<ModuleOp>(module->clone()));
    apply(*copy, path[i]);
    front.points.push_back(
        {*measured, i == chosen, makeConfig(options, getMain(*copy))});
  }
  return front;
}

Error FormatSearch::run() {
  if (Error error = findLayers())
    return error;
  if (Error error = findCandidates())
    return error;
  expected = layers.size() * (candidates.size() - 1) + 1 + kFrontPoints;
  if (Error error = measureLayers())
    return error;
  auto chosen = choosePoint();
  if (!chosen)
    return chosen.takeError();
  if (Error error = measureFront())
    return error;
  apply(module, path[*chosen]);
  if (options.front.empty())
    return Error::success();
  return writeFront(options.front, describe(*chosen));
}

Error quantopt::searchFormats(ModuleOp module, const CompileOptions &options,
                              StringRef statistics) {
  OwningOpRef<ModuleOp> plain(cast<ModuleOp>(module->clone()));
  for (NamedContraction &contraction : getNamedContractions(getMain(*plain)))
    contraction.op->removeAttr(qnn::QNNDialect::getSchemeAttrName());
  auto meter = QualityMeter::create(*plain, options);
  if (!meter)
    return meter.takeError();
  auto record = SearchRecord::open(module, options, *meter);
  if (!record)
    return record.takeError();
  return FormatSearch(module, options, statistics, std::move(*meter),
                      std::move(*record))
      .run();
}
