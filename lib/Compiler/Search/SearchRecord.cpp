//===- SearchRecord.cpp - Files of a search -------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SearchRecord.h"
#include "mlir/Bytecode/BytecodeWriter.h"
#include "quant-opt/Support/AtomicFile.h"
#include "quant-opt/Support/JsonFile.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/xxhash.h"

using namespace quantopt;
using llvm::createStringError;
using llvm::Error;
using llvm::Expected;
namespace json = llvm::json;

/// A hash of the model and of all that changes what is measured.
static Expected<std::string> makeKey(ModuleOp module,
                                     const CompileOptions &options,
                                     const QualityMeter &meter) {
  std::string text;
  llvm::raw_string_ostream os(text);
  if (failed(writeBytecodeToFile(module, os)))
    return createStringError("the model cannot be written");
  os << getName(options.activations.value_or(Activations::Float)) << '\n'
     << options.method << '\n'
     << options.granularity << '\n'
     << options.scheme << '\n'
     << options.scales << '\n'
     << options.range << '\n'
     << options.fastFloat << '\n'
     << options.statistics << '\n'
     << options.storage << '\n'
     << options.target << '\n'
     << options.cpu << '\n'
     << options.features << '\n'
     << meter.getHash() << '\n';
  return llvm::utohexstr(llvm::xxh3_64bits(text));
}

/// Reads a measurement; false if it is none.
static bool readMeasurement(const json::Object &object, std::string &choice,
                            Measurement &result) {
  auto name = object.getString("choice");
  auto bytes = object.getInteger("bytes");
  auto noise = object.getNumber("noise"), top1 = object.getNumber("top1");
  if (!name || !bytes || !noise || !top1)
    return false;
  choice = name->str();
  result = {*bytes, *noise, *top1};
  return true;
}

Expected<SearchRecord> SearchRecord::open(ModuleOp module,
                                          const CompileOptions &options,
                                          const QualityMeter &meter) {
  SearchRecord record;
  record.path = options.searchState;
  if (record.path.empty())
    return record;
  auto key = makeKey(module, options, meter);
  if (!key)
    return key.takeError();
  record.key = *key;
  if (!llvm::sys::fs::exists(record.path))
    return record;
  auto fail = [&](const Twine &why) {
    return createStringError(record.path + ": " + why);
  };
  auto parsed = readJson(record.path);
  if (!parsed)
    return parsed.takeError();
  const json::Object *root = parsed->getAsObject();
  const json::Array *list = root ? root->getArray("measured") : nullptr;
  if (!list || root->getInteger("version") != 1)
    return fail("expected 'version' 1 and an array 'measured'");
  if (root->getString("key") != record.key)
    return fail("the search that wrote this had another model, other samples "
                "or options; delete the file or name another one");
  for (const json::Value &value : *list) {
    const json::Object *object = value.getAsObject();
    std::string choice;
    Measurement measured;
    if (!object || !readMeasurement(*object, choice, measured))
      return fail("expected objects with 'choice', 'bytes', 'noise', 'top1'");
    record.measured[choice] = measured;
  }
  return record;
}

std::optional<Measurement> SearchRecord::find(const std::string &choice) const {
  auto known = measured.find(choice);
  if (known == measured.end())
    return std::nullopt;
  return known->second;
}

Error SearchRecord::add(const std::string &choice,
                        const Measurement &measurement) {
  measured[choice] = measurement;
  if (path.empty())
    return Error::success();
  return writeFileAtomically(path, [&](raw_ostream &os) {
    os << "{\"version\": 1, \"key\": \"" << key << "\", \"measured\": [";
    StringRef separator = "\n  ";
    for (const auto &[name, entry] : measured) {
      os << separator
         << json::Value(json::Object{{"choice", name},
                                     {"bytes", entry.bytes},
                                     {"noise", entry.noise},
                                     {"top1", entry.top1}});
      separator = ",\n  ";
    }
    os << "\n]}\n";
    return Error::success();
  });
}

//===----------------------------------------------------------------------===//
// The front
//===----------------------------------------------------------------------===//

/// The signal to noise ratio of a measurement as JSON, which has no infinity.
static json::Value getSQNR(const Measurement &measured) {
  if (measured.noise == 0)
    return nullptr;
  return Quality{measured.noise, measured.top1}.getSQNR();
}

static std::string getPointName(size_t number) {
  return llvm::formatv("point-{0,0+2}.json", number);
}

static void writeTable(raw_ostream &os, const SearchFront &front) {
  os << "point,bytes,sqnr_db," << (front.hasLabels ? "top1" : "agreement")
     << ",drop,chosen\n";
  for (auto [i, point] : llvm::enumerate(front.points)) {
    const Measurement &measured = point.measured;
    double sqnr = Quality{measured.noise, measured.top1}.getSQNR();
    os << getPointName(i) << ',' << measured.bytes << ','
       << llvm::format("%.3f,%.4f,%.4f,", sqnr, measured.top1,
                       front.floatTop1 - measured.top1)
       << (point.isChosen ? 1 : 0) << '\n';
  }
}

static void writeDescription(raw_ostream &os, const SearchFront &front) {
  json::OStream out(os, 2);
  StringRef metric = front.hasLabels ? "top1" : "agreement";
  auto write = [&](const Measurement &measured) {
    out.attribute("bytes", measured.bytes);
    out.attribute("sqnr_db", getSQNR(measured));
    out.attribute(metric, measured.top1);
  };
  out.object([&] {
    out.attribute("version", 1);
    out.attribute("metric", metric);
    out.attribute("float", front.floatTop1);
    out.attributeArray("layers", [&] {
      for (const SearchFront::Layer &layer : front.layers)
        out.object([&] {
          out.attribute("name", json::fixUTF8(layer.name));
          out.attribute("format", layer.format);
          write(layer.measured);
        });
    });
    out.attributeArray("points", [&] {
      for (auto [i, point] : llvm::enumerate(front.points))
        out.object([&] {
          out.attribute("config", getPointName(i));
          write(point.measured);
          out.attribute("drop", front.floatTop1 - point.measured.top1);
          out.attribute("chosen", point.isChosen);
        });
    });
  });
  os << '\n';
}

Error quantopt::writeFront(StringRef folder, const SearchFront &front) {
  if (std::error_code code = llvm::sys::fs::create_directories(folder))
    return createStringError(folder + ": cannot be created: " + code.message());
  auto write = [&](StringRef name,
                   llvm::function_ref<void(raw_ostream &)> fn) -> Error {
    SmallString<128> path(folder);
    llvm::sys::path::append(path, name);
    return writeFileAtomically(path, [&](raw_ostream &os) {
      fn(os);
      return Error::success();
    });
  };
  for (auto [i, point] : llvm::enumerate(front.points))
    if (Error error = write(getPointName(i),
                            [&](raw_ostream &os) { os << point.config; }))
      return error;
  if (Error error =
          write("front.csv", [&](raw_ostream &os) { writeTable(os, front); }))
    return error;
  return write("front.json",
               [&](raw_ostream &os) { writeDescription(os, front); });
}
